"""PHP: types, members, functions, ``use`` and ``require``, written types; a namespace is the file's package."""

from __future__ import annotations

import re

from msgspec.structs import replace

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts
from indexers.languages.shared import phpdoc

NAME = "php"
EXTENSIONS = (".php", ".phtml", ".php5", ".php7")
FILENAMES: tuple[str, ...] = ()

_NULL = re.compile(r"^\?\s*|\|\s*null\b|\bnull\s*\|", re.I)
_PATH = re.compile(r"(__DIR__|dirname\s*\(\s*__FILE__\s*\))?[\s.]*['\"]([^'\"]+)['\"]\s*\Z")


def extract(source: bytes) -> FileFacts:
    """The facts of a PHP file."""
    return _GRAMMAR.extract(source)


def _use(file: FileBuilder, node: Node) -> None:
    """One name of ``use A\\\\{B, C as D};``: module ``A``, name ``B``."""
    group = (
        node.parent.parent if node.parent is not None and node.parent.type == "namespace_use_group" else None
    )
    prefix = group.named_children[0] if group is not None else None
    alias = node.child_by_field_name("alias")
    path = file.text(node.named_children[0]) if node.named_children else ""
    if prefix is not None and prefix.type == "namespace_name":
        path = f"{file.text(prefix)}\\{path}"
    module, _, name = "".join(path.split()).strip("\\").rpartition("\\")
    bound = file.text(alias) if alias is not None else name
    if module:
        file.add_import(node.start_byte, module, name, bound)
    elif name:
        file.add_import(node.start_byte, name, "", bound)


def _require(file: FileBuilder, node: Node) -> None:
    """``require __DIR__ . '/a.php'`` gives ``./a.php``; what a variable tells is not followed."""
    value = node.named_children[0] if node.named_children else None
    found = _PATH.match(file.text(value).strip("() \n")) if value is not None else None
    if found:
        file.add_import(node.start_byte, f".{found[2]}" if found[1] else found[2], "", "")


def _typed(file: FileBuilder, node: Node) -> None:
    """Parameters by their name, properties (promoted ones too) as ``$this.name``."""
    given = node.child_by_field_name("type")
    text = _type_text(file, given) if given is not None else ""
    if not text:
        return
    name = node.child_by_field_name("name")
    if name is not None:
        file.add_binding(name.start_byte, file.text(name), text, "annotation")
    owner = file.scope_at(node.start_byte).enclosing_class()
    for declared in node.named_children if owner is not None else ():
        field = declared.child_by_field_name("name") if declared.type == "property_element" else None
        field = name if node.type == "property_promotion_parameter" and declared == name else field
        if field is not None and owner is not None:
            own = f"$this.{file.text(field)[1:]}"
            file.add_binding(field.start_byte, own, text, "annotation", owner.qualname)


def _promoted(file: FileBuilder, node: Node) -> None:
    """A parameter of a constructor that is a property too."""
    name = node.child_by_field_name("name")
    owner = file.scope_at(node.start_byte).enclosing_class()
    if name is not None and owner is not None:
        file.add_symbol(owner, file.text(name)[1:], "field", name.start_byte, node.byte_range)


