"""The verbs that are one question to the daemon: print its text or its JSON, or answer a whole batch."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from memoryd.cli.connection.session import Session, params
from memoryd.cli.terminal.output import print_json, print_json_lines, print_text
from memoryd.errors import UsageError

NEEDED = {"search": "query", "refs": "target", "why": "target", "impact": "target", "cochange": "target"}


def run(args: Namespace) -> int:
    """One question, or with ``--batch`` as many as there are rows."""
    needed = NEEDED.get(args._verb, "")
    if getattr(args, "_batch", None):
        from memoryd.cli.commands import batch

        return batch.run(args, needed)
    if needed and not getattr(args, needed):
        raise UsageError(f"{args._verb} needs a {needed}", next_step=f"see `memoryd {args._verb} -h`")
    result = Session().ask(args._verb, params(args))
    if args._json:
        print_json(result.get("json"))
    else:
        print_text(result.get("text", ""))
    return exit_code(result)


def run_decisions(args: Namespace) -> int:
    """``--json``: one line per decision."""
    return _run_lines(args, "decisions") if args._json else run(args)


def run_reverts(args: Namespace) -> int:
    """``--json``: one line per revert."""
    return _run_lines(args, "reverts") if args._json else run(args)


def run_decision(args: Namespace) -> int:
    """``decision show ID`` is the question ``decisions`` by id; its JSON is the decision alone."""
    result = Session().ask("decisions", params(args))
    if not args._json:
        print_text(result.get("text", ""))
    else:
        found = (result.get("json") or {}).get("decisions") or [None]
        print_json(found[0])
    return exit_code(result)


def run_edges(args: Namespace) -> int:
    """The graph is for programs: JSON lines in any case, written as they arrive."""
    args._json = True
    return _run_lines(args, "edges")


def exit_code(result: dict[str, Any]) -> int:
    """What the daemon says of its own answer: 1 = nothing found where that is a failure."""
    return int(result.get("exit_code", 0))


def _run_lines(args: Namespace, field: str) -> int:
    """One JSON line per item: those that the daemon sends ahead, then the answer's own."""

    def on_notice(method: str, value: Any) -> None:
        if method == "row":
            print_json_lines([value])

    result = Session().ask(args._verb, params(args, as_json=True), on_notice)
    print_json_lines((result.get("json") or {}).get(field) or [])
    return exit_code(result)
