"""Showing a change and asking before it is made."""

from __future__ import annotations

import sys

from memoryd.cli.terminal.output import GREEN, RED, colour, note
from memoryd.errors import UsageError
from memoryd.query.safe_text import safe_text


def print_diff(diff: str) -> None:
    colours = {"+": GREEN, "-": RED}
    for line in safe_text(diff).splitlines():
        code = colours.get(line[:1])
        print(colour(line, code, sys.stdout) if code else line)


def need_somebody(what: str, next_step: str, *, as_json: bool) -> None:
    """Raises UsageError, saying what would be done, when nobody can be asked."""
    if not can_ask(as_json=as_json):
        raise UsageError(what, next_step=next_step)


def can_ask(*, as_json: bool) -> bool:
    """A person sits at the terminal, and reads what is written there."""
    return not as_json and sys.stdin.isatty() and sys.stdout.isatty()


def says_yes(question: str, otherwise: str) -> bool:
    """A person's answer; ``otherwise`` is noted when it is no yes."""
    if input(f"{question} [y/N] ").strip().lower() in ("y", "yes"):
        return True
    note(otherwise)
    return False
