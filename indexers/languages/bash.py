"""Bash and its kin: functions, variables of the script, what it sources, the commands it calls."""

from __future__ import annotations

import re
from functools import lru_cache

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node
from indexers.facts import FileFacts

NAME = "bash"
EXTENSIONS = (".sh", ".bash", ".zsh", ".ksh", ".bats")
FILENAMES: tuple[str, ...] = ()

_MAX_PATH = 200
_MOST_STEPS = 4
_PLAIN_PATH = re.compile(r"[\w./-]{1,200}")
_COMPUTED = re.compile(r"(\$\{?\w+\}?|\$\{[^{}]*\}|\$\(.*\)|`[^`]*`)((?:/[\w. +-]+)*)")
_OWN_PLACE = re.compile(
    r"(?:dirname\s+(?:--\s+)?(?:\$\{BASH_SOURCE(?:\[0\])?\}|\$BASH_SOURCE|\$\{?0\}?)[)`]?"
    r"|^\$\{(?:BASH_SOURCE(?:\[0\])?|0)%/\*\})((?:/[\w.-]+)*)"
)
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_ASSIGNMENT = re.compile(
    rb"^[ \t]*(?:(?:export|readonly|local|declare|typeset)[ \t]+(?:-\w+[ \t]+)?)?(\w+)=([^\n]{0,200})", re.M
)
_VALUE = re.compile(r"""\"?(?:\$\(.*\)|`[^`]*`)(?:/[\w.-]+)*|"[^"]*"|'[^']*'|[^\s;&|#]*""")
_FUNCTION = re.compile(rb"\w[\w-]*")


def extract(source: bytes) -> FileFacts:
    """The facts of a shell script."""
    return _GRAMMAR.extract(source)


def _command(file: FileBuilder, node: Node) -> None:
    """``source lib.sh`` gives all of its names; what a trap or a wrapper runs is called;
    ``read`` binds names."""
    name, argument = node.child_by_field_name("name"), node.child_by_field_name("argument")
    word = file.source[slice(*name.byte_range)] if name is not None else b""
    if argument is None:
        return
    if word in (b"source", b"."):
        _source(file, node, argument)
    elif word == b"load":  # of bats: a file beside the test
        path = file.text(argument).strip("\"'")
        if _PLAIN_PATH.fullmatch(path):
            file.add_import(node.start_byte, f"./{path.removeprefix('./')}", "*", "")
    elif word in (b"read", b"mapfile", b"readarray"):
        bound = [file.source[slice(*word.byte_range)] for word in node.children_by_field_name("argument")]
        file.scope_at(node.start_byte).locals.update(bound)
    elif word in _RUNNERS and argument.type == "word":
        called = file.source[slice(*argument.byte_range)]
        if _FUNCTION.fullmatch(called) and called not in _COMMANDS:
            file.add_use(argument.start_byte, called.decode("utf-8", "replace"), "", "call")


def _source(file: FileBuilder, node: Node, argument: Node) -> None:
    """Variables that the script sets once are filled in. A folder that it computes from its own place is written ``.``;
    any other stays as it is."""
    path = _unquoted(file.text(argument))
    for _ in range(_MOST_STEPS):
        found = _COMPUTED.fullmatch(path) if len(path) <= _MAX_PATH else None
        if found is None:
            break
        own, variable = _OWN_PLACE.search(found[1]), _VARIABLE.fullmatch(found[1])
        if own:
            path = f".{own[1] or ''}{found[2]}"
            break
        values = set(_assigned(file.source).get(variable[1], ())) if variable else set()
        if len(values) != 1 or "" in values:
            break
        path = values.pop() + found[2]
    if 0 < len(path) <= _MAX_PATH:
        file.add_import(node.start_byte, path, "*", "")


@lru_cache(maxsize=1)
def _assigned(source: bytes) -> dict[str, list[str]]:
    """Variable -> all that the script assigns to it."""
    found: dict[str, list[str]] = {}
    for name, value in _ASSIGNMENT.findall(source):
        read = _VALUE.match(value.decode("utf-8", "replace"))
        found.setdefault(name.decode(), []).append(_unquoted(read[0]) if read else "")
    return found


def _unquoted(text: str) -> str:
    return text.replace('"', "").replace("'", "")


_RUNNERS = frozenset({b"trap", b"time", b"exec", b"command", b"sudo", b"nohup", b"retry", b"run"})
_COMMANDS = frozenset(
    b""". : [ [[ alias awk basename bg bind break builtin caller case cat cd chgrp chmod chown clear cmp command
    compgen complete continue cp curl cut date dd declare df diff dirname dirs disown docker du echo egrep enable
    env eval exec exit export expr false fc fg fgrep file find fold getopts git grep groups gunzip gzip hash head
    help history hostname id install jobs jq kill let ln local logout ls make mapfile md5sum mkdir mkfifo mktemp
    more mv nohup npm od paste perl pip popd printf ps pushd pwd python python3 read readarray readlink readonly
    realpath return rev rm rmdir rsync sed select seq set sha256sum shift shopt sleep sort source split ssh stat
    stty su sudo tac tail tar tee test time timeout times touch tput tr trap true type typeset ulimit umask unalias
    uname uniq unset unzip wait wc wget whereis which who whoami xargs yes zip zcat
    0 1 2 3 4 5 6 7 8 9 @ * # ? - $ ! _ BASH BASHPID BASH_REMATCH BASH_SOURCE BASH_LINENO BASH_VERSION
    BASH_VERSINFO COLUMNS COMP_CWORD COMP_LINE COMP_WORDS COMPREPLY EDITOR EUID FUNCNAME HOME HOSTNAME IFS LANG
    LC_ALL LINENO LINES OLDPWD OPTARG OPTIND OSTYPE PATH PIPESTATUS PPID PS1 PWD RANDOM REPLY SECONDS SHELL TERM
    TMPDIR UID USER""".split()
)

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_bash",
        queries=("bash.scm",),
        hooks={"command": _command},
        builtins=_COMMANDS,
        doc_prefixes=(b"#",),
    )
)
