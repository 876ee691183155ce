"""Ruby: modules, classes, methods, attributes, constants; ``require``, mixins, visibility, what ``new`` tells.

``require_relative`` is a path from the file's folder: it is given a leading ``./`` where it has none."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts, Problem, SymbolKind

NAME = "ruby"
EXTENSIONS = (".rb", ".rake", ".gemspec", ".ru", ".rbw", ".podspec", ".jbuilder", ".rabl")
FILENAMES = (
    "rakefile", "gemfile", "guardfile", "capfile", "vagrantfile", "podfile", "brewfile", "berksfile", "fastfile",
    "appraisals", "dangerfile", "thorfile",
)  # fmt: skip

_HEREDOC = re.compile(rb"<<[-~]?[\"'`]?([A-Za-z_]\w*)")
_MAX_OPEN = 40
_SYMBOL = re.compile(r":\"?(\w+[?!=]?)|['\"](\w+[?!=]?)['\"]")
_STRING = re.compile(r"[\s(]*(?::(\w+)\s*,\s*)?['\"]([^'\"#]+)['\"]")
_CLASS_VALUE = re.compile(rb"\s{0,200}(?:::)?(?:Struct|Class|Module|Data|Dry::Struct|OpenStruct)\b")


def extract(source: bytes) -> FileFacts:
    """The facts of a Ruby file."""
    begun = _HEREDOC.findall(source)
    if (
        len(begun) > _MAX_OPEN and len(begun) - _ended(source, set(begun)) > _MAX_OPEN
    ):  # the grammar would crash
        return FileFacts(NAME, problems=(Problem("limit", 1, "too many here-documents that never end"),))
    return _GRAMMAR.extract(source)


def _ended(source: bytes, words: set[bytes]) -> int:
    """How many lines could end a here-document."""
    return sum(line.strip() in words for line in source.split(b"\n"))


def _sent(file: FileBuilder, node: Node) -> None:
    """A message without receiver whose name is one of those that declare something."""
    method, arguments = node.child_by_field_name("method"), node.child_by_field_name("arguments")
    if method is None or arguments is None:
        return
    word = file.source[slice(*method.byte_range)]
    if word in _LOADS:
        _load(file, node, word, file.text(arguments))
    elif word in _MIXES:
        for mixed in arguments.named_children:
            file.kinds[mixed.end_byte] = "inherit"
    elif word in _ATTRIBUTES or word in _DEFINES:
        _define(file, node, "property" if word in _ATTRIBUTES else "method", arguments, word in _DEFINES)
    elif word in _HIDES:
        owner = file.scope_at(node.start_byte).qualname
        for found in _SYMBOL.finditer(file.text(arguments)):
            file.memory[f"private {owner}.{found[1] or found[2]}"] = 1
        for child in arguments.named_children:
            file.memory[f"private at {child.start_byte}"] = 1


def _load(file: FileBuilder, node: Node, word: bytes, text: str) -> None:
    found = _STRING.match(text)
    if found is None:
        return
    module = found[2]
    if word == b"require_relative" and not module.startswith("."):
        module = f"./{module}"
    file.add_import(node.start_byte, module, found[1] or "", found[1] or "")


def _define(file: FileBuilder, node: Node, kind: SymbolKind, arguments: Node, first_only: bool) -> None:
    owner = file.scope_at(node.start_byte)
    if owner.in_function:
        return
    for argument in arguments.named_children[: 1 if first_only else None]:
        name = _SYMBOL.match(file.text(argument)) if argument.type in ("simple_symbol", "string") else None
        if name is not None:
            file.add_symbol(owner, name[1] or name[2], kind, argument.start_byte, node.byte_range)


def _visibility(file: FileBuilder, node: Node) -> None:
    """``private`` by itself hides what follows in the body, up to ``public`` or ``protected``."""
    word = file.source[slice(*node.byte_range)]
    body = node.parent if word in _VISIBILITIES else None
    if body is None:
        return
    regions = file.spans[f"private in {body.start_byte}"]
    if regions and regions[-1][1] > node.start_byte:
        regions[-1] = (regions[-1][0], node.start_byte)
    if word == b"private":
        regions.append((node.start_byte, body.end_byte))
        file.spans["hidden"].append((node.start_byte, body.start_byte))


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    if _home(parent).in_function or f"private {parent.qualname}.{name}" in file.memory:
        return False
    hidden = file.spans["hidden"]
    index = bisect_right(hidden, (span[0], len(file.source))) - 1
    for start, body in reversed(hidden[max(0, index - 3) : index + 1]):
        end = file.starts(f"private in {body}")[start]
        if span[0] < end and body >= parent.start and _singleton(file, start) == _singleton(file, span[0]):
            return False
    return f"private at {span[0]}" not in file.memory


def _home(scope: Scope) -> Scope:
    """A method in a block belongs to what is around the block (``included do``, ``Struct.new do``)."""
    while scope.kind == "scope" and scope.parent is not None:
        scope = scope.parent
    return scope


def _singleton(file: FileBuilder, at: int) -> int:
    """Where the ``class << self`` around an offset begins, or -1. Looks at few neighbours only."""
    spans = file.spans["singleton"]
    index = bisect_right(spans, (at, sys.maxsize))
    return next((start for start, end in reversed(spans[max(0, index - 4) : index]) if at < end), -1)


def _alias(file: FileBuilder, node: Node) -> None:
    name = node.child_by_field_name("name")
    owner = file.scope_at(node.start_byte)
    if name is not None and not owner.in_function:
        file.add_symbol(owner, file.text(name).lstrip(":"), "method", name.start_byte, node.byte_range)


def _assigned(file: FileBuilder, node: Node) -> None:
    """``x = Foo.new`` and ``@x = Foo.new``; the first ``@x = …`` defines the field."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    scope = file.scope_at(node.start_byte)
    if left.type == "identifier":
        _bind(file, left, right, scope.qualname)
        return
    owner = scope.enclosing_class() or _module(scope)
    if owner is not None:
        file.add_symbol(owner, file.text(left), "field", left.start_byte, node.byte_range)
        _bind(file, left, right, owner.qualname)


