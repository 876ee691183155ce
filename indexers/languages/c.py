"""C: functions and prototypes, structs, enums, typedefs, macros, includes; both arms of every ``#if``."""

from __future__ import annotations

from indexers.engine.treesitter import Grammar, GrammarRules
from indexers.facts import FileFacts
from indexers.languages.shared import cfamily, cmacros

NAME = "c"
EXTENSIONS = (".c", ".h")
FILENAMES: tuple[str, ...] = ()


def extract(source: bytes) -> FileFacts:
    """The facts of a C file."""
    read = cmacros.readable(source)
    return cmacros.with_uses(_GRAMMAR.extract(read), source, read)


_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_c",
        queries=("c_family.scm", "c.scm"),
        hooks=cfamily.HOOKS,
        doc_prefixes=(b"/*", b"//"),
        exported=cfamily.exported,
        finish=cfamily.without_debris,
    )
)
