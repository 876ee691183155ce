"""Which reader reads which file: one dict, and the rules that pick from it."""

from __future__ import annotations

import io
import posixpath
import re

from identify import identify

from indexers.base import Language
from indexers.facts import FileFacts
from indexers.files import notebooks
from indexers.files.decoding import utf16_without_mark
from indexers.files.path_facts import is_text_name, name_tags
from indexers.languages import (
    astro,
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
    svelte,
    swift,
    text,
    toml,
    typescript,
    vue,
    yaml,
)
from indexers.profiles import is_lock

LANGUAGES: dict[str, Language] = {
    "astro": astro,
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
    "svelte": svelte,
    "swift": swift,
    "text": text,
    "toml": toml,
    "typescript": typescript,
    "vue": vue,
    "yaml": yaml,
}

_TEXT = "text"
_OF_TAG = {"c#": "csharp", "c++": "cpp", "shell": "bash", "terraform": "hcl", "ts": "typescript"}
"""Readers of what `identify` calls otherwise than we do."""
_INTERPRETERS = {
    "pypy": "python", "bun": "typescript", "deno": "typescript", "ts-node": "typescript", "tsx": "typescript",
    "jruby": "ruby", "lua": "lua", "luajit": "lua", "resty": "lua", "elixir": "elixir", "swift": "swift",
    "scala": "scala", "amm": "scala", "kotlin": "kotlin", "runghc": "haskell", "runhaskell": "haskell",
}  # fmt: skip
"""Programs of a ``#!`` line that `identify` does not know."""
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
_HEADER_SNIFF_BYTES = 32_000
_COMMENT = re.compile(rb"/[*/]")
_BINARY_SNIFF_BYTES = 8000

_BY_NAME = {name: language for language, module in LANGUAGES.items() for name in module.FILENAMES}
_BY_EXTENSION = {
    extension: language for language, module in LANGUAGES.items() for extension in module.EXTENSIONS
}


def language_of(path: str, data: bytes) -> str | None:
    """The key in LANGUAGES for a file, by base name and extension, as the readers claim them and as `identify` knows
    them, then by the ``#!`` line; ``text`` for any other text. ``data``: the file, or its first 8,000 bytes or more
    (of a notebook, whose kernel stands at its end, all). None: not a text."""
    tags = name_tags(path)
    if not _is_text(path, data):
        return None
    if path.lower().endswith(notebooks.EXTENSION):
        kernel = notebooks.language(data)
        return kernel if kernel in LANGUAGES else _TEXT
    return _by_name(path, data, tags) or (_by_shebang(data) if data.startswith(b"#!") else _TEXT)


def extract(language: str, data: bytes) -> FileFacts:
    """The facts of one file. ``language``: a key of LANGUAGES; ``data``: UTF-8, perhaps broken. Never raises
    for what is in the file."""
    return LANGUAGES[language].extract(data)


def _code_of(header: bytes) -> bytes:
    """The first code of a header, without the comments in front of it and between, which may be long."""
    kept: list[bytes] = []
    position = size = 0
    while size < _HEADER_SNIFF_BYTES and (comment := _COMMENT.search(header, position)):
        kept.append(header[position : comment.start()])
        size += len(kept[-1])
        is_block = comment[0] == b"/*"
        end = header.find(b"*/" if is_block else b"\n", comment.end())
        if end < 0:
            return b"".join(kept)
        position = end + 2 if is_block else end
    return b"".join([*kept, header[position : position + _HEADER_SNIFF_BYTES]])


def _by_name(path: str, data: bytes, tags: set[str]) -> str:
    name = posixpath.basename(path).lower()
    extension = posixpath.splitext(name)[1]
    stem = name.partition(".")[0]  # Dockerfile.dev
    if name in _BY_NAME:
        return _BY_NAME[name]
    if extension == ".h" and _CPP_HEADER.search(_code_of(data)):
        return "cpp"
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    if is_lock(path):  # Gemfile.lock is no Ruby, Cargo.lock not worth reading as TOML
        return _TEXT
    return _of_tags(tags) if tags else _BY_NAME.get(stem, "")


def _of_tags(tags: set[str]) -> str:
    """The reader of a language that is one of the tags; ``text`` where there is none."""
    found = {_OF_TAG.get(tag, tag) for tag in tags} & LANGUAGES.keys() - {_TEXT}
    return min(found, default=_TEXT)


def _is_text(path: str, data: bytes) -> bool:
    """No NUL byte stands early in the file, but in UTF-16 and UTF-32; where the name says nothing, no other control
    character does."""
    head = data[:_BINARY_SNIFF_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    if b"\0" in head:
        return bool(utf16_without_mark(head))
    return is_text_name(path) or identify.is_text(io.BytesIO(head))


def _by_shebang(head: bytes) -> str:
    found = _SHEBANG.match(head[:_BINARY_SNIFF_BYTES])
    program = (found[1] or found[2]).decode("utf-8", "replace") if found else ""
    plain = program.rstrip("0123456789.")
    return _INTERPRETERS.get(plain) or _of_tags(identify.tags_from_interpreter(plain))
