"""Every verb of the command line, in one table: its help, an example, its arguments, what runs it.

Convention of the arguments' names: what begins with ``_`` stays in the client; everything else goes to the
daemon under its own name (``--path`` may be repeated: ``paths``).
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import NamedTuple

from memoryd.cli.arguments import history_arguments, memory_arguments, structure_arguments
from memoryd.cli.arguments.structure_arguments import one_of, words

KINDS = ("code", "decision", "commit", "note", "doc")
DECISION_KINDS = ("adr", "decision", "lesson", "constraint", "convention", "rule")
CLIENTS = ("claude-code", "cursor", "vscode", "codex")
SHELLS = ("bash", "zsh", "fish")

Arguments = Callable[[ArgumentParser], None]
Run = Callable[[Namespace], int]


class Verb(NamedTuple):
    """``arguments`` adds to a parser that has the common ones already; ``run`` returns the exit code.
    ``question``: it asks about a project, so it takes ``--rev`` and ``--max-tokens``."""

    help: str
    example: str
    arguments: Arguments
    run: Run
    question: bool = False


def _nothing(parser: ArgumentParser) -> None:
    """The verb has no arguments of its own."""


def _page(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, metavar="N", help="at most N items")
    parser.add_argument("--offset", type=int, metavar="N", help="leave out the first N items")


def _batch(parser: ArgumentParser, field: str) -> None:
    parser.add_argument(
        "--batch",
        dest="_batch",
        metavar="FILE",
        help=f'answer JSON lines {{"id", "{field}", "rev"?}} from FILE (- = stdin), one JSON line each',
    )


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
        help="it is the same project under another history: go on with its records",
    )


def _index(parser: ArgumentParser) -> None:
    _up(parser)
    parser.add_argument(
        "--rev", metavar="REV", help="build a view of this commit, branch or tag from git objects"
    )


def _tune(parser: ArgumentParser) -> None:
    parser.add_argument("--reset", action="store_true", help="go back to the shipped model and stay there")


def _search(parser: ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="words, a question, an error text, a name")
    parser.add_argument("-k", type=int, metavar="N", help="at most N hits")
    parser.add_argument(
        "--kind",
        dest="kinds",
        type=one_of(*KINDS),
        action="extend",
        metavar="KIND,…",
        help=f"only {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--path", dest="paths", action="append", metavar="GLOB", help="only under these paths"
    )
    parser.add_argument(
        "--lang", dest="langs", type=words, action="extend", metavar="LANG,…", help="only these languages"
    )
    parser.add_argument("--files", action="store_true", help="rank whole files, not pieces of them")
    _batch(parser, "query")


def _symbol(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a name, Class.method or path:Class.method")
    _page(parser)


def _target(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target", nargs="?", metavar="TARGET", help="a symbol, path, path:line or path:Qual.name"
    )
    _batch(parser, "target")
    _page(parser)


def _impact(parser: ArgumentParser) -> None:
    _target(parser)
    parser.add_argument("--hops", type=int, metavar="N", help="how many steps away (default 3)")


def _cochange(parser: ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", metavar="PATH", help="a file of the project")
    parser.add_argument("-k", type=int, metavar="N", help="at most N files")
    _batch(parser, "target")


def _reverts(parser: ArgumentParser) -> None:
    history_arguments.reverts(parser)
    _page(parser)


def _history(parser: ArgumentParser) -> None:
    parser.add_argument("query", nargs="+", metavar="QUERY_OR_PATH", help="words, or a path of the project")
    _page(parser)


def _decisions(parser: ArgumentParser) -> None:
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="words the decision is about")
    parser.add_argument("--path", metavar="P", help="only decisions about this file, folder or glob")
    parser.add_argument(
        "--status", metavar="S", help="proposed, accepted, rejected, deprecated, superseded, withdrawn"
    )
    parser.add_argument(
        "--kind",
        dest="kinds",
        type=one_of(*DECISION_KINDS),
        action="extend",
        metavar="KIND,…",
        help=f"only {', '.join(DECISION_KINDS)}",
    )
    _page(parser)


def _decision(parser: ArgumentParser) -> None:
    parser.add_argument("_action", choices=("show",), metavar="show", help="show one decision in full")
    parser.add_argument("id", metavar="ID", help="the decision's id or one of its aliases")


def _proposals(parser: ArgumentParser) -> None:
    memory_arguments.proposals(parser)
    _page(parser)


def _audit(parser: ArgumentParser) -> None:
    memory_arguments.audit(parser)
    _page(parser)


def _brief(parser: ArgumentParser) -> None:
    parser.add_argument("task", nargs="+", metavar="TASK", help="what you are about to do, in your words")
    parser.add_argument(
        "--path", dest="paths", action="append", metavar="P", help="a file that the task is about"
    )


def _changes(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        metavar="REV|TIME|last",
        help="a commit, branch, tag or HEAD~5, a time (2026-11-01, 3d) or last (default)",
    )
    _page(parser)


def _check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "range",
        nargs="?",
        metavar="REV..REV",
        help="a range of commits, or one commit (default: uncommitted)",
    )
    parser.add_argument("--staged", action="store_true", help="what `git commit` would commit now")
    parser.add_argument("--diff", dest="_diff", metavar="FILE", help="a unified diff (- = stdin)")
    parser.add_argument(
        "--path", dest="paths", action="append", metavar="P", help="only uncommitted changes here"
    )


def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--deep", action="store_true", help="also check the stores' integrity and the audit chain"
    )
    parser.add_argument("--repair", action="store_true", help="rebuild what is damaged")
    parser.add_argument("--digest", action="store_true", help="print the canonical digest of derived state")


def _serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--http",
        dest="_http",
        action="store_true",
        required=True,
        help="MCP over streamable HTTP on 127.0.0.1",
    )
    parser.add_argument("--port", type=int, metavar="N", help="TCP port (default: setting http.port)")
    parser.add_argument(
        "--no-token",
        dest="_no_token",
        action="store_true",
        help="ask for no token (protocol test suites only)",
    )


def _daemon(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action", choices=("start", "stop", "status", "logs"), metavar="start|stop|status|logs"
    )
    parser.add_argument(
        "--foreground",
        dest="_foreground",
        action="store_true",
        help="start: do not go to the background",
    )
    parser.add_argument(
        "-n", dest="_lines", type=int, default=40, metavar="N", help="logs: the last N lines (default 40)"
    )
    parser.add_argument(
        "-f", "--follow", dest="_follow", action="store_true", help="logs: go on as lines arrive"
    )


def _uninstall(parser: ArgumentParser) -> None:
    parser.add_argument("_client", choices=CLIENTS, metavar="CLIENT", help=", ".join(CLIENTS))
    parser.add_argument(
        "--scope",
        dest="_scope",
        choices=("user", "project"),
        default="user",
        help="user (default): all your projects; project: this one, in its folder",
    )
    parser.add_argument(
        "--print", dest="_print", action="store_true", help="show the change and write nothing"
    )
    parser.add_argument("--yes", dest="_yes", action="store_true", help="do not ask")


def _projects(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action", nargs="?", choices=("list", "remove"), default="list", metavar="list|remove"
    )
    parser.add_argument(
        "_path", nargs="?", metavar="PATH", help="remove: the project's root; its stores stay"
    )


def _config(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action", nargs="?", choices=("show", "get", "path"), default="show", metavar="show|get|path"
    )
    parser.add_argument("_name", nargs="?", metavar="SECTION.KEY", help="get: the setting")


def _completion(parser: ArgumentParser) -> None:
    parser.add_argument("_shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _later(module: str, function: str = "run") -> Run:
    """A verb's code, imported when it runs: the others do not pay for it."""

    def run(args: Namespace) -> int:
        from importlib import import_module

        return int(getattr(import_module(f"memoryd.cli.commands.{module}"), function)(args))

    return run


