"""What must be known of a language without parsing a file of it: one table each, ``languages/<name>.toml``.

The read side may import this (with facts, outline, terms and secrets; the rest of indexers is opened by ingest
alone), so it imports no reader and no grammar.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec
from msgspec import Struct


class TestRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Which files, definitions and calls are tests by the customs of the language's test tools. All but ``files`` and
    ``support`` are regular expressions; they fit whole names (dotted, as references have them) unless it is said
    otherwise.

    These are cases wherever they stand: ``decorators`` of a function; ``methods`` of classes that derive from
    ``bases``, or whose doc comment holds ``doc``; the definition behind a line that begins with ``attributes``; a line
    that begins with ``lines``. These are cases in a *file of tests* only, one that is called so, imports one of
    ``frameworks``, calls one of ``suites`` or has such a class: ``functions`` at the top level whose signature holds
    ``parameter``; ``methods`` of ``classes``; ``calls`` whose source goes on with ``argument``.

    ``files``, ``support``: base names with ``*`` that the tools take for tests, or for what goes with them;
    ``folders``: regex of a folder's name. ``scopes``: beginning of the line before a definition all of which is for
    tests. ``inline``: tests may stand in the file that they are about."""

    __test__ = False  # for pytest: no test itself

    files: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    folders: str = ""
    frameworks: str = ""
    suites: str = ""
    decorators: str = ""
    bases: str = ""
    methods: str = ""
    doc: str = ""
    classes: str = ""
    functions: str = ""
    parameter: str = ""
    calls: str = ""
    argument: str = ""
    attributes: str = ""
    lines: str = ""
    scopes: str = ""
    inline: bool = False


class Traces(Struct, frozen=True, forbid_unknown_fields=True):
    """How stack traces show a frame. ``outermost_first``, ``innermost_first``: regexes of a line, by the order in which
    such lines come, with groups ``path`` (``%FILE%`` is one), ``line`` and perhaps ``name`` and ``type``.
    ``packages``: regex of the folder of installed packages. ``library``: regex of paths of the language's own."""

    outermost_first: tuple[str, ...] = ()
    innermost_first: tuple[str, ...] = ()
    packages: str = ""
    library: str = ""


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """``manifests``: base names with ``*`` that state dependencies or build the package; ``locks``: what package
    managers write beside them. ``folder_files``: stems of files that stand for their folder. ``constructors``: names of
    methods that run when a type is made. ``modules``: what a name in a command has behind it as a file.
    ``common_methods``: names that the standard library gives to methods, too many to be linked by name alone.
    ``declares_constants``: what is a constant is said by the language, not only by the case of its name.
    ``types_capitalised``: a name that begins with a capital letter and has a member is a type or a namespace;
    ``builtin_types``: words of the language for types that have members. ``not_followed``: what answers about its
    definitions must say of references across files, in words; of ``kinds_not_followed`` alone, where there are any.
    ``called_unseen``: who calls definitions by their name alone, and a regex of those names; ``only_changes``: regex of
    decorators (annotations, attributes), dotted as references have them, that hand on what they are applied to to
    nobody else."""

    manifests: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    folder_files: tuple[str, ...] = ()
    constructors: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    common_methods: tuple[str, ...] = ()
    declares_constants: bool = False
    types_capitalised: bool = False
    builtin_types: tuple[str, ...] = ()
    not_followed: str = ""
    kinds_not_followed: tuple[str, ...] = ()
    called_unseen: dict[str, str] = {}
    only_changes: str = "(?!)"
    tests: TestRules = TestRules()
    traces: Traces = Traces()


@cache
def profiles() -> dict[str, Profile]:
    """Language → what is known of it; languages of which nothing is to be said are left out."""
    folder = resources.files("indexers.languages")
    tables = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    return {name: msgspec.convert(_whole(table, tables), Profile) for name, table in sorted(tables.items())}


def profile(language: str) -> Profile:
    """Empty for a language of which nothing is to be said."""
    return profiles().get(language, _NOTHING)


def not_followed(language: str, kind: str) -> str:
    """What an answer about a definition of that kind (or ``file``) must say of references across files."""
    known = profile(language)
    is_meant = not known.kinds_not_followed or kind in known.kinds_not_followed
    return known.not_followed if is_meant else ""


def called_unseen(language: str, name: str) -> str:
    """Who calls a definition because it has that name; ``""``: nobody, as far as is known."""
    known = profile(language).called_unseen.items()
    return next((caller for caller, names in known if re.fullmatch(names, name)), "")


def only_changes(language: str, decorator: str) -> bool:
    """Whether the decorator hands what it is applied to to nobody else."""
    return re.fullmatch(profile(language).only_changes, decorator) is not None


def is_test_folder(folder: str) -> bool:
    """Whether the folder, or one above it, is one for tests by its name: ``tests``, ``__tests__``, ``Shop.Tests``."""
    return _TEST_FOLDER.search(folder) is not None


def _whole(table: dict[str, Any], tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """With what ``like`` names, table by table: TypeScript is like JavaScript but for what it says itself."""
    own = {key: value for key, value in table.items() if key != "like"}
    if "like" not in table:
        return own
    whole = _whole(tables[table["like"]], tables)
    return whole | {k: whole.get(k, {}) | v if isinstance(v, dict) else v for k, v in own.items()}


_NOTHING = Profile()
# A custom of all languages, or of none.
_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:[Tt]ests?|testing|__tests__|specs?|testdata|e2e|t|src/[a-z]\w*Test"
    r"|[\w.-]*\.(?:Unit|Integration|Functional)?Tests?)(?:/|$)"
)
_Names = Literal["manifests", "locks", "folder_files", "constructors", "modules"]


@cache
def all_of(field: _Names) -> frozenset[str]:
    """What the languages say under ``field``, taken together."""
    return frozenset(name for one in profiles().values() for name in getattr(one, field))


def is_manifest(path: str) -> bool:
    """Whether the file states dependencies or how a package is built."""
    return _base_names("manifests").fullmatch(path.rpartition("/")[2]) is not None


def is_lock(path: str) -> bool:
    """Whether a package manager writes the file."""
    return _base_names("locks").fullmatch(path.rpartition("/")[2]) is not None


@cache
def _base_names(field: _Names) -> re.Pattern[str]:
    return re.compile(names_regex(sorted(all_of(field))), re.IGNORECASE)


def names_regex(patterns: list[str] | tuple[str, ...]) -> str:
    """Base names with ``*`` as one regex; without any, it fits nothing."""
    return "|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in patterns) or r"(?!)"
