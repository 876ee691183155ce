"""The arguments of the verbs about contributed memory."""

from __future__ import annotations

from argparse import ArgumentParser

RECORD_KINDS = ("decision", "lesson", "constraint", "convention", "note")
STATUSES = ("proposed", "confirmed", "retracted", "superseded", "")


def record(parser: ArgumentParser) -> None:
    parser.add_argument("kind", choices=RECORD_KINDS, metavar="KIND", help=", ".join(RECORD_KINDS))
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to remember, one or two sentences")
    parser.add_argument(
        "--anchor",
        dest="anchors",
        action="append",
        metavar="T",
        help="what it is about: path, path:line, path:Qual.name, glob",
    )
    parser.add_argument("--supersedes", metavar="ID", help="the record that this one replaces")


def proposals(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--status",
        choices=STATUSES,
        metavar="S",
        help="proposed (default), confirmed, retracted, superseded; '' for all",
    )


def judge(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the audit log")


def retract(parser: ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="the record's id")
    parser.add_argument("--by", metavar="ACTOR", help="all that this client wrote (agent:NAME, import:FILE)")
    parser.add_argument("--since", metavar="TIME", help="with --by: since this time (2026-11-01) or age (3d)")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the audit log")
    _consent(parser, "with --by: show what it would be, change nothing")


def supersede(parser: ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="id of the record that no longer holds")
    parser.add_argument("new", metavar="NEW", help="id of the record that holds instead")


def forget(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")


def publish(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")
    parser.add_argument("--path", metavar="P", help="the new file, instead of the next of its kind")
    _consent(parser, "show the file, write nothing")


def export(parser: ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help="for people to read, not JSON lines")


def import_(parser: ArgumentParser) -> None:
    parser.add_argument("_file", metavar="FILE", help="what `memoryd export` wrote (- = stdin)")


def audit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action",
        nargs="?",
        choices=("list", "verify"),
        default="list",
        metavar="list|verify",
        help="list (default) who did what, or only say whether the log is whole",
    )
    parser.add_argument("--since", metavar="TIME", help="since this time (2026-11-01) or age (3d)")
    parser.add_argument("--by", metavar="ACTOR", help="only this actor (human:NAME, agent:NAME, import:FILE)")


def _consent(parser: ArgumentParser, dry_run: str) -> None:
    parser.add_argument("--dry-run", dest="_dry_run", action="store_true", help=dry_run)
    parser.add_argument("--yes", dest="_yes", action="store_true", help="do not ask")
