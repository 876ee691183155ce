"""XML manifests as a stream of elements with their place: no entities, no document type, linear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_TAG = re.compile(r"<(/?)([\w.:-]++)([^<>]*+)>([^<]*)|<!--")
_ATTRIBUTE = re.compile(r"""(?<![\w.:-])([\w.:-]+)\s*=\s*["']([^"'<>]*)["']""")
_MAX_TAGS, _MAX_DEPTH = 20_000, 100


class Tag(Struct, frozen=True):
    """An element as it opens: names of the elements around and of itself, its attributes, the text right after."""

    path: tuple[str, ...]
    attributes: dict[str, str]
    text: str
    line: int


def tags(text: str) -> Iterator[Tag]:
    """The elements in order. What is not well-formed is passed over."""
    stack: list[str] = []
    line, at, hidden = 1, 0, -1
    for count, found in enumerate(_TAG.finditer(text)):
        if count > _MAX_TAGS or len(stack) > _MAX_DEPTH:
            return
        line += text.count("\n", at, found.start())
        at = found.start()
        if at < hidden:
            continue
        if found[0] == "<!--":
            hidden = text.find("-->", at)
            hidden = len(text) if hidden < 0 else hidden
        elif found[1]:
            _leave(stack, found[2])
        else:
            stack.append(found[2])
            yield Tag(tuple(stack), dict(_ATTRIBUTE.findall(found[3])), found[4].strip(), line)
            if found[3].endswith("/"):
                stack.pop()


def _leave(stack: list[str], name: str) -> None:
    if name in stack:
        while stack.pop() != name:
            pass
