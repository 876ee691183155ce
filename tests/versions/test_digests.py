"""Stores hold what some version of the readers and of the linker gave: a change of either raises its version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import digests
import pytest
from digests import Digests, problem
from msgspec import structs

from memoryd.store.index.versions import (
    EXTRACTOR_HISTORY,
    EXTRACTOR_VERSION,
    LINKER_HISTORY,
    LINKER_VERSION,
)

SMALL = Digests(
    extractor=3,
    linker=2,
    parsers={"tree-sitter-go": "0.25.0"},
    facts={
        "go/a.go": {"source": "s", "facts": "1", "chunks": "1"},
        "one project": {"source": "s", "all": "1"},
    },
    edges={"one project": {"source": "s", "edges": "1", "dependencies": "1"}},
)


def other(case: str, **parts: str) -> Mapping[str, Mapping[str, str]]:
    """The facts of SMALL with other parts of one case."""
    return {**SMALL.facts, case: {**SMALL.facts[case], **parts}}


def other_edges(**parts: str) -> Mapping[str, Mapping[str, str]]:
    """The edges of SMALL with other parts."""
    return {"one project": {**SMALL.edges["one project"], **parts}}


def test_nothing_changed_under_the_same_version() -> None:
    """What is read of the committed cases, and the edges between their files, are those of digests.toml."""
    found = problem(digests.read(), digests.current())
    if found:
        pytest.fail(str(found), pytrace=False)


@pytest.mark.parametrize(
    ("history", "version"), [(EXTRACTOR_HISTORY, EXTRACTOR_VERSION), (LINKER_HISTORY, LINKER_VERSION)]
)
def test_every_version_has_a_line_of_history(history: dict[int, str], version: int) -> None:
    """Versions rise by one, and each says in one line what changed."""
    assert sorted(history) == list(range(1, version + 1))
    assert all(line.strip() and "\n" not in line for line in history.values())


def test_the_committed_digests_cover_every_reader_and_every_table_of_links() -> None:
    """The guard is of no empty set: each language with cases, the sample project, each file of linking cases."""
    committed = digests.read()
    languages = {folder.name for folder in digests.golden.CASES.iterdir()}
    assert {name.partition("/")[0] for name in committed.facts if ": " not in name} == languages
    assert {"project: history", "project: shop/cart.py", "project: pyproject.toml"} <= committed.facts.keys()
    for path in (digests.ROOT / "tests" / "ingest").glob("test_link_*.py"):
        if "Case" in path.read_text("utf-8"):
            table = path.stem.removeprefix("test_")
            assert any(name.startswith(f"{table}: ") for name in committed.edges), table


def test_other_facts_under_the_same_version_are_refused_by_name_and_with_the_next_step() -> None:
    """The message names the case, the part, the line to add, where, and the one command."""
    found = problem(SMALL, structs.replace(SMALL, facts=other("go/a.go", facts="2")))
    assert found is not None
    assert found.refused
    assert "go/a.go (facts)" in found.what
    assert "EXTRACTOR_VERSION is still 3" in found.what
    assert '`4: "what changed and why",` to EXTRACTOR_HISTORY in memoryd/store/' in found.next_step
    assert f"run `{digests.COMMAND}`" in found.next_step


@pytest.mark.parametrize("part", ["edges", "dependencies"])
def test_other_edges_of_the_same_facts_are_refused_until_the_linker_rises(part: str) -> None:
    """What a link depends on counts as well: it decides which links are drawn again."""
    found = problem(SMALL, structs.replace(SMALL, edges=other_edges(**{part: "2"})))
    assert found is not None
    assert found.refused
    assert f"one project ({part})" in found.what
    assert '`3: "what changed and why",` to LINKER_HISTORY in memoryd/' in found.next_step


def test_other_edges_of_other_facts_ask_for_the_extractor_alone() -> None:
    """All is linked again when all is read again: one raised version is enough."""
    changed = structs.replace(SMALL, facts=other("one project", all="2"), edges=other_edges(edges="2"))
    found = problem(SMALL, changed)
    assert found is not None
    assert "EXTRACTOR_VERSION is still 3" in found.what
    raised = problem(SMALL, structs.replace(changed, extractor=4))
    assert raised is not None
    assert not raised.refused


def test_a_raised_extractor_hides_no_lowered_linker() -> None:
    """A version never falls: stores of the higher one are out there."""
    for lower in ({"extractor": 2}, {"linker": 1}, {"extractor": 4, "linker": 1}):
        found = problem(SMALL, structs.replace(SMALL, **lower))
        assert found is not None
        assert found.refused


def test_another_release_of_a_grammar_is_named_as_a_cause() -> None:
    """Facts that changed by somebody else's release are told from those that we changed."""
    changed = structs.replace(SMALL, facts=other("go/a.go", facts="2"), parsers={"tree-sitter-go": "0.26.0"})
    assert "tree-sitter-go 0.26.0, not 0.25.0" in str(problem(SMALL, changed))
    assert problem(SMALL, structs.replace(SMALL, parsers={"tree-sitter-go": "0.26.0"})) is None


@pytest.mark.parametrize(
    "facts",
    [
        {**SMALL.facts, "go/new.go": {"source": "s", "facts": "1"}},
        {"go/a.go": SMALL.facts["go/a.go"]},
        other("go/a.go", source="edited", facts="2"),
    ],
    ids=["a new case", "a case less", "an edited case"],
)
def test_other_cases_need_the_command_and_no_version(facts: Mapping[str, Mapping[str, str]]) -> None:
    """Cases may come, go and change: that says nothing of what readers do."""
    found = problem(SMALL, structs.replace(SMALL, facts=facts))
    assert found is not None
    assert not found.refused
    assert f"run `{digests.COMMAND}`" in found.next_step


def test_the_command_refuses_what_would_hide_a_change(tmp_path: Path) -> None:
    """It leaves the file as it was, and writes it whole once the version has risen."""
    file = tmp_path / "digests.toml"
    digests.write(SMALL, file)
    assert digests.read(file) == SMALL
    changed = structs.replace(SMALL, edges=other_edges(edges="2"))
    assert digests.rewrite(changed, file) is not None
    assert digests.read(file) == SMALL
    raised = structs.replace(changed, linker=3)
    assert digests.rewrite(raised, file) is None
    assert digests.read(file) == raised
