"""CODEOWNERS: each line a pattern and who owns what it fits. The last match wins; that is for readers to apply."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_SPECIAL = re.compile(r"\\.|[\[\]{}]|(?<=[@?+*!])\(")
_SECTION = re.compile(r"\^?\[[^\]\n]+\](?:\[\d+\])?(.*)")


def codeowners(source: OperationSource) -> Iterator[Operation]:
    by_default: list[str] = []
    for number, line in enumerate(source.lines, 1):
        text = re.split(r"\s#", line.strip(), maxsplit=1)[0].strip()
        if not text or text.startswith("#"):
            continue
        section = _SECTION.fullmatch(text)
        if section:
            by_default = section[1].split()
            continue
        pattern, *owners = text.replace("\\ ", "\0").split()
        pattern = pattern.replace("\0", " ")
        yield fact("owner", pattern, number, detail=" ".join(owners or by_default), targets=owned(pattern))


def owned(pattern: str) -> tuple[str, ...]:
    """The globs, from the root, that a pattern stands for. Unlike a .gitignore's it knows no brackets and no ``!``, and
    ``docs/*`` is about the files of docs alone; every other pattern that fits a folder takes in all that is in it."""
    plain = _SPECIAL.sub(lambda sign: sign[0] if len(sign[0]) > 1 else f"\\{sign[0]}", pattern.strip("/"))
    anchored = "/" in pattern.rstrip("/")
    last = plain.rpartition("/")[2]
    if plain in ("*", "**") and not anchored:
        return ("**",)
    if anchored and not any(sign in plain for sign in "*?\\"):
        return (plain,) if plain else ()
    glob = plain if "/" in plain else f"./{plain}" if anchored else f"**/{plain}"
    if last in ("*", "**"):
        return (glob,)
    return (f"{glob}/**",) if pattern.endswith("/") else (glob, f"{glob}/**")
