"""``memoryd check``: a diff is read here, everything else by the daemon. Exit code 1 means BLOCK."""

from __future__ import annotations

import os
from argparse import Namespace

from memoryd.cli.commands.ask import Waiting, exit_code
from memoryd.cli.connection.session import Session, params
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import UsageError

DIFF_LIMIT_BYTES = 1_500_000  # its JSON has to fit into one line of the socket, whatever is in it


def run(args: Namespace) -> int:
    """One question; raises UsageError when several changes are named at once, or the diff cannot be sent."""
    named = [name for name in ("range", "staged", "_diff") if getattr(args, name)]
    if len(named) > 1:
        raise UsageError(
            "check one change at a time", next_step="give one of REV..REV, --staged and --diff FILE"
        )
    asked = params(args)
    if args._diff:
        asked["diff"] = _diff(args._diff)
    if args.staged and (index := _index_of_the_commit()):
        asked["index_file"] = index
    with Waiting(args) as waiting:
        result = Session().ask("check", asked, waiting.hear)
    if args._json:
        print_json(result.get("json"))
    else:
        print_text(result.get("text", ""))
    return exit_code(result)


def _diff(place: str) -> str:
    try:
        with open(0 if place == "-" else place, "rb", closefd=place != "-") as source:
            data = source.read(DIFF_LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read the diff: {error.strerror}", where=place, next_step="name a file, or `-` for stdin"
        ) from error
    if len(data) > DIFF_LIMIT_BYTES:
        raise UsageError(
            f"the diff is longer than {DIFF_LIMIT_BYTES} bytes",
            where=place,
            next_step="check the commits themselves: memoryd check REV..REV, or --staged",
        )
    return data.decode("utf-8", "replace")


def _index_of_the_commit() -> str:
    """In a hook of `git commit -a` or `git commit PATH` git names an index of its own for what is committed."""
    return os.path.basename(os.environ.get("GIT_INDEX_FILE", ""))
