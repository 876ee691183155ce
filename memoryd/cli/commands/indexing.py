"""``up`` and ``index``: run an index job in the daemon, show how far it is, say what is known now."""

from __future__ import annotations

import shlex
from argparse import Namespace
from typing import Any

from memoryd.cli.arguments.parser import flags
from memoryd.cli.connection import project
from memoryd.cli.connection.session import Session
from memoryd.cli.connection.wire import Message
from memoryd.cli.terminal import progress
from memoryd.cli.terminal.consent import can_ask, says_yes
from memoryd.cli.terminal.output import note, print_json, print_text
from memoryd.errors import OTHER_REPOSITORY, MemorydError, UsageError
from memoryd.query.safe_text import safe_name

NOTHING = 1  # exit code: indexed nothing, or dropped something


def run(args: Namespace) -> int:
    """Index and wait. Ctrl-C closes the connection, by which the daemon cancels the job."""
    if args._path and args._project:
        raise UsageError("the project is named twice", where="PATH and -C", next_step="give one of them")
    root = project.folder(args._project if args._path is None else args._path)
    asked: dict[str, Any] = {"path": root, "project": root, "format": "json"}
    if args.full:
        asked["full"] = True
    if getattr(args, "rev", None):
        asked["rev"] = args.rev
    if args.repository:
        asked["repository"] = args.repository
    session = Session(settings=flags(args))
    display = progress.display(quiet=args._json)

    def ask() -> Message:
        return session.ask(args._verb, asked, lambda method, value: _follow(display, method, value))

    try:
        try:
            result = ask()
        except MemorydError as error:
            asked["repository"] = _which_repository(error, as_json=args._json)
            result = ask()
    except KeyboardInterrupt:
        session.close()
        display.close()
        note(f"stopped. What is indexed stays; `memoryd {args._verb} {root}` goes on from there")
        raise
    finally:
        display.close()
    summary = result.get("json") or {}
    _show(args, root, summary)
    for line in summary.get("notes") or ():
        note(line)
    return _exit_code(summary)


def _which_repository(error: MemorydError, *, as_json: bool) -> str:
    """``same`` or ``new``, as a person says where another repository lies than before. Raises any other ``error``, and
    this one where nobody can be asked."""
    if error.name != OTHER_REPOSITORY or not can_ask(as_json=as_json):
        raise error
    note(f"{error.what} ({error.where})")
    question = "Is it the same project under another history? Then it goes on with the records."
    return (
        "same" if says_yes(question, "a new project; the records stay with the other repository") else "new"
    )


def _follow(display: progress.Display, method: str, value: Any) -> None:
    if method == "progress" and isinstance(value, dict):
        display.update(value)


def _show(args: Namespace, root: str, summary: dict[str, Any]) -> None:
    if args._json:
        print_json(summary)
        return
    print_text(describe(root, summary))
    if args._verb == "up":
        print_text(_next_steps(root))


def describe(root: str, summary: dict[str, Any]) -> str:
    """What is known after an index run, in four short lines."""
    head, branch = summary.get("head", ""), summary.get("branch", "")
    at = f" at {head[:10]}" + (f" on {safe_name(branch)}" if branch else "") if head else ""
    lines = [
        f"{root}{at}",
        "  " + _counts(summary, "files", "symbols", "references", "edges"),
        "  " + _counts(summary, "commits", "decisions", "chunks", "skipped"),
        "  " + _duration(summary),
    ]
    return "\n".join(lines)


def _duration(summary: dict[str, Any]) -> str:
    """Phases are parts of the time that passed; processor time is a figure of its own, larger where workers shared."""
    seconds = summary.get("seconds") or {}
    phases = ", ".join(f"{name} {_seconds(value)}" for name, value in seconds.items() if value >= 0.05)
    took = f"took {_seconds(summary.get('wall_seconds', 0.0))}" + (f": {phases}" if phases else "")
    return f"{took} (processor time of all its processes: {_seconds(summary.get('cpu_seconds', 0.0))})"


def _counts(summary: dict[str, Any], *names: str) -> str:
    return ", ".join(f"{summary.get(name, 0):,} {name}" for name in names)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def _next_steps(root: str) -> str:
    return (
        "next:\n"
        f"  memoryd search -C {shlex.quote(root)} 'a question in your words'\n"
        "  memoryd install claude-code      (or cursor, vscode, codex)\n"
        "  memoryd status                   what is indexed, how fresh, what was skipped"
    )


def _exit_code(summary: dict[str, Any]) -> int:
    """An index of nothing, or with files that failed, is said and is no success."""
    if not summary.get("files"):
        note("no file was indexed: see `memoryd status` for what was skipped and why")
        return NOTHING
    if summary.get("failed"):
        note(f"{summary['failed']} files could not be parsed and are listed by `memoryd status`")
        return NOTHING
    return 0
