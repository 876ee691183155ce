"""Finds credentials in text and overwrites them with ``*``: same length, line ends kept.

Three kinds of rules, all meant to be almost never wrong: tokens with a form of their own (`secret_tokens`), places
where only a credential stands (a key block, a password in a URL, ``curl -u``), and what is assigned to a name such as
``api_key`` or ``password``. Every pattern is bounded or possessive, so hostile input costs linear time. A secret that
is split over lines by a continuation is not found.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from indexers.secret_tokens import Span, digit_runs, entropy, token_spans

_UTF16_MARKS = {b"\xff\xfe": 0, b"\xfe\xff": 1}  # where the low byte of a pair stands


class _SecretRule(Struct, frozen=True):
    """The pattern's last group (or all of it) is the secret."""

    pattern: re.Pattern[bytes]
    accept: Callable[[bytes], bool] | None = None

    def spans(self, data: bytes) -> list[Span]:
        """Where every secret of this shape stands."""
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
    if not text:
        return text
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


def _overwrite(data: bytes, spans: list[Span]) -> bytes:
    parts, at = [], 0
    for start, end in spans:
        parts += [data[at:start], re.sub(rb"[^\r\n]", b"*", data[start:end])]
        at = end
    return b"".join((*parts, data[at:]))


def _find(data: bytes) -> list[Span]:
    """The spans of all credentials, in order, overlapping ones merged."""
    placed = (rule for hint, rules in _PLACES.items() if hint in data for rule in rules)
    found = [*token_spans(data), *(span for rule in placed for span in rule.spans(data)), *_assigned(data)]
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _assigned(data: bytes) -> Iterator[Span]:
    lower = data.lower()
    for stem, names in _STEMS.items():
        at = lower.find(stem)
        while at >= 0:
            for offset, name in names:
                start = at - offset
                if start >= 0 and lower.startswith(name, start):
                    yield from _value_at(data, start, start + len(name), name in _PASSWORD_NAMES)
            at = lower.find(stem, at + len(stem))


def _value_at(data: bytes, at: int, end: int, is_password: bool) -> Iterator[Span]:
    """What is assigned to the name that has its telling word from ``at`` to ``end``."""
    match = _ASSIGNMENT.match(data, end) or _BARE_ASSIGNMENT.match(data, end)
    if match is None and _FLAG.search(data, max(0, at - _FLAG_BYTES), at):
        match = _FLAG_VALUE.match(data, end)
    if match and _looks_secret(match["value"], is_password):
        yield match.span("value")
    elif is_password and (typed := _TYPED.match(data, end)) and _is_password(data, at, typed):
        yield typed.span("value")


def _is_password(data: bytes, at: int, typed: re.Match[bytes]) -> bool:
    value = typed["value"]
    joined = typed["separator"] == b"=" and _is_connection(data, at, value)
    return joined or _is_typed(value, _is_setting(data, at, typed))


def _is_connection(data: bytes, at: int, value: bytes) -> bool:
    """``Server=db;Password=…``, ``?user=me&password=…``"""
    return _JOINED.search(data, max(0, at - _FLAG_BYTES), at) is not None and _is_url_password(value)


def _is_setting(data: bytes, at: int, typed: re.Match[bytes]) -> bool:
    """The line says nothing else (``  password: …``), or the name is one of the environment's (``DB_PASSWORD=…``)."""
    name = data[at : typed.start("separator")]
    if typed["separator"] == b"=" and name.isupper():
        return True
    start = max(data.rfind(b"\n", max(0, at - 120), at) + 1, at - 120, 0)
    return (
        _LINE_START.fullmatch(data, start, at) is not None and _LINE_END.match(data, typed.end()) is not None
    )


def _is_typed(value: bytes, is_setting: bool) -> bool:
    """A password that somebody made up, rather than a name of the code. Without digits nothing tells."""
    if _TEMPLATED.search(value) or _READABLE.match(value) or value.count(b"*") > 3:
        return False
    if not re.search(rb"[0-9]", value) or not re.search(rb"[A-Za-z]", value) or _PATH_LIKE.fullmatch(value):
        return False
    if is_setting:
        return not _TYPE_NAME.fullmatch(value) and not re.search(rb"[(\[]", value)
    if re.search(rb"[()\[\]]", value) or _NAME_LIKE.fullmatch(value) or _PLACEHOLDER.fullmatch(value):
        return False
    return (
        _character_kinds(value) >= 3 or digit_runs(value) >= 2 or re.search(rb"[0-9]{4}\Z", value) is not None
    )


# --- places

_FLAG_BYTES = 40
_FLAG = re.compile(rb"(?<![\w-])--[a-z-]{0,38}\Z")  # ``--password VALUE``, ``--db-password VALUE``
_FLAG_VALUE = re.compile(rb"""[a-z-]{0,20}+[ \t]{1,4}(?P<value>[^\s'"`$<{\-][^\s'"`]{5,200}+)""")


