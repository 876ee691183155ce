"""The verbs about code: search, definitions, uses, and what depends on what."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, ask, kinds, later, page, words

HIT_KINDS = ("code", "decision", "commit", "note", "doc")
DETAILS = ("auto", "places", "lines", "source")
EDGE_KINDS = ("imports", "depends", "calls", "inherits", "references", "overrides")


def _search(parser: ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="words, a question, an error text, a name")
    parser.add_argument("-k", type=int, metavar="N", help="at most N hits")
    kinds(parser, HIT_KINDS)
    parser.add_argument(
        "--path", dest="paths", action="append", metavar="GLOB", help="only under these paths"
    )
    parser.add_argument(
        "--lang", dest="langs", type=words, action="extend", metavar="LANG,…", help="only these languages"
    )
    parser.add_argument("--files", action="store_true", help="rank whole files, not pieces of them")
    mode = parser.add_mutually_exclusive_group()
    for name, what in (("exact", "this very text"), ("regex", "this expression (RE2)")):
        mode.add_argument(
            f"--{name}", dest="mode", action="store_const", const=name, help=f"every line that has {what}"
        )
    parser.add_argument("--word", action="store_true", help="with --exact: not as a part of a word")
    parser.add_argument(
        "--ignore-case", action="store_true", help="with --exact, --regex: whatever the case of letters"
    )
    page(parser)


def _detail(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--detail",
        choices=DETAILS,
        help="code to show: places only, the line of each, the source around; auto: lines where they are few",
    )


def _symbol(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a name, Class.method or path:Class.method")
    _detail(parser)
    page(parser)


def _refs(parser: ArgumentParser) -> None:
    target(parser)
    parser.add_argument(
        "--access",
        choices=("any", "read", "write"),
        help="only uses that read or write it, where the syntax tells",
    )
    _detail(parser)


def target(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target", nargs="?", metavar="TARGET", help="a symbol, path, path:line or path:Qual.name"
    )
    page(parser)


def _edges(parser: ArgumentParser) -> None:
    parser.add_argument("--level", choices=("file", "symbol"), help="file (default) or symbol")
    kinds(parser, EDGE_KINDS)


def _impact(parser: ArgumentParser) -> None:
    target(parser)
    parser.add_argument("--hops", type=int, metavar="N", help="follow at most N edges (default 3)")
    _detail(parser)


def _cochange(parser: ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", metavar="PATH", help="a file of the project")
    parser.add_argument("-k", type=int, metavar="N", help="at most N files")


VERBS: dict[str, CliVerb] = {
    "search": CliVerb(
        "find code, decisions, commits and notes",
        "memoryd search 'where is the session cookie signed' -k 5",
        _search,
        ask,
        True,
        batch="query",
    ),
    "symbol": CliVerb("where a name is defined", "memoryd symbol Session.flush", _symbol, ask, True),
    "refs": CliVerb(
        "every use of a symbol or file",
        "memoryd refs src/app/session.py:Session.flush",
        _refs,
        ask,
        True,
        batch="target",
    ),
    "edges": CliVerb(
        "the dependency graph of files or symbols, as JSON lines",
        "memoryd edges --level symbol --kind calls",
        _edges,
        later("ask", "run_edges"),
        True,
        rows="edges",
    ),
    "impact": CliVerb(
        "what depends on a symbol or file, which tests reach it, which files change with it",
        "memoryd impact Session.flush --hops 6",
        _impact,
        ask,
        True,
        batch="target",
    ),
    "cochange": CliVerb(
        "which files change together with a file",
        "memoryd cochange src/app/session.py -k 5",
        _cochange,
        ask,
        True,
        batch="target",
    ),
}
