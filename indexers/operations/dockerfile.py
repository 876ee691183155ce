"""Dockerfiles: one image per stage, with what it copies in and what it starts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_MAX_PARTS = 60


class _Stage:
    def __init__(self, base: str, alias: str, line: int) -> None:
        self.base, self.alias, self.line, self.end_line = base, alias, line, line
        self.copied: list[str] = []
        self.started: list[str] = []

    def fact(self) -> Operation:
        words = " ".join(self.started)
        return fact(
            "image", self.alias or self.base, self.line, end_line=self.end_line,
            detail=f"FROM {self.base}" + (f"; starts {words}" if words else ""),
            targets=[*self.copied, words],
        )  # fmt: skip


def dockerfile(source: OperationSource) -> Iterator[Operation]:
    if source.facts.language != "dockerfile":  # dockerfile.py: its "from" is Python's
        return
    stage: _Stage | None = None
    for number, end, word, rest in _instructions(source.lines):
        if word == "FROM":
            if stage:
                yield stage.fact()
            parts = [part for part in rest.split() if not part.startswith("--")]
            alias = parts[2] if len(parts) > 2 and parts[1].lower() == "as" else ""
            stage = _Stage(parts[0], alias, number) if parts else None
        elif stage:
            stage.end_line = end
            if word in ("COPY", "ADD"):
                stage.copied += _sources(rest)
            elif word == "ENTRYPOINT":
                stage.started = [*_command(rest)]
            elif word == "CMD":
                stage.started = [*stage.started, *_command(rest)]
    if stage:
        yield stage.fact()


def _instructions(lines: list[str]) -> Iterator[tuple[int, int, str, str]]:
    """(first line, last line, INSTRUCTION, the rest in one line)"""
    pending: list[str] = []
    first = 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        first = first or number
        pending.append(text.removesuffix("\\").strip())
        if text.endswith("\\") and len(pending) < _MAX_PARTS:
            continue
        word, _, rest = " ".join(pending).partition(" ")
        yield first, number, word.upper(), rest.strip()
        pending, first = [], 0


def _sources(rest: str) -> list[str]:
    """What is copied from the project: nothing for ``--from`` another image, and no addresses."""
    words = _command(rest) if rest.startswith("[") else rest.split()
    if any(word.startswith("--from") for word in words):
        return []
    paths = [word for word in words if not word.startswith("--")][:-1]
    return [path for path in paths if "://" not in path and not path.startswith("<<")]


def _command(rest: str) -> list[str]:
    if rest.startswith("["):
        try:
            found = json.loads(rest)
        except (ValueError, RecursionError):
            return [rest]
        return [word for word in found if isinstance(word, str)]
    try:
        return shlex.split(rest[:2000])
    except ValueError:
        return rest.split()
