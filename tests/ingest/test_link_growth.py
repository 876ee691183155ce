"""What linking one file takes does not grow with the project: no times, but what is executed and noted."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest
from in_memory import Link, Project
from link_shapes import LANGUAGES, project

from memoryd.ingest.link import evaluate, rules
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.languages import RULES, python

SMALL, LARGE = 24, 96
ANCESTORS = 4


def _lines_executed(action: Callable[[], object]) -> int:
    """How many lines of Python ``action`` executes; each turn of a loop counts."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable:
        nonlocal count
        count += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(previous)
    return count


def _steps_of_a_file(language: str, shape: str, size: int) -> float:
    """Lines executed to link a file of the project, the mean of all."""
    linked = Project(dict(project(language, shape, size)), order=())
    linked.view.load_names()
    evaluator = Evaluator(linked.view, RULES)
    return _lines_executed(lambda: linked.link(evaluator, sorted(linked.sources))) / len(linked.sources)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_looks_at_no_more_definitions_when_more_have_its_name(language: str) -> None:
    """Regression: every reference went through all definitions of its name in the project, so files that all define
    one name cost four times as much each when there were four times as many."""
    steps = [_steps_of_a_file(language, "name", size) for size in (SMALL, LARGE)]
    assert steps[1] < 1.15 * steps[0]  # C++ tries up to 256 programs that define a name each for themselves


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", ["hub", "chain", "circle"])
def test_a_file_costs_no_more_where_all_take_in_all(
    language: str, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: every file went through all that it reaches over star imports, which may be the whole project."""
    for module in (
        rules,
        evaluate,
        python,
    ):  # the ancestors of a class are a cost of their own, which has its bound
        monkeypatch.setattr(module, "MAX_ANCESTORS", ANCESTORS)
    steps = [_steps_of_a_file(language, shape, size) for size in (SMALL, LARGE)]
    assert steps[1] < 1.25 * steps[0]


def _modules(size: int) -> dict[str, str]:
    """Modules of Go that import each other."""
    files = {}
    for i in range(size):
        files[f"m{i}/go.mod"] = f"module example.org/m{i}\n"
        files[f"m{i}/a.go"] = (
            f'package m\n\nimport "example.org/m{(i * 7 + 3) % size}"\n\nfunc F() {{ m.F() }}\n'
        )
    return files


def _headers(size: int) -> dict[str, str]:
    """Headers of one base name, and files that mean the nearest one."""
    files = {}
    for i in range(size):
        files[f"p{i}/include/util.h"] = f"int f{i}(void);\n"
        files[f"p{i}/src/a.c"] = f'#include "util.h"\nint g{i}(void) {{ return f{i}(); }}\n'
    return files


def _orphans(size: int) -> dict[str, str]:
    """Files of Rust in one folder that no other declares."""
    return {f"src/m{i}.rs": f"use super::f;\npub fn f{i}() {{ f() }}\n" for i in range(size)}


def _declared(size: int) -> dict[str, str]:
    """Files of HCL, Protobuf and SQL that all define the same names, and use them."""
    files = {}
    for i in range(size):
        files[f"h{i}/v.tf"] = 'variable "region" {}\n'
        files[f"h{i}/m.tf"] = (
            f'module "up" {{\n  source = "../h{(i * 7 + 3) % size}"\n  region = var.region\n}}\n'
        )
        files[f"p{i}/b.proto"] = f"package p{i};\nmessage Item {{}}\n"
        files[f"p{i}/a.proto"] = f'package p{i};\nimport "b.proto";\nmessage Use {{ Item one = 1; }}\n'
        files[f"s{i}/a.sql"] = "CREATE TABLE seats (id int);\n"
        files[f"s{i}/b.sql"] = "CREATE VIEW v AS SELECT count(*) FROM seats;\n"
    return files


def _modules_that_use(size: int) -> dict[str, str]:
    """Modules of Elixir that use one that quotes, and objects of Scala that take in all of one, each with one name."""
    files = {
        "web.ex": "defmodule Web do\n  defmacro __using__(_) do\n    quote do\n      import Help\n    end\n  end\n"
        "end\n",
        "help.ex": "defmodule Help do\n  def link(x), do: x\nend\n",
        "dir.scala": "package tools\nobject Dir { def find(x: Int) = x }\n",
    }
    for i in range(size):
        files[f"e{i}.ex"] = (
            f"defmodule M{i} do\n  use Web\n  def run(x), do: M{(i * 7 + 3) % size}.run(link(x))\nend\n"
        )
        files[f"s{i}.scala"] = (
            f"package p{i}\nimport tools.Dir._\n"
            f"object Same {{ def run() = p{(i * 7 + 3) % size}.Same.run() + find(1) }}\n"
        )
    return files


def _scripts(size: int) -> dict[str, str]:
    """Scripts that all source one file from a folder that is not known, and the next one from their own."""
    files = {"lib/common/log.sh": "log() {\n  :\n}\n"}
    for i in range(size):
        files[f"bin/s{i}.sh"] = (
            f'source "$LIB/common/log.sh"\nsource ./s{(i + 1) % size}.sh\nf{i}() {{\n  log; f{(i + 9) % size}\n}}\n'
        )
    return files


@pytest.mark.parametrize("sources", [_modules, _headers, _orphans, _declared, _modules_that_use, _scripts])
def test_where_an_import_leads_costs_no_more_in_a_larger_project(
    sources: Callable[[int], dict[str, str]],
) -> None:
    """Regression: all go.mod files, headers of a name or files of a folder were gone through for each import."""
    steps = []
    for size in (SMALL, LARGE):
        linked = Project(sources(size), order=())
        linked.view.load_names()
        evaluator = Evaluator(linked.view, RULES)
        paths = sorted(linked.sources)
        steps.append(_lines_executed(partial(linked.link, evaluator, paths)) / len(paths))
    assert steps[1] < 1.15 * steps[0]


def test_configurations_that_all_extend_each_other_are_read_once() -> None:
    """Regression: eight levels of twenty names each were followed in all their combinations."""
    names = ("base", "app", "node", "lib", "common", "build", "paths", "options")
    sources = {"tsconfig.json": '{"extends": ["./tsconfig.base.json"]}', "a.ts": "import '@/b'\n", "b.ts": ""}
    for name, following in zip(names, (*names[1:], ""), strict=True):
        every = [f"./tsconfig.{following}.json"] * 20
        said = {"extends": every} if following else {"compilerOptions": {"paths": {"@/*": ["./*"]}}}
        sources[f"tsconfig.{name}.json"] = json.dumps(said)
    links: list[dict[str, Link]] = []
    assert _lines_executed(lambda: links.append(Project(sources).links)) < 50_000
    assert {edge.dst_path for edge in links[0]["a.ts"].edges} == {"b.ts"}
