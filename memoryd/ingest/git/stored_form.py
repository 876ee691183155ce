"""What git would store for the bytes of a file: line ends, encodings, `$Id$` and large files, as its attributes say.

Nothing is run: what another filter makes of a file only git can tell, and that is said. The order and the rules are
those of gitattributes(5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct

ATTRIBUTES = ("text", "eol", "ident", "filter", "working-tree-encoding")
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_IDENT = re.compile(rb"\$Id:[^$\n]{0,1000}\$")
_SNIFF_BYTES = 8_000
_UNSET = ("", "unset", "unspecified")


class Stored(Struct, frozen=True):
    """``problem``: why git may store something else, ``""`` when it does not."""

    data: bytes
    problem: str = ""


def stored(data: bytes, attributes: Mapping[str, str], autocrlf: str, before: bytes | None) -> Stored:
    """``attributes``: of the file, of ATTRIBUTES; ``autocrlf``: the setting; ``before``: what git has of the file."""
    problem = ""
    name = attributes.get("filter", "")
    if name == "lfs":
        data = data if data.startswith(_POINTER) else _pointer(data)
    elif name not in _UNSET:
        problem = "a filter of git stores it in another form: its bytes on the disk were compared"
    if (encoding := attributes.get("working-tree-encoding", "")) not in _UNSET:
        try:
            data = data.decode(encoding).encode("utf-8")
        except (LookupError, UnicodeError):
            problem = "it is not in the encoding that .gitattributes says"
    if _ends_are_lf(data, attributes, autocrlf, before):
        data = data.replace(b"\r\n", b"\n")
    if attributes.get("ident") == "set":
        data = _IDENT.sub(b"$Id$", data)
    return Stored(data, problem)


def _pointer(data: bytes) -> bytes:
    return b"%soid sha256:%s\nsize %d\n" % (_POINTER, hashlib.sha256(data).hexdigest().encode(), len(data))


def _ends_are_lf(data: bytes, attributes: Mapping[str, str], autocrlf: str, before: bytes | None) -> bool:
    text = attributes.get("text", "unspecified")
    if text in ("unset", "set"):
        return text == "set"
    if text == "unspecified" and attributes.get("eol") in ("lf", "crlf"):
        return True
    if text != "auto" and autocrlf not in ("true", "input"):
        return False
    return b"\0" not in data[:_SNIFF_BYTES] and b"\r\n" not in (before or b"")
