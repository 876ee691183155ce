"""Finds credentials in text and overwrites them with ``*``: same length, line ends kept.

Two kinds of rules, both meant to be almost never wrong: shapes that only a credential has (a vendor's
prefix, a key block, a password in a URL), and a random-looking literal assigned to a name such as
``api_key``. Every pattern is bounded or possessive, so hostile input costs linear time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct

_Span = tuple[int, int]
_UTF16_MARKS = {b"\xff\xfe": 0, b"\xfe\xff": 1}  # where the low byte of a pair stands


class _SecretRule(Struct, frozen=True):
    """``hint`` occurs in every match; the pattern's last group (or all of it) is the secret."""

    hint: bytes
    pattern: re.Pattern[bytes]
    accept: Callable[[bytes], bool] | None = None

    def spans(self, data: bytes) -> list[_Span]:
        """Where every secret of this shape stands."""
        if self.hint not in data:
            return []
        group = self.pattern.groups
        found = self.pattern.finditer(data)
        return [match.span(group) for match in found if self.accept is None or self.accept(match[group])]


def redact(data: bytes) -> tuple[bytes, int]:
    """The data with every credential overwritten, and how many there were. UTF-16 (by its mark) too."""
    low_byte = _UTF16_MARKS.get(data[:2])
    if low_byte is not None:
        return _redact_utf16(data, low_byte)
    spans = _find(data)
    return (_overwrite(data, spans), len(spans)) if spans else (data, 0)


def redact_text(text: str) -> str:
    """The same for a string (a commit message, a record); each byte of a secret becomes one ``*``."""
    data, found = redact(text.encode("utf-8", "surrogatepass"))
    return data.decode("utf-8", "surrogatepass") if found else text


def _redact_utf16(data: bytes, low_byte: int) -> tuple[bytes, int]:
    low, high = data[2 + low_byte :: 2], data[3 - low_byte :: 2]
    narrow = low if not any(high) else bytes(a if not b else 0x80 for a, b in zip(low, high, strict=False))
    spans = _find(narrow)
    wide = bytearray(data)
    for start, end in spans:  # all its characters are ASCII, so the high bytes stay zero
        wide[2 + low_byte + 2 * start : 2 + low_byte + 2 * end : 2] = _overwrite(narrow, [(start, end)])[
            start:end
        ]
    return bytes(wide), len(spans)


def _overwrite(data: bytes, spans: list[_Span]) -> bytes:
    parts, at = [], 0
    for start, end in spans:
        parts += [data[at:start], re.sub(rb"[^\r\n]", b"*", data[start:end])]
        at = end
    return b"".join((*parts, data[at:]))


def _find(data: bytes) -> list[_Span]:
    """The spans of all credentials, in order, overlapping ones merged."""
    found = [*_shaped(data), *_assigned(data)]
    merged: list[_Span] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _shaped(data: bytes) -> Iterator[_Span]:
    words = _long_words(data)
    for rule in _TOKEN_RULES:
        if rule.spans(words):
            yield from rule.spans(data)
    for rule in _OTHER_RULES:
        yield from rule.spans(data)


def _long_words(data: bytes) -> bytes:
    """The words that are long enough for a token, a small part of any text: searching these with forty
    rules costs less than searching the text with five."""
    return b" ".join([word for word in data.translate(_WORDS_ONLY).split() if len(word) >= _TOKEN_MIN_BYTES])


def _assigned(data: bytes) -> Iterator[_Span]:
    lower = data.lower()
    for word in _NAMES:
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            match = _ASSIGNMENT.match(data, end) or _BARE_ASSIGNMENT.match(data, end)
            if match is None and _FLAG.search(data, max(0, at - _FLAG_BYTES), at):
                match = _FLAG_VALUE.match(data, end)
            if match and _looks_secret(match["value"], word in _PASSWORD_NAMES):
                yield match.span("value")
            at = lower.find(word, at + len(word))


# --- shapes

_TOKEN_MIN_BYTES = 20
_FLAG_BYTES = 40
_FLAG = re.compile(rb"(?<![\w-])--[a-z-]{0,38}\Z")  # ``--password VALUE``, ``--db-password VALUE``
_FLAG_VALUE = re.compile(rb"""[a-z-]{0,20}+[ \t]{1,4}(?P<value>[^\s'"`$<{\-][^\s'"`]{5,200}+)""")
_WORDS_ONLY = bytes(
    c if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "_-.~") else 0x20 for c in range(256)
)


