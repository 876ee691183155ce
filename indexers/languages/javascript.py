"""JavaScript, JSX included."""

from __future__ import annotations

from indexers.engine.treesitter import Grammar, GrammarRules
from indexers.facts import FileFacts
from indexers.languages.shared import ecmascript

NAME = "javascript"
EXTENSIONS = (".js", ".jsx", ".mjs", ".cjs")
FILENAMES = ("jakefile",)


def extract(source: bytes) -> FileFacts:
    """The facts of a JavaScript file."""
    return _GRAMMAR.extract(source)


_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_javascript",
        locals_proven="all",
        queries=("ecmascript.scm", "javascript.scm", "jsx.scm"),
        hooks=ecmascript.HOOKS,
        data=ecmascript.DATA,
        builtins=ecmascript.GLOBALS,
        dropped_owners=ecmascript.DROPPED_OWNERS,
        doc_prefixes=(b"/**",),
        kind=ecmascript.kind,
        classify=ecmascript.own_names,
        finish=ecmascript.finish,
    )
)
