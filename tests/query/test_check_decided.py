"""What is decided and recorded in words, and rules that their tool does not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_project import CheckedProject

from memoryd.ingest.parse.pool import ParsePool, PoolLimits


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(PoolLimits(1, 10.0, 512 * 1024 * 1024))
    yield made
    made.close()


ADR = """# 1. Components are plain functions

## Status

{status}

## Decision

New components must not be typed with `React.FC`; the props are typed at the parameter.
"""


def project(tmp_path: Path, pool: ParsePool, files: dict[str, str]) -> CheckedProject:
    return CheckedProject(tmp_path / "p", pool, files)


@pytest.mark.parametrize(
    ("status", "verdict"), [("Accepted", "WARN"), ("Rejected", "OK"), ("Proposed", "OK")]
)
def test_an_accepted_decision_is_held_against_what_it_forbids(
    tmp_path: Path, pool: ParsePool, status: str, verdict: str
) -> None:
    """Its own words are quoted with its place; one that does not hold says nothing."""
    made = project(
        tmp_path, pool, {"docs/adr/0001-plain.md": ADR.format(status=status), "a.tsx": "export {}\n"}
    )
    made.stage({"src/Dial.tsx": "export const Dial: React.FC = () => null\n"})
    answer = made.check()
    assert answer.verdict == verdict
    found = [(f.path, f.line, f.source.partition(":")[0]) for f in answer.findings if f.rule == "decision"]
    assert found == ([("src/Dial.tsx", 1, "docs/adr/0001-plain.md")] if verdict == "WARN" else [])


def test_what_was_not_executed_is_listed(tmp_path: Path, pool: ParsePool) -> None:
    """An OK says which sentences in scope nobody could execute."""
    rules = "# Rules\n\n- Never call `os.system`.\n- Handlers must be small.\n"
    made = project(
        tmp_path, pool, {"docs/adr/0001-plain.md": ADR.format(status="Accepted"), "AGENTS.md": rules}
    )
    made.stage({"a.py": "x = 1\n"})
    answer = made.check()
    assert answer.verdict == "OK"
    assert any("Components are plain functions" in said for said in answer.not_checkable)
    assert any(said.startswith("AGENTS.md: 2 sentences") for said in answer.not_checkable)


ESLINT = '{ "eslintConfig": { "rules": { "no-restricted-imports": ["error", "lodash"] } } }'


@pytest.mark.parametrize(
    ("beside", "verdict"),
    [
        ({}, "BLOCK"),
        ({"eslint.config.js": "export default []\n"}, "OK"),
        ({"eslint.config.mjs": "export default []\n"}, "OK"),
        ({".eslintrc.json": "{}"}, "OK"),
        ({"tools/eslint.config.js": "export default []\n"}, "BLOCK"),  # of another folder
    ],
)
def test_a_configuration_that_its_tool_does_not_read_forbids_nothing(
    tmp_path: Path, pool: ParsePool, beside: dict[str, str], verdict: str
) -> None:
    """A dead rule is listed with the file that goes before it, and blocks nothing."""
    made = project(tmp_path, pool, {"package.json": ESLINT, "src/a.js": "export const a = 1\n", **beside})
    made.stage({"src/a.js": "import _ from 'lodash'\nexport const a = 1\n"})
    answer = made.check()
    assert answer.verdict == verdict
    assert any("does not read this file" in said for said in answer.not_checkable) == (verdict == "OK")
