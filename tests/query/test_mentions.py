"""What a question names outright, and how that moves the hits."""

from __future__ import annotations

from pathlib import Path

import pytest
from search_project import SearchProject, paths

FILES = {
    "src/shop/cart.py": {
        "Cart": "class Cart:\n    items = []\n",
        "Cart.add_item": "def add_item(self, item):\n    if not item:\n"
        "        raise ValueError('an empty item cannot be added')\n",
        "Cart.total": "def total(self):\n    return sum(self.prices)\n",
    },
    "src/shop/payment.py": {
        "charge_card": "def charge_card(card):\n    return Cart.total(card)\n",
        "refund": "def refund(charge):\n    log.error(f'charge {charge} was already paid back')\n",
    },
    "src/shop/utils.py": {"retry": "def retry(call):\n    return call()\n"},
    "tests/test_cart.py": {
        "test_add_item": "def test_add_item():\n    Cart().add_item('an empty item cannot be added')\n"
    },
}


@pytest.fixture
def project(tmp_path: Path) -> SearchProject:
    made = SearchProject(tmp_path)
    made.put(FILES)
    return made


def mentioned(project: SearchProject, text: str) -> dict[str, float]:
    hits = project.ask(text, files=True).hits
    return {hit.path: hit.signals.mention for hit in hits if hit.signals.mention > 0}


INSTALLED = """It fails
Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/shop/payment.py", line 2, in charge_card
  File "/venv/lib/python3.11/site-packages/shop/cart.py", line 8, in total
  File "/venv/lib/python3.11/site-packages/requests/utils.py", line 8, in retry
TypeError: unsupported operand
"""


def test_innermost_frame_in_the_project_counts_most(project: SearchProject) -> None:
    """Paths of an installed copy name the project's files; a package's file of the same name is another one; each
    frame further out counts less."""
    found = mentioned(project, INSTALLED)
    assert set(found) == {"src/shop/cart.py", "src/shop/payment.py"}
    assert found["src/shop/cart.py"] > found["src/shop/payment.py"]


def test_function_of_the_innermost_frame_is_meant(project: SearchProject) -> None:
    """By its name, whatever the lines are today."""
    hits = project.ask(INSTALLED).hits
    assert max(hits, key=lambda hit: hit.signals.mention).symbol == "Cart.total"


def test_line_of_a_frame_without_a_name_is_looked_up(project: SearchProject) -> None:
    """Where a trace or a text tells only file and line, the piece at that line is meant."""
    for text in (
        "item fails\n    at /app/src/shop/cart.py:4:1",
        "item fails, see src/shop/cart.py:4",
        "item cart.py#L4",
    ):
        assert project.ask(text).hits[0].symbol == "Cart.add_item", text


@pytest.mark.parametrize(
    "text", ["see `Cart.total`", "Cart#total is wrong", "Cart::total is wrong", "`total()` is wrong"]
)
def test_definition_named_in_a_notation_of_any_language_comes_first(
    project: SearchProject, text: str
) -> None:
    """``Class.method``, ``Class#method``, ``Class::method`` and a bare name in backquotes."""
    assert project.ask(text).hits[0].symbol == "Cart.total"


def test_source_is_meant_before_tests(project: SearchProject) -> None:
    """An identifier that source defines and a test repeats names the source file."""
    assert set(mentioned(project, "add_item is slow")) == {"src/shop/cart.py"}


@pytest.mark.parametrize(
    "text",
    [
        'Nothing happens, only "an empty item cannot be added" is shown',
        "ValueError: an empty item cannot be added",
        "It says `an empty item cannot be added` whatever I do",
    ],
)
def test_quoted_message_names_the_code_it_stands_in(project: SearchProject, text: str) -> None:
    """An exact quoted text of three words or more is the strongest evidence there is."""
    assert mentioned(project, text)["src/shop/cart.py"] > 0
    assert project.ask(text).hits[0].symbol == "Cart.add_item"


def test_message_is_found_around_what_the_program_filled_in(project: SearchProject) -> None:
    """Numbers, paths and quoted values of a message need not stand in source."""
    text = "Refunds fail\nRuntimeError: charge 4711 was already paid back"
    assert set(mentioned(project, text)) == {"src/shop/payment.py"}


def test_quoted_text_of_other_letters_names_nothing(project: SearchProject) -> None:
    """The same words in another order are no quotation."""
    assert mentioned(project, 'it says "cannot be added an empty item"') == {}


def test_functions_come_before_what_stands_around_them(tmp_path: Path) -> None:
    """The header of a class holds the words of its methods: the method comes first, unless the class is named."""
    project = SearchProject(tmp_path)
    project.put(
        {
            "shop/order.py": {
                "OrderBook": "class OrderBook:\n    # cancel cancel an order and notify the customer\n",
                "OrderBook.cancel": "def cancel(self, order):\n    notify(order.customer)  # cancel an order\n",
            }
        },
        kinds={"OrderBook": "class"},
    )
    assert project.ask("cancel an order and notify the customer").hits[0].symbol == "OrderBook.cancel"
    assert project.ask("OrderBook").hits[0].symbol == "OrderBook"
    assert paths(project.ask("OrderBook", files=True)) == ["shop/order.py"]
