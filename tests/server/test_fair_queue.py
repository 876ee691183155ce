"""Who is next: turns among callers, short before long, nobody for ever last."""

from __future__ import annotations

from memoryd.server.fair_queue import SHORT_IN_A_ROW, FairQueue


def queue(*items: tuple[str, str], short: bool = False) -> FairQueue[str]:
    """(caller, item) in the order in which they came."""
    made: FairQueue[str] = FairQueue()
    for caller, item in items:
        made.put(caller, item, short=short)
    return made


def taken(made: FairQueue[str]) -> list[str]:
    found = []
    while (item := made.take()) is not None:
        found.append(item)
    return found


def test_callers_take_turns() -> None:
    """Who asks for much waits for each of the others once per question."""
    made = queue(("greedy", "g1"), ("greedy", "g2"), ("greedy", "g3"), ("a", "a1"), ("b", "b1"), ("a", "a2"))
    assert taken(made) == ["g1", "a1", "b1", "g2", "a2", "g3"]


def test_short_ones_go_first_but_not_for_ever() -> None:
    """A long one that waits has its turn after some of them."""
    made = queue(("a", "long 1"), ("a", "long 2"))
    for number in range(2 * SHORT_IN_A_ROW):
        made.put("b", str(number), short=True)
    found = taken(made)
    assert found.index("long 1") == SHORT_IN_A_ROW
    assert found.index("long 2") == 2 * SHORT_IN_A_ROW + 1
    assert len(found) == 2 * SHORT_IN_A_ROW + 2


def test_what_is_removed_is_not_taken() -> None:
    """And what is not there need not be removed."""
    made = queue(("a", "1"), ("a", "2"), ("b", "3"))
    for caller, item in (("a", "1"), ("b", "3"), ("b", "3"), ("c", "1")):
        made.remove(caller, item)
    assert taken(made) == ["2"]


def test_who_has_most_gives_way() -> None:
    """Its newest, and only to a caller that has fewer even with one more."""
    made = queue(("greedy", "1"), ("greedy", "2"), ("greedy", "3"), ("a", "4"), ("a", "5"))
    assert made.last_of_most("a") is None
    assert made.last_of_most("greedy") is None
    assert made.last_of_most("b") == "3"
    assert taken(made) == ["1", "4", "2", "5"]
    assert made.last_of_most("b") is None
