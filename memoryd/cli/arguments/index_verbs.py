"""The verbs that build the index and look after it."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, ask, later, nothing


def _up(parser: ArgumentParser) -> None:
    parser.add_argument("_path", nargs="?", metavar="PATH", help="the project's folder (default: here)")
    parser.add_argument("--full", action="store_true", help="read everything again, reuse nothing")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--new-project",
        dest="repository",
        action="store_const",
        const="new",
        help="another repository lay here before: leave its records where they are",
    )
    which.add_argument(
        "--same-project",
        dest="repository",
        action="store_const",
        const="same",
        help="it is the same project under another history: go on with its records; only a person may say so",
    )


def _index(parser: ArgumentParser) -> None:
    _up(parser)
    parser.add_argument(
        "--rev", metavar="REV", help="build a view of this commit, branch or tag from git objects"
    )


def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--deep",
        action="store_true",
        help="also compare each index of the stores with its table, and say how long the audit log is",
    )
    parser.add_argument(
        "--repair",
        action="store_true",
        help="rebuild a damaged index; what a newer memoryd wrote is left as it is, and records have a way of their own"
        " (`memoryd records restore`)",
    )
    parser.add_argument(
        "--digest", action="store_true", help="print a digest of the index: equal digests, equal content"
    )


def _tune(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--reset",
        action="store_true",
        help="use the shipped model again, and learn nothing by itself any more",
    )


VERBS: dict[str, CliVerb] = {
    "up": CliVerb(
        "index a project and keep it fresh: the one command to begin with",
        "memoryd up ~/src/app",
        _up,
        later("indexing"),
        takes_settings=True,
    ),
    "index": CliVerb(
        "index once and wait", "memoryd index --rev v2.3", _index, later("indexing"), takes_settings=True
    ),
    "status": CliVerb(
        "how fresh the index is, what it holds, which files were skipped and why",
        "memoryd status --json",
        nothing,
        ask,
        True,
    ),
    "doctor": CliVerb(
        "check the stores and, if asked, rebuild a damaged index",
        "memoryd doctor --deep",
        _doctor,
        ask,
        True,
    ),
    "tune": CliVerb(
        "learn from the project's history how its words are used, or undo that",
        "memoryd tune",
        _tune,
        later("tuning"),
    ),
}
