"""C: functions and prototypes, structs, enums, typedefs, macros, includes; both arms of every ``#if``."""

from __future__ import annotations

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node
from indexers.facts import FileFacts
from indexers.languages.shared import cfamily, cmacros

NAME = "c"
EXTENSIONS = (".c", ".h")
FILENAMES: tuple[str, ...] = ()


def extract(source: bytes) -> FileFacts:
    """The facts of a C file."""
    read = cmacros.readable(source)
    return cmacros.with_uses(_GRAMMAR.extract(read), source, read)


def _handed(file: FileBuilder, node: Node) -> None:
    """``ADD(x->size)``: a macro may write what it is given."""
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is not None and given is not None and file.text(called).isupper():
        file.accesses.update({value.end_byte: 0 for value in given.named_children})


_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_c",
        locals_proven="parameters",
        queries=("c_family.scm", "c.scm"),
        hooks={**cfamily.HOOKS, "handed": _handed},
        doc_prefixes=(b"/*", b"//"),
        exported=cfamily.exported,
        finish=cfamily.without_debris,
    )
)
