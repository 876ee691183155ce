"""Edges across files, by rule. The notation: `caller -> callee method`, one line per expected edge."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import run_index

from memoryd.ingest.parse.pool import ParsePool
from memoryd.store.sqlite import connect

CASES = {
    "relative import of a function": (
        {"p/__init__.py": "", "p/a.py": "def f():\n    pass\n", "p/b.py": "from .a import f\n\n\ndef g():\n    f()\n"},
        ["p/b.py:g -> p/a.py:f exact"],
    ),
    "regression: a relative import at the root, whose package would lie above it, ends": (
        {"a.py": "def f():\n    pass\n", "m.py": "from . import a, b\n\na.f()\n"},
        ["m.py: -> a.py:f exact"],
    ),
    "through the package's re-export to the defining file": (
        {"p/__init__.py": "from .a import f\n", "p/a.py": "def f():\n    pass\n", "m.py": "from p import f\n\nf()\n"},
        ["m.py: -> p/a.py:f exact"],
    ),
    "module attribute under an alias": (
        {"p/__init__.py": "", "p/a.py": "def f():\n    pass\n", "m.py": "import p.a as q\n\nq.f()\n"},
        ["m.py: -> p/a.py:f exact"],
    ),
    "method of a base class in another file, through self": (
        {"a.py": "class A:\n    def go(self):\n        pass\n",
         "b.py": "from a import A\n\n\nclass B(A):\n    def run(self):\n        self.go()\n"},
        ["b.py:B.run -> a.py:A.go exact"],
    ),
    "a same-named method of an unrelated class is not linked": (
        {"a.py": "class A:\n    def take(self):\n        pass\n", "b.py": "def f(x):\n    x.take()\n"},
        [],
    ),
    "typed by a constructor": (
        {"a.py": "class A:\n    def act(self):\n        pass\n",
         "b.py": "from a import A\n\n\ndef f():\n    x = A()\n    x.act()\n"},
        ["b.py:f -> a.py:A exact", "b.py:f -> a.py:A.act inferred"],
    ),
    "a Java method calls its class's method by its bare name, and a class of its package without import": (
        {"p/A.java": "package p;\nclass A {\n  void go() { B.stop(); run(); }\n  void run() {}\n}\n",
         "p/B.java": "package p;\nclass B {\n  static void stop() {}\n}\n"},
        ["p/A.java:A.go -> p/B.java:B.stop exact"],
    ),
    "a default export, and a renamed one through a barrel": (
        {"a.ts": "function foo() {}\nfunction bar() {}\nexport default foo\nexport { bar as baz }\n",
         "index.ts": "export * from './a'\n",
         "m.ts": "import f from './a'\nimport { baz } from './index'\nf()\nbaz()\n"},
        ["m.ts: -> a.ts:foo exact", "m.ts: -> a.ts:bar exact"],
    ),
    "a C function over two levels of includes that include each other": (
        {"a.h": "#include \"b.h\"\n", "b.h": "#include \"a.h\"\nstatic inline int twice(int x) { return 2 * x; }\n",
         "m.c": "#include \"a.h\"\nint main(void) { return twice(2); }\n"},
        ["m.c:main -> b.h:twice exact"],
    ),
    "typed by an annotation": (
        {"a.py": "class A:\n    def act(self):\n        pass\n",
         "b.py": "from a import A\n\n\ndef f(x: A):\n    x.act()\n"},
        ["b.py:f -> a.py:A.act inferred"],
    ),
    "a test asks for fixtures by its parameters, and calls what they give": (
        {"lib.py": "class Client:\n    def get(self):\n        pass\n",
         "conftest.py": "import pytest\nfrom lib import Client\n\n\n@pytest.fixture\ndef client() -> Client:\n"
                        "    return Client()\n",
         "t/test_a.py": "def test_get(client):\n    client.get()\n\n\ndef helper(client):\n    client.get()\n"},
        ["conftest.py:client -> lib.py:Client exact", "t/test_a.py:test_get -> conftest.py:client inferred",
         "t/test_a.py:test_get -> lib.py:Client.get inferred"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_calls(pool: ParsePool, tmp_path: Path, name: str) -> None:
    """The calls of the project are these, each labelled with how it was found."""
    files, expected = CASES[name]
    for path, text in files.items():
        (tmp_path / "repo" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / path).write_text(text)
    run_index(pool, tmp_path / "repo", tmp_path / "store")
    conn = connect(tmp_path / "store" / "index.db", readonly=True)
    rows = conn.execute(
        "SELECT p.path, n.text, dp.path, dn.text, e.method FROM view_file v JOIN edge e ON e.link_id = v.link_id"
        " JOIN path p ON p.id = v.path_id JOIN name n ON n.id = e.src_name_id JOIN path dp ON dp.id = e.dst_path_id"
        " JOIN name dn ON dn.id = e.dst_name_id WHERE e.kind = 'calls' AND dp.path <> p.path ORDER BY 1, e.line, 4"
    ).fetchall()
    conn.close()
    assert [f"{path}:{src} -> {to}:{dst} {method}" for path, src, to, dst, method in rows] == expected
