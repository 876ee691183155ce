"""What part a file plays in its project, by its path: search expects the place to look at in source code."""

from __future__ import annotations

import re
from typing import Literal, get_args

from memoryd.query.test_files import is_test

Role = Literal["code", "test", "doc", "config", "example", "generated", "decision"]
ROLES: tuple[Role, ...] = get_args(Role)

_DOCUMENT = re.compile(r"\.(md|markdown|mdx|rst|txt|adoc|asciidoc|org|textile|pod|tex)$", re.I)
_DOCUMENT_NAME = re.compile(
    r"(^|/)(README|CHANGES|CHANGELOG|HISTORY|NEWS|AUTHORS|CONTRIBUTORS|THANKS|LICEN[CS]E|COPYING|NOTICE|TODO|INSTALL)"
    r"[^/.]*$"
)
# Everything else with an extension is configuration, data or a template.
_CODE = re.compile(
    r"\.(py|pyx|pyi|pxd|[cm]?jsx?|[cm]?tsx?|vue|svelte|go|rs|java|kts?|scala|groovy|clj[cs]?|rb|erb|rake|php|phtml|pl|pm|lua"
    r"|[ch]|cc|cpp|cxx|hh|hpp|hxx|inl|ipp|mm?|swift|dart|cs|fs|vb|ex|exs|erl|hrl|hs|elm|ml|mli|nim|zig|jl|r|d|pas|asm|s|y|l"
    r"|yy|ll|g4|proto|thrift|graphql|gql|sql|sh|bash|zsh|fish|ps1|bat|awk|tcl|el|lisp|scm|vim|cu|cl|glsl|wgsl|sol|html?|jinja2?|j2"
    r"|hbs|css|s[ac]ss|less|styl|tf|nix|cmake|mk|gradle|bzl)$"
    r"|(^|/)[^./]+$",
    re.I,
)
_GENERATED = re.compile(
    r"(^|/)(dist|build|vendor|vendored|_vendor|third_party|node_modules|bower_components|generated)/"
    r"|\.min\.(js|css|mjs)$|[.-]bundle\.(js|css)$|_pb2(_grpc)?\.pyi?$|\.pb(\.gw)?\.go$|\.g\.dart$|\.d\.ts$"
)
_TEST_FOLDER = re.compile(r"(^|/)(t|fixtures?|benchmarks?|__mocks__|mocks?|__snapshots__)/")
_EXAMPLE = re.compile(r"(^|/)(examples?|demos?|samples?|playground|sandbox|tutorials?)/")


def role_of(path: str) -> Role:
    """The likeliest part of the file; the folder decides before the extension does, tests before all."""
    if is_test(path) or _TEST_FOLDER.search(path):
        return "test"
    if _DOCUMENT.search(path) or _DOCUMENT_NAME.search(path):
        return "doc"
    if _GENERATED.search(path):
        return "generated"
    if (
        _EXAMPLE.search(path) and "src/main/" not in path
    ):  # org.springframework.samples.… is a package of Java's
        return "example"
    return "code" if _CODE.search(path) else "config"


def kind_of(role: Role) -> Literal["code", "doc", "decision"]:
    """The kind of hit that a file of this role makes."""
    return role if role in ("doc", "decision") else "code"


# -- tests as nodes

_CASES = re.compile(r"^(?:describe|it|test|context|suite|specify|bench)\b")
_BY_NAME: dict[str, re.Pattern[str]] = {
    "python": re.compile(r"^test"),
    "go": re.compile(r"^(?:Test|Benchmark|Fuzz|Example)(?![a-z])"),
    "java": re.compile(r"^(?:test|should)|Test$|_"),
    "kotlin": re.compile(r"^(?:test|should)|Test$|_| "),
    "php": re.compile(r"^test"),
    "ruby": re.compile(r"^test_|^(?:it|describe|context|specify)\b"),
    "csharp": re.compile(r"^(?:Test|Should)|Test$|_"),
    "javascript": _CASES,
    "typescript": _CASES,
    "cpp": re.compile(r"^(?:TEST|TYPED_TEST|Test)"),
    "c": re.compile(r"^(?:TEST|test)"),
    "rust": re.compile(r"^test|_"),
    "swift": re.compile(r"^test"),
    "scala": re.compile(r"^(?:test|should|it)\b"),
    "elixir": re.compile(r"^test"),
}


def is_test_case(name: str, qualname: str, kind: str, language: str) -> bool:
    """Whether a definition in a file that is a test is one test case by the customs of its language: a function or
    method whose name says so. Fixtures, helpers and classes of tests are none."""
    pattern = _BY_NAME.get(language)
    if kind not in ("function", "method") or pattern is None or not pattern.search(name):
        return False
    return not (language == "python" and kind == "function" and "." in qualname)  # a helper inside of a test
