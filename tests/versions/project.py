"""A small project of many kinds of files, and its history: every commit has the same id on every machine.

It stands for what the language cases do not hold: documents of decisions, declared rules, operations, secrets, odd
encodings, and commits that say why. The indexes in fixtures/ were made of it.
"""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ingest"))

from projects import Repository


class Step(Struct, frozen=True):
    """One commit: the files that it writes, and those that it removes."""

    message: str
    files: Mapping[str, str | bytes]
    removed: tuple[str, ...] = ()


_KEY = "AK" + "IA" + "Q3EGRSXF7TOYLN5B"  # put together here, so that no scanner takes it for a leak

_FIRST = {
    "pyproject.toml": """[project]
name = "shop"
dependencies = ["flask>=3", "sqlalchemy"]

[project.scripts]
shop = "shop.cli:main"

[tool.importlinter]
root_package = "shop"

[[tool.importlinter.contracts]]
name = "the model knows no door"
type = "layers"
layers = ["shop.cli", "shop.cart", "shop.prices"]

[tool.ruff.lint]
select = ["TID"]

[tool.ruff.lint.flake8-tidy-imports.banned-api]
"os.system".msg = "Use subprocess."
""",
    "shop/__init__.py": '"""A shop."""\n',
    "shop/prices.py": '''"""Prices in cents."""

RATE = 19


class Price:
    """An amount."""

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def with_tax(self) -> "Price":
        return Price(self.cents * (100 + RATE) // 100)


def total(prices: list[Price]) -> Price:
    return Price(sum(price.cents for price in prices))
''',
    "shop/cart.py": '''from .prices import Price, total


class Cart:
    """What somebody wants to buy."""

    def __init__(self) -> None:
        self.items: list[Price] = []

    def add(self, price: Price) -> None:
        # The list must stay in the order of adding, otherwise the receipt does not match the till.
        self.items.append(price)

    def sum(self) -> Price:
        return total(self.items).with_tax()
''',
    "docs/decisions/0001-cents.md": """# 1. Amounts are whole cents

Date: 2024-03-01

## Status

Accepted

## Context

Floats lose cents.

## Decision

`shop/prices.py` keeps whole cents.
""",
    "CODEOWNERS": "*.py @shop/core\n/docs/ @shop/docs\n",
    "AGENTS.md": "# Rules\n\n- Never compute with floats in `shop/prices.py`.\n- Run the tests before you commit.\n",
}
_SECOND = {
    "shop/cli.py": f'''import flask

from shop.cart import Cart
from shop.prices import Price

app = flask.Flask("shop")
ACCESS_KEY = "{_KEY}"


@app.route("/cart", methods=["POST"])
def order():
    cart = Cart()
    cart.add(Price(100))
    return {{"cents": cart.sum().cents}}


def main() -> None:
    app.run()
''',
    "web/package.json": '{"name": "shop-web", "dependencies": {"preact": "^10"}, "scripts": {"build": "tsc"}}\n',
    "web/src/cart.ts": "export interface Line { cents: number }\n\n/** @deprecated use total */\nexport function sum(lines: Line[]): number {\n  return lines.reduce((all, line) => all + line.cents, 0)\n}\n",
    "web/src/app.ts": "import { sum, type Line } from './cart'\n\nexport class App {\n  lines: Line[] = []\n\n  show(): string {\n    return String(sum(this.lines))\n  }\n}\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nEXPOSE 8000\nCMD ["shop"]\n',
    "compose.yaml": "services:\n  shop:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:16\n",
    ".github/workflows/ci.yml": "name: ci\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n",
    "migrations/0001_init.up.sql": "CREATE TABLE cart (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL);\n",
    "shop/tests/test_cart.py": "from shop.cart import Cart\nfrom shop.prices import Price\n\n\ndef test_sum():\n    cart = Cart()\n    cart.add(Price(100))\n    assert cart.sum().cents == 119\n",
    "notes.txt": "Grüße\n".encode("utf-16"),
    "old.txt": b"caf\xe9\n",
}
_THIRD = {
    "CHANGELOG.md": "# Changelog\n\n## 1.1.0\n\n### Removed\n\n- Coupons: nobody used them.\n",
    "pyproject.toml": _FIRST["pyproject.toml"].replace('"sqlalchemy"', '"psycopg<4"'),
    "docs/decisions/0002-no-orm.md": "---\nstatus: accepted\ndate: 2024-05-02\nsupersedes: 0001\n---\n\n# Write SQL by hand\n\n## Decision Outcome\n\nChosen option: plain SQL, because the queries are few.\n",
    "cmd/main.go": 'package main\n\nimport "fmt"\n\n// TODO: read the port from the settings\nfunc main() { fmt.Println(port()) }\n\nfunc port() int { return 8000 }\n',
    "go.mod": "module example.org/shop\n\ngo 1.22\n",
}
STEPS = (
    Step("Keep amounts as whole cents", _FIRST),
    Step("Serve carts over HTTP\n\nThe till needs it because its own store is gone by then.", _SECOND),
    Step(
        "Drop the ORM\n\nIts queries were slow since every cart was loaded twice, so write them by hand.\n\n"
        "Rejected: a query cache | it would have to be invalidated",
        _THIRD,
    ),
    Step("Allow coupons", {"shop/coupons.py": "def coupon() -> int:\n    return 5\n"}),
    Step('Revert "Allow coupons"\n\nThey made carts negative.', {}, removed=("shop/coupons.py",)),
)
FILES: Mapping[str, bytes] = {
    path: text if isinstance(text, bytes) else text.encode()
    for path, text in sorted({**_FIRST, **_SECOND, **_THIRD}.items())
}
"""What is there after the last commit."""


def build(root: Path) -> str:
    """The project with its whole history at ``root``; returns the id of the last commit."""
    repository = Repository(root)
    head = ""
    for step in STEPS:
        for path, text in step.files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        for path in step.removed:
            (root / path).unlink()
        head = repository.commit(step.message)
    return head
