"""``memoryd serve --http``: have the daemon serve HTTP, and wait while it does."""

from __future__ import annotations

import sys
from argparse import Namespace

from memoryd.cli.arguments.parser import flags
from memoryd.cli.commands.daemon_control import describe
from memoryd.cli.connection.session import Session
from memoryd.cli.connection.wire import ConnectionLost
from memoryd.cli.terminal.output import note, print_json, print_text
from memoryd.errors import MemorydError


def run(args: Namespace) -> int:
    """Says where it listens, then waits until Ctrl-C (130) or until the daemon ends (3). The door is open as long as
    the connection: it is closed when this command ends, however it does."""
    session = Session(settings=flags(args))
    asked = {"format": "json", **({"port": args.port} if args.port is not None else {})}
    if args._no_token:
        asked["token"] = False
    where = session.ask("serve", asked).get("json") or {}
    if args._json:
        print_json(where)
    else:
        print_text(describe(where))
    sys.stdout.flush()
    try:
        session.daemon.wait_end()
    except ConnectionLost as error:
        raise MemorydError(
            "the daemon ended, and its HTTP server with it", next_step=error.next_step
        ) from error
    except KeyboardInterrupt:
        note("the HTTP server is closed, unless another `memoryd serve` holds it open")
        raise
    return 0
