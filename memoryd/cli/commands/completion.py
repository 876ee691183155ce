"""``memoryd completion SHELL``: a completion script, generated from the table of verbs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import shtab

from memoryd.cli.arguments.parser import verb_parser
from memoryd.cli.arguments.verbs import VERBS
from memoryd.cli.terminal.output import print_json
from memoryd.errors import UsageError


def run(args: Namespace) -> int:
    if args._shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"this shtab makes no completion for {args._shell}",
            where="completion",
            next_step=f"it makes: {', '.join(shtab.SUPPORTED_SHELLS)}",
        )
    script = shtab.complete(_whole(), shell=args._shell)
    if args._json:
        print_json({"shell": args._shell, "script": script})
    else:
        print(script)
    return 0


def _whole() -> ArgumentParser:
    """All verbs in one parser: only completion needs that."""
    parser = ArgumentParser(prog="memoryd")
    parser.add_argument("--version", action="store_true", help="print the version")
    verbs = parser.add_subparsers(metavar="VERB")
    for name, verb in VERBS.items():
        verbs.add_parser(name, help=verb.help, parents=[verb_parser(name)], add_help=False)
    return parser
