"""A verb of the command line as a value, and the arguments that several verbs take."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import NamedTuple

Arguments = Callable[[ArgumentParser], None]
Run = Callable[[Namespace], int]


class CliVerb(NamedTuple):
    """``arguments`` adds to a parser that has the common ones already; ``run`` returns the exit code.
    ``question``: it asks about a project, so it takes ``--rev`` and ``--max-tokens``. ``batch``: the argument that each
    row of ``--batch`` gives (``""``: no batches). ``rows``: the field of the answer whose items are its JSON, one a
    line (``""``: the answer is one document). ``own_json``: the command makes its JSON itself. ``takes_settings``: it
    may start a daemon that stays, so every setting is a flag of it (see docs/config.md)."""

    help: str
    example: str
    arguments: Arguments
    run: Run
    question: bool = False
    batch: str = ""
    rows: str = ""
    own_json: bool = False
    takes_settings: bool = False


def later(module: str, function: str = "run") -> Run:
    """A verb's code, imported when it runs: the others do not pay for it."""

    def run(args: Namespace) -> int:
        from importlib import import_module

        return int(getattr(import_module(f"memoryd.cli.commands.{module}"), function)(args))

    return run


ask = later("ask")


def nothing(parser: ArgumentParser) -> None:
    """The verb has no arguments of its own."""


def page(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, metavar="N", help="at most N items")
    parser.add_argument("--offset", type=int, metavar="N", help="leave out the first N items")


def place(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="only this file, folder or glob")


def kinds(parser: ArgumentParser, known: tuple[str, ...]) -> None:
    parser.add_argument(
        "--kind",
        dest="kinds",
        type=OneOf(known),
        action="extend",
        metavar="KIND,…",
        help=f"only {', '.join(known)}",
    )


def words(value: str) -> list[str]:
    """The words between commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


class OneOf:
    """Reads words between commas; refuses those that are not ``known``."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known

    def __call__(self, value: str) -> list[str]:
        given = words(value)
        for word in given:
            if word not in self.known:
                raise ArgumentTypeError(f"{word!r} is none of {', '.join(self.known)}")
        return given
