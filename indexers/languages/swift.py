"""Swift: types, extensions (members by the type they extend), functions, imports, inheritance, written types."""

from __future__ import annotations

import re

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts

NAME = "swift"
EXTENSIONS = (".swift",)
FILENAMES: tuple[str, ...] = ()

_IMPORT = re.compile(
    r"(?:@\w+\s+|\w+\s+){0,4}?import\s+(?:(class|struct|enum|protocol|func|var|let|typealias)\s+)?([\w.]+)"
)


def extract(source: bytes) -> FileFacts:
    """The facts of a Swift file."""
    return _GRAMMAR.extract(source)


def _import(file: FileBuilder, node: Node) -> None:
    """A module gives all of its names; ``import class A.B`` one."""
    found = _IMPORT.match(file.text(node))
    if not found:
        return
    module, _, name = found[2].rpartition(".")
    if found[1] and module:
        file.add_import(node.start_byte, module, name, name)
    else:
        file.add_import(node.start_byte, found[2], "*", "")


def _declared(file: FileBuilder, node: Node) -> None:
    """``let a: T = …``: the type of the last name before it."""
    name: Node | None = None
    for part in node.named_children:
        if part.type == "pattern":
            name = part.child_by_field_name("bound_identifier")
        elif part.type == "type_annotation" and name is not None:
            type_text.bind_type(file, name, part.child_by_field_name("name"), _PLAIN)
            name = None
        elif name is not None:
            type_text.bind_value(file, name, part, _SHAPES)
            name = None


def _case(file: FileBuilder, node: Node) -> None:
    """``case .red``: a member of whatever is switched over."""
    file.add_use(node.start_byte, file.text(node), "?", "read")


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private and fileprivate: the rest is seen in the module."""
    private = file.starts("private").keys() - file.starts("restricted").keys()
    return not parent.in_function and private.isdisjoint((span[0], parent.start))


_PLAIN = frozenset(
    b"""Int Int8 Int16 Int32 Int64 UInt UInt8 UInt16 UInt32 UInt64 Double Float Bool String Character Void Any
    AnyObject Never Self""".split()
)
_STANDARD = _PLAIN | frozenset(
    b"""Array CaseIterable ClosedRange Codable Collection Comparable CustomStringConvertible
    CustomDebugStringConvertible Data Date Decodable Dictionary Encodable Equatable Error Hashable
    Hasher Identifiable Iterator IteratorProtocol
    Optional Range RawRepresentable Result Sequence Sendable Set Substring URL abs assert assertionFailure autoclosure
    available discardableResult escaping fatalError max min precondition preconditionFailure print type zip error
    newValue oldValue objc inlinable testable frozen nonobjc convention MainActor $0 $1 $2 $3 _""".split()
)
_SHAPES: type_text.Shapes = {
    "call_expression": ("call", 0),
    "constructor_expression": ("type", "constructed_type"),
    "navigation_expression": ("name", ""),
    "try_expression": ("inner", "expr"),
    "await_expression": ("inner", "expr"),
    "as_expression": ("cast", "name"),
}

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_swift",
        queries=("swift.scm",),
        hooks={
            "import": _import,
            "extended": type_text.container_use("type", _STANDARD),
            "case": _case,
            "declared": _declared,
            "typed": type_text.typed(_PLAIN, name="name", written=-1),
            "returns": type_text.returns(_PLAIN),
        },
        data=frozenset({"private", "restricted"}),
        builtins=_STANDARD,
        self_names=frozenset({b"self", b"super"}),
        literals=frozenset({"self"}),
        doc_prefixes=(b"///", b"/**"),
        members_in_scope=True,
        exported=_exported,
    )
)
