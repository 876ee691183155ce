"""What part a file plays in its project: by the tests that are seen in it, then by its path."""

from __future__ import annotations

import re

from indexers import found_tests
from indexers.facts import FileRole
from indexers.found_tests import Tests
from indexers.profiles import is_test_folder

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
_TEST_SUPPORT = re.compile(r"(^|/)(fixtures?|benchmarks?|__mocks__|mocks?|__snapshots__)/")
_EXAMPLE = re.compile(r"(^|/)(examples?|demos?|samples?|playground|sandbox|tutorials?)/")


def role_of(path: str, language: str, tests: Tests = found_tests.NONE) -> FileRole:
    """The likeliest part of the file. A path decides where no test is seen: the folder before the extension, tests
    before all else."""
    folder = path.rpartition("/")[0]
    if tests.is_file or found_tests.is_called_so(path, language) or is_test_folder(folder):
        return "test"
    if _TEST_SUPPORT.search(path):
        return "test-support"
    if _DOCUMENT.search(path) or _DOCUMENT_NAME.search(path):
        return "doc"
    if _GENERATED.search(path):
        return "generated"
    if (
        _EXAMPLE.search(path) and "src/main/" not in path
    ):  # org.springframework.samples.… is a package of Java's
        return "example"
    return "code" if _CODE.search(path) else "config"
