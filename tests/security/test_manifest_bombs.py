"""Manifests, settings and documents that are deep, endless or refer to themselves are read, or counted as empty.

Their readers are libraries for TOML, YAML, JSON and XML and our own; what none of them may do is fail, or take time
that grows faster than the text.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ingest"))

from projects import Repository, run_index, small_pool

from indexers.history import dependencies
from indexers.parse import parse_file
from indexers.registry import language_of

_DEEP = 20_000
_TOO_LONG_S = 60  # of processor time: an ordinary one takes milliseconds, one that explodes never ends
_NINE = ",".join(["x"] * 9)
_ALIASES = f"a: &a [{_NINE}]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
_ENTITIES = '<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
BOMBS = {
    "lists": "[" * _DEEP,
    "objects": '{"a":' * _DEEP,
    "flow mappings": "{a: " * _DEEP,
    "block lists": "- " * _DEEP,
    "digits": f"x = {'9' * 100_000}",
    "digits of JSON": f'{{"dependencies": {{"a": {"9" * 100_000}}}}}',
    "underscores": f"a: 1{'_1' * _DEEP}",
    "base 60": f"a: 190:{'20:' * _DEEP}5\n",
    "exponent": "a: 1e999999999\n",
    "a list of TOML": f"[project]\ndependencies = {'[' * _DEEP}",
    "a dotted key": f"a{'.a' * _DEEP} = 1",
    "a dotted table": f"[{'a.' * _DEEP}a]\n",
    "aliases of aliases": f"{_ALIASES}services: *j\njobs: *j\npackages: *j\n",
    "a chain of anchors": "".join(f"a{n}: &x{n} [*x{max(n - 1, 0)}]\n" for n in range(2_000)),
    "merges": "a: &a {b: c}\nx:\n" + "  <<: [*a, *a]\n" * 2_000,
    "elements": "<project>" * _DEEP,
    "entities": f'<?xml version="1.0"?><!DOCTYPE l [{_ENTITIES}]><project><artifactId>&j;</artifactId></project>',
    "calls": "dependencies(" * _DEEP,
}
READ = (
    "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile", "package.json", "composer.json", "go.mod",
    "Cargo.toml", "pom.xml", "Gemfile", "build.gradle", "a.csproj", "requirements.txt", "docker-compose.yml",
    ".github/workflows/a.yml", "openapi.yaml", "CODEOWNERS", "pnpm-workspace.yaml", ".importlinter", ".eslintrc.json",
    "docs/adr/0001-a.md", "tsconfig.json",
)  # fmt: skip
LINKED = ("package.json", "pnpm-workspace.yaml", "composer.json", "Cargo.toml", "go.mod", "tsconfig.json")


def _is_too_long(*_: object) -> None:
    raise AssertionError(f"more than {_TOO_LONG_S} s of processor time")


@pytest.fixture(autouse=True)
def bound() -> Iterator[None]:
    """Each test has an end of its own."""
    before = signal.signal(signal.SIGPROF, _is_too_long)
    signal.setitimer(signal.ITIMER_PROF, _TOO_LONG_S)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("bomb", BOMBS)
def test_every_reader_comes_to_an_end(bomb: str) -> None:
    """Operations, rules, decisions and dependencies of every kind of file, from every such text."""
    data = BOMBS[bomb].encode()
    for path in READ:
        parse_file(path, language_of(path, data) or "text", data)
        assert len(dependencies.packages(path, data)) <= dependencies.MAX_PACKAGES


def test_a_project_of_such_manifests_is_indexed(tmp_path: Path) -> None:
    """Linking and history read manifests too, outside of the parse workers: with each of them changed by a commit, the
    run ends and the code is linked."""
    repo = Repository(tmp_path / "repo")
    code = {"a.py": "def f():\n    pass\n", "b.py": "from a import f\n\nf()\n"}
    places = {f"p{n}/{path}": text for n, text in enumerate(BOMBS.values()) for path in LINKED}
    for number, ending in enumerate(("", "\n")):
        for path, text in {**code, **places}.items():
            repo.write(path, text + ending)
        repo.commit(f"Number {number}")
    pool = small_pool()
    try:
        summary = run_index(pool, repo.root, tmp_path / "store")
    finally:
        pool.close()
    assert (summary.commits, summary.edges > 0) == (2, True)
    assert summary.files + summary.skipped == len(places) + len(code)
