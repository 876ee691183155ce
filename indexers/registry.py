"""Which reader reads which file: one dict, and the rules that pick from it."""

from __future__ import annotations

import posixpath
import re

from indexers.base import Language
from indexers.facts import FileFacts
from indexers.languages import (
    bash,
    c,
    cpp,
    csharp,
    css,
    dockerfile,
    elixir,
    go,
    graphql,
    haskell,
    hcl,
    html,
    java,
    javascript,
    json,
    kotlin,
    lua,
    markdown,
    php,
    proto,
    python,
    ruby,
    rust,
    scala,
    sql,
    swift,
    text,
    toml,
    typescript,
    vue,
    yaml,
)

LANGUAGES: dict[str, Language] = {
    "bash": bash,
    "c": c,
    "cpp": cpp,
    "csharp": csharp,
    "css": css,
    "dockerfile": dockerfile,
    "elixir": elixir,
    "go": go,
    "graphql": graphql,
    "haskell": haskell,
    "hcl": hcl,
    "html": html,
    "java": java,
    "javascript": javascript,
    "json": json,
    "kotlin": kotlin,
    "lua": lua,
    "markdown": markdown,
    "php": php,
    "proto": proto,
    "python": python,
    "ruby": ruby,
    "rust": rust,
    "scala": scala,
    "sql": sql,
    "swift": swift,
    "text": text,
    "toml": toml,
    "typescript": typescript,
    "vue": vue,
    "yaml": yaml,
}

_TEXT = "text"
_TEXT_EXTENSIONS = frozenset(
    """
    .adoc .asciidoc .asc .awk .bat .bazel .bib .bzl .cfg .clj .cljs .cmake .cmd .conf .config .cr .csproj
    .csv .cue .d .dart .desktop .diff .dtd .ejs .el .elm .erb .erl .f .f90 .fish .fs .fsx
    .gradle .groovy .haml .handlebars .hbs .hjson .hrl .http .ini .inc
    .ipynb .j2 .jinja .jinja2 .jl .jsonl .lhs .liquid .lisp .lock .log .m
    .mak .man .meson .mk .ml .mli .mm .mod .mustache .nim .nix .org .pas .patch .pl .plist .pm .po .pod
    .pot .prisma .pro .properties .ps1 .psm1 .pug .pxd .pyx .r .rego .rkt .rmd .robot .rst .sass
    .scm .service .sln .sol .star .sum .svelte .svg .tcl .template .tex
    .thrift .tmpl .tsv .twig .txt .v .vb .vbproj .vert .vhd .vim .wat .xml .xsd .xsl
    .yang .zig
    """.split()  # noqa: SIM905
)
_TEXT_FILENAMES = frozenset(
    """
    authors build buildfile caddyfile changelog changes codeowners
    contributing contributors copying copyright gnumakefile history install jenkinsfile
    justfile license maintainers makefile manifest news notice owners procfile readme
    security tiltfile todo version workspace .adr-dir .babelrc .bazelrc
    .coveragerc .dockerignore .editorconfig .eslintignore .eslintrc .flake8 .gitattributes .gitignore .gitmodules
    .mailmap .npmrc .nvmrc .importlinter .cursorrules .windsurfrules .clinerules
    .prettierignore .prettierrc .pylintrc .stylelintrc go.mod go.sum
    """.split()  # noqa: SIM905
)
_INTERPRETERS = {
    "python": "python", "pypy": "python", "node": "javascript", "nodejs": "javascript", "bun": "typescript",
    "deno": "typescript", "ts-node": "typescript", "tsx": "typescript", "sh": "bash", "bash": "bash", "dash": "bash",
    "ksh": "bash", "zsh": "bash", "ash": "bash", "bats": "bash", "ruby": "ruby", "jruby": "ruby", "php": "php",
    "lua": "lua", "luajit": "lua", "resty": "lua", "elixir": "elixir", "swift": "swift", "scala": "scala",
    "amm": "scala", "kotlin": "kotlin", "runghc": "haskell", "runhaskell": "haskell",
}  # fmt: skip
_SHEBANG = re.compile(
    rb"#![ \t]*(?:/\S*/)?env(?:[ \t]+-\S+|[ \t]+\w+=\S*)*[ \t]+([^\s/]+)|#![ \t]*(?:\S*/)?([^\s/]+)(?:\s|$)"
)
_CPP_HEADER = re.compile(
    rb"^[ \t]*(?:class\s+[\w\s]{1,80}[;{:]|struct\s+\w+(?:\s+final)?\s*:[^:;(){}]{1,200}\{"
    rb"|namespace\b[^;(){}\n]{0,80}\{?\s*$|template\s*<|using\s+(?:namespace\b|\w+\s*=|\w+::)"
    rb"|(?:public|private|protected)\s*:|#[ \t]*include[ \t]*<[a-z_]+>)",
    re.M,
)
"""What no C header has in its first column: a ``.h`` file does not say which of the two it is."""
_BINARY_SNIFF_BYTES = 8000

_BY_NAME = {name: language for language, module in LANGUAGES.items() for name in module.FILENAMES}
_BY_EXTENSION = {
    **dict.fromkeys(_TEXT_EXTENSIONS, _TEXT),
    **{extension: language for language, module in LANGUAGES.items() for extension in module.EXTENSIONS},
}


def language_of(path: str, head: bytes) -> str | None:
    """The key in LANGUAGES for a file, by base name, extension, then the ``#!`` line. ``head``: its first 8,000
    bytes or more (fewer only if the file is shorter). None: not a text, or of no kind that is indexed."""
    if is_binary(head):
        return None
    name = posixpath.basename(path).lower()
    extension = posixpath.splitext(name)[1]
    if name in _BY_NAME:
        return _BY_NAME[name]
    if extension == ".h" and _CPP_HEADER.search(head):
        return "cpp"
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    if head.startswith(b"#!"):
        return _by_shebang(head)
    stem = name.partition(".")[0]  # Dockerfile.dev
    if stem in _BY_NAME:
        return _BY_NAME[stem]
    return _TEXT if name in _TEXT_FILENAMES or stem in _TEXT_FILENAMES else None


def is_binary(head: bytes) -> bool:
    """A NUL byte early in the file, unless it starts with a UTF-16 byte order mark."""
    return b"\0" in head[:_BINARY_SNIFF_BYTES] and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def extract(language: str, data: bytes) -> FileFacts:
    """The facts of one file. ``language``: a key of LANGUAGES; ``data``: UTF-8, perhaps broken. Never raises
    for what is in the file."""
    return LANGUAGES[language].extract(data)


def _by_shebang(head: bytes) -> str:
    found = _SHEBANG.match(head)
    program = (found[1] or found[2]).decode("utf-8", "replace") if found else ""
    return _INTERPRETERS.get(program.rstrip("0123456789."), _TEXT)
