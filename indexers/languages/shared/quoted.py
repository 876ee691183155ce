"""Strings that name code: ``mock.patch("a.b")``, ``jest.mock("./x")``. The receiver of such a use is in quotes."""

from __future__ import annotations

import re

from indexers.engine.treesitter import FileBuilder, Node

_STRING = re.compile(r"[rRuU]?([\"'`])((?:(?!\1)[^\\\n]){1,300})\1\Z")
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
