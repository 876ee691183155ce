"""The only way to the repository for whoever sits the exam: runs one command, counts it and what it printed.

``python bench/exam/shell.py --prepare [--arm ARM] [--repo OWNER/NAME] [--source URL]``: clones and indexes.
``python bench/exam/shell.py --arm grep|memoryd|peer --question ID --run N [--limit K] -- 'command'``: one command.
``python bench/exam/shell.py --sum``: what each arm used.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from typing import IO

import msgspec
from msgspec import Struct
from questions import ARMS, Question, exam_folder, questions

SHOWN_CHARACTERS = 30_000
TIMEOUT_S = 60
REFUSED = 3  # exit status
ORDINARY_TOOLS = """
awk basename bash cat comm cut diff dirname echo egrep expr false fgrep file find git grep head jq ls nl printf pwd
python3 readlink realpath rg sed seq sh sort stat tac tail tee test tr true uniq wc xargs
"""
OWN_TOOL = {"memoryd": "memoryd", "peer": "codegraph"}
ANSWERS = ("questions.jsonl", "bench/exam")  # where the right answers stand


class Entry(Struct, frozen=True):
    """One command as the log has it; ``characters`` are those that were shown."""

    arm: str
    question: str
    run: int
    number: int
    command: str
    characters: int
    seconds: float


class Printed:
    """What a process prints, read to the end so that it never waits; only the first part is kept."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._bytes = 0
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while part := self._pipe.read1(1 << 16):  # type: ignore[attr-defined]
            self._bytes += len(part)
            self._kept += part[: 4 * SHOWN_CHARACTERS - len(self._kept)]  # a character has at most 4 bytes

    def text(self) -> str:
        """What is shown. A background process may hold the pipe open, so the wait for its end is short."""
        self._reader.join(1)
        text = bytes(self._kept).decode("utf-8", "replace")
        if len(text) <= SHOWN_CHARACTERS and self._bytes == len(self._kept):
            return text
        return f"{text[:SHOWN_CHARACTERS]}\n[cut at {SHOWN_CHARACTERS:,} characters; {self._bytes:,} bytes in all]\n"


def main() -> int:
    options = _parser().parse_args()
    if options.sum:
        print(summary(logged()), end="")
        return 0
    if options.prepare:
        for arm in [options.arm] if options.arm else ARMS:
            prepare(arm, options.source, options.repo)
        return 0
    if not (options.arm and options.question and options.run and options.command):
        raise SystemExit("--arm, --question, --run and a command after -- are needed; see --help")
    question = questions().get(options.question)
    if question is None:
        raise SystemExit(f"no question {options.question}: see bench/exam/questions.jsonl for the ids")
    return ask(question, options.arm, options.run, " ".join(options.command), options.limit)


def ask(question: Question, arm: str, run: int, command: str, limit: int) -> int:
    """Run, show and log one command; the exit status is the command's, ``REFUSED`` if it was not run."""
    used = sum((one.arm, one.question, one.run) == (arm, question.id, run) for one in logged())
    if reason := refusal(arm, command, used, limit):
        print(reason)
        return REFUSED
    clone = clone_of(question.repo, arm)
    if not clone.is_dir():
        raise SystemExit(f"{clone} is missing: python bench/exam/shell.py --prepare --arm {arm}")
    start = time.monotonic()
    status, text = bounded(command, clone, environment(arm))
    seconds = round(time.monotonic() - start, 2)
    print(text, end="" if text.endswith("\n") else "\n")
    _log(Entry(arm, question.id, run, used + 1, command, len(text), seconds))
    return status


def refusal(arm: str, command: str, used: int, limit: int) -> str:
    """Why the command is not run; empty if it is. The log shows every command that ran: a grader reads it too."""
    if used >= limit:
        return f"refused: all {limit} commands are used. Answer with what you know."
    foreign = [tool for owner, tool in OWN_TOOL.items() if owner != arm]
    named = next((word for word in (*foreign, *ANSWERS) if word in command), None)
    return f"refused: {named} is not part of this arm (not counted)." if named else ""


