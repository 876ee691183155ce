"""The verbs about contributed memory that are more than one question: they show first, ask, or move files."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import IO, Any

from memoryd.cli.commands import ask
from memoryd.cli.connection.session import Session, params
from memoryd.cli.terminal.consent import need_somebody, print_diff, says_yes
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import UsageError

BATCH_LINES = 200
BATCH_CHARS = 300_000  # of one request, far below the longest line that a daemon takes
LINE_CHARS = 131_072


def run_retract(args: Namespace) -> int:
    """One record at once; what a client wrote only after it was shown."""
    if not args.by and not args.since:
        if args._dry_run:
            raise UsageError("--dry-run goes with --by and --since", next_step="memoryd retract -h")
        return ask.run(args)
    session = Session()
    asked = params(args)
    if args._dry_run or not args._yes:
        if not args._dry_run:
            need_somebody(
                "this would retract all that a client wrote",
                "see what with --dry-run, do it with --yes",
                as_json=args._json,
            )
        _show(args, session.ask("retract", {**asked, "preview": True}))
        if args._dry_run or not says_yes("Retract these records?", "nothing was changed"):
            return 0
    _show(args, session.ask("retract", asked))
    return 0


def run_publish(args: Namespace) -> int:
    """Show the new file, ask, and have it written as it was shown."""
    session = Session()
    asked = params(args, as_json=True)
    draft = session.ask("publish", {**asked, "preview": True})["json"]
    if args._dry_run and args._json:
        print_json(draft)
        return 0
    if not args._json:
        print_text(f"{draft['path']}: {draft['dialect']}")
        print_diff(draft["diff"])
    if args._dry_run:
        return 0
    if not args._yes:
        need_somebody(
            f"this would write {draft['path']}",
            "see the file with --dry-run, write it with --yes",
            as_json=args._json,
        )
        if not says_yes("Write this file?", "nothing was written"):
            return 0
    done = session.ask("publish", {**asked, "path": draft["path"], "digest": draft["digest"]})["json"]
    if args._json:
        print_json(done)
    else:
        print_text(done["message"])
    return 0


def run_export(args: Namespace) -> int:
    """Line by line as they arrive; JSON lines in any case but ``--markdown``."""

    def on_notice(method: str, value: Any) -> None:
        if method == "row":
            sys.stdout.write(f"{value['text']}\n")

    Session().ask("export", params(args, as_json=True), on_notice)
    return 0


def run_import(args: Namespace) -> int:
    """In pieces; a piece that is refused leaves those before it in place, and they are known the next time."""
    session = Session()
    asked = params(args, as_json=True)
    name = "stdin" if args._file == "-" else os.path.basename(args._file)
    taken = known = 0
    for first_line, lines in _batches(args._file):
        answer = session.ask("import", {**asked, "name": name, "first_line": first_line, "lines": lines})[
            "json"
        ]
        taken, known = taken + answer["taken"], known + answer["known"]
    if not taken and not known:
        raise UsageError("there is no record in it", where=name, next_step="give what `memoryd export` wrote")
    if args._json:
        print_json({"source": f"import:{name}", "taken": taken, "known": known})
    else:
        print_text(f"{taken} records came in as proposals of import:{name}, {known} were already here.")
        if taken:
            print_text(
                "Review them with `memoryd proposals`;"
                f" retract all of them with `memoryd retract --by {shlex.quote(f'import:{name}')} --since 1h`."
            )
    return 0


def run_audit(args: Namespace) -> int:
    """The list, or with ``verify`` only whether the log is whole; 1 when it is not."""
    if args._action != "verify":
        return ask.run(args)
    result = Session().ask("audit", {**params(args, as_json=True), "limit": 1})
    answer = result["json"]
    if args._json:
        print_json({"ok": answer["ok"], "state": answer["state"], "entries": answer["total"]})
    else:
        print_text(f"audit: {answer['state']}")
    return ask.exit_code(result)


def _show(args: Namespace, result: dict[str, Any]) -> None:
    if args._json:
        print_json(result.get("json"))
    else:
        print_text(result.get("text", ""))


def _batches(place: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines). Raises UsageError for what cannot be read as lines of text."""
    batch: list[str] = []
    size, first, number = 0, 1, 0
    with _opened(place) as file:
        while line := _line(file, place, number + 1):
            number += 1
            if batch and (len(batch) >= BATCH_LINES or size + len(line) > BATCH_CHARS):
                yield first, batch
                batch, size, first = [], 0, number
            batch.append(line)
            size += len(line)
    if batch:
        yield first, batch


def _line(file: IO[str], place: str, number: int) -> str:
    """The next line with its end, ``""`` at the end of the file; never more than the limit is read."""
    try:
        line = file.readline(LINE_CHARS)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"line {number} cannot be read: {error}", where=place) from error
    if len(line) == LINE_CHARS:
        raise UsageError(
            f"line {number} is longer than {LINE_CHARS} characters",
            where=place,
            next_step="give what `memoryd export` wrote",
        )
    return line


def _opened(place: str) -> IO[str]:
    if place == "-":
        return open(sys.stdin.fileno(), encoding="utf-8", closefd=False)
    try:
        return open(place, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot read the file: {error.strerror}",
            where=place,
            next_step="give what `memoryd export` wrote",
        ) from error
