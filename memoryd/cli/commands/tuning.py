"""``memoryd tune``: let the daemon learn now, show how far it is, say what came of it."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from memoryd.cli.connection.session import Session, common_params
from memoryd.cli.terminal import progress
from memoryd.cli.terminal.output import print_json, print_text


def run(args: Namespace) -> int:
    """Ctrl-C closes the connection, by which the daemon stops and keeps what was in use before."""
    display = progress.display(quiet=args._json)

    def follow(method: str, value: Any) -> None:
        if method == "progress" and isinstance(value, dict):
            display.update(value)

    asked = common_params(args, as_json=True) | ({"reset": True} if args.reset else {})
    try:
        answer = Session().ask("tune", asked, follow).get("json") or {}
    finally:
        display.close()
    if args._json:
        print_json(answer)
    else:
        print_text(f"{answer.get('root', '')}\n  {answer.get('detail', '')}")
    return 0
