"""YAML as plain values with lines, safe on hostile text: events of libyaml, no tags, no objects, bounded.

The only importer of yaml.
"""

from __future__ import annotations

import yaml
from msgspec import Struct

MAX_CHARS = 256 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Yaml(Struct, frozen=True):
    """A value: a scalar as written (no types), a list or a mapping. ``line``, ``end_line``: 1-based."""

    value: str | list[Yaml] | dict[str, Yaml]
    line: int
    end_line: int

    @property
    def text(self) -> str:
        """The scalar, ``""`` for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> dict[str, Yaml]:
        """The mapping, empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def entries(self) -> list[Yaml]:
        """The list; a scalar is a list of itself, a mapping is empty."""
        if isinstance(self.value, list):
            return self.value
        return [self] if isinstance(self.value, str) and self.value else []

    def get(self, *keys: str) -> Yaml:
        """The value under nested keys, ``NOTHING`` where one is missing."""
        found = self
        for key in keys:
            found = found.items.get(key, NOTHING)
        return found

    @property
    def texts(self) -> tuple[str, ...]:
        """The scalars of the list."""
        return tuple(entry.text for entry in self.entries if entry.text)


NOTHING = Yaml("", 0, 0)


def documents(text: str) -> list[Yaml]:
    """The documents up to the first that cannot be read, or that is larger than the limits. Never raises."""
    if len(text) > MAX_CHARS:
        return []
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not builder.take(event):
                break
    except (yaml.YAMLError, ValueError, RecursionError):  # broken, or a template of something
        pass
    return builder.done


class _Open:
    """A mapping or list under construction."""

    def __init__(self, is_list: bool, line: int, anchor: str | None) -> None:
        self.is_list, self.line, self.anchor = is_list, line, anchor
        self.entries: list[Yaml] = []
        self.items: dict[str, Yaml] = {}
        self.key: str | None = None

    def add(self, node: Yaml) -> None:
        if self.is_list:
            self.entries.append(node)
        elif self.key is None:
            self.key = node.text
        else:
            self._put(self.key, node)
            self.key = None

    def _put(self, key: str, node: Yaml) -> None:
        if key == "<<":
            for merged in (node, *node.entries):
                self.items = {**merged.items, **self.items}
        else:
            self.items[key] = node

    def closed(self, end_line: int) -> Yaml:
        return Yaml(self.entries if self.is_list else self.items, self.line, max(self.line, end_line))


class _Builder:
    def __init__(self) -> None:
        self.done: list[Yaml] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Yaml] = {}
        self._nodes = 0

    def take(self, event: yaml.Event) -> bool:
        """False when a limit is reached."""
        if isinstance(event, yaml.ScalarEvent):
            line, end = event.start_mark.line + 1, event.end_mark.line + (event.end_mark.column > 0)
            self._add(Yaml(event.value, line, max(line, end)), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._anchors.get(event.anchor, NOTHING), None)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._stack.append(_Open(is_list, event.start_mark.line + 1, event.anchor))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            opened = self._stack.pop()
            end = event.end_mark.line + (event.end_mark.column > 0)
            self._add(opened.closed(end), opened.anchor)
        self._nodes += 1
        return self._nodes <= MAX_NODES and len(self._stack) <= MAX_DEPTH

    def _add(self, node: Yaml, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if self._stack:
            self._stack[-1].add(node)
        else:
            self.done.append(node)
