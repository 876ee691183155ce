"""What a person types for a call because the daemon says that it needs it."""

from __future__ import annotations

from collections.abc import Callable

from memoryd.cli.connection.client import RemoteError
from memoryd.cli.connection.wire import Message
from memoryd.cli.terminal import passphrase
from memoryd.cli.terminal.output import note
from memoryd.errors import NEW_PASSPHRASE, PASSPHRASE, WRONG_PASSPHRASE

TRIES = 3
PROMPT = "Passphrase: "


def answered(error: RemoteError, send: Callable[[Message], Message]) -> Message:
    """What ``send`` answers once it is given what the daemon's ``error`` said that it needs; a wrong passphrase may be
    typed again. Raises what else the daemon says, and as ``passphrase.read``."""
    typed: Message = {}
    wrong = 0
    while True:
        if error.name == NEW_PASSPHRASE and not typed.get("new"):
            typed["new"] = passphrase.read_new()
        elif error.name == PASSPHRASE and not typed.get("passphrase"):
            typed["passphrase"] = passphrase.read(PROMPT)
        elif error.name == WRONG_PASSPHRASE and wrong < TRIES - 1:
            wrong += 1
            note(error.what)
            typed["passphrase"] = passphrase.read(PROMPT)
        else:
            raise error
        try:
            return send(typed)
        except RemoteError as refused:
            error = refused
