"""Which reader gets which file."""

from __future__ import annotations

import pytest

from indexers import registry


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("src/app.py", b"", "python"),
        ("src/App.PY", b"", "python"),
        ("stubs/app.pyi", b"", "python"),
        ("SConstruct", b"", "python"),
        ("web/a.mjs", b"", "javascript"),
        ("web/a.jsx", b"", "javascript"),
        ("web/a.d.ts", b"", "typescript"),
        ("web/a.tsx", b"", "typescript"),
        ("web/a.cts", b"", "typescript"),
        ("README", b"", "text"),
        ("LICENSE.txt", b"", "text"),
        ("Dockerfile.dev", b"", "dockerfile"),
        ("config/app.YAML", b"", "yaml"),
        ("docs/a.md", b"", "markdown"),
        ("bin/tool", b"#!/usr/bin/env python3\n", "python"),
        ("bin/tool", b"#!/usr/bin/env -S python3.12 -u\n", "python"),
        ("bin/tool", b"#! /usr/bin/python2.7\n", "python"),
        ("bin/tool", b"#!/usr/bin/env FOO=1 node\n", "javascript"),
        ("bin/tool", b"#!/usr/bin/env deno run\n", "typescript"),
        ("bin/tool", b"#!/bin/sh\n", "bash"),
        ("bin/tool", b"#!/usr/bin/env -S ruby -w\n", "ruby"),
        ("bin/tool", b"#!/usr/bin/lua5.4\n", "lua"),
        ("bin/tool", b"#!/usr/bin/perl\n", "text"),
        ("src/Cart.cs", b"", "csharp"),
        ("Gemfile", b"", "ruby"),
        ("build.gradle.kts", b"", "kotlin"),
        ("web/Card.vue", b"", "vue"),
        ("bin/tool", b"#!", "text"),
        ("bin/tool", b"\x7fELF", None),
        ("data/blob.xyz", b"abc", "text"),
        ("data/blob.xyz", b"abc\x01", None),
        ("bot.mrc", b"echo \x03red\x02\n", "text"),
        ("data/blob.xyz", "Größe".encode("cp1252"), "text"),
        ("water.glsl", b"float ripple;", "text"),
        ("drivers/Kconfig", b"config QUINCE\n", "text"),
        ("boot.asm", b"mov ax, 1\n", "text"),
        (".babelrc", b"{}", "json"),
        (".bashrc", b"", "bash"),
        ("PKGBUILD", b"", "bash"),
        (".clang-tidy", b"", "yaml"),
        ("Pipfile", b"", "toml"),
        ("Cargo.lock", b"", "text"),
        ("poetry.lock", b"", "text"),
        ("Gemfile.lock", b"", "text"),
        ("Pipfile.lock", b"", "text"),
        ("a.ipynb", b"{}", "python"),
        ("a.ipynb", b'{"metadata": {"kernelspec": {"language": "javascript"}}}', "javascript"),
        ("a.ipynb", b'{"metadata": {"kernelspec": {"language": "R", "name": "ir"}}}', "text"),
        ("a.cs", "class A {}\n".encode("utf-16-le"), "csharp"),
        ("unknown", "some words\n".encode("utf-16-be"), "text"),
        ("a.wav", b"\x01\0\x02\0\x03\0\x04\0" * 9, None),
        ("a.py", b"x = 1\0", None),
        ("a.py", b"\xff\xfex\0=\0", "python"),
        ("a.py", b"x" * 8000 + b"\0", "python"),
        ("long.h", b"// class A {\n/* class B { */\n" * 2000 + b"class C {\n public:\n};\n", "cpp"),
        ("long.h", b"// class A {\n/*\nclass B {\n*/\n" * 2000 + b"struct c { int n; };\n", "c"),
    ],
)
def test_language_of(path: str, head: bytes, language: str | None) -> None:
    """Base name, then extension, then the ``#!`` line, else text; a NUL early on means binary, unless UTF-16 explains
    it; where the name says nothing, so does any other control character."""
    assert registry.language_of(path, head) == language


def test_no_two_readers_claim_a_file() -> None:
    """Each extension and each file name belongs to one language, and is written in lower case."""
    claims = [
        claim for module in registry.LANGUAGES.values() for claim in (*module.EXTENSIONS, *module.FILENAMES)
    ]
    assert len(claims) == len(set(claims))
    assert all(claim == claim.lower() for claim in claims)


def test_names_agree() -> None:
    """A module's NAME is its key, and what its facts say."""
    for name, module in registry.LANGUAGES.items():
        assert name == module.NAME
        assert registry.extract(name, b"x").language == name
