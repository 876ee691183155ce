"""What linking needs to know of a language. The defaults hold for a language of which little is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indexers.facts import Import
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.view import LinkView

MAX_ANCESTORS = 100  # classes in which a member is looked for; who inherits from more means harm
_NO_TYPE = frozenset({"None", "null", "undefined", "void", "nil"})


class LanguageRules:
    """One language's own rules of names. Stateless: all look-ups go through the view, which notes them.

    ``plain_scopes``: a name means the same everywhere in a file but where something between binds it.
    ``members_in_scope``: a method sees the members of its class, inherited ones included, without receiver.
    ``self_names``/``class_names``/``super_names``: how a method calls its object, its class, its bases.
    ``invoke``: the method that is run when an instance is called, ``""`` for none.
    ``reexports``: what a file imports can be imported from it.
    ``files_are_modules``: who names a module names its file (a package of Go is a folder).
    ``body_sees_members``: what stands in the body of a class itself sees its names without receiver.
    ``types_apart``: a written type never means a variable; ``calls_apart``: a call by name alone does not, either.
    ``fields_apart``: a field may have the name of a method of its class.
    ``declared_first``: in front of its declaration a local name means what it means outside of the function.
    ``decorators_run``: they are called where they stand (annotations are not). ``accessors``: calling a field gives
    its value (records).
    ``arrays_alike``: an array is written as what its elements are.
    ``spaces``: namespaces or modules of one file have names that other files give them (see ``space``, ``globs``).
    ``closed_modules``: what stands in a module does not see the names around it.
    ``beside_is_sure``: ``beside`` follows the language.
    ``implicit_interfaces``: a type implements every interface whose methods it has, and nothing else overrides.
    ``protocols``: a class may implement an interface without naming it, and most that have its methods do not.
    ``members_of_values``: a variable or function has members of its own, where the file gives it some (objects,
    functions with properties); a written type may name one of them.
    ``types_capitalised``: a name that begins with a capital letter and has a member is a type or a namespace.
    ``builtin_types``: words of the language for types that have members.
    ``extensions``: functions may be called as if the type of their first operand had them (see ``extended``).
    ``reopened``: several files may give a type its members and bases (see ``homes``, ``parts``).
    ``written_out``: a name may be written with its package or namespace (see ``absolute``).
    ``creators``: what a class is asked for a new value. ``calls_bare``: a call may go without parentheses.
    ``whole``: what a module that is one value as a whole is called.
    ``modules_apart``: a function may have the name of a module beside it.
    ``modules_implement``: a module may name what it implements, and each announces its own (behaviours of Elixir).
    ``dotted_modules``: dots in the name of a module tell nothing of what stands in front of them.
    ``common_methods``: names that the standard library gives to methods, too many to be linked by name alone."""

    members_in_scope = False
    plain_scopes = False
    self_names: frozenset[str] = frozenset({"self", "this"})
    class_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset({"super"})
    invoke = ""
    reexports = True
    files_are_modules = True
    body_sees_members = True
    types_apart = False
    decorators_run = True
    calls_apart = False
    fields_apart = False
    declared_first = False
    accessors = False
    arrays_alike = False
    spaces = False
    closed_modules = False
    beside_is_sure = True
    implicit_interfaces = False
    protocols = False
    members_of_values = False
    types_capitalised = False
    extensions = False
    reopened = False
    written_out = False
    creators: frozenset[str] = frozenset()
    calls_bare = False
    modules_apart = False
    modules_implement = False
    dotted_modules = False
    builtin_types: frozenset[str] = frozenset()
    common_methods: frozenset[str] = frozenset()
    whole = ""
    manifests: frozenset[str] = frozenset()

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        """What the import of the file at ``path`` names, as written: the first file (or folder), re-exports not
        followed. None: it lies outside the project."""
        return None

    def stars(self, view: LinkView, path: str) -> Sequence[Import]:
        """The imports that bring all names of another file."""
        return [item for item in view.outline(path).imports if item.name == "*"]

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterable[str]:
        """The files where the member ``name`` of the type ``owner`` may be defined, the nearest first."""
        return (owner.path,)

    def added(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterable[DefinitionTarget]:
        """The members ``name`` that other files say that the type ``owner`` has, where it has none itself."""
        return ()

    def parts(self, view: LinkView, owner: DefinitionTarget) -> Iterable[DefinitionTarget]:
        """Where the type ``owner`` may name its bases, itself among them."""
        return (owner,)

    def extended(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """The functions called ``name`` that extend other types, as far as the file at ``path`` sees them. What type
        each extends is the hint of its name ``this``."""
        return ()

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """The definitions in other files that a top-level name means without an import of that name; several where
        only the build decides."""
        return ()

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        """The definitions in other files that ``name`` means in the namespace ``space`` as the file sees it."""
        return ()

    def module_word(self, view: LinkView, path: str, scope: str, name: str) -> DefinitionTarget | None:
        """The module that a word of the language means at ``scope`` (``crate``, ``super``)."""
        return None

    def globs(self, view: LinkView, path: str, space: str) -> Sequence[Import]:
        """The imports in the module (or function) ``space`` that bring all names of another one."""
        return ()

    def encloses(self, view: LinkView, around: DefinitionTarget, module: DefinitionTarget) -> bool:
        """Whether ``module`` lies inside of ``around`` and so sees what that keeps to itself."""
        return True

    def around(self, view: LinkView, module: DefinitionTarget) -> Iterable[DefinitionTarget]:
        """All modules that enclose ``module``, itself and those of whole files included."""
        return ()

    def is_root(self, view: LinkView, path: str, name: str) -> bool:
        """Whether a name that nothing binds is a namespace around all that the files show."""
        return False

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        """Whether a name that nothing in the project binds is known to lie outside of it."""
        return self.is_builtin(name)

    def is_guess(self, item: Import) -> bool:
        """Whether nothing but the only file of that name says where the import leads."""
        return False

    def brings_file(self, item: Import) -> bool:
        """Whether the import is one of a file."""
        return True

    def unbound(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """The same for names that the file's own imports bring without saying so."""
        return ()

    def opened(self, view: LinkView, path: str) -> Sequence[DefinitionTarget]:
        """The types whose members the file uses without receiver."""
        return ()

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        """The definition that the first of ``names`` write out with its package, and how many they are."""
        return None, 0

    def twins(self, view: LinkView, target: DefinitionTarget) -> Sequence[DefinitionTarget]:
        """All definitions under the name of ``target`` of which only the build decides which one it is."""
        return (target,)

    def is_constructor(self, owner: str, name: str, kind: str) -> bool:
        """Whether a member of the type ``owner`` is what creates it, which is no name of its own."""
        return False

    def has_parts(self, text: str) -> bool:
        """Whether a written type may say what the parts of its values are."""
        return False

    def part(self, text: str, part: str) -> str:
        """The written type of a part of a value of the type ``text``: of its elements (``[]``), its keys (``[key]``),
        its n-th (``[1]``), its result (``()``), or the result of its method (``get()``); ``""``: unknown."""
        return ""

    def hides(self, text: str, name: str) -> bool:
        """Whether values of the written type have that member themselves, before those that they wrap."""
        return False

    def is_builtin(self, text: str) -> bool:
        """Whether the written type is one of the language itself."""
        return False

    def inside(self, view: LinkView, path: str, name: str) -> DefinitionTarget | None:
        """What lies below a file or folder (path ends with ``/``) under that name: a submodule."""
        return None

    def linear(
        self, owner: DefinitionTarget, bases: Sequence[Sequence[DefinitionTarget]]
    ) -> list[DefinitionTarget]:
        """The order in which classes are searched. ``bases``: the linear order of each base, as written."""
        return breadth_first(owner, bases)

    def quoted(self, owner: str, name: str) -> Iterable[tuple[Import, Sequence[str]]]:
        """What a string that names code may mean, likeliest first: an import, and the members behind it."""
        return ()

    def globbed(self, view: LinkView, path: str, patterns: str) -> Sequence[str]:
        """The files that a string with wildcards means, which names code."""
        return ()

    def given(self, text: str) -> Iterable[tuple[str, Sequence[str]]]:
        """The names of the project's own types that a written type gives types to, and those."""
        return ()

    def type_texts(self, text: str) -> tuple[str, ...]:
        """The dotted names of the types that a written type may be."""
        return bare_types(text)