def _is_key_block(block: bytes) -> bool:
    """A constant that only mentions the BEGIN line has no body, and code that writes one has words there."""
    body = re.sub(rb"----[- ][A-Z0-9 ]+[- ]----|\\[nr]", b"", block)
    runs = re.findall(rb"[A-Za-z0-9+/=]++", body)
    is_base64 = any(len(run) >= 20 and re.search(rb"[0-9+/]", run) for run in runs)
    return is_base64 and sum(map(len, runs)) >= 40


def _is_url_password(value: bytes) -> bool:
    """Placeholders, as documentation and tests have them, are no secrets."""
    if _TEMPLATED.search(value) or _PLACEHOLDER.fullmatch(value):
        return False
    return not re.fullmatch(rb"[A-Z_]+|[A-Za-z]+(?:[_\-][A-Za-z]+)+|[*x.]+|[0-9]{1,5}|.{1,3}", value)


def _is_user_and_password(value: bytes) -> bool:
    """Base64 of ``user:password``."""
    try:
        said = base64.b64decode(value + b"=" * (-len(value) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in said and said.isprintable()


def _is_random(value: bytes) -> bool:
    return digit_runs(value) >= 2 and entropy(value) >= 3.0


_TEMPLATED = re.compile(rb"[{}<>$]|%[(s]|\.\.\.")

_KEY_BLOCK = re.compile(
    rb"----[- ]BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?[- ]----"
    rb"(?:[^\x00-\x08\x0e-\x1f\-]|-(?!-))*+"
    rb"(?:----[- ]END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?[- ]----)?"
)
_PUTTY_KEY = re.compile(rb"Private-Lines: [0-9]{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,80}+\r?\n?){1,100}+)")
_URL_PASSWORD = re.compile(rb"""://[^\s/:@"'<>\\]{0,100}+:([^\s/"'<>\\]{3,200})@""")
_AWS_SECRET = re.compile(
    rb"(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|[sS]ecretAccessKey)[\s\"':=]{1,8}+"
    rb"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)

_CURL_USER = re.compile(
    rb"""curl\b[^\n]{0,300}?[ \t](?:-u|-U|--user|--proxy-user)[ =]{0,3}["']?[^\s:"'/]{1,80}+:([^\s"']{3,200}+)"""
)
_MYSQL = re.compile(
    rb"""\bmysql(?:dump|admin|import)?\b[^\n]{0,200}?[ \t]-p(?:["']?)([^\s"'$\-][^\s"']{3,100}+)"""
)
_SSHPASS = re.compile(rb"""sshpass[ \t]{1,4}-p[ \t]{0,4}["']?([^\s"'$]{3,100}+)""")
_REDIS = re.compile(rb"""redis-cli\b[^\n]{0,200}?[ \t]-a[ \t]{1,4}["']?([^\s"'$]{4,100}+)""")
_NETRC = re.compile(rb"\blogin\s{1,4}\S{1,80}\s{1,4}password\s{1,4}([^\s\"'{}<>$]{3,100}+)")
_HEADER = re.compile(
    rb"""uthorization["']?[ \t]{0,2}[:=][ \t]{0,2}["']?(?:[A-Za-z\-]{2,20} )?([A-Za-z0-9_\-.=+/~]{16,2000}+)"""
)
# What occurs in every match → the rules.
_PLACES = {
    b"PRIVATE KEY": (_SecretRule(_KEY_BLOCK, _is_key_block),),
    b"Private-Lines: ": (_SecretRule(_PUTTY_KEY),),
    b"://": (_SecretRule(_URL_PASSWORD, _is_url_password),),
    **{name: (_SecretRule(_AWS_SECRET),) for name in (b"aws_secret_", b"AWS_SECRET_", b"ecretAccessKey")},
    b"sig=": (_SecretRule(re.compile(rb"[?&]sig=([A-Za-z0-9%]{40,120}+)"), _is_random),),
    b"earer ": (_SecretRule(re.compile(rb"[Bb]earer ([A-Za-z0-9_\-.=+/~]{20,2000}+)"), _is_random),),
    b"uthorization": (
        _SecretRule(re.compile(rb"uthorization.{1,8}Basic ([A-Za-z0-9+/]{8,500}+={0,2})")),
        _SecretRule(_HEADER, _is_random),
    ),
    b"asic ": (_SecretRule(re.compile(rb"[Bb]asic ([A-Za-z0-9+/]{8,500}+={0,2})"), _is_user_and_password),),
    b"curl": (_SecretRule(_CURL_USER, _is_url_password),),
    b"mysql": (_SecretRule(_MYSQL, _is_url_password),),
    b"sshpass": (_SecretRule(_SSHPASS, _is_url_password),),
    b"redis-cli": (_SecretRule(_REDIS, _is_url_password),),
    b"machine ": (_SecretRule(_NETRC, _is_url_password),),
}

# --- what is assigned to telling names

_PASSWORD_NAMES = (b"passw", b"passphrase", b"_pass", b"pwd")
# What is looked for → the names that have it, and how far in: each search goes through the whole text.
_STEMS = {
    stem: tuple((name.index(stem), name) for name in names)
    for stem, names in {
        b"pass": _PASSWORD_NAMES[:3],
        b"pwd": _PASSWORD_NAMES[3:],
        b"_key": (b"api_key", b"access_key", b"account_key", b"auth_key", b"private_key", b"encryption_key",
                  b"signing_key"),
        b"-key": (b"api-key", b"access-key"),
        **{name: (name,) for name in (b"secret", b"token", b"apikey", b"accesskey", b"credential")},
    }.items()
}  # fmt: skip
_NAME_TAIL = rb"""[\w.\-]{0,40}+["'\]]{0,3}+\s{0,3}+"""
_ASSIGNMENT = re.compile(
    _NAME_TAIL
    + rb"""(?::\s{0,3}+[\w\[\]|., ]{1,40}=|:=|=>|[:=,])\s{0,3}+[rRbBuUfF]{0,2}(["'`])(?P<value>[^\s"'`\\]{8,500}+)\1"""
)
_BARE_ASSIGNMENT = re.compile(
    rb"""[\w\-]{0,40}+[ \t]{0,3}+[:=][ \t]{0,3}+(?P<value>[A-Za-z0-9+/_=\-]{16,500}+)(?=["'`]|[ \t]*+(?:[#;\r\n]|\Z))"""
)
_TYPED = re.compile(
    rb"""[\w.\-]{0,40}+["'\]]{0,2}+[ \t]{0,3}+(?P<separator>=>|:=|[:=]|is(?=[ \t])|was(?=[ \t]))[ \t]{0,3}+["'`]?"""
    rb"""(?P<value>[^\x00-\x20"'`,;&<>\\=:][^\x00-\x20"'`,;&<>\\]{5,200}+)"""
)
_JOINED = re.compile(rb"[;&?][ \t]?[A-Za-z0-9_.\-]{0,30}\Z")
_LINE_START = re.compile(rb"[ \t]{0,60}+(?:(?:export|set|setx|SET|ENV|ARG|-e|-)[ \t]{1,4}+)?[\w.\-]{0,100}+")
_LINE_END = re.compile(rb"""["'`]?[ \t]{0,9}+(?:[\r\n#\\]|\Z)""")
_NAME_LIKE = re.compile(rb"[A-Za-z_]+[0-9]{1,3}|[A-Z][A-Z0-9_]*|_?[A-Za-z]+[0-9]{1,3}[A-Za-z_]+")
_PATH_LIKE = re.compile(rb"[A-Za-z_]\w*(?:(?:\.|->|::|/)\w+)+|_*+[a-z]++(?:_++[a-z0-9]++)+|[^=:]*+[=:].*+")
_TYPE_NAME = re.compile(rb"[A-Z][a-z]+[0-9]{1,3}(?:[A-Z][a-z]+)+")
_PLACEHOLDER = re.compile(
    rb"(?i:(?:my|your|the|some|new|old|test|db|user|super|bad|wrong|top|not)?[_\-]?"
    rb"(?:pass|passwd|password|secret|test|testing|change_?me|example|foo|bar|baz|user|username|admin|guest|root|token|key"
    rb"|value|pw|pwd|hash|default|abc|postgres|mysql|redis|rabbit|rabbitmq|invalid|hidden|anonymous|host|port|name)"
    rb"(?:word)?[_\-]?[0-9]{0,4}!?)"
)
_HEX = re.compile(rb"(?:0x)?[0-9a-fA-F\-]{16,}")
_READABLE = re.compile(rb"[/.]{1,2}/|/[a-z]+/|[a-z][a-z0-9+.\-]*://|urn:|\.[a-z]{2,4}$|^[\w.]+\(")


def _looks_secret(value: bytes, is_password: bool) -> bool:
    """Random enough that a person did not make it up as a name, a path, a template or a placeholder."""
    if _TEMPLATED.search(value) or _READABLE.match(value) or value.count(b"*") > 3:
        return False
    if _TYPE_NAME.fullmatch(value):
        return False
    if is_password and len(value) < 32 and _character_kinds(value) >= 3 and digit_runs(value) >= 1:
        return True
    if len(value) < 16:
        return False
    if _HEX.fullmatch(value):
        return len(set(value)) >= 8
    return digit_runs(value) >= (2 if len(value) < 40 else 3) and entropy(value) >= 3.4 and _mixed(value)


def _mixed(value: bytes) -> bool:
    """Letters and digits interleave as in random text, unlike in ``utf8_to_utf16_table``."""
    words = re.findall(rb"[A-Za-z]{5,}", value)
    return sum(map(len, words)) * 2 < len(value) or _character_kinds(value) >= 3


def _character_kinds(value: bytes) -> int:
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9_\-.]")
    return sum(re.search(kind, value) is not None for kind in kinds)
