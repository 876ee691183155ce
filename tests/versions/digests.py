"""Digests of what is read of the committed cases, and of the edges drawn between their files.

``python tests/versions/digests.py`` writes digests.toml; ``--check`` says what is wrong and writes nothing. What the
stores of users hold was made by some version of the readers and of the linker: when either gives something else, its
version must rise, or an upgraded store differs from a new one. So facts that changed under the same
EXTRACTOR_VERSION, and edges that changed under the same versions, are refused here as they are in the tests.

A digest is of values as they are stored, taken out of their encoding and compression: neither the machine nor a
release of msgspec or zlib changes it. Another release of a grammar may, and then the facts are indeed others.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import sys
import tempfile
import tomllib
import zlib
from array import array
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [
    str(ROOT),
    str(HERE),
    str(ROOT / "tests"),
    str(ROOT / "tests" / "ingest"),
    str(ROOT / "tests" / "indexers"),
]

import golden  # noqa: E402
import project  # noqa: E402
from in_memory import Project  # noqa: E402

from indexers import registry  # noqa: E402
from indexers.parse import parse_file  # noqa: E402
from memoryd.ingest.git.repository import Git  # noqa: E402
from memoryd.ingest.history.commits import entries  # noqa: E402
from memoryd.ingest.parse.worker import pack  # noqa: E402
from memoryd.ingest.units import Units  # noqa: E402
from memoryd.store.index import versions  # noqa: E402

FILE = HERE / "digests.toml"
COMMAND = "python tests/versions/digests.py"
MAX_SHOWN = 12  # cases that a message names
_PARSERS = ("tree-sitter", "PyStemmer", "PyYAML")

Parts = Mapping[str, str]  # part of a case → its digest; ``source``: of what the case was made from


class Digests(Struct, frozen=True):
    """``extractor``, ``linker``: the versions that gave ``facts`` and ``edges`` (case → parts). ``parsers``: releases
    of the packages that parse."""

    extractor: int
    linker: int
    parsers: Mapping[str, str]
    facts: Mapping[str, Parts]
    edges: Mapping[str, Parts]


class Problem(Struct, frozen=True):
    """``what`` is wrong and the ``next_step``. ``refused``: writing the digests anew would only hide it."""

    what: str
    next_step: str
    refused: bool

    def __str__(self) -> str:
        return f"{self.what[0].upper()}{self.what[1:]}\n  next: {self.next_step}"


# -- what there is


def current() -> Digests:
    """Of the working tree's readers and linker."""
    projects = dict(_projects())
    facts = dict(_case(path) for path in golden.cases())
    facts |= {f"project: {path}": _file(path, data) for path, data in project.FILES.items()}
    facts |= {name: _files(sources) for name, sources in projects.items()}
    facts["project: history"] = _history()
    return Digests(
        versions.EXTRACTOR_VERSION,
        versions.LINKER_VERSION,
        parsers(),
        dict(sorted(facts.items())),
        {name: _edges(sources) for name, sources in sorted(projects.items())},
    )


def parsers() -> dict[str, str]:
    """Package → installed release, of those whose releases may change what is read."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = (re.match(r"[\w.-]+", requirement) for requirement in wanted)
    return {name[0]: version(name[0]) for name in names if name and name[0].startswith(_PARSERS)}


def _case(path: Path) -> tuple[str, Parts]:
    name = f"{path.parent.name}/{path.name}"
    return name, _file(name, golden.split(path.read_text("utf-8"))[0])


def _projects() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The small linking projects of the tests: every table of cases of tests/ingest/test_link*.py."""
    for path in sorted((ROOT / "tests" / "ingest").glob("test_link*.py")):
        for table in vars(importlib.import_module(path.stem)).values():
            for name, case in table.items() if isinstance(table, dict) else ():
                if isinstance(case, tuple) and case and isinstance(case[0], dict):
                    yield f"{path.stem.removeprefix('test_')}: {name}", case[0]


def _file(path: str, data: bytes) -> Parts:
    stored = _stored(path, data)
    return {"source": digest([path, data]), **{part: digest(value) for part, value in stored.items()}}


def _files(sources: Mapping[str, str]) -> Parts:
    stored = {path: _stored(path, text.encode()) for path, text in sorted(sources.items())}
    return {"source": digest(sorted(sources.items())), "all": digest(stored)}


def _stored(path: str, data: bytes) -> dict[str, Any]:
    """What a store keeps of one file, by part."""
    language = registry.language_of(path, data)
    assert language is not None, f"{path} is read by nobody"
    packed = pack(path, parse_file(path, language, data))
    symbols = [packed.package, packed.references, packed.symbols]
    return {
        "facts": [language, _opened(packed.facts), _opened(packed.outline), symbols],
        "chunks": packed.chunks,
        "terms": packed.forward,
        "text": [packed.redacted, zlib.decompress(packed.text)],
        "findings": [
            packed.decision_row,
            packed.decision and msgspec.msgpack.decode(packed.decision),
            [(kind, msgspec.msgpack.decode(fact)) for kind, fact in packed.findings],
        ],
    }


def _opened(blob: bytes) -> Any:
    return msgspec.msgpack.decode(zlib.decompress(blob))


def _history() -> Parts:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project").resolve()
        head = project.build(root)
        git = Git.open(root)
        assert git is not None
        stored = list(entries(git, list(git.log(head)), Units()))
    return {
        "source": digest(head),
        "commits": digest([(row.commit, row.effect, row.inverse) for row in stored]),
        "notes": digest([row.notes for row in stored]),
        "terms": digest([row.forward for row in stored]),
    }