def breadth_first(
    owner: DefinitionTarget, bases: Sequence[Sequence[DefinitionTarget]]
) -> list[DefinitionTarget]:
    """``owner``, then its bases level by level, each once; the first MAX_ANCESTORS."""
    found = {owner: None}
    for level in range(max((len(order) for order in bases), default=0)):
        for order in bases:
            if level < len(order):
                found.setdefault(order[level], None)
        if len(found) >= MAX_ANCESTORS:
            break
    return list(found)[:MAX_ANCESTORS]


_WRAPPERS = re.compile(
    r"^(?:typing\.)?(?:Optional|Final|ClassVar|Annotated|type|Type|Box|Rc|Arc|Option)[\[<](.*)[\]>]$"
)


def bare_types(text: str) -> tuple[str, ...]:
    """``Optional["a.B"]``, ``*pkg.B``, ``B | None``, ``B<T>`` → the dotted names of the types."""
    found = []
    for part in text.split("|") if "[" not in text.partition("|")[0] else [text]:
        bare = _bare_type(part)
        if bare and bare not in _NO_TYPE:
            found.append(bare)
    return tuple(found)


def _bare_type(text: str) -> str:
    text = text.strip().strip("\"'").lstrip("*&").removeprefix("mut ").strip()
    match = _WRAPPERS.match(text)
    if match:
        return _bare_type(match[1].partition("|")[0])
    bare = re.split(r"[\[<(]", text, maxsplit=1)[0]
    return bare.strip().strip("\"'").replace("::", ".")
