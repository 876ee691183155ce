"""Bytes of a file as UTF-8: by its mark, as UTF-8, by what it declares, else by a guess that is said to be one.

Lines stay what they are, so places are true; columns are those of the UTF-8 text. What is guessed is guessed from the
lines that are not ASCII, a bounded sample of them, with charset-normalizer.
"""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from indexers.facts import Problem

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_HEAD_BYTES = 8_000
_DECLARED_BYTES = 1_024
_DECLARED = re.compile(
    rb"""(?:\bcoding[:=]|\bencoding[ \t]{0,9}=|\bfileencoding=|\bcharset[ \t]{0,9}=|@charset)[ \t]{0,9}["']?"""
    rb"([A-Za-z][\w.:-]{1,40})"
)
"""Of Python, Ruby, Emacs, Vim, XML, HTML and CSS."""
_STATEFUL = re.compile(rb"\x1b[$(]|~\{")  # of encodings whose bytes are all ASCII
_SAMPLE_BYTES = 4_096
_GUESSED = ("gb18030", "cp932", "euc_jp", "big5", "cp949", "cp1251", "koi8_r", "cp866", "cp1252")
_WESTERN_CONTROLS = frozenset(b"\x80\x85\x91\x92\x93\x94\x95\x96\x97\x99\x9c\x8c\x9f")
_CENTRAL_EUROPEAN = re.compile("[a-z\xe0-\xff][\xb3\xb9\xbf\xbc\xbe][a-z\xe0-\xff]")
"""Letters of cp1250 that cp1252 has figures and signs for, within a word."""
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LOST_SHARE = 100  # so many bytes that are not ASCII for each that a guess cannot read
_BROKEN_SHARE = 4  # so many whole characters for each broken byte: it is UTF-8 all the same


class Decoded(Struct, frozen=True):
    """``text``: UTF-8, with bytes that are none where nothing fits. ``problem``: what is not certain."""

    text: bytes
    problem: Problem | None = None


def decode(data: bytes) -> Decoded:
    """Never raises; work is linear in the size of ``data``. Lines that end with a carriage return alone, as they did on
    the first Macintosh, end with a line feed afterwards."""
    found = _decoded(data)
    if b"\r" in found.text and b"\n" not in found.text:
        return Decoded(found.text.replace(b"\r", b"\n"), found.problem)
    return found


def _decoded(data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _unicode(data, encoding)
    if utf16 := utf16_without_mark(data[:_HEAD_BYTES]):
        return _unicode(data, utf16, "guessed: UTF-16 without a mark")
    if data.isascii():
        stateful = _STATEFUL.search(data[: 16 * _HEAD_BYTES]) and _as_declared(data)
        return stateful or Decoded(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _as_declared(data) or _as_guessed(data, line, error.start)
    return Decoded(data)


def utf16_without_mark(head: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` where ``head`` is such a text, else ``""``. Its NUL bytes are the high bytes of
    ASCII characters: all at odd or all at even places, and what they make is printable."""
    if b"\0" not in head:
        return ""
    head = head[: len(head) & ~1]
    for encoding, high, low in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if b"\0" not in low and high.count(0) >= max(2, len(high) // 20):
            text = head.decode(encoding, "replace").rstrip("\ufffd")  # a pair may be cut in two
            return encoding if all(char.isprintable() or char in "\t\n\r\f" for char in text) else ""
    return ""


def _unicode(data: bytes, encoding: str, guess: str = "") -> Decoded:
    try:
        text = data.decode(encoding).encode()
    except UnicodeError:  # an odd byte at the end, a lone surrogate
        text = data.decode(encoding, "replace").encode("utf-8", "replace")
        return Decoded(text, _problem(1, f"invalid {encoding.upper()[:6]}"))
    return Decoded(text, _problem(1, f"encoding {guess}") if guess else None)


def _as_declared(data: bytes) -> Decoded | None:
    """None: nothing is declared, or not truly."""
    found = _DECLARED.search(data[:_DECLARED_BYTES])
    text = as_utf8(data, found[1].decode()) if found else None
    return Decoded(text) if text is not None else None


def as_utf8(data: bytes, encoding: str) -> bytes | None:
    """``data`` as UTF-8; None where the encoding is UTF-8 itself or unknown, or does not fit. ``encoding``: as editors,
    markup and git spell it."""
    plain = encoding.lower().removesuffix("-unix").removesuffix("-dos").removesuffix("-bom")
    try:
        name = codecs.lookup(plain).name
        return (
            None if name in _NO_TEXT else data.decode(_WIDER.get(name, name)).removeprefix("\ufeff").encode()
        )
    except (LookupError, UnicodeError, ValueError):
        return None


# Supersets that programs mean when they say the smaller one.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
}
_NO_TEXT = ("utf-8", "ascii", "base64", "hex", "rot13", "zlib", "bz2", "uu", "quopri", "idna", "punycode", "utf-7",
            "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem")  # fmt: skip


def _as_guessed(data: bytes, line: int, at: int) -> Decoded:
    broken = Decoded(data, _problem(line, f"no UTF-8 at byte {at}"))
    shown = data.decode("utf-8", "replace")
    lost = shown.count("\ufffd")
    whole = sum(len(run) for run in re.findall("[^\0-\x7f\ufffd]+", shown))
    if whole >= _BROKEN_SHARE * lost:
        return broken
    for encoding in _guesses(_sample(data)):
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") * _LOST_SHARE <= len(data) - len(text.encode("ascii", "ignore")):
            return Decoded(text.encode(), _problem(line, f"encoding guessed: {encoding}"))
    return broken


def _sample(data: bytes) -> bytes:
    """The first lines that are not ASCII, or what of them stands around the first such byte."""
    found, size = [], 0
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        if len(line) > _SAMPLE_BYTES:
            run = _HIGH_RUN.search(line)
            line = line[run.start() if run else 0 :][:_SAMPLE_BYTES]
        found.append(line)
        size += len(line)
        if size >= _SAMPLE_BYTES:
            break
    return b"\n".join(found)


def _guesses(sample: bytes) -> list[str]:
    """Encodings that it may be in, likeliest first."""
    if _is_western(sample):
        text = sample.decode("cp1252", "replace").lower()
        return ["cp1250", "cp1252"] if _CENTRAL_EUROPEAN.search(text) else ["cp1252", "latin-1"]
    from charset_normalizer import from_bytes  # few projects need it

    found = [match.encoding for match in from_bytes(sample, cp_isolation=list(_GUESSED), threshold=0.4)]
    if found[:1] == ["big5"] and _is_gb2312(sample):
        found.insert(0, "gb18030")
    return found


def _is_western(sample: bytes) -> bool:
    """Most of the bytes that are not ASCII stand alone, between ASCII letters, and are letters or quotes."""
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    alone = runs.count(1)
    return alone * 2 > len(runs) and all(
        byte >= 0xA0 or byte in _WESTERN_CONTROLS for byte in set(sample) if byte >= 0x80
    )


def _is_gb2312(sample: bytes) -> bool:
    """Chinese in Big5 has second bytes of ASCII in half of its characters; GB 2312 has none."""
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    return all(run % 2 == 0 for run in runs)


def _problem(line: int, message: str) -> Problem:
    return Problem(code="encoding", line=line, message=message)
