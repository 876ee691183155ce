"""What the history has against a change, in small scripted repositories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_project import CheckedProject

from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.check.answers import CheckAnswer, CheckFinding

BODY = "def sign(value):\n    return value\n\n\ndef check(value):\n    return True\n"
RETRY = (
    "def retry(action, times=3):\n    for attempt in range(times):\n        result = action(attempt)\n"
    "        if result is not None:\n            return result\n    return None\n"
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    shared = ParsePool(PoolLimits(1))
    yield shared
    shared.close()


def told(answer: CheckAnswer, rule: str) -> list[CheckFinding]:
    return [finding for finding in answer.findings if finding.rule == rule]


def reverted(project: CheckedProject, message: str) -> str:
    """Commit a retry helper, then revert it with ``message``; the revert's sha."""
    sha = project.commit("Retry three times", {"net.py": BODY + RETRY})
    return project.commit(
        f'Revert "Retry three times"\n\nThis reverts commit {sha}.\n{message}', {"net.py": BODY}
    )


def test_a_reverted_change_that_comes_back_warns_with_the_reason(tmp_path: Path, pool: ParsePool) -> None:
    """Lines that a revert took away stand again: WARN at the first of them, with the revert's sha and its reason."""
    project = CheckedProject(tmp_path / "p", pool, {"net.py": BODY})
    sha = reverted(project, "It hid outages because callers never saw the error.")
    project.stage({"net.py": "import os\n" + BODY + RETRY.replace("times=3", "times=5")})
    answer = project.check()
    (finding,) = told(answer, "reverted")
    assert (finding.severity, finding.path, finding.source) == ("warn", "net.py", sha)
    assert "hid outages" in finding.quote
    assert finding.line > 7
    assert answer.verdict == "WARN"


def test_what_was_put_back_in_since_is_in(tmp_path: Path, pool: ParsePool) -> None:
    """A revert that was itself reverted says nothing against the change any more."""
    project = CheckedProject(tmp_path / "p", pool, {"net.py": BODY})
    sha = reverted(project, "")
    project.commit(f'Revert "Revert"\n\nThis reverts commit {sha}.', {"net.py": BODY + RETRY})
    project.commit("Move it away", {"net.py": BODY})
    project.stage({"net.py": BODY + RETRY})
    assert told(project.check(), "reverted") == []


def test_a_few_common_lines_are_no_return_of_a_change(tmp_path: Path, pool: ParsePool) -> None:
    """Short or ordinary lines that a revert took away too do not make a change the reverted one."""
    project = CheckedProject(tmp_path / "p", pool, {"net.py": BODY})
    reverted(project, "")
    project.stage({"net.py": BODY + "def once(action):\n    result = action()\n    return None\n"})
    assert told(project.check(), "reverted") == []


def test_the_revert_itself_is_not_blamed(tmp_path: Path, pool: ParsePool) -> None:
    """Checking the commit that reverts, or the one that it reverted, finds nothing coming back."""
    project = CheckedProject(tmp_path / "p", pool, {"net.py": BODY})
    sha = reverted(project, "")
    assert told(project.check(range=sha), "reverted") == []


def test_tests_to_run_are_told(tmp_path: Path, pool: ParsePool) -> None:
    """INFO names the test files from which what changed is reached."""
    project = CheckedProject(
        tmp_path / "p", pool,
        {"net.py": BODY, "tests/test_net.py": "from net import sign\n\n\ndef test_sign():\n    assert sign(1) == 1\n"},
    )  # fmt: skip
    project.stage({"net.py": BODY.replace("return value", "return value + 0")})
    answer = project.check()
    (finding,) = told(answer, "tests")
    assert "tests/test_net.py" in finding.message
    assert answer.verdict == "OK"


