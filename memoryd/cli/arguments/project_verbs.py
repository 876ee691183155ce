"""The verbs about a project as a whole, and about a change to it."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, ask, kinds, later, nothing, page, place

OPERATION_KINDS = (
    "entry_point", "route", "ci_job", "image", "service", "migration", "flag", "package", "dependency", "owner",
    "test_config",
)  # fmt: skip


def _brief(parser: ArgumentParser) -> None:
    parser.add_argument("task", nargs="+", metavar="TASK", help="what you are about to do, in your words")
    parser.add_argument(
        "--path", dest="paths", action="append", metavar="P", help="a file that the task is about"
    )


def _changes(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        metavar="REV|TIME|last",
        help="a commit, branch, tag or HEAD~5, a time (2026-11-01, 3d), last: what you were not told yet "
        "(default), or @NUMBER: an answer to that again",
    )
    page(parser)


def _operations(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="?",
        metavar="PATH|NAME",
        help="what a file or folder declares and what runs, serves or owns it; or a part of a name",
    )
    kinds(parser, OPERATION_KINDS)
    page(parser)


def _hotspots(parser: ArgumentParser) -> None:
    place(parser)
    parser.add_argument("--limit", type=int, metavar="N", help="at most N files (default 20)")


def _check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "range",
        nargs="?",
        metavar="REV..REV",
        help="a range of commits (A...B: from their merge base), or one commit (default: everything uncommitted)",
    )
    parser.add_argument("--staged", action="store_true", help="what `git commit` would commit now")
    parser.add_argument(
        "--diff", dest="_diff", metavar="FILE", help="a unified diff (- = stdin), of at most 1.5 MB"
    )
    parser.add_argument(
        "--path",
        dest="paths",
        action="append",
        metavar="P",
        help="only what of the change is in this file, folder or glob",
    )


VERBS: dict[str, CliVerb] = {
    "brief": CliVerb(
        "what to know before a task",
        "memoryd brief 'rotate the cookie key' --path src/app/session.py",
        _brief,
        ask,
        True,
    ),
    "changes": CliVerb(
        "what happened since you were last here, or since a commit or time",
        "memoryd changes --since 3d",
        _changes,
        ask,
        True,
    ),
    "conventions": CliVerb(
        "what the project does nearly everywhere, with examples",
        "memoryd conventions src/app",
        place,
        ask,
        True,
    ),
    "operations": CliVerb(
        "what the project declares about running it: packages, routes, CI jobs, containers, flags, owners",
        "memoryd operations src/app --kind route,entry_point",
        _operations,
        ask,
        True,
    ),
    "overview": CliVerb(
        "the architecture at a glance: packages, layers, cycles, hubs, entry points, dependencies, tests, CI",
        "memoryd overview --json",
        nothing,
        ask,
        True,
    ),
    "hotspots": CliVerb(
        "the large files that change most, and who changed them",
        "memoryd hotspots src",
        _hotspots,
        ask,
        True,
    ),
    "check": CliVerb(
        "check a change against the project's declared rules and its history",
        "memoryd check --staged",
        _check,
        later("check"),
        True,
    ),
}
