"""From the table of verbs to parsers, one verb at a time: the others cost nothing."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from typing import NoReturn

import memoryd
from memoryd.cli.arguments.verbs import VERBS
from memoryd.errors import UsageError

_WITH_VALUE = frozenset({"-C", "--project", "--rev", "--max-tokens"})


class Parser(ArgumentParser):
    """Wrong use is a UsageError with the verb's usage as its next step."""

    def error(self, message: str) -> NoReturn:
        usage = self.format_usage().strip().removeprefix("usage: ")
        raise UsageError(message, next_step=f"{usage}\n  more: {self.prog} -h")


def parse(arguments: Sequence[str]) -> Namespace:
    """The verb in ``_verb`` and its arguments. Common options may stand before the verb. Raises UsageError."""
    position = _verb_position(arguments)
    if position is None:
        return _top_level().parse_args(list(arguments), Namespace(_verb=""))
    name = arguments[position]
    if name not in VERBS:
        raise UsageError(f"there is no verb {name!r}", next_step=_suggestion(name))
    rest = [*arguments[:position], *arguments[position + 1 :]]
    parser = verb_parser(name, with_settings=VERBS[name].takes_settings)
    return parser.parse_args(rest, Namespace(_verb=name))


def _verb_position(arguments: Sequence[str]) -> int | None:
    skip = False
    for position, argument in enumerate(arguments):
        if skip:
            skip = False
        elif argument in _WITH_VALUE:
            skip = True
        elif not argument.startswith("-"):
            return position
    return None


def verb_parser(name: str, with_settings: bool = False) -> Parser:
    """The complete parser of one verb. ``with_settings`` adds a flag for every setting of the configuration."""
    verb = VERBS[name]
    parser = Parser(
        prog=f"memoryd {name}",
        description=verb.help[0].upper() + verb.help[1:] + ".",
        epilog=f"example:\n  {verb.example}",
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    verb.arguments(parser)
    if verb.batch:
        parser.add_argument(
            "--batch",
            dest="_batch",
            metavar="FILE",
            help=f'answer JSON lines {{"id", "{verb.batch}", "rev"?}} from FILE (- = stdin), one JSON line each',
        )
    _add_common(parser, verb.question)
    if with_settings:
        _add_settings(parser, shown=name == "daemon")
    return parser


def _add_common(parser: ArgumentParser, question: bool) -> None:
    common = parser.add_argument_group("common")
    common.add_argument(
        "-C", "--project", dest="_project", metavar="PATH", help="the project (default: around here)"
    )
    common.add_argument("--json", dest="_json", action="store_true", help="the answer as JSON")
    if question:
        common.add_argument(
            "--rev", metavar="REV", help="answer as of this commit, branch or tag (default: work tree)"
        )
        common.add_argument(
            "--max-tokens", type=int, metavar="N", help="length of the text, about 4 characters a token"
        )


def _add_settings(parser: ArgumentParser, shown: bool) -> None:
    from memoryd.config import settings

    hint = None if shown else "every setting is a flag, such as --watch-mode polling: see `memoryd daemon -h`"
    if shown:
        parser.usage = f"{parser.prog} start|stop|status|logs [OPTIONS] [--SECTION-KEY VALUE …]"
    group = parser.add_argument_group("settings of the daemon, where this command starts it", hint)
    for setting in settings():
        group.add_argument(
            setting.flag,
            dest=f"_set_{setting.name}",
            metavar=setting.kind if "|" in setting.kind else setting.kind.upper(),
            help=setting.doc.replace("%", "%%") if shown else SUPPRESS,
        )


def flags(args: Namespace) -> dict[str, str]:
    """The settings given as flags: ``section.key`` → text."""
    found = {
        name.removeprefix("_set_"): value for name, value in vars(args).items() if name.startswith("_set_")
    }
    return {name: value for name, value in found.items() if value is not None}


def _top_level() -> Parser:
    parser = Parser(
        prog="memoryd",
        usage="memoryd [-C PATH] VERB …",
        description="The durable memory of a software project, for coding agents and people.",
        epilog=_listing(VERBS),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    for flag in ("-C", "--project", "--rev", "--max-tokens"):
        parser.add_argument(flag, help=SUPPRESS)
    parser.add_argument("--json", action="store_true", help=SUPPRESS)
    return parser


def print_overview() -> None:
    """What ``memoryd`` alone says: the verbs and where to begin."""
    _top_level().print_help()


class _Version(Action):
    def __call__(self, *_: object) -> NoReturn:
        print(f"memoryd {memoryd.__version__}")
        raise SystemExit(0)


def _listing(names: Iterable[str]) -> str:
    rows = [f"  {name:<11} {VERBS[name].help}" for name in names]
    return "\n".join(["verbs:", *rows, "", "begin with:\n  memoryd up PATH", "more:\n  memoryd VERB -h"])


def _suggestion(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, VERBS, n=1)
    return f"did you mean `memoryd {close[0]}`?" if close else "memoryd -h lists the verbs"
