"""Strings that name code: paths that are patched or imported, files that are mocked or loaded."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from in_memory import Project
from linking import Case, check, check_what_holds

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": "def total(): ...\nclass Cart:\n    def add(self): ...\n",
    "shop/mid.py": "class M: ...\n",
}
CASES: dict[str, Case] = {
    "Python: what is patched by its path, also a method, or by its name in an object": (
        {**SHOP, "t.py": "from unittest.mock import patch\nfrom shop import cart\nfrom shop.cart import Cart\n"
         "@patch('shop.cart.total')\ndef test_a(m): ...\ndef test_b(monkeypatch):\n    monkeypatch.setattr('shop.cart.Cart.add', 1)\n"
         "def test_c(monkeypatch):\n    monkeypatch.setattr(cart, 'total', 1)\ndef test_d():\n    patch.object(Cart, 'add')\n"},
        ["t.py:test_a ~> shop/cart.py:total inferred", "t.py:test_b ~> shop/cart.py:Cart.add inferred", "t.py:test_c ~> shop/cart.py: exact", "t.py:test_c ~> shop/cart.py:total exact",
         "t.py:test_d ~> shop/cart.py:Cart exact", "t.py:test_d ~> shop/cart.py:Cart.add exact"],
    ),
    "Python: a module that is imported by its name; what is no path, another project's, or put together means nothing": (
        {**SHOP, "m.py": "from importlib import import_module\ndef go(client, x, patch):\n    import_module('shop.cart')\n    client.patch('/shop/cart')\n    patch('requests.get')\n"
         "    patch(f'shop.cart.{x}')\n    patch('total')\n    print('shop.mid.M')\n"},
        ["m.py:go ~> shop/cart.py: inferred"],
    ),
    "scripts: a file that is mocked, one that a worker runs; not by an object's method of that name, nor a package": (
        {"src/x.ts": "export const a = 1\n", "src/w.ts": "export {}\n",
         "src/t.ts": "function a() { jest.mock('./x'); vi.mock('lodash') }\nfunction b() { new Worker(new URL('w.ts', import.meta.url)) }\n"
                     "function c(o, base) { o.mock('./x'); new URL('./x', base) }\nasync function d() { await vi.importActual('./x') }\n"},
        ["src/t.ts:a ~> src/x.ts: inferred", "src/t.ts:b ~> src/w.ts: inferred", "src/t.ts:d ~> src/x.ts: inferred"],
    ),
    "scripts: the files that a glob of Vite means, also below, without those that it takes out": (
        {"package.json": "{}", "src/g.ts": "export function f() { return import.meta.glob(['./pages/**/*.ts', '!./pages/b.ts']) }\nexport function g() { return import.meta.glob('/src/pages/*.ts') }\n"
                                           "export function h(x) { x.glob('./pages/*.ts'); import.meta.glob('./none/*.ts') }\n",
         "src/pages/a.ts": "", "src/pages/b.ts": "", "src/pages/c/d.ts": ""},
        ["src/g.ts:f ~> src/pages/a.ts: inferred", "src/g.ts:f ~> src/pages/c/d.ts: inferred", "src/g.ts:g ~> src/pages/a.ts: inferred", "src/g.ts:g ~> src/pages/b.ts: inferred"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_strings_lead_to_what_they_name(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_saw_nothing_of_a_file_hold_without_it(name: str) -> None:
    check_what_holds(CASES[name])


def test_settings_of_django_name_modules_and_classes() -> None:
    """At the top of a file that is one of settings; in no other."""
    text = 'MIDDLEWARE = ["shop.mid.M"]\nINSTALLED_APPS = ["shop"]\nX = {"a": ("shop.cart.Cart",)}\n'
    links = Project({**SHOP, "proj/settings.py": text, "o.py": 'X = ["shop.cart.Cart"]\n'}).links
    found = {(edge.dst_path, edge.dst, edge.method) for edge in links["proj/settings.py"].edges}
    assert found == {
        ("shop/mid.py", "M", "inferred"),
        ("shop/__init__.py", "", "inferred"),
        ("shop/cart.py", "Cart", "inferred"),
    }
    assert not links["o.py"].edges


def test_a_name_that_a_patched_module_lacks_is_unresolved() -> None:
    """It may come from where nothing is read: it is counted, not hidden."""
    text = "from unittest.mock import patch\npatch('shop.cart.gone')\npatch('foreign.gone')\n"
    links = Project({**SHOP, "t.py": text}).links
    assert ("gone", (2,)) in links["t.py"].unknown.uses
