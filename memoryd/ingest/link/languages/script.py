"""JavaScript and TypeScript: modules of both kinds, what a file hands out, written types."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from indexers.facts import Import
from indexers.languages.shared.ecmascript import GLOBALS, TYPES
from indexers.outline import join
from indexers.profiles import profile
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition, enough
from memoryd.ingest.link.languages.node import MANIFESTS, files_of_globs, module_file
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_COMPONENT_FILES = frozenset({"astro", "svelte", "vue"})  # what their files hand out by default is themselves
LANGUAGES = frozenset({"javascript", "typescript"}) | _COMPONENT_FILES
_WHOLE = "export="
_MOST_AUGMENTING = 20  # files that may add a member of one name
_PRIMITIVES = frozenset(
    "string number boolean bigint symbol any unknown object never void null undefined this".split()  # noqa: SIM905
)
_TESTS = frozenset("describe it test expect vi jest beforeEach afterEach beforeAll afterAll".split())  # noqa: SIM905
_NAMES = frozenset(name.decode() for name in GLOBALS | TYPES)
_GLOBALS = _NAMES | _TESTS | {"import"}
_INDEXED = re.compile(r"\[\s*(?:'([\w$]+)'|\"([\w$]+)\")\s*\]")
_SAME = frozenset(
    "Promise Awaited Readonly Partial Required NonNullable Omit Pick PromiseLike DeepReadonly".split()  # noqa: SIM905
)
"""What has the members of its first argument (a promise is looked at where it was awaited)."""
_LISTS = frozenset("Array ReadonlyArray Set ReadonlySet Iterable Iterator IterableIterator Generator".split())  # noqa: SIM905
_MAPS = frozenset("Map ReadonlyMap WeakMap".split())  # noqa: SIM905
_COMPONENTS = frozenset("FC FunctionComponent VFC ComponentType ComponentClass MemoExoticComponent".split())  # noqa: SIM905
_ELEMENT = frozenset("find findLast pop shift at".split())  # noqa: SIM905
_AS_IT_IS = frozenset("filter slice reverse toReversed sort toSorted concat values".split())  # noqa: SIM905
_NAME = re.compile(r"[\w$]+(?:\.[\w$]+)*")
_MODIFIER = re.compile(r"^(?:readonly|keyof|asserts|abstract|new)\s+|^typeof\s+")
_PREDICATE = re.compile(r"^[\w$]+\s+is\s+")


class EcmaScript(LanguageRules):
    self_names = frozenset({"this"})
    manifests = MANIFESTS
    members_of_values = True
    whole = _WHOLE
    common_methods = frozenset(profile("javascript").common_methods)

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        typed = view.language(path) != "javascript"
        file = module_file(view, posixpath.dirname(path), item.module, typed=typed)
        if not file:
            return None
        if view.language(file) not in LANGUAGES:
            is_key = item.name not in ("", "*", "default") and bool(view.entry(file, item.name).kind)
            return DefinitionTarget(file, item.name if is_key else "")
        return DefinitionTarget(file, _exported_name(view, file, item.name))

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """What a declaration file that is no module declares for the whole project."""
        if not any(view.named(language, name).by(_of_declaration_file) for language in _DECLARED_IN):
            return ()
        found = view.fixpoints(("declared for all", name), lambda: tuple(_declared_for_all(view, name)), ())
        return [target for target in found if target.path != path]

    def added(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterator[DefinitionTarget]:
        """By ``declare module``, in a file that names the module of ``owner``."""
        qualname = join(owner.qualname, name)
        for path in list(view.named("typescript", name).files(qualname))[:_MOST_AUGMENTING]:
            if path == owner.path:
                continue
            for item in view.imports(path):
                is_added = item.type_only and not item.alias and item.name == owner.qualname
                if is_added and self.resolve(view, path, item) == owner:
                    yield DefinitionTarget(path, qualname)

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        return name in _GLOBALS

    def type_texts(self, text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for part in _alternatives(text):
            found.update(dict.fromkeys(_bare(part)))
        return tuple(found)

    def quoted(self, owner: str, name: str) -> Iterator[tuple[Import, tuple[str, ...]]]:
        yield Import(owner, "", "", 0), ()

    def globbed(self, view: LinkView, path: str, patterns: str) -> Sequence[str]:
        return files_of_globs(view, posixpath.dirname(path), patterns.split("\n"))

    def given(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for part in _alternatives(text):
            head, opened, rest = part.partition("<")
            name = head.strip()
            if opened and part.endswith(">") and name not in _BUILTIN and _NAME.fullmatch(name):
                yield name, tuple(split_list(rest[:-1]))

    def is_builtin(self, text: str) -> bool:
        return all(
            part[-1:] == "]" or part[:1] in "'\"`{(0123456789" or part.partition("<")[0].strip() in _BUILTIN
            for part in _alternatives(text)
        )

    def has_parts(self, text: str) -> bool:
        return text.endswith(("]", ">")) or "=>" in text

    def part(self, text: str, part: str) -> str:
        if function := _function(text):
            return _of_function(*function, part)
        parts = [found for of in _alternatives(text) if (found := _part(of, part))]
        return parts[0] if len(parts) == 1 else ""


_BUILTIN = _PRIMITIVES | _NAMES
_DECLARED_IN = ("typescript", "javascript")


def _of_declaration_file(one: NamedDefinition) -> bool | None:
    """What stands at the top of declaration files."""
    return (one.qualname == one.name and one.target.path.endswith(".d.ts")) or None


def _declared_for_all(view: LinkView, name: str) -> Iterator[DefinitionTarget]:
    """The first definitions of that name in declaration files that are no modules, as many as make it ambiguous."""
    all_ = (one for language in _DECLARED_IN for one in view.named(language, name).all())
    found = (one for one in all_ if _of_declaration_file(one) and _is_script(view, one.target.path))
    yield from (one.target for one in enough(found))


def _exported_name(view: LinkView, file: str, name: str) -> str:
    """How the file calls what is asked for; ``""``: the file itself. A CommonJS module is what ``module.exports`` is;
    its default import is the same."""
    if name == "*" or (name == "default" and view.language(file) in _COMPONENT_FILES):
        return ""
    if (name and _has(view, file, name)) or not (name in ("", "default") or _has(view, file, _WHOLE)):
        return name
    if name in ("", "default"):
        is_default = name and "default" in (view.outline(file).exports or ())
        return _WHOLE if _has(view, file, _WHOLE) else "default" if is_default else ""
    return f"{_WHOLE}.{name}"


def _has(view: LinkView, file: str, name: str) -> bool:
    entry = view.entry(file, name)
    return bool(entry.kind or entry.imports or entry.hints)


def _is_script(view: LinkView, path: str) -> bool:
    outline = view.outline(path)
    return outline.exports is None and not any(item.alias for item in outline.imports)


# -- written types


def _alternatives(text: str) -> list[str]:
    """The types of a union or intersection."""
    found, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "([{<":
            depth += 1
        elif char in ")]}>" and text[index - 1 : index] != "=":
            depth -= 1
        elif char in "|&" and not depth:
            found.append(text[start:index].strip())
            start = index + 1
    found.append(text[start:].strip())
    return [part for part in found if part and part not in _PRIMITIVES]


def _bare(text: str) -> tuple[str, ...]:
    """The dotted names that one type stands for: none where it has a form of its own (functions, lists, objects)."""
    for _ in range(6):
        text = _PREDICATE.sub("", _MODIFIER.sub("", text.strip()))
        if text.startswith("(") and closing(text, 0) == len(text) - 1:
            text = text[1:-1]
            if "=>" not in text and len(parts := _alternatives(text)) > 1:
                return tuple(name for part in parts for name in _bare(part))
            continue
        head, bracket, _ = text.partition("<")
        if bracket and head.strip() in _SAME and text.endswith(">"):
            parts = split_list(text[len(head) + 1 : -1])
            text = parts[0] if parts else ""
            if len(alternatives := _alternatives(text)) > 1:
                return tuple(name for part in alternatives for name in _bare(part))
            text = alternatives[0] if alternatives else ""
            continue
        break
    text = _INDEXED.sub(lambda found: f".{found[1] or found[2]}", text)
    if text.endswith("]") or "=>" in text or text[:1] in "{[('\"`":
        return ()
    head, opened, rest = text.partition("<")
    name = (head + rest.rpartition(">")[2] if opened and ">" in rest else text).strip()
    return (name,) if _NAME.fullmatch(name) else ()


def _function(text: str) -> tuple[str, str] | None:
    """The parameters and the result of the one function type that is written, ``| null`` aside."""
    text = text.strip()
    if text.startswith("(") and (end := closing(text, 0)) < len(text):
        rest = text[end + 1 :].strip()
        if rest.startswith("=>"):
            return text[1:end], rest[2:].strip()
        if all(part.strip() in ("", "null", "undefined") for part in re.split(r"[|&]", rest)):
            return _function(text[1:end])
    return None


def _of_function(parameters: str, result: str, part: str) -> str:
    """The written type of the n-th parameter (``(n)``) or of the result (``()``)."""
    if part == "()":
        return result
    number = part[1:-1] if part.startswith("(") else ""
    listed = [one for one in split_list(parameters) if not one.startswith("this:")] if number else []
    if not number or int(number) >= len(listed):
        return ""
    name, colon, written = listed[int(number)].partition(":")
    return written.strip() if colon and name.rstrip("? ").isidentifier() else ""


def _part(text: str, part: str) -> str:
    text = _MODIFIER.sub("", text.strip())
    name = part.removesuffix("()")
    if text.endswith("[]"):
        inner = text[:-2].strip()
        element = inner[1:-1] if inner.startswith("(") and closing(inner, 0) == len(inner) - 1 else inner
    else:
        head, _, rest = text.partition("<")
        arguments = split_list(rest[: rest.rfind(">")]) if text.endswith(">") else []
        head = head.strip()
        if part == "(0)":
            return arguments[0] if head.rpartition(".")[2] in _COMPONENTS and arguments else ""
        if head in _SAME and arguments:
            return next((f for of in _alternatives(arguments[0]) if (f := _part(of, part))), "")
        if head in _MAPS and len(arguments) == 2:
            return arguments[1] if part == "get()" else f"Array<{arguments[1]}>" if part == "values()" else ""
        if head == "Record" and len(arguments) == 2:
            return arguments[1] if part == "[]" else ""
        if head not in _LISTS or not arguments:
            return ""
        element = arguments[0]
    if part == "[]" or name in _ELEMENT:
        return element
    return f"Array<{element}>" if name in _AS_IT_IS else ""
