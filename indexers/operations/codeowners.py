"""CODEOWNERS: each line a glob and who owns what it matches. The last match wins; that is for readers to apply."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import Source, fact

_SECTION = re.compile(r"\^?\[[^\]\n]+\](?:\[\d+\])?(.*)")


def codeowners(source: Source) -> Iterator[Operation]:
    by_default: list[str] = []
    for number, line in enumerate(source.lines, 1):
        text = re.split(r"\s#", line.strip(), maxsplit=1)[0].strip()
        if not text or text.startswith("#"):
            continue
        section = _SECTION.fullmatch(text)
        if section:
            by_default = section[1].split()
            continue
        glob, *owners = text.replace("\\ ", "\0").split()
        glob = glob.replace("\0", " ")
        yield fact("owner", glob, number, detail=" ".join(owners or by_default), targets=[glob])
