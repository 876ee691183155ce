"""``memoryd projects [list|remove PATH]``."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from typing import Any

from memoryd.cli.connection.session import Session
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import UsageError


def run(args: Namespace) -> int:
    asked: dict[str, Any] = {"format": "json"}
    if args._action == "remove":
        if not args._path:
            raise UsageError(
                "remove needs the project's root", next_step="memoryd projects list shows the roots"
            )
        asked["forget"] = os.path.realpath(os.path.expanduser(args._path))  # may be gone from the disk
    elif args._path:
        raise UsageError(f"list takes no path, got {args._path!r}", next_step="memoryd projects list")
    answer = Session().ask("projects", asked).get("json") or {}
    if args._json:
        print_json(answer)
    else:
        print_text(_describe(answer))
    return 0


def _describe(answer: dict[str, Any]) -> str:
    rows = [
        f"{time.strftime('%Y-%m-%d', time.gmtime(project.get('added_at_s', 0)))}  {project.get('root', '')}"
        for project in answer.get("projects", [])
    ]
    place = f" in {answer['stores']}" if answer.get("stores") else ""
    gone = [f"removed {answer['forgotten']}; its stores stay{place}"] if answer.get("forgotten") else []
    return "\n".join([*gone, *(rows or ["no project is registered; begin with `memoryd up PATH`"])])
