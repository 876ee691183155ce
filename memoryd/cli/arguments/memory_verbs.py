"""The verbs about contributed memory."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, ask, later, page

RECORD_KINDS = ("decision", "lesson", "constraint", "convention", "note")
STATUSES = ("proposed", "confirmed", "retracted", "superseded", "")


def _record(parser: ArgumentParser) -> None:
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


def _proposals(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--status",
        choices=STATUSES,
        metavar="S",
        help="proposed (default), confirmed, retracted, superseded; '' for all",
    )
    page(parser)


def _judge(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the audit log")


def _retract(parser: ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="the record's id")
    parser.add_argument(
        "--by",
        metavar="ACTOR",
        help="all that this client wrote (agent:NAME, import:FILE; `memoryd audit` has the names)",
    )
    parser.add_argument("--since", metavar="TIME", help="with --by: since this time (2026-11-01) or age (3d)")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the audit log")
    _consent(parser, "with --by: show what would be retracted, change nothing")


def _supersede(parser: ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="id of the record that no longer holds")
    parser.add_argument("new", metavar="NEW", help="id of the record that holds instead")


def _forget(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")


def _publish(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the record's id")
    parser.add_argument(
        "--path", metavar="P", help="write this file (default: the next one in the folder of decisions)"
    )
    _consent(parser, "show the file, write nothing")


def _export(parser: ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help="for people to read, not JSON lines")


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("_file", metavar="FILE", help="what `memoryd export` wrote (- = stdin)")


def _audit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action",
        nargs="?",
        choices=("list", "verify"),
        default="list",
        metavar="list|verify",
        help="list (default) who did what, or only say whether anybody changed the log or the records past it",
    )
    parser.add_argument("--since", metavar="TIME", help="since this time (2026-11-01) or age (3d)")
    parser.add_argument("--by", metavar="ACTOR", help="only this actor (human:NAME, agent:NAME, import:FILE)")
    page(parser)


def _records(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "restore", "undo"),
        metavar="list|restore|undo",
        help="list (default) the copies of the records; put the newest whole one in the place of records that are"
        " damaged or missing; or put back what made way",
    )


def _passphrase(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("status", "set", "change", "remove"),
        metavar="status|set|change|remove",
        help="status (default): whether one is set; set, change or remove it, at your terminal",
    )


def _consent(parser: ArgumentParser, dry_run: str) -> None:
    parser.add_argument("--dry-run", dest="_dry_run", action="store_true", help=dry_run)
    parser.add_argument("--yes", dest="_yes", action="store_true", help="do not ask")


VERBS: dict[str, CliVerb] = {
    "record": CliVerb(
        "remember a decision, lesson, constraint, convention or note",
        "memoryd record lesson 'flush before redirect' --anchor src/app/session.py",
        _record,
        ask,
        True,
    ),
    "proposals": CliVerb(
        "records that wait for a person to confirm them, or those of another status",
        "memoryd proposals",
        _proposals,
        ask,
        True,
    ),
    "confirm": CliVerb(
        "confirm a proposed record (people only)",
        "memoryd confirm 01m7y0bq62h7 --reason 'seen in production'",
        _judge,
        ask,
        True,
    ),
    "retract": CliVerb(
        "withdraw a record, or all that a client wrote; it stays readable",
        "memoryd retract --by agent:some-client --since 2d",
        _retract,
        later("memory", "run_retract"),
        True,
    ),
    "restore": CliVerb("undo retract or supersede", "memoryd restore 01m7y0bq62h7", _judge, ask, True),
    "supersede": CliVerb(
        "say that one record replaces another",
        "memoryd supersede 01m7y0bq62h7 01m81c33w0dk",
        _supersede,
        ask,
        True,
    ),
    "forget": CliVerb("delete a record's text for good", "memoryd forget 01m7y0bq62h7", _forget, ask, True),
    "publish": CliVerb(
        "write a confirmed record as a decision document of the project",
        "memoryd publish 01m7y0bq62h7 --dry-run",
        _publish,
        later("memory", "run_publish"),
        True,
    ),
    "export": CliVerb(
        "write out all records with their audit log",
        "memoryd export > records.jsonl",
        _export,
        later("memory", "run_export"),
        True,
        own_json=True,
    ),
    "import": CliVerb(
        "read exported records in, as proposals",
        "memoryd import records.jsonl",
        _import,
        later("memory", "run_import"),
        True,
        own_json=True,
    ),
    "audit": CliVerb(
        "who did what to the records, and whether the log of that is intact",
        "memoryd audit --since 7d",
        _audit,
        later("memory", "run_audit"),
        True,
    ),
    "records": CliVerb(
        "the copies of all records, and the way back when the records are damaged or gone (people only)",
        "memoryd records restore",
        _records,
        ask,
    ),
    "passphrase": CliVerb(
        "the passphrase that stands before what only a person may do (people only)",
        "memoryd passphrase set",
        _passphrase,
        ask,
    ),
}