_ask = _later("ask")

VERBS: dict[str, Verb] = {
    "up": Verb(
        "index a project and keep it fresh: the one command to begin with",
        "memoryd up ~/src/app",
        _up,
        _later("indexing"),
    ),
    "index": Verb("index once and wait", "memoryd index --rev v2.3", _index, _later("indexing")),
    "status": Verb(
        "freshness, sizes, skipped files with reasons", "memoryd status --json", _nothing, _ask, True
    ),
    "doctor": Verb("check the stores, and mend them", "memoryd doctor --deep", _doctor, _ask, True),
    "tune": Verb("learn the project's words now, or go back", "memoryd tune", _tune, _later("tuning")),
    "search": Verb(
        "find code, decisions, commits and notes",
        "memoryd search 'where is the session cookie signed' -k 5",
        _search,
        _ask,
        True,
    ),
    "symbol": Verb("where a name is defined", "memoryd symbol Session.flush", _symbol, _ask, True),
    "refs": Verb(
        "every use of a symbol or file", "memoryd refs src/app/session.py:Session.flush", _target, _ask, True
    ),
    "edges": Verb(
        "the graph as JSON lines",
        "memoryd edges --level symbol --kind calls",
        structure_arguments.edges,
        _later("ask", "run_edges"),
        True,
    ),
    "impact": Verb(
        "what depends on it, which tests to run, what changes with it",
        "memoryd impact Session.flush --hops 6",
        _impact,
        _ask,
        True,
    ),
    "cochange": Verb(
        "which files change together with a file",
        "memoryd cochange src/app/session.py -k 5",
        _cochange,
        _ask,
        True,
    ),
    "why": Verb(
        "why it is as it is: comments, decisions, commits",
        "memoryd why src/app/session.py:88",
        _target,
        _ask,
        True,
    ),
    "history": Verb(
        "has it been tried? or a file's commits through renames",
        "memoryd history 'cookie signing'",
        _history,
        _ask,
        True,
    ),
    "reverts": Verb(
        "what was undone, by which commit, and whether it stayed undone",
        "memoryd reverts --json",
        _reverts,
        _later("ask", "run_reverts"),
        True,
    ),
    "decisions": Verb(
        "decisions by topic, path or status",
        "memoryd decisions storage --status accepted",
        _decisions,
        _later("ask", "run_decisions"),
        True,
    ),
    "decision": Verb(
        "one decision in full",
        "memoryd decision show 0005-use-sqlite",
        _decision,
        _later("ask", "run_decision"),
        True,
    ),
    "record": Verb(
        "remember a decision, lesson, constraint, convention or note",
        "memoryd record lesson 'flush before redirect' --anchor src/app/session.py",
        memory_arguments.record,
        _ask,
        True,
    ),
    "proposals": Verb("what agents proposed to remember", "memoryd proposals", _proposals, _ask, True),
    "confirm": Verb(
        "vouch for a proposal, as a person",
        "memoryd confirm 01m7y0bq62h7 --reason 'seen in production'",
        memory_arguments.judge,
        _ask,
        True,
    ),
    "retract": Verb(
        "withdraw a record, or all that a client wrote; it stays readable",
        "memoryd retract --by agent:some-client --since 2d",
        memory_arguments.retract,
        _later("memory", "run_retract"),
        True,
    ),
    "restore": Verb(
        "undo retract or supersede", "memoryd restore 01m7y0bq62h7", memory_arguments.judge, _ask, True
    ),
    "supersede": Verb(
        "say that a record replaces another",
        "memoryd supersede 01m7y0bq62h7 01m81c33w0dk",
        memory_arguments.supersede,
        _ask,
        True,
    ),
    "forget": Verb(
        "delete a record's text for good", "memoryd forget 01m7y0bq62h7", memory_arguments.forget, _ask, True
    ),
    "publish": Verb(
        "write a confirmed record as a decision document of the project",
        "memoryd publish 01m7y0bq62h7 --dry-run",
        memory_arguments.publish,
        _later("memory", "run_publish"),
        True,
    ),
    "export": Verb(
        "all records with their audit, to keep or to move",
        "memoryd export > records.jsonl",
        memory_arguments.export,
        _later("memory", "run_export"),
        True,
    ),
    "import": Verb(
        "take in exported records, as proposals",
        "memoryd import records.jsonl",
        memory_arguments.import_,
        _later("memory", "run_import"),
        True,
    ),
    "audit": Verb(
        "who did what to the records", "memoryd audit --since 7d", _audit, _later("memory", "run_audit"), True
    ),
    "brief": Verb(
        "what to know before a task",
        "memoryd brief 'rotate the cookie key' --path src/app/session.py",
        _brief,
        _ask,
        True,
    ),
    "changes": Verb(
        "what happened since you were last here", "memoryd changes --since 3d", _changes, _ask, True
    ),
    "conventions": Verb(
        "what the project does nearly everywhere, with examples",
        "memoryd conventions src/app",
        history_arguments.place,
        _ask,
        True,
    ),
    "operations": Verb(
        "what is declared of operation: packages, routes, CI, containers, flags, owners",
        "memoryd operations src/app --kind route,entry_point",
        structure_arguments.operations,
        _ask,
        True,
    ),
    "overview": Verb(
        "the architecture: packages, layers, entry points, hubs, cycles",
        "memoryd overview --json",
        _nothing,
        _ask,
        True,
    ),
    "hotspots": Verb(
        "where change and size meet, and who knows the place",
        "memoryd hotspots src",
        history_arguments.hotspots,
        _ask,
        True,
    ),
    "check": Verb(
        "is this change allowed? by the declared rules and the history",
        "memoryd check --staged",
        _check,
        _later("check"),
        True,
    ),
    "mcp": Verb(
        "serve an MCP client on stdin and stdout", "memoryd mcp -C ~/src/app", _nothing, _later("mcp")
    ),
    "serve": Verb(
        "serve MCP clients over HTTP on this machine",
        "memoryd serve --http --port 8767",
        _serve,
        _later("serve"),
    ),
    "daemon": Verb("the background process", "memoryd daemon status", _daemon, _later("daemon_control")),
    "install": Verb(
        "plug memoryd into a coding assistant",
        "memoryd install claude-code --scope project",
        _uninstall,
        _later("install"),
    ),
    "uninstall": Verb(
        "unplug memoryd from a coding assistant",
        "memoryd uninstall cursor",
        _uninstall,
        _later("install", "run_uninstall"),
    ),
    "projects": Verb(
        "the registered projects", "memoryd projects remove ~/src/old", _projects, _later("projects")
    ),
    "config": Verb(
        "the settings in effect", "memoryd config get search.max_tokens", _config, _later("configure")
    ),
    "completion": Verb(
        "completion for your shell", "source <(memoryd completion bash)", _completion, _later("completion")
    ),
}

# Verbs that may start a daemon for good take every setting as a flag (see docs/config.md).
TAKE_SETTINGS = frozenset({"up", "index", "serve", "daemon"})
