"""C and C++ sources are made readable without moving anything."""

from __future__ import annotations

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from indexers.languages.shared.cmacros import readable


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class SHOP_API Cart : Base {", "class          Cart : Base {"),
        ("struct ALIGNED(8) Item {", "struct            Item {"),
        ("class CART final {", "class CART final {"),
        ("\nSHOP_API int run(void);", "\n         int run(void);"),
        ("\nSHOP_A SHOP_B int* A::run(void);", "\n              int* A::run(void);"),
        ("\nSHOP_API Cart::Cart(int n) {", "\n         Cart::Cart(int n) {"),
        ("\nSHOP_TYPE Cart::run(int n) {", "\nSHOP_TYPE Cart::run(int n) {"),
        ("\nSHOP_API run(void);", "\nSHOP_API run(void);"),
        ("int WINAPI run(int x);", "int        run(int x);"),
        ("void log(int x, ...) PRINTF_LIKE(1, 2);", "void log(int x, ...)                  ;"),
        ("    if (x) STOP;", "    if (x) STOP;"),
        ("    else if (x) STOP(1);", "    else if (x) STOP(1);"),
        ("    Item* item_ GUARDED_BY(lock_);", "    Item* item_                  ;"),
        ("    return WRAP(x);", "    return WRAP(x);"),
        ("\nTEST_F(CartTest, Adds) {", "\nvoid   CartTest::Adds(){"),
        ('\nMY_FLAG(bool, loud, false,\n        "how");', "\n" + " " * 26 + "\n" + " " * 15),
        ('\nMY_CASE("name", &Check);', '\nMY_CASE("name", &Check);'),
        ('\n  MY_LOG(int, "x");', '\n  MY_LOG(int, "x");'),
        ("int a;\nMY_BEGIN\nint b;", "int a;\n        \nint b;"),
        ("#define A \\\nMY_BEGIN\nint b;", "#define A \\\nMY_BEGIN\nint b;"),
        ("int a = 1 +\nMY_NUMBER\n;", "int a = 1 +\nMY_NUMBER\n;"),
        ("template <T> MY_INLINE auto f();", "template <T>           auto f();"),
        ("  return MY_ONE const;", "  return MY_ONE const;"),
        ("// as MY_ONE const", "// as MY_ONE const"),
        ("A() :\n#if X\n  a(1),\n#endif\n  b(2) {", "A() :\n     \n  a(1),\n      \n  b(2) {"),
        ("a.template b<T>()", "a.         b<T>()"),
        ("\nMY_BEGIN\nMY_API\n\nenum class Color {", "\n        \n      \n\nenum class Color {"),
    ],
)
def test_macros_around_declarations_are_blanked(source: str, expected: str) -> None:
    """What only marks a declaration goes; what may be a use stays."""
    assert readable(source.encode()).decode() == expected


PIECES = [
    "class ",
    "AAA_B ",
    "AAA(x) ",
    "foo ",
    "(",
    ")",
    ";",
    "{",
    "\n",
    "if ",
    "WINAPI ",
    "TEST(A, B) {",
    "é",
    ": ",
    "int ",
]


@given(st.lists(st.sampled_from(PIECES)))
def test_nothing_moves(pieces: list[str]) -> None:
    """Length and line ends are kept, whatever the source."""
    source = "".join(pieces).encode()
    found = readable(source)
    assert len(found) == len(source)
    assert [i for i, byte in enumerate(found) if byte == 10] == [
        i for i, byte in enumerate(source) if byte == 10
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "\nAAA_B\n",
        "AAA_B auto ",
        "AAA_B AAA_B ",
        "AAA_B(AAA_B(",
        ":\n#if\na(",
        ".template ",
        "a(",
        ") AAA ",
        "class AAA ",
        "\nAAA_B ",
        "a AAA;",
        "a b AAA;\n",
        "a AAA(x);",
        "f(x) AAAA;",
    ],
)
def test_hostile_repetition_is_read_in_linear_time(piece: str) -> None:
    """A megabyte of one piece costs no more than its length."""
    assert_linear(lambda size: readable(("int f(" * 300 + piece * (size // len(piece))).encode()), 1_000_000)


def test_long_macro_names_after_a_call_cost_linear_time() -> None:
    """Regression: a long upper-case word was split into macros in exponentially many ways."""
    source = b"int f(void)\n" + b"AN_ATOMIC_GENERATOR_OF_INTEGERS_" * 50 + b"(x)\nint g;\n"
    assert len(readable(source)) == len(source)