def bounded(command: str, folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Status and text of ``command``, which is ended with all that it started after ``TIMEOUT_S``."""
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = Printed(process.stdout)
    try:
        status = process.wait(TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return 124, f"{printed.text()}\n[ended after {TIMEOUT_S} s]\n"
    return status, printed.text()


def environment(arm: str) -> dict[str, str]:
    """Only the arm's tools are on the path. That keeps an honest agent honest; it is no jail."""
    home = exam_folder()
    return {
        "PATH": str(_tools(arm)),
        "HOME": str(home),
        "MEMORYD_HOME": str(home / "memoryd"),
        "LANG": "C.UTF-8",
        "PAGER": "cat",
        "GIT_PAGER": "cat",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(home / "clones"),
        "CODEGRAPH_TELEMETRY": "0",
        "DO_NOT_TRACK": "1",
    }


def _tools(arm: str) -> Path:
    folder = exam_folder() / "tools" / arm
    folder.mkdir(parents=True, exist_ok=True)
    own = {"memoryd": ["memoryd"], "peer": ["codegraph", "node"]}.get(arm, [])
    places = (
        Path(sys.executable).parent,
        exam_folder() / "peer/node_modules/.bin",
        os.defpath,
        os.environ["PATH"],
    )
    search = os.pathsep.join(map(str, places))
    for name in [*ORDINARY_TOOLS.split(), *own]:
        link, target = folder / name, shutil.which(name, path=search)
        if target and not link.is_symlink():
            link.symlink_to(target)
    return folder


def clone_of(repo: str, arm: str) -> Path:
    """Each arm has clones of its own: one arm's index must not lie where another one reads."""
    return exam_folder() / "clones" / arm / repo.replace("/", "+")


def prepare(arm: str, source: str, only: str | None = None) -> None:
    """Clone every repository (or ``only`` one) at its commit, with its whole history; index it with the arm's tool."""
    index = {"memoryd": ["memoryd", "up", "."], "peer": ["codegraph", "init", "--yes", "."]}
    for repo, commit in {
        one.repo: one.commit for one in questions().values() if only in (None, one.repo)
    }.items():
        clone = clone_of(repo, arm)
        if not clone.exists():
            clone.parent.mkdir(parents=True, exist_ok=True)
            address = source.format(repo=repo, owner=repo.split("/")[0], name=repo.split("/")[1])
            subprocess.run(["git", "clone", "-q", "--no-checkout", address, str(clone)], check=True)
        subprocess.run(["git", "-C", str(clone), "checkout", "-q", "--detach", commit], check=True)
        if arm in index:
            tool = _tools(arm) / index[arm][0]
            subprocess.run([str(tool), *index[arm][1:]], cwd=clone, env=environment(arm), check=True)
        print(f"{arm}: {repo} at {commit[:12]}", flush=True)


def logged() -> list[Entry]:
    log = exam_folder() / "log.jsonl"
    return msgspec.json.Decoder(Entry).decode_lines(log.read_bytes()) if log.exists() else []


def _log(entry: Entry) -> None:
    with (exam_folder() / "log.jsonl").open(
        "ab", buffering=0
    ) as log:  # one write: several agents may be at work
        log.write(msgspec.json.encode(entry) + b"\n")


def summary(entries: Iterable[Entry]) -> str:
    """Per arm: sittings (one run of one question), commands, characters, seconds, and the medians per sitting."""
    sittings: dict[str, dict[tuple[str, int], list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for one in entries:
        sittings[one.arm][one.question, one.run].append(one)
    lines = ["| arm | sittings | commands | characters | seconds | median commands | median characters |"]
    lines.append("|---|---|---|---|---|---|---|")
    for arm, each in sorted(sittings.items()):
        commands = [len(one) for one in each.values()]
        characters = [sum(entry.characters for entry in one) for one in each.values()]
        seconds = sum(entry.seconds for one in each.values() for entry in one)
        medians = f"{statistics.median(commands):g} | {statistics.median(characters):,.0f}"
        totals = f"{len(each)} | {sum(commands)} | {sum(characters):,} | {seconds:.1f}"
        lines.append(f"| {arm} | {totals} | {medians} |")
    return "\n".join(lines) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arm", choices=ARMS)
    parser.add_argument("--question", help="its id")
    parser.add_argument("--run", type=int, help="which of several equal sittings of this question, from 1")
    parser.add_argument("--limit", type=int, default=40, help="commands per sitting (default 40)")
    parser.add_argument("--prepare", action="store_true", help="clone and index; without --arm for all arms")
    parser.add_argument(
        "--source", default="https://github.com/{repo}.git", help="with {repo}, or {owner} and {name}"
    )
    parser.add_argument("--repo", help="with --prepare: only this one, as owner/name")
    parser.add_argument("--sum", action="store_true", help="print what each arm used")
    parser.add_argument("command", nargs="*", help="after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
