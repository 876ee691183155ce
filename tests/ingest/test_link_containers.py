"""Python: what a container of a declared type gives is of the type that it is declared to hold."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from in_memory import Project

from memoryd.ingest.link.languages.python_types import part_of

BEE = "class Bee:\n    def gather(self): ...\n\nclass Ant:\n    def carry(self): ...\n\n"  # 6 lines


def calls(body: str) -> list[str]:
    found = Project({"a.py": BEE + body}).links["a.py"].edges
    return sorted(f"{e.line} {e.dst} {e.method}" for e in found if e.kind == "calls")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f(bees: list[Bee]):\n    for bee in bees:\n        bee.gather()\n", ["9 Bee.gather inferred"]),
        ("def f(bees: 'Sequence[Bee] | None'):\n    return [bee.gather() for bee in bees]\n", ["8 Bee.gather inferred"]),
        ("def f(bees: tuple[Bee, ...]):\n    bees[0].gather()\n    one = bees[-1]\n    one.gather()\n", ["10 Bee.gather inferred", "8 Bee.gather inferred"]),
        ("def f(pair: tuple[Bee, Ant]):\n    pair[0].carry()\n    for bee, ant in [pair]:\n        ant.carry()\n", ["10 Ant.carry name-only", "8 Ant.carry name-only"]),
        ("def f(pairs: list[tuple[Bee, Ant]]):\n    for bee, ant in pairs:\n        ant.carry()\n        bee.gather()\n", ["10 Bee.gather inferred", "9 Ant.carry inferred"]),
        ("def f(a: list[Bee], b: set[Ant]):\n    for bee, ant in zip(a, b):\n        ant.carry()\n", ["9 Ant.carry inferred"]),
        ("def f(by: dict[str, list[Bee]]):\n    for name, bees in by.items():\n        bees[0].gather()\n    by['a'][0].gather()\n", ["10 Bee.gather inferred", "9 Bee.gather inferred"]),
        ("def f(by: dict[Ant, Bee]):\n    for ant in by:\n        ant.carry()\n    for bee in by.values():\n        bee.gather()\n    some = by.get(1)\n    some.gather()\n", ["11 Bee.gather inferred", "13 Bee.gather inferred", "9 Ant.carry inferred"]),
        ("class Hive:\n    def __init__(self):\n        self.bees: list[Bee] = []\n    def day(self):\n        for bee in self.bees:\n            bee.gather()\n", ["12 Bee.gather inferred"]),
        ("def all_() -> list[Bee]: ...\n\ndef f():\n    for bee in all_():\n        bee.gather()\n", ["10 all_ exact", "11 Bee.gather inferred"]),
        ("def f(bees):\n    for bee in bees:\n        bee.gather()\n", ["9 Bee.gather name-only"]),
        ("def f(bees: list[Bee]):\n    some = bees[1:]\n    some.gather()\n", ["9 Bee.gather name-only"]),
        ("def f(bees: list[Bee]):\n    bees.gather()\n", []),
    ],
)  # fmt: skip
def test_the_element_is_of_the_declared_type(body: str, expected: list[str]) -> None:
    """In loops, comprehensions, subscripts and by the methods of dictionaries; without a type it stays a guess by name,
    and a list has no methods of the project."""
    assert calls(body) == expected


@pytest.mark.parametrize(
    ("written", "part", "expected"),
    [
        ("Optional[Dict[str, 'Bee']]", "[]", "'Bee'"),
        ("typing.List[Bee]", "[each]", "Bee"),
        ("list[Bee] | set[Bee]", "[each]", ""),
        ("dict[str]", "[]", ""),
        ("tuple[()]", "[0]", "()"),
        ("tuple[Bee, Ant]", "[5]", ""),
        ("list[", "[]", ""),
        ("Hive[Bee]", "[each]", ""),
        ("Annotated[" * 9 + "list[Bee]" + "]" * 9, "[]", ""),
    ],
)
def test_parts_of_written_types(written: str, part: str, expected: str) -> None:
    """Only what the standard library says of its containers."""
    assert part_of(written, part) == expected
