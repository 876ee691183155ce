"""Which files and functions a stack trace passes through, innermost first."""

from __future__ import annotations

import pytest
from growth import assert_linear

from memoryd.query.search.traces import Frame, traces

PYTHON = """Traceback (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 194, in _run_code
    exec(code, run_globals)
  File "/home/ann/.venv/lib/python3.11/site-packages/shop/app.py", line 12, in checkout
    cart.total()
  File "/app/src/shop/cart.py", line 3, in <module>
ValueError: no price
"""
JAVASCRIPT = """TypeError: x is undefined
    at Router.handle (/app/node_modules/express/lib/router/index.js:45:10)
    at async main (file:///app/src/main.mjs:4:2)
    at /app/src/cart.ts:10:5
    at node:internal/modules/cjs/loader:1105:14
    at Module._compile (node:internal/modules/cjs/loader.js:1105:14)
"""
JAVA = """Exception in thread "main" java.lang.IllegalStateException: closed
\tat com.example.shop.Cart$Line.add(Cart.java:42)
Caused by: java.io.IOException: gone
\tat com.example.net.Wire.send(Wire.java:7)
"""
GO = """panic: runtime error: index out of range

goroutine 1 [running]:
main.run(0x1)
\t/root/go/pkg/mod/github.com/acme/shop@v1.7.0/cart.go:165 +0x2f
\t/usr/local/go/src/net/http/server.go:55 +0x1d
"""
RUST = """thread 'main' panicked at 'oops', src/cart.rs:10:5
   2: shop::run
             at ./src/main.rs:88:9
             at /rustc/90c541806f23a127002de5b4038be731ba1458ca/library/std/src/panicking.rs:584:5
"""
PYTEST = """tests/test_cart.py:5: in test_total
    cart.total()
shop/cart.py:77: ValueError
"""
OTHERS = """   at Acme.Shop.Cart.Add(String name) in C:\\src\\Acme\\Cart.cs:line 31
/app/lib/cart.rb:12:in `block in run'
#0 /var/www/src/Cart.php(33): App\\Cart->add()
render@http://localhost/static/app.js:1:200
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PYTHON, [Frame("app/src/shop/cart.py", 3), Frame("shop/app.py", 12, "checkout")]),
        (
            JAVASCRIPT,
            [
                Frame("express/lib/router/index.js", 45, "handle"),
                Frame("app/src/main.mjs", 4, "main"),
                Frame("app/src/cart.ts", 10),
            ],
        ),
        (
            JAVA,
            [Frame("com/example/net/Wire.java", 7, "send"), Frame("com/example/shop/Cart.java", 42, "add")],
        ),
        (GO, [Frame("github.com/acme/shop@v1.7.0/cart.go", 165)]),
        (RUST, [Frame("src/cart.rs", 10), Frame("src/main.rs", 88)]),
        (PYTEST, [Frame("shop/cart.py", 77), Frame("tests/test_cart.py", 5, "test_total")]),
        (
            OTHERS,
            [
                Frame("C:/src/Acme/Cart.cs", 31, "Add"),
                Frame("app/lib/cart.rb", 12, "run"),
                Frame("var/www/src/Cart.php", 33, "add"),
                Frame("static/app.js", 1, "render"),
            ],
        ),
    ],
    ids=["python", "javascript", "java", "go", "rust", "pytest", "others"],
)
def test_frames(text: str, expected: list[Frame]) -> None:
    """Innermost first, the cause before what it caused; nothing of an interpreter or standard library; of an installed
    package what lies behind the folder of packages."""
    assert list(traces(text).frames) == expected


def test_rest_is_the_text_without_frames() -> None:
    """What is not a frame stays: the message and the words around."""
    rest = traces(f"Checkout fails\n{PYTHON}").rest
    assert "Checkout fails" in rest
    assert "ValueError: no price" in rest
    assert "runpy.py" not in rest


@pytest.mark.parametrize(
    "unit", ["a", "a/", "a.", "at a(", 'File "a', "#1 a", "a@", "panicked at '", "`a b c "]
)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    """No text makes reading slow: one long line, and many lines."""
    from memoryd.query.retrieval.literals import literals
    from memoryd.query.search import mentions

    def read(text: str) -> None:
        traces(text)
        literals(text)
        for pattern in (mentions._PATH, mentions._PLACE, mentions._DOTTED, mentions._COMPOUND):
            pattern.findall(text)

    assert_linear(lambda size: read(unit * (size // len(unit))), 20_000)
    assert_linear(lambda size: read(f"{unit * 20}\n" * (size // 50)), 20_000)
