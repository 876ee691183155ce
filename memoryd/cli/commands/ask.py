"""The verbs that are one question to the daemon: print its text or its JSON, or answer a whole batch."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from memoryd.cli.arguments.verbs import VERBS
from memoryd.cli.connection.session import Session, params
from memoryd.cli.terminal.output import print_json, print_json_lines, print_text
from memoryd.errors import UsageError

if TYPE_CHECKING:
    from memoryd.cli.terminal.progress import Display


def run(args: Namespace) -> int:
    """One question, or with ``--batch`` as many as there are rows."""
    verb = VERBS[args._verb]
    if verb.batch and args._batch:
        from memoryd.cli.commands import batch

        return batch.run(args, verb.batch)
    if verb.batch and not getattr(args, verb.batch):
        raise UsageError(f"{args._verb} needs a {verb.batch}", next_step=f"see `memoryd {args._verb} -h`")
    if verb.rows and args._json:
        return _run_rows(args, verb.rows)
    with Waiting(args) as waiting:
        result = Session().ask(args._verb, params(args), waiting.hear)
    if args._json:
        print_json(result.get("json"))
    else:
        print_text(result.get("text", ""))
    return exit_code(result)


class Waiting:
    """Shows, on stderr, how far the index is that a question waits for."""

    def __init__(self, args: Namespace) -> None:
        self._quiet = args._json
        self._display: Display | None = None

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *_: object) -> None:
        if self._display:
            self._display.close()

    def hear(self, method: str, value: Any) -> None:
        if method != "progress" or not isinstance(value, dict):
            return
        if self._display is None:
            from memoryd.cli.terminal import progress

            self._display = progress.display(quiet=self._quiet)
        self._display.update(value)


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
    return run(args)


def exit_code(result: dict[str, Any]) -> int:
    """What the daemon says of its own answer: 1 = nothing found where that is a failure."""
    return int(result.get("exit_code", 0))


def _run_rows(args: Namespace, field: str) -> int:
    """One JSON line per item: those that the daemon sends ahead, then the answer's own."""

    def on_notice(method: str, value: Any) -> None:
        if method == "row":
            print_json_lines([value])

    result = Session().ask(args._verb, params(args, as_json=True), on_notice)
    print_json_lines((result.get("json") or {}).get(field) or [])
    return exit_code(result)
