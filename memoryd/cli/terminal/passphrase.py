"""Asks for a passphrase at the controlling terminal, and nowhere else: no pipe, variable or argument answers."""

from __future__ import annotations

import os
import resource
import termios

from memoryd.errors import UsageError

TERMINAL = "/dev/tty"
MAX_BYTES = 4_096  # what a terminal gives as one line
_LOCAL_FLAGS = 3


def read_new() -> str:
    """Twice the same. Raises as ``read``."""
    first = read("New passphrase: ")
    if read("The same again: ") != first:
        raise UsageError("the two are not the same", next_step="nothing was changed; try again")
    return first


def read(prompt: str) -> str:
    """One line, not shown while it is typed; what was typed before the prompt is dropped. Raises UsageError where the
    command has no terminal, or nothing is typed, KeyboardInterrupt at Ctrl-C, the terminal as it was."""
    try:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            "a passphrase is typed at a terminal, and this command has none",
            where=TERMINAL,
            next_step="run the command in a terminal of your own",
        ) from error
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        line = _unseen_line(terminal, prompt)
    finally:
        os.close(terminal)
    try:
        typed = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("what was typed is no UTF-8", next_step="use a terminal that writes it") from None
    if not typed:
        raise UsageError("no passphrase was typed", next_step="nothing was changed; try again")
    return typed


def _unseen_line(terminal: int, prompt: str) -> bytes:
    before = termios.tcgetattr(terminal)
    unseen = [*before]
    unseen[_LOCAL_FLAGS] = before[_LOCAL_FLAGS] & ~termios.ECHO | termios.ICANON | termios.ISIG
    termios.tcsetattr(terminal, termios.TCSAFLUSH, unseen)
    try:
        os.write(terminal, prompt.encode())
        return os.read(terminal, MAX_BYTES)
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        os.write(terminal, b"\n")