def _token(prefix: str, rest: str, hint: str = "") -> _SecretRule:
    """A vendor's token of at least _TOKEN_MIN_BYTES: ``prefix`` (a regex) where no letter or digit stands
    before (a branch may be called ``topic-`` and the token), ``rest``."""
    pattern = rf"(?<![A-Za-z0-9])(?:{prefix}){rest}"
    return _SecretRule((hint or prefix).encode(), re.compile(pattern.encode()))


def _is_key_block(block: bytes) -> bool:
    """A constant that only mentions the BEGIN line has no body."""
    body = re.sub(rb"-----[A-Z0-9 ]+-----|\\[nr]", b"", block)
    return len(re.findall(rb"[A-Za-z0-9+/=]", body)) >= 40


def _is_url_password(value: bytes) -> bool:
    """Short words and placeholders, as documentation and tests have them, are no secrets."""
    if _TEMPLATED.search(value) or re.fullmatch(
        rb"[a-z]{1,11}|[A-Z]+|[A-Za-z]+(?:[_\-][A-Za-z]+)+|[*x.]+", value
    ):
        return False
    return len(value) >= 6


def _is_random(value: bytes) -> bool:
    return _digit_runs(value) >= 2 and _entropy(value) >= 3.0


_TEMPLATED = re.compile(rb"[{}<>$]|%[(s]|\.\.\.")

