"""The health of declared rules: broken by the code as it stands, or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_project import CheckedProject
from test_check_rules import ALLOWED, DOUBTS, SEEDS, Files

from memoryd.ingest.parse.pool import ParsePool, PoolLimits

_OF_IMPORTS = [
    name
    for name in SEEDS
    if not any(words in name for words in ("another module", "far end", "a function", "cargo-deny"))
]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    shared = ParsePool(PoolLimits(1))
    yield shared
    shared.close()


def _health(project: CheckedProject) -> list[tuple[str, str]]:
    found = project.decisions(kinds=("constraint",)).decisions
    return [(item.health, item.reason) for item in found if item.health != "ok"]


@pytest.mark.parametrize("name", _OF_IMPORTS)
def test_a_rule_that_the_code_breaks_is_violated(name: str, tmp_path: Path, pool: ParsePool) -> None:
    """Nothing while the code keeps to it; with the violation committed the rule says where it is broken."""
    seed = SEEDS[name]
    project = CheckedProject(tmp_path / "p", pool, seed.files)
    assert _health(project) == []
    project.commit("Break it", dict(seed.breaks))
    ((health, reason),) = _health(project)
    path, line = seed.at
    assert health == "violated"
    assert reason.startswith(f"{path}:{line} ")
    assert seed.says in reason


_SPARED = {
    name: case[:2]
    for name, case in (ALLOWED | DOUBTS).items()
    if name not in ("a chain beside one that was there", "a rule that the change itself loosens")
}


@pytest.mark.parametrize("name", _SPARED)
def test_what_the_tool_spares_violates_nothing(name: str, tmp_path: Path, pool: ParsePool) -> None:
    """Exceptions, other directions, silenced lines: the rule is kept."""
    files, change = _SPARED[name]
    project = CheckedProject(tmp_path / "p", pool, files)
    everything: Files = dict(change)
    project.commit("Change it", everything)  # type: ignore[arg-type]
    assert _health(project) == []


def test_rules_on_one_line_are_each_judged(tmp_path: Path, pool: ParsePool) -> None:
    """A minified configuration declares several rules on one line: the place is broken if one of them is."""
    files = {
        ".eslintrc.json": '{"rules": {"no-restricted-imports": ["error", "lodash", "moment"]}}',
        "a.js": "",
    }
    project = CheckedProject(tmp_path / "p", pool, files)
    assert _health(project) == []
    project.commit("Break it", {"a.js": "import m from 'moment';\n"})
    assert {health for health, _ in _health(project)} == {"violated"}