def test_a_companion_that_is_missing_is_told(tmp_path: Path, pool: ParsePool) -> None:
    """A file that changed with this one each time, and does not now, is a WARN; with it in the change it is not. A
    file that changed with it often enough is INFO."""
    project = CheckedProject(tmp_path / "p", pool, {"a.py": "0\n", "b.txt": "0\n", "c.md": "0\n"})
    for number in range(1, 7):
        project.commit(f"Change {number}", {"a.py": f"{number}\n", "b.txt": f"{number}\n"})
        project.commit(f"Else {number}", {"c.md": f"{number}\n"})
    project.stage({"a.py": "x\n"})
    (finding,) = told(project.check(), "companion")
    assert (finding.severity, finding.path, finding.source) == ("warn", "a.py", "b.txt")
    project.commit("Alone", {})
    project.commit("Alone again", {"a.py": "y\n"})
    project.stage({"a.py": "z\n"})
    (finding,) = told(project.check(), "co-change")
    assert (finding.severity, finding.source) == ("info", "b.txt")
    project.stage({"b.txt": "x\n"})
    assert told(project.check(), "co-change") == []


ADR = (
    "# 1. Use httpx\n\n## Status\n\nAccepted\n\n## Considered Options\n\n* httpx\n* requests\n\n"
    "## Decision Outcome\n\nChosen option: httpx.\n"
)


def manifest(*names: str) -> str:
    return '[project]\nname = "a"\ndependencies = [\n' + "".join(f'  "{name}",\n' for name in names) + "]\n"


def test_a_dependency_that_was_removed_for_a_reason_warns(tmp_path: Path, pool: ParsePool) -> None:
    """A dependency that comes back names the commit that removed it and why; one that never was there does not."""
    project = CheckedProject(tmp_path / "p", pool, {"pyproject.toml": manifest("attrs", "simplejson>=2")})
    sha = project.commit(
        "Remove simplejson\n\nThe standard library's json is fast enough, so we decided to drop simplejson because its"
        " C extension breaks on musl.",
        {"pyproject.toml": manifest("attrs")},
    )
    project.stage({"pyproject.toml": manifest("attrs", "simplejson>=3")})
    (finding,) = told(project.check(), "dependency")
    assert (finding.severity, finding.path, finding.line, finding.source) == (
        "warn",
        "pyproject.toml",
        5,
        sha,
    )
    assert "musl" in finding.quote
    project.stage({"pyproject.toml": manifest("attrs", "orjson")})
    assert told(project.check(), "dependency") == []


def test_a_rejected_trailer_warns_when_its_option_comes_in(tmp_path: Path, pool: ParsePool) -> None:
    """`Rejected: redis …` of a commit is quoted when a change imports redis; another import is not its matter."""
    project = CheckedProject(tmp_path / "p", pool, {"a.py": "x = 1\n"})
    sha = project.commit(
        "Cache in memory\n\nRejected: redis | a server more to run\n", {"a.py": "cache = {}\n"}
    )
    project.stage({"a.py": "cache = {}\nimport redis\n"})
    (finding,) = told(project.check(), "rejected alternative")
    assert (finding.severity, finding.path, finding.line, finding.source) == ("warn", "a.py", 2, sha)
    project.stage({"a.py": "cache = {}\nimport shelve\n"})
    assert told(project.check(), "rejected alternative") == []


def test_an_option_that_a_decision_did_not_choose_warns(tmp_path: Path, pool: ParsePool) -> None:
    """A considered option of an accepted decision is quoted when it comes in; the chosen one is not."""
    project = CheckedProject(tmp_path / "p", pool, {"docs/adr/0001-use-httpx.md": ADR, "a.py": "x = 1\n"})
    project.stage({"a.py": "import requests\n"})
    (finding,) = told(project.check(), "rejected alternative")
    assert (finding.path, finding.line, finding.source.partition(":")[0]) == (
        "a.py",
        1,
        "docs/adr/0001-use-httpx.md",
    )
    project.stage({"a.py": "import httpx\n"})
    assert told(project.check(), "rejected alternative") == []
