"""Strings that name code: ``mock.patch("a.b")``, ``jest.mock("./x")``. The receiver of such a use is in quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexers.engine.treesitter import FileBuilder, Node

_STRING = re.compile(r"[rRuU]?([\"'`])((?:(?!\1)[^\\\n]){1,300})\1\Z")
_MAX_GLOBS = 20
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")


def content(file: FileBuilder, string: Node) -> str:
    """What stands in a string without escapes, parts or line ends; ``""`` for any other."""
    found = _STRING.match(file.text(string))
    return found[2] if found else ""


def add_path(file: FileBuilder, string: Node, *, alone: bool) -> None:
    """A dotted path is a use of what it ends in; ``alone``: a name without a dot, too."""
    path = content(file, string)
    owner, dot, name = path.rpartition(".")
    if _DOTTED.match(path) and (dot or alone):
        file.add_use(string.end_byte - 1 - len(name), name, f'"{owner}"', "read", local=False)


def add_member(file: FileBuilder, owner: str, string: Node) -> None:
    """A name in quotes is a use of the member of ``owner`` that is called so."""
    name = content(file, string)
    if name.isidentifier() and owner != "?":
        file.add_use(string.start_byte + 1, name, owner, "read")


def add_module(file: FileBuilder, string: Node, *, beside: bool = False) -> None:
    """A use of the file that a specifier means; ``beside``: it is a path from here, whatever it begins with."""
    module = content(file, string)
    if beside and not module.startswith((".", "/")):
        module = f"./{module}"
    name = module.rstrip("/").rpartition("/")[2].partition(".")[0]
    if module and ("$" not in module):
        file.add_use(string.start_byte + 1, name or module, f'"{module}"', "read", local=False)


def add_globs(file: FileBuilder, strings: Sequence[Node]) -> None:
    """Each string but those that begin with ``!`` is a use of all files that fit it and none of those."""
    found = [(string, content(file, string)) for string in strings[:_MAX_GLOBS] if string.type == "string"]
    without = [text for _, text in found if text.startswith("!")]
    for string, text in found:
        if "*" in text and not text.startswith("!"):
            patterns = "\n".join([text, *without])
            file.add_use(string.start_byte + 1, text, f'"{patterns}"', "read", local=False)
