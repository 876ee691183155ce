"""Continuous integration: GitHub workflows, GitLab, CircleCI, Azure, Travis, Jenkins. A job and what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.yaml_tree import Yaml, documents

_MAX_COMMANDS = 30
_GITLAB_WORDS = frozenset(
    ("default", "stages", "variables", "include", "workflow", "image", "services", "cache", "before_script",
     "after_script", "pages", "spec")
)  # fmt: skip
_STAGE = re.compile(r"""\bstage\s*(?:\(\s*)?["']([^"'\n]+)["']""")
_SHELL = re.compile(
    r"""\b(?:sh|bat|powershell)\s*(?:\(\s*)?(?:script:\s*)?(?:(["'])([^"'\n]+)\1|("{3}|'{3}))"""
)


def github_workflow(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        title = document.get("name").text or source.name.rpartition(".")[0]
        events = document.get("on")
        when = ", ".join(events.items or events.texts)
        for id_, job in document.get("jobs").items.items():
            steps = job.get("steps").entries
            called = [job.get("uses").text, *(step.get("uses").text for step in steps)]
            commands = _commands(step.get("run") for step in steps)
            yield _job(f"{title} / {id_}", job, f"on {when}" if when else "", commands, _local(called))


def github_action(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        runs = document.get("runs")
        steps = runs.get("steps").entries
        commands = _commands(step.get("run") for step in steps)
        called = [runs.get("main").text, *(step.get("uses").text for step in steps)]
        if runs.items:
            title = document.get("name").text or source.folder
            yield _job(
                f"action {title}", runs, document.get("description").text, commands, _local(called, "dist/")
            )


def gitlab(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        for name, job in document.items.items():
            script = job.get("script")
            if name in _GITLAB_WORDS or not (script.entries or job.get("trigger").items):
                continue
            stage = job.get("stage").text
            yield _job(name, job, f"stage {stage}" if stage else "", _commands(script.entries))


def circle(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        for name, job in document.get("jobs").items.items():
            steps = job.get("steps").entries
            runs = (_either(step.get("run"), step.get("run", "command")) for step in steps)
            yield _job(name, job, "", _commands(runs))


def azure(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        stages = document.get("stages").entries or [document]
        for stage in stages:
            for job in stage.get("jobs").entries or [stage]:
                steps = job.get("steps").entries
                commands = _commands(_either(step.get("script"), step.get("bash")) for step in steps)
                name = job.get("job").text or job.get("deployment").text or "job"
                if steps:
                    yield _job(name, job, "", commands)


def travis(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        script = document.get("script")
        if script.entries:
            commands = _commands((*document.get("install").entries, *script.entries))
            yield _job("travis", script, "", commands)


def jenkins(source: OperationSource) -> Iterator[Operation]:
    commands: list[str] = []
    stage, line = "pipeline", 1
    for number, text in enumerate(source.lines, 1):
        opened = _STAGE.search(text[:500])
        if opened:
            if commands:
                yield fact("ci_job", stage, line, detail=_detail("", commands), targets=commands)
            stage, line, commands = opened[1], number, []
        found = _SHELL.search(text[:500])
        if found:
            commands += (
                [found[2]] if found[2] else _commands_of("\n".join(source.lines[number : number + 10]))
            )
    if commands:
        yield fact("ci_job", stage, line, detail=_detail("", commands), targets=commands)


def _job(name: str, job: Yaml, when: str, commands: list[str], called: Iterable[str] = ()) -> Operation:
    return fact(
        "ci_job", name, max(1, job.line - 1 if job.items else job.line), end_line=job.end_line,
        detail=_detail(when, commands), targets=[*called, *commands],
    )  # fmt: skip


def _detail(when: str, commands: list[str]) -> str:
    runs = "; ".join(commands[:3])
    return ": ".join(part for part in (when, runs) if part)


def _local(called: Iterable[str], *more: str) -> list[str]:
    return [path for path in called if path.startswith(("./", *more))]


def _either(first: Yaml, second: Yaml) -> Yaml:
    return first if first.text else second


def _commands(scripts: Iterable[Yaml]) -> list[str]:
    found = [command for script in scripts for command in _commands_of(script.text)]
    return list(dict.fromkeys(found))[:_MAX_COMMANDS]


def _commands_of(script: str) -> list[str]:
    """The lines of a shell script that run something: no comments, no shell syntax alone."""
    lines = (line.strip() for line in script.replace("\\\n", " ").split("\n"))
    return [
        " ".join(line.split())
        for line in lines
        if line and line[0] not in "#{}()" and line[-1] != "{" and line not in _SYNTAX
    ]


_SYNTAX = frozenset(
    ("fi", "else", "done", "then", "do", "esac", "set -e", "set -ex", "set -eux", '"""', "'''")
)
