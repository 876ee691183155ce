"""What the tests leave unrun, room by room: printed after a run with ``--cov``, above pytest's closing line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLOCKS = {"monotonic", "process_time", "perf_counter"}


class Room(NamedTuple):
    """A folder of modules: how many lines can run, and how many did not."""

    name: str
    lines: int
    missed: int

    def __str__(self) -> str:
        share = 100 * (self.lines - self.missed) / max(self.lines, 1)
        return f"{share:5.1f} % of {self.lines:6,} lines, {self.missed:5,} not run  {self.name}"


def rooms(files: dict[str, tuple[int, int]]) -> list[Room]:
    """Path → (lines, lines not run), as folders: the one with the most lines not run first."""
    lines, missed = Counter[str](), Counter[str]()
    for path, (all_lines, not_run) in files.items():
        folder = str(Path(path).parent)
        lines[folder] += all_lines
        missed[folder] += not_run
    found = [Room(folder, lines[folder], missed[folder]) for folder in lines]
    return sorted(found, key=lambda room: (-room.missed, room.name))


def _measured(data_file: str) -> Iterator[tuple[str, tuple[int, int]]]:
    import coverage

    measured = coverage.Coverage(data_file=data_file, config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    for package in ("memoryd", "indexers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            _, statements, _, missing, _ = measured.analysis2(str(path))
            yield path.relative_to(ROOT).as_posix(), (len(statements), len(missing))


def measured() -> dict[str, str]:
    """What a process with an environment of its own needs to be measured along with the test that starts it."""
    return {name: value for name, value in os.environ.items() if name == "COVERAGE_PROCESS_CONFIG"}


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    plugin = config.pluginmanager.getplugin("_cov")
    if plugin is None or plugin.cov_controller is None:
        return
    found = rooms(dict(_measured(str(ROOT / ".coverage"))))
    total = Room("in total", sum(room.lines for room in found), sum(room.missed for room in found))
    table = [str(room) for room in [*found, total]]
    terminalreporter.section("coverage of each room")
    for line in table:
        terminalreporter.write_line(line)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a") as page:
            page.write("\n".join(["```", *table, "```", ""]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that looks at the clock bounds what our code takes: measuring would count as well."""
    for item in items:
        test = getattr(item, "function", None)
        test = getattr(getattr(test, "hypothesis", None), "inner_test", test)
        if test is not None and CLOCKS & set(test.__code__.co_names):
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def _processes_unmeasured_too(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
