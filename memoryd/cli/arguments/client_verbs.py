"""The verbs about memoryd itself: its process, its clients, its settings."""

from __future__ import annotations

from argparse import ArgumentParser

from memoryd.cli.arguments.cli_verb import CliVerb, later, nothing

CLIENTS = ("claude-code", "cursor", "vscode", "codex")
SHELLS = ("bash", "zsh", "fish")


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
        "_action",
        choices=("start", "stop", "status", "logs"),
        metavar="start|stop|status|logs",
        help="what to do with it",
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


def _install(parser: ArgumentParser) -> None:
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
        "_action",
        nargs="?",
        choices=("list", "remove"),
        default="list",
        metavar="list|remove",
        help="list (default) or take one off the list",
    )
    parser.add_argument(
        "_path", nargs="?", metavar="PATH", help="remove: the project's root; its stores stay"
    )


def _config(parser: ArgumentParser) -> None:
    parser.add_argument(
        "_action",
        nargs="?",
        choices=("show", "get", "path"),
        default="show",
        metavar="show|get|path",
        help="print every setting in effect (default), one of them, or the file they are read from",
    )
    parser.add_argument("_name", nargs="?", metavar="SECTION.KEY", help="get: the setting")


def _completion(parser: ArgumentParser) -> None:
    parser.add_argument("_shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


VERBS: dict[str, CliVerb] = {
    "mcp": CliVerb(
        "serve an MCP client on stdin and stdout", "memoryd mcp -C ~/src/app", nothing, later("mcp")
    ),
    "serve": CliVerb(
        "serve MCP clients over HTTP on this machine",
        "memoryd serve --http --port 8767",
        _serve,
        later("serve"),
        takes_settings=True,
    ),
    "daemon": CliVerb(
        "start, stop or look at the background process",
        "memoryd daemon status",
        _daemon,
        later("daemon_control"),
        takes_settings=True,
    ),
    "install": CliVerb(
        "add memoryd to the configuration of a coding assistant",
        "memoryd install claude-code --scope project",
        _install,
        later("install"),
    ),
    "uninstall": CliVerb(
        "take memoryd out of the configuration of a coding assistant",
        "memoryd uninstall cursor",
        _install,
        later("install", "run_uninstall"),
    ),
    "projects": CliVerb(
        "list the registered projects, or take one off the list",
        "memoryd projects remove ~/src/old",
        _projects,
        later("projects"),
    ),
    "config": CliVerb(
        "show the settings in effect", "memoryd config get search.max_tokens", _config, later("configure")
    ),
    "completion": CliVerb(
        "print a completion script for your shell",
        "source <(memoryd completion bash)",
        _completion,
        later("completion"),
    ),
}
