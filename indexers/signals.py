"""Functions that are connected to signals (Django, blinker, Qt): who sends the signal calls them.

``sig.connect(f)``, ``@sig.connect``, ``@sig.connect_via(sender)``, ``@receiver(sig)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexers.facts import Fact, FileFacts

SENDS = frozenset({"send", "send_robust", "asend", "asend_robust", "emit"})
_CONNECTS = frozenset({"connect", "connect_via"})
_RECEIVER = "receiver"


class SignalConnection(Fact, frozen=True):
    """In ``scope``, ``function`` is connected to ``signal``: dotted chains as written."""

    signal: str
    scope: str
    function: str


def connections(facts: FileFacts) -> Iterator[SignalConnection]:
    """All that the file says, in no particular order, each once."""
    found: dict[SignalConnection, None] = {}
    decorated = {ref.scope for ref in facts.references if ref.kind == "decorate" and ref.name == _RECEIVER}
    for argument in facts.arguments:
        callee, _, name = argument.callee.rpartition(".")
        if callee and name == "connect" and (argument.position == 0 or argument.keyword == _RECEIVER):
            found.setdefault(SignalConnection(callee, argument.scope, argument.value))
        elif name == _RECEIVER and argument.position == 0 and argument.scope in decorated:
            found.setdefault(SignalConnection(argument.value, argument.scope, argument.scope))
    for ref in facts.references:
        if ref.kind == "decorate" and ref.receiver and ref.name in _CONNECTS:
            found.setdefault(SignalConnection(ref.receiver, ref.scope, ref.scope))
    yield from found
