"""Arguments of the verbs about a project's structure."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable

EDGE_KINDS = ("imports", "depends", "calls", "inherits", "references")
OPERATION_KINDS = (
    "entry_point", "route", "ci_job", "image", "service", "migration", "flag", "package", "dependency", "owner",
    "test_config",
)  # fmt: skip


def operations(parser: ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", metavar="PATH|NAME", help="a file, a folder, or part of a name")
    parser.add_argument(
        "--kind",
        dest="kinds",
        type=one_of(*OPERATION_KINDS),
        action="extend",
        metavar="KIND,…",
        help=f"only {', '.join(OPERATION_KINDS)}",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="at most N items")
    parser.add_argument("--offset", type=int, metavar="N", help="leave out the first N items")


def edges(parser: ArgumentParser) -> None:
    parser.add_argument("--level", choices=("file", "symbol"), help="file (default) or symbol")
    parser.add_argument(
        "--kind",
        dest="kinds",
        type=one_of(*EDGE_KINDS),
        action="extend",
        metavar="KIND,…",
        help=f"only {', '.join(EDGE_KINDS)}",
    )


def words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def one_of(*known: str) -> Callable[[str], list[str]]:
    def kinds(value: str) -> list[str]:
        given = words(value)
        for word in given:
            if word not in known:
                raise ArgumentTypeError(f"{word!r} is none of {', '.join(known)}")
        return given

    return kinds
