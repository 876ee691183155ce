"""What frameworks call by name: hooks of plugins, what is connected to a signal, protocols that no class names."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check, check_what_holds

SPEC = "import pluggy\nhookspec = pluggy.HookspecMarker('x')\nhookimpl = pluggy.HookimplMarker('x')\n@hookspec(firstresult=True)\ndef x_add(a): ...\ndef x_plain(a): ...\n"
SIGNALS = "from django.dispatch import Signal\npublished = Signal()\nother = Signal()\nno = object()\n"
READER = "from typing import Protocol\nclass Reader(Protocol):\n    def read(self, size: int) -> bytes: ...\n    def close(self) -> None: ...\n"
CASES: dict[str, Case] = {
    "pluggy: an implementation, and a call by the name of the hook, lead to the specification; without the marker nothing does": (
        {"spec.py": SPEC, "plug.py": "from spec import hookimpl\n@hookimpl\ndef x_add(a): ...\nclass P:\n    @hookimpl(tryfirst=True)\n    def x_add(self, a): ...\ndef x_plain(a): ...\n",
         "other.py": "def x_add(a): ...\n", "run.py": "def run(pm, other):\n    pm.hook.x_add(a=1)\n    pm.hook.x_plain(a=1)\n    return pm.hook.x_add\n"},
        ["plug.py:x_add |> spec.py:x_add inferred", "plug.py:P.x_add |> spec.py:x_add inferred", "run.py:run -> spec.py:x_add inferred"],
    ),
    "pluggy: what another function specifies for itself is not implemented elsewhere": (
        {"m.py": "import pluggy\nhookspec = pluggy.HookspecMarker('x')\nhookimpl = pluggy.HookimplMarker('x')\n",
         "a.py": "from m import hookspec\ndef test_a():\n    class Spec:\n        @hookspec\n        def x_add(self): ...\n", "b.py": "from m import hookimpl\n@hookimpl\ndef x_add(): ...\n"},
        [],
    ),
    "signals: who sends one calls what is connected to it in any file, by another name too; local functions are gone before long": (
        {"sigs.py": SIGNALS,
         "h.py": "from django.dispatch import receiver\nfrom sigs import published, other\ndef a(s): ...\n@receiver(published)\ndef b(s): ...\n@receiver([published, other], sender=a)\ndef c(s): ...\n"
                 "@published.connect\ndef d(s): ...\nclass App:\n    def ready(self):\n        import sigs\n        sigs.published.connect(a)\n        published.connect(self.me, sender=App)\n    def me(self): ...\n"
                 "def test_it():\n    def local(s): ...\n    published.connect(local)\n",
         "s.py": "import sigs\nfrom sigs import published, no\nclass V:\n    mine = published\n    def go(self):\n        self.mine.send(1)\ndef go(mail):\n    sigs.other.send_robust(sender=None)\n    mail.send()\n    no.send()\n"},
        ["s.py:V.go -> h.py:App.me inferred", "s.py:V.go -> h.py:a inferred", "s.py:V.go -> h.py:b inferred", "s.py:V.go -> h.py:c inferred", "s.py:V.go -> h.py:d inferred", "s.py:go -> h.py:c inferred"],
    ),
    "signals: those of blinker, and the object whose method is connected": (
        {"sigs.py": "from blinker import Namespace\n_all = Namespace()\nbegan = _all.signal('began')\n", "h.py": "from sigs import began\n@began.connect_via(1)\ndef on(s): ...\n", "s.py": "from sigs import began\ndef go():\n    began.send(1)\n"},
        ["s.py:go -> h.py:on inferred"],
    ),
    "protocols: a class that has all methods with their parameters implements it; one of other parameters, or without one, does not": (
        {"p.py": READER, "a.py": "class Mine:\n    def read(self, size, more=1): ...\n    def close(self): ...\nclass Sub(Mine):\n    def read(self, size): ...\nclass Other:\n    def read(self, n): ...\n    def close(self): ...\nclass Half:\n    def read(self, size): ...\n"},
        ["a.py:Mine.close |> p.py:Reader.close inferred", "a.py:Mine.read |> p.py:Reader.read inferred"],
    ),
    "protocols: of one method alone only the one class that has it is meant": (
        {"p.py": "import typing\nclass A(typing.Protocol):\n    def alone(self): ...\nclass B(typing.Protocol):\n    def both(self): ...\n", "a.py": "class C:\n    def alone(self): ...\n    def both(self): ...\nclass D:\n    def both(self): ...\n"},
        ["a.py:C.alone |> p.py:A.alone inferred"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_called_by_name_is_linked(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_saw_nothing_of_a_file_hold_without_it(name: str) -> None:
    check_what_holds(CASES[name])