_KEY_BLOCK = re.compile(
    rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:[^\x00-\x08\x0e-\x1f\-]|-(?!-))*+"
    rb"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
)
_URL_PASSWORD = re.compile(rb"""://[^\s/:@"'<>\\]{0,100}+:([^\s/@"'<>\\]{3,200}+)@""")
_AWS_SECRET = re.compile(
    rb"(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|[sS]ecretAccessKey)[\s\"':=]{1,8}+"
    rb"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)

_TOKEN_RULES = (
    *(_token(prefix, "[A-Z0-9]{16}(?![A-Za-z0-9])") for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")),
    *(_token(f"gh{kind}_", "[A-Za-z0-9]{30,255}+") for kind in "pousr"),
    _token("github_pat_", "[A-Za-z0-9_]{30,255}+"),
    _token("gl(?:pat|dt|rt|cbt|ptt|ft|agent|oas|soat)-", r"[A-Za-z0-9_\-]{20,200}+", "gl"),
    _token("xox[abeoprs]-", r"[A-Za-z0-9\-]{15,250}+", "xox"),
    _token("xapp-", r"\d-[A-Za-z0-9\-]{20,250}+"),
    _token("[srp]k_(?:live|test)_", "[A-Za-z0-9]{16,250}+", "k_"),
    _token("whsec_", "[A-Za-z0-9]{24,250}+"),
    _token("AIza", r"[A-Za-z0-9_\-]{35}"),
    _token(r"ya29\.", r"[A-Za-z0-9_\-]{20,1000}+", "ya29."),
    _token("GOCSPX-", r"[A-Za-z0-9_\-]{20,40}+"),
    _token("npm_", "[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _token("pypi-", r"[A-Za-z0-9_\-]{50,1000}+"),
    _token("rubygems_", "[a-f0-9]{40,60}+"),
    _token("eyJ", r"[A-Za-z0-9_\-]{10,4000}+\.eyJ[A-Za-z0-9_\-]{8,8000}+\.[A-Za-z0-9_\-]{10,2000}+"),
    _token(r"SG\.", r"[A-Za-z0-9_\-]{16,32}+\.[A-Za-z0-9_\-]{16,64}+", "SG."),
    _token("sk-(?:proj|svcacct|admin|ant|or)-", r"[A-Za-z0-9_\-]{20,300}+", "sk-"),
    _SecretRule(b"sk-", re.compile(rb"(?<![A-Za-z0-9_\-])sk-[A-Za-z0-9]{32,64}+"), _is_random),
    _token("hf_", "[A-Za-z0-9]{30,60}+"),
    _token("do[opr]_v1_", "[a-f0-9]{64}", "_v1_"),
    _token("dckr_pat_", r"[A-Za-z0-9_\-]{20,60}+"),
    _token(r"hv[sb]\.", r"[A-Za-z0-9_\-]{24,300}+", "hv"),
    _token("shp(?:at|ca|pa|ss)_", "[a-fA-F0-9]{32}", "shp"),
    _token("glsa_", "[A-Za-z0-9_]{32,60}+"),
    _token("lin_api_", "[A-Za-z0-9]{32,60}+"),
    _token("ATATT3", r"[A-Za-z0-9_\-]{50,300}+"),
    _token("AGE-SECRET-KEY-1", "[0-9A-Z]{50,60}+"),
    _SecretRule(b"8Q~", re.compile(rb"(?<![\w~.\-])[\w~.\-]{3}8Q~[\w~.\-]{31,34}(?![\w~.\-])")),
)
_OTHER_RULES = (
    _SecretRule(b"PRIVATE KEY", _KEY_BLOCK, _is_key_block),
    _SecretRule(b"://", _URL_PASSWORD, _is_url_password),
    _SecretRule(
        b"slack.com/", re.compile(rb"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9+/]{20,100}+)")
    ),
    _SecretRule(b"Key=", re.compile(rb"(?:AccountKey|SharedAccessKey|PrimaryKey)=([A-Za-z0-9+/]{40,90}+=*)")),
    *(_SecretRule(name, _AWS_SECRET) for name in (b"aws_secret_", b"AWS_SECRET_", b"ecretAccessKey")),
    _SecretRule(b"sig=", re.compile(rb"[?&]sig=([A-Za-z0-9%]{40,120}+)"), _is_random),
    _SecretRule(b"earer ", re.compile(rb"[Bb]earer ([A-Za-z0-9_\-.=+/~]{20,2000}+)"), _is_random),
    _SecretRule(b"Basic ", re.compile(rb"uthorization.{1,8}Basic ([A-Za-z0-9+/]{8,500}+={0,2})")),
)


# --- random literals assigned to telling names

_PASSWORD_NAMES = (b"passw", b"passphrase", b"pwd")
_NAMES = (
    *_PASSWORD_NAMES, b"secret", b"token", b"api_key", b"apikey", b"api-key", b"access_key", b"accesskey",
    b"access-key", b"account_key", b"auth_key", b"private_key", b"encryption_key", b"signing_key",
    b"credential",
)  # fmt: skip
_NAME_TAIL = rb"""[\w.\-]{0,40}+["'\]]{0,3}+\s{0,3}+"""
_ASSIGNMENT = re.compile(
    _NAME_TAIL
    + rb"""(?::\s{0,3}+[\w\[\]|., ]{1,40}=|:=|=>|[:=,])\s{0,3}+[rRbBuUfF]{0,2}(["'`])(?P<value>[^\s"'`\\]{8,500}+)\1"""
)
_BARE_ASSIGNMENT = re.compile(
    rb"""[\w\-]{0,40}+[ \t]{0,3}+[:=][ \t]{0,3}+(?P<value>[A-Za-z0-9+/_=\-]{16,500}+)(?=["'`]|[ \t]*+(?:[#;\r\n]|\Z))"""
)
_HEX = re.compile(rb"(?:0x)?[0-9a-fA-F\-]{16,}")
_READABLE = re.compile(rb"[/.]{1,2}/|/[a-z]+/|[a-z][a-z0-9+.\-]*://|urn:|\.[a-z]{2,4}$|^[\w.]+\(")


def _looks_secret(value: bytes, is_password: bool) -> bool:
    """Random enough that a person did not make it up as a name, a path, a template or a placeholder."""
    if _TEMPLATED.search(value) or _READABLE.match(value) or value.count(b"*") > 3:
        return False
    if is_password and len(value) < 32 and _character_kinds(value) >= 3 and _digit_runs(value) >= 1:
        return True
    if len(value) < 16:
        return False
    if _HEX.fullmatch(value):
        return len(set(value)) >= 8
    return _digit_runs(value) >= (2 if len(value) < 40 else 3) and _entropy(value) >= 3.4 and _mixed(value)


def _mixed(value: bytes) -> bool:
    """Letters and digits interleave as in random text, unlike in ``utf8_to_utf16_table``."""
    words = re.findall(rb"[A-Za-z]{5,}", value)
    return sum(map(len, words)) * 2 < len(value) or _character_kinds(value) >= 3


def _character_kinds(value: bytes) -> int:
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9_\-.]")
    return sum(re.search(kind, value) is not None for kind in kinds)


def _digit_runs(value: bytes) -> int:
    return len(re.findall(rb"[0-9]+", value))


def _entropy(value: bytes) -> float:
    """Bits per character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())