def _module(scope: Scope | None) -> Scope | None:
    while scope is not None and scope.kind != "module":
        scope = scope.parent
    return scope


def _bind(file: FileBuilder, name: Node, value: Node, scope: str) -> None:
    method, receiver = value.child_by_field_name("method"), value.child_by_field_name("receiver")
    if value.type != "call" or method is None:
        return
    is_new = receiver is not None and file.source[slice(*method.byte_range)] == b"new"
    chain = file.chain(receiver if is_new and receiver else (value.start_byte, method.end_byte))
    if chain != "?":
        file.add_binding(name.start_byte, file.text(name), chain, "constructor", scope)


def _kind(file: FileBuilder, scope: Scope) -> SymbolKind:
    """A function of a module is a method; a constant is a class when it is given one."""
    if (
        scope.kind == "function"
        and scope.parent is not None
        and _home(scope.parent).kind in ("class", "module")
    ):
        return "method"
    if scope.kind == "class" and not file.source.startswith(b"class", scope.start):
        is_class = _CLASS_VALUE.match(file.source, file.source.find(b"=", scope.name_start) + 1)
        return "class" if is_class else "constant"
    return scope.kind  # type: ignore[return-value]


_LOADS = frozenset({b"require", b"require_relative", b"load", b"autoload"})
_MIXES = frozenset({b"include", b"extend", b"prepend"})
_ATTRIBUTES = frozenset(
    {
        b"attr_accessor",
        b"attr_reader",
        b"attr_writer",
        b"attr",
        b"cattr_accessor",
        b"mattr_accessor",
        b"class_attribute",
    }
)
_DEFINES = frozenset({b"define_method", b"alias_method", b"define_singleton_method"})
_HIDES = frozenset({b"private", b"private_class_method", b"private_constant"})
_VISIBILITIES = frozenset({b"private", b"public", b"protected"})
_KERNEL = frozenset(
    b"""abort alias_method at_exit attr attr_accessor attr_reader attr_writer autoload binding block_given? catch
    class define_method exit extend fail format freeze gets include instance_variable_get lambda load loop
    module_function new p print printf prepend private private_class_method private_constant proc protected public
    puts raise rand require require_relative sleep sprintf super system throw trap warn __dir__ __FILE__ __method__
    ArgumentError Array BasicObject Class Comparable Dir ENV Enumerable Enumerator Exception FalseClass File Float
    Hash IO Integer IOError KeyError Kernel LoadError Math Module NameError NilClass NoMethodError
    NotImplementedError Numeric Object Proc Range Regexp RuntimeError StandardError String StringIO Struct Symbol
    Thread Time TrueClass TypeError ARGV STDERR STDIN STDOUT RUBY_VERSION""".split()
)

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_ruby",
        queries=("ruby.scm",),
        hooks={
            "visibility": _visibility,
            "sent": _sent,
            "alias": _alias,
            "assigned": _assigned,
        },
        data=frozenset({"singleton"}),
        builtins=_KERNEL,
        self_names=frozenset({b"self"}),
        doc_prefixes=(b"#",),
        kind=_kind,
        exported=_exported,
    )
)