def _assigned(file: FileBuilder, node: Node) -> None:
    """``$x = new T``, and ``$this->x = …``, which tells of the property."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    if left.type == "variable_name":
        type_text.bind_value(file, left, right, _SHAPES)
        return
    name = file.chain(left)
    owner = file.scope_at(node.start_byte).enclosing_class()
    if name.startswith("$this.") and name.count(".") == 1 and owner is not None:
        type_text.bind_value(file, left, right, _SHAPES, name)


def _returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    text = _type_text(file, node)
    if scope.name and scope.parent is not None and text:
        text = scope.parent.name if text in ("self", "static") else text
        file.add_binding(scope.name_start, scope.name, text, "return", scope.parent.qualname)


def _type_text(file: FileBuilder, node: Node) -> str:
    return _with_members(file.text(node))


def _with_members(written: str) -> str:
    """Without null; empty for a type that has no members."""
    text = _NULL.sub("", written).strip()
    return "" if text.lower() in _PRIMITIVE else text


def _documented(file: FileBuilder, node: Node) -> None:
    phpdoc.documented(file, node, _with_members)


def _caught(file: FileBuilder, node: Node) -> None:
    """``catch (A | B $e)``"""
    name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name is not None and written is not None:
        file.add_binding(name.start_byte, file.text(name), file.text(written), "annotation")


def _each(file: FileBuilder, node: Node) -> None:
    """``foreach ($xs as $k => $x)``: an element."""
    if node.named_child_count < 2:
        return
    value, target = node.named_children[:2]
    if target.type == "pair" and target.named_children:
        target = target.named_children[-1]
    text = file.chain(value)
    if target.type == "variable_name":
        file.add_binding(target.start_byte, file.text(target), "?" if text == "?" else f"{text}[]", "alias")


def _wrapped(file: FileBuilder, node: Node) -> None:
    """``(new A)->b()``: a member of a new A."""
    inner = node.named_children[0] if node.named_child_count == 1 else None
    if inner is not None and inner.type == "object_creation_expression" and inner.named_children:
        made = inner.named_children[0]
        if made.type in ("name", "qualified_name"):
            file.chains.know(node.end_byte, f"{file.chain(made)}()")


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """``self::$a`` is called as its property is: without the sign."""
    return replace(
        facts,
        references=tuple(
            replace(r, receiver=r.receiver.replace(".$", ".")) if ".$" in r.receiver else r
            for r in facts.references
        ),
        bindings=tuple(
            replace(b, type_text=b.type_text.replace(".$", ".")) if ".$" in b.type_text else b
            for b in facts.bindings
        ),
    )


def _constant(file: FileBuilder, node: Node) -> None:
    """``A::B`` reads B of A, ``A::class`` but A; of ``A::$b`` the name is ``b``."""
    name, owner = node.named_children[-1], node.named_children[0]
    text = file.text(name)
    if text != "class" and name != owner:
        sigil = text.startswith("$")
        access = file.accesses[node.end_byte]
        file.add_use(name.start_byte + sigil, text[sigil:], file.chain(owner), "read", access=access)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private: subclasses see what is protected."""
    return not parent.in_function and span[0] not in file.starts("private")


_PRIMITIVE = frozenset(
    """array bool callable false float int iterable mixed never null object string true
    void""".split()  # noqa: SIM905
)
_FUNCTIONS = frozenset(
    b"""abs array_column array_combine array_diff array_fill array_filter array_flip array_intersect
    array_key_exists array_key_first array_keys array_map array_merge array_pop array_push array_reduce
    array_reverse array_search array_shift array_slice array_splice array_sum array_unique array_unshift
    array_values array_walk assert basename call_user_func call_user_func_array ceil class_exists compact count
    current date define defined dirname end explode extract fclose file_exists file_get_contents
    file_put_contents floor fopen func_get_args function_exists fwrite get_class gettype header htmlspecialchars
    implode in_array intval is_array is_bool is_callable is_dir is_file is_float is_int is_null is_numeric
    is_object is_string iterator_to_array join json_decode json_encode key ksort lcfirst ltrim max md5
    method_exists microtime min mkdir next number_format ob_start parse_str preg_match preg_match_all
    preg_quote preg_replace preg_replace_callback preg_split print_r printf property_exists range realpath reset
    round rtrim serialize sha1 sort spl_object_hash sprintf str_contains str_ends_with str_pad str_repeat
    str_replace str_starts_with strcmp stripos strlen strpos strrpos strstr strtolower strtotime strtoupper strtr
    strval substr substr_count time trigger_error trim ucfirst ucwords uniqid unlink unserialize unset usort
    var_dump var_export true false null TRUE FALSE NULL PHP_EOL PHP_VERSION DIRECTORY_SEPARATOR E_USER_DEPRECATED
    __DIR__ __FILE__ __LINE__ __CLASS__ __METHOD__ __FUNCTION__ __NAMESPACE__ self static parent""".split()
)
_SHAPES: type_text.Shapes = {
    "object_creation_expression": ("type", 0),
    "clone_expression": ("inner", 0),
    "parenthesized_expression": ("inner", 0),
    "function_call_expression": ("call", "function"),
    "member_access_expression": ("name", "name"),
    "variable_name": ("name", ""),
    "assignment_expression": ("inner", "right"),
    "member_call_expression": ("name", ""),
    "nullsafe_member_call_expression": ("name", ""),
    "scoped_call_expression": ("name", ""),
    "scoped_property_access_expression": ("name", ""),
}

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_php",
        entry="language_php",
        queries=("php.scm",),
        hooks={
            "package": type_text.package,
            "use": _use,
            "require": _require,
            "promoted": _promoted,
            "comment": _documented,
            "typed": _typed,
            "assigned": _assigned,
            "returns": _returns,
            "class_constant": _constant,
            "caught": _caught,
            "each": _each,
            "wrapped": _wrapped,
        },
        data=frozenset({"private"}),
        builtins=_FUNCTIONS,
        doc_prefixes=(b"/**",),
        exported=_exported,
        finish=_finish,
    )
)