def _edges(sources: Mapping[str, str]) -> Parts:
    links = sorted(Project(sources).links.items())
    return {
        "source": digest(sorted(sources.items())),
        "edges": digest(
            [(path, sorted(map(plain, link.edges)), link.unresolved, link.unknown) for path, link in links]
        ),
        "dependencies": digest([(path, sorted(array("I", link.looked))) for path, link in links]),
    }


def digest(value: Any) -> str:
    """The first eight hex digits of sha256 of the value as JSON."""
    return hashlib.sha256(json.dumps(plain(value), sort_keys=True).encode("ascii")).hexdigest()[:8]


def plain(value: Any) -> Any:
    """A value as JSON knows it: structs as lists of their fields in order, as they are stored; bytes as hex."""
    if isinstance(value, Struct):
        return [plain(getattr(value, field)) for field in value.__struct_fields__]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.hex() if isinstance(value, bytes) else value


# -- what was committed, and the difference


def read(file: Path = FILE) -> Digests:
    """The committed digests."""
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Digests)


def write(digests: Digests, file: Path = FILE) -> None:
    """A line a case, so that two branches that add cases merge."""
    lines = [
        f"# What is read of the cases, and the edges between their files. Written by `{COMMAND}`, never by hand.",
        f"extractor = {digests.extractor}",
        f"linker = {digests.linker}",
    ]
    for title in ("parsers", "facts", "edges"):
        lines += ["", f"[{title}]"]
        lines += [f"{json.dumps(name)} = {_inline(value)}" for name, value in getattr(digests, title).items()]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def _inline(value: str | Parts) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    return "{ " + ", ".join(f'{part} = "{one}"' for part, one in value.items()) + " }"


def problem(committed: Digests, now: Digests) -> Problem | None:
    """What stands between the two, the worst first; None when they are the same."""
    facts, edges = _changed(committed.facts, now.facts), _changed(committed.edges, now.edges)
    extractor = _Version("EXTRACTOR", committed.extractor, now.extractor)
    links = _Version("LINKER", committed.linker, now.linker)
    if lowered := next((one for one in (extractor, links) if one.now < one.before), None):
        return lowered.lowered()
    if facts and extractor.same:
        return extractor.unraised("what is read of", facts, _other_parsers(committed.parsers, now.parsers))
    if edges and extractor.same and links.same:  # other facts may give other edges
        return links.unraised("the edges of", edges)
    if msgspec.structs.replace(committed, parsers=now.parsers) != now:
        why = "is of other cases" if extractor.same and links.same else "is of an earlier version"
        return Problem(
            f"tests/versions/digests.toml {why}", f"run `{COMMAND}` and commit the file", refused=False
        )
    return None


def _changed(before: Mapping[str, Parts], now: Mapping[str, Parts]) -> list[str]:
    """The cases that are made from the same source and give something else, with the parts that differ."""
    found = []
    for name in sorted(before.keys() & now.keys()):
        old, new = before[name], now[name]
        if old["source"] == new["source"] and old != new:
            parts = [part for part in sorted(old.keys() | new.keys()) if old.get(part) != new.get(part)]
            found.append(f"{name} ({', '.join(parts)})")
    return found


class _Version(Struct, frozen=True):
    """One of the two versions: what was committed, and what the source says ``now``."""

    name: str
    before: int
    now: int

    @property
    def same(self) -> bool:
        return self.before == self.now

    @property
    def _place(self) -> str:
        return f"{self.name}_HISTORY in {Path(versions.__file__).relative_to(ROOT)}"

    def lowered(self) -> Problem:
        what = f"{self.name}_VERSION is {self.now}, but the committed digests are of version {self.before}"
        return Problem(
            what, f"put the missing lines back into {self._place}: a version never falls", refused=True
        )

    def unraised(self, what: str, cases: list[str], cause: str = "") -> Problem:
        shown = "".join(f"\n    {case}" for case in cases[:MAX_SHOWN])
        count = f"{len(cases)} case{'s' if cases[1:] else ''}"
        more = f"\n    and {len(cases) - MAX_SHOWN} more" if len(cases) > MAX_SHOWN else ""
        return Problem(
            f"{what} {count} changed, but {self.name}_VERSION is still {self.now}:{shown}{more}{cause}",
            f'if the change is meant, add the line `{self.now + 1}: "what changed and why",` to {self._place},'
            f" then run `{COMMAND}` and commit the file. (Version {self.now} is not on the main branch yet?"
            " Then put digests.toml back to what it is there, and only run the command.)",
            refused=True,
        )


def _other_parsers(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The packages of other releases than those that the digests were written with, in words."""
    others = [f"{name} {now[name]}, not {before.get(name)}" for name in now if before.get(name) != now[name]]
    return f"\n    installed are {'; '.join(others)}: compare with requirements.lock" if others else ""


def rewrite(now: Digests, file: Path = FILE) -> Problem | None:
    """Write ``now`` to ``file``, unless that hides a change under a version that was not raised."""
    found = problem(read(file), now)
    if found is None or not found.refused:
        write(now, file)
        return None
    return found


def main(arguments: list[str]) -> int:
    if not FILE.exists():  # without it a change could not be told
        print(f"{FILE} is gone\n  next: `git checkout {FILE.relative_to(ROOT)}`")
        return 1
    found = problem(read(), current()) if arguments == ["--check"] else rewrite(current())
    if found:
        print(found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
