"""Where the readers prove that a name is local, and where strings and comments stand: offsets into the text."""

from __future__ import annotations

from itertools import accumulate

import pytest

from indexers import registry

CASES = {
    # In «…» what is proven to be local; the marks are taken out before the file is read.
    "python": [
        "def f(«a», *«b», «c»=1):\n    «d» = «a»\n    return [«x» for «x» in «b»], «d».a, g(a=«a»), {'a': «d»}\n",
        "def f():\n    global a\n    for a in b():\n        pass\n",
        "for a in b:\n    pass\n\ndef f():\n    return a\n",
        "def f(«a», «b»=a):\n    def g(): return «a»\n",
        "class A:\n    a = 1\n    def f(«self»): return a, «self».a\n",
    ],
    "javascript": [
        "function f(«a») {\n  if («a») { const «b» = «a»; return «b».a }\n  return b\n}\n",
        "function f() {\n  [a, b] = c;\n  return a\n}\nfunction g(a) { return a }\n",
        "function f(«a») { return { a, b: «a».a } }\n",
        "let a = 1;\nfunction f() { return a }\n",
    ],
    "go": [
        "package p\n\nfunc f(«a» int) int {\n\t«b» := «a»\n\treturn «b» + T{a: «a»}.a\n}\n",
        "package p\n\nfunc f() int {\n\t«a» := a + 1\n\treturn «a»\n}\n",
        "package p\n\nfunc f() int {\n\tif c {\n\t\t«a» := 1\n\t\tg(«a»)\n\t} else {\n\t\tg(a)\n\t}\n\treturn a\n}\n",
        "package p\n\nfunc f() {\n\tfor «_», «a» := range a {\n\t\tg(«a»)\n\t}\n\tg(a)\n}\n",
    ],
    "java": [
        "class A { int f(int «a») { this.a = «a»; a(); return «a»; } }\n",
        "class A { int f(int «a») { return new B() { int g() { return a; } }.g(); } }\n",
        "class A { int f() { a = 1; { int «a» = a; g(«a»); } return a; } }\n",
    ],
    "rust": [
        "fn f(«a»: u8) -> T {\n    say!(a);\n    T { a, b: «a», c: a() }\n}\n",
        "fn f() {\n    { let «a» = a; g(|«b»| «b» + «a») }\n    g(a, b)\n}\n",
    ],
    "c": [
        "int f(int «a», struct s *«b») { «b»->a = «a»; a(«a»); int «c» = 1; return «c»; }\n",
        "int f(void) { extern int a; int b(void); if (c) { int «d» = d; g(«d»); } return a + d; }\n",
        "int f(int a) { return a; }\n}}} int g(\n",
    ],
    "cpp": ["struct S { int a; S(int «a») : a(«a») { this->a = «a»; } };\n"],
}


@pytest.mark.parametrize(
    ("language", "marked"), [(name, text) for name, all_ in CASES.items() for text in all_]
)
def test_only_what_its_scope_proves_is_local(language: str, marked: str) -> None:
    """Parameters and variables, but no member, key, label, and no name that may be bound elsewhere."""
    text = marked.replace("«", "").replace("»", "").encode()
    found = [*accumulate(registry.extract(language, text).local_names)]
    shown, at = "", 0
    for start in found:
        end = start + 1
        while text[end : end + 1].isalnum():
            end += 1
        shown += f"{text[at:start].decode()}«{text[start:end].decode()}»"
        at = end
    assert shown + text[at:].decode() == marked


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        ("python", 'a = f"x {b} y"  # z\n', ["x ", " y", "# z"]),
        ("typescript", "const a = `x ${b} y` // z\n", ["x ", " y", "// z"]),
        ("go", 'package a\nvar b = "x y" // z\n', ["x y", "// z"]),
        ("java", 'class A { String a = "x y"; /* z */ }\n', ["x y", "/* z */"]),
        ("rust", 'const A: &str = "x y"; // z\n', ["x y", "// z\n"]),
        ("c", 'char *a = "x y"; /* z */\n', ["x y", "/* z */"]),
        ("cpp", 'auto a = R"(x y)"; // z\n', ["x y", "// z"]),
    ],
)
def test_strings_and_comments_are_known_by_their_ends(language: str, text: str, pieces: list[str]) -> None:
    """What is computed inside of a string is code."""
    edges = [*accumulate(registry.extract(language, text.encode()).prose)]
    found = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    assert [piece.strip() for piece in found] == [piece.strip() for piece in pieces]


def test_names_of_arguments_and_of_exports_are_labels() -> None:
    text = b"__all__ = ['f', \"g\"]\nf(a=b)\n"
    found = [text[at : at + 1] for at in accumulate(registry.extract("python", text).labels)]
    assert found == [b"f", b"g", b"a"]
