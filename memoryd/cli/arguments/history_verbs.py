"""The verbs about why code is as it is: reasons, commits, reverts, decisions."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, ask, kinds, later, page
from memoryd.cli.arguments.code_verbs import target

DECISION_KINDS = ("adr", "decision", "lesson", "constraint", "convention", "rule")


def _history(parser: ArgumentParser) -> None:
    parser.add_argument("query", nargs="+", metavar="QUERY_OR_PATH", help="words, or a path of the project")
    page(parser)


def _reverts(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--deep",
        action="store_true",
        help="also compare the patches of commits that say that they undo something but not what",
    )
    page(parser)


def _decisions(parser: ArgumentParser) -> None:
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="words the decision is about")
    parser.add_argument("--path", metavar="P", help="only decisions about this file, folder or glob")
    parser.add_argument(
        "--status",
        metavar="S",
        help="proposed, accepted, rejected, deprecated, superseded, withdrawn, unknown",
    )
    kinds(parser, DECISION_KINDS)
    page(parser)


def _decision(parser: ArgumentParser) -> None:
    parser.add_argument("_action", choices=("show",), metavar="show", help="show one decision in full")
    parser.add_argument("id", metavar="ID", help="the decision's id or one of its aliases")
    parser.add_argument(
        "--offset", type=int, metavar="N", help="begin at this line of its text (0: the first)"
    )


VERBS: dict[str, CliVerb] = {
    "why": CliVerb(
        "why code is as it is: the decisions, comments and commits that say so",
        "memoryd why src/app/session.py:88",
        target,
        ask,
        True,
        batch="target",
    ),
    "history": CliVerb(
        "commits about some words (was it tried before?), or a file's commits through renames",
        "memoryd history 'cookie signing'",
        _history,
        ask,
        True,
    ),
    "reverts": CliVerb(
        "commits that were reverted, by which commit, and whether their change is in effect now",
        "memoryd reverts --json",
        _reverts,
        ask,
        True,
        rows="reverts",
    ),
    "decisions": CliVerb(
        "decisions by topic, path or status",
        "memoryd decisions storage --status accepted",
        _decisions,
        ask,
        True,
        rows="decisions",
    ),
    "decision": CliVerb(
        "one decision in full",
        "memoryd decision show 0005-use-sqlite",
        _decision,
        later("ask", "run_decision"),
        True,
        own_json=True,
    ),
}
