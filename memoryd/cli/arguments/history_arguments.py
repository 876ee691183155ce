"""The arguments of the verbs about what holds in general."""

from __future__ import annotations

from argparse import ArgumentParser


def place(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="only this file, folder or glob")


def reverts(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--deep", action="store_true", help="compare patches too, where a commit does not say what it undoes"
    )


def hotspots(parser: ArgumentParser) -> None:
    place(parser)
    parser.add_argument("--limit", type=int, metavar="N", help="at most N files (default 20)")
