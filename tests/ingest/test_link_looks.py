"""Links hold as long as nothing that was looked at means anything else, and never depend on who asked first."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_memory import Project

# path → what may stand there; the last choice of each is that the file is missing
PROJECTS: dict[str, dict[str, list[str]]] = {
    "python": {
        "p/__init__.py": ["", "from .a import *\n", "from .a import f, A\n", "from . import b\nfrom .b import B as A\n"],
        "p/a.py": [
            "def f():\n    return A()\n\n\nclass A:\n    x = 1\n\n    def go(self):\n        return self.x\n",
            "from .b import B\n\n\nclass A(B):\n    pass\n\n\ndef f() -> B:\n    pass\n",
            "from p.b import *\n__all__ = ['B']\nf = B\n",
            "from p import f\n",
        ],
        "p/b.py": [
            "class B:\n    def go(self):\n        pass\n",
            "from p.a import A\n\n\nclass B(A):\n    def stop(self):\n        self.go()\n",
            "try:\n    from q import B\nexcept ImportError:\n    from p.a import A as B\n",
            "def go():\n    pass\n",
        ],
        "q.py": ["class B:\n    def go(self): pass\n    def uniquely(self): pass\n", "from p import A as B\n", ""],
        "main.py": [
            "from p import A, f\nimport p.b\nimport p\n\n\ndef run(x: A, y: p.b.B, z):\n    x.go()\n    y.stop()\n"
            "    z.uniquely()\n    f().go()\n    p.a.f()\n    made = A()\n    made.go()\n    p.A.x\n",
            "from p import *\n\n\nclass C(A):\n    def go(self):\n        super().go()\n        f()\n",
            "import q\n\nq.B().go()\n",
        ],
    },
    "script": {
        "package.json": ['{"name": "top"}', '{"name": "top", "main": "lib/a.js"}'],
        "tsconfig.json": ['{"compilerOptions": {"paths": {"@/*": ["lib/*"]}}}', "{}"],
        "lib/a.ts": [
            "export function f() {}\nexport class A { go() {} }\n",
            "export { f, B as A } from './b'\n",
            "import { B } from './b'\nexport class A extends B { x: B }\nexport default function f() {}\n",
        ],
        "lib/b.ts": ["export class B { go() {} }\nexport function f() {}\n", "export * from './a'\nexport class B {}\n"],
        "lib/package.json": ['{"name": "lib", "exports": {".": "./dist/a.js"}}', '{"name": "lib", "main": "b"}'],
        "old.js": ["var a = exports = module.exports = {}\na.f = function () { this.g() }\na.g = () => 1\n", "module.exports = require('./lib/a')\n", "exports.f = require('./lib/b').f\n"],
        "lib/index.ts": ["export * from './a'\nexport * from './b'\n", "export { default as f } from './a'\n"],
        "more.js": ["const { f } = require('./old')\nconst old = require('./old')\nf()\nold.g()\n", "import old from './old'\nimport { f } from 'lib'\nold.f()\nf()\n"],
        "main.ts": [
            "import { f, A } from './lib'\nf()\nconst a: A = new A()\na.go()\nexport function g(x: A) { x.go() }\n",
            "import f from '@/a'\nimport * as all from './lib/b'\nf()\nall.f()\nnew all.B().go()\n",
        ],
    },
    "go interfaces": {
        "go.mod": ["module m\n"],
        "a/i.go": [
            "package a\n\ntype I interface {\n\tA() int\n}\n",
            "package a\n\ntype I interface {\n\tJ\n\tA() int\n\tB(n int)\n}\n",
            "package a\n\ntype I struct{}\n\nfunc (i I) A() int { return 1 }\n",
        ],
        "a/j.go": ["package a\n\ntype J interface {\n\tC()\n}\n", "package a\n\ntype J interface {\n\tA() string\n}\n"],
        "b/t.go": [
            "package b\n\ntype T struct{ U }\n\nfunc (t T) A() int { return 1 }\n",
            "package b\n\ntype T struct{}\n\nfunc (t T) A() int { return 1 }\nfunc (t T) B(m int) {}\nfunc (t T) C() {}\n",
        ],
        "b/u.go": [
            "package b\n\ntype U struct{}\n\nfunc (u U) B(n int) {}\nfunc (u *U) C() {}\n",
            "package b\n\nfunc (t T) B(n int) {}\n",
        ],
    },
    "go": {
        "go.mod": ["module example.org/m\n", "module example.org/other\n",
                   "module example.org/q\n\nreplace example.org/m => ./c\n"],
        "c/a/a.go": ["package a\n\nfunc F() (t *T, err error) { return }\ntype T struct{}\nfunc (t *T) Go() {}\n"],
        "a/t_linux.go": ["package a\n\nfunc F() *T { return nil }\ntype Ts []*T\n", "package a\n\nfunc (t *T) Stop() {}\n"],
        "b/use.go": [
            'package b\n\nimport . "example.org/m/a"\n\nfunc Use(ts Ts) {\n\tfor _, t := range ts {\n\t\tt.Go()\n\t}\n\tF()\n}\n',
            'package b\n\nimport "example.org/m/a"\n\nfunc Use() (x other.T, y *a.T) { return }\n',
        ],
        "a/a.go": [
            "package a\n\nfunc F() *T { return nil }\n",
            'package a\n\nimport "example.org/m/b"\n\nfunc F() *b.T { return nil }\ntype T struct{ b.T }\n',
            "package other\n\nfunc F() {}\n",
        ],
        "a/t.go": ["package a\n\ntype T struct{ n int }\n\nfunc (t *T) Go() { t.Stop() }\nfunc (t T) Stop() {}\n",
                   "package a\n\ntype T struct{}\n", "package other\n"],
        "b/b.go": ["package b\n\ntype T struct{}\n\nfunc (t *T) Go() {}\n", "package b\n\nfunc Only() {}\n"],
        "main.go": ['package main\n\nimport "example.org/m/a"\n\nfunc main() {\n\tx := a.F()\n\tx.Go()\n\tx.Stop()\n}\n',
                    'package main\n\nimport (\n\t"example.org/m/a"\n\t"example.org/m/b"\n)\n\nfunc main() {\n\tother.F()\n\tx, y := b.Use()\n\tx.Go()\n\ty.Stop()\n}\n'],
    },
    "java": {
        "p/A.java": [
            "package p;\nclass A { void go() { B.stop(); run(); } void run() {} }\n",
            "package p;\nimport q.*;\nclass A extends B { void go() { stop(); } }\n",
            "package q;\nclass A {}\n",
        ],
        "p/B.java": ["package p;\nclass B { static void stop() {} }\n", "package q;\npublic class B { void stop() {} }\n"],
        "q/C.java": [
            "package q;\nimport p.A;\nimport static p.B.stop;\nclass C { A a; void f() { a.go(); stop(); } }\n",
            "package p;\nclass C extends A { void f() { go(); this.run(); } }\n",
            "package q;\nimport static p.E.*;\nimport p.*;\nclass C { A[] as; void f(E e) { for (var a : as) { a.go(); } switch (e) { case RED: stop(); } RED.stop(); } }\n",
        ],
        "p/E.java": [
            "package p;\nenum E { RED; A a; static void stop() {} }\n",
            "package p;\npublic class E<T extends A> extends B { E() {} T t; Object m() { return new A() { void x() { go(); t.run(); } }; } }\n",
        ],
    },
    "rust": {
        "Cargo.toml": ['[package]\nname = "m"\n', '[package]\nname = "other"\n'],
        "src/lib.rs": ["mod a;\npub mod b;\npub use a::T;\n", "pub mod b;\nmod a;\npub use b::*;\n", "mod b;\n"],
        "src/a.rs": ["use super::b::f;\npub struct T;\nimpl T { pub fn go(&self) { f(); self.stop() } fn stop(&self) {} }\n",
                     "pub use crate::b::T;\n"],
        "src/b.rs": ["pub fn f() -> T { T {} }\npub struct T {}\nimpl T { pub fn go(&self) {} }\n", "pub fn f() {}\n"],
        "src/main.rs": ["use m::T;\nfn main() { let t: T = m::b::f(); t.go(); }\n", "mod a;\nfn main() { a::T.go() }\n"],
    },
    "c": {
        "a.h": ["int f(void);\n", "#include \"b.h\"\n", "static inline int f(void) { return 1; }\nstruct s { int n; };\n"],
        "b.h": ["#include \"a.h\"\nint g(void);\n", "struct s { int m; };\n"],
        "a.c": ["#include \"a.h\"\nint f(void) { return 2; }\n", "static int f(void) { return 3; }\nint g(void) { return f(); }\n"],
        "m.c": ["#include \"b.h\"\nint main(void) { struct s v; return f() + g() + v.n + v.m; }\n"],
    },
    "scala": {
        "a.scala": ["package s\nimport t.O._\nimport t.C\nobject A extends C { def go(c: C) = { f(1); c.g(); c.x1 } }\n", "package s\npackage u\nimport t._\nobject A { def go(c: C) = { O.f(1); c.g(); f(2) } }\n", "import t.{C, O}\nimport O._\nclass A(c: C) { f(1); c.x1 }\n"],
        "b.scala": ["package t\nclass C { def g() = 1 }\nobject O { def f(x: Int) = x }\n", "package t\nobject O { class C { def g() = 1 }; implicit class R(c: C) { def x1 = 1 } }\n", "package object t { def f(x: Int) = x; class C }\n", "package s\nclass C\nobject O { def f(x: Int) = x }\n"],
        "c.scala": ["package t\nextension (c: C) def x1 = 1\n", "package s\ndef f(x: Int) = x\ntrait C { def g() = 2 }\n", "package s.t\nobject O { def f(x: Int) = x }\n"],
    },
    "elixir": {
        "a.ex": ["defmodule S.A do\n  import S.B\n  def one(), do: put(1)\n  def two(), do: S.C.put(1)\nend\n", "defmodule S.A do\n  use S.B, :page\n  alias S.C\n  def put(), do: C.put(take(1))\nend\n",
                 "defmodule S.A do\n  @behaviour S.B\n  def put(x), do: take(x)\n  defmodule In do\n    alias S.{B, C}\n    def go(), do: B.put(C.take(1))\n  end\nend\n"],
        "b.ex": ["defmodule S.B do\n  def put(x), do: x\nend\n", "defmodule S.B do\n  defmacro __using__(_) do\n    quote do\n      import S.C\n      @behaviour S.C\n    end\n  end\n  def page do\n    quote do\n      import S.C\n    end\n  end\n  @callback put(any) :: any\nend\n",
                 "defmodule S.B do\n  import S.C\n  use S.C\nend\n"],
        "c.ex": ["defmodule S.C do\n  def put(x), do: x\n  def take(x), do: x\nend\n", "defmodule S.C do\n  @callback put(any) :: any\n  defmacro __using__(_) do\n    quote do\n      use S.B\n      def take(x), do: x\n    end\n  end\nend\n", "defmodule S do\nend\n"],
    },
    "packages": {
        "a.cs": ["using B;\nnamespace A.C;\nclass X { void Run() { Y.Go(); } }\n", "namespace A;\nclass Y { public static void Go() {} }\n"],
        "b.cs": ["namespace B;\nclass Y { public static void Go() {} }\n", "namespace A;\nclass Y { public static void Go() {} }\n", "namespace C;\n"],
        "a.ex": ["defmodule S.A do\n  alias S.B\n  def one(), do: B.put(1)\n  def two(), do: S.C.put(1)\nend\n"],
        "b.ex": ["defmodule S.B do\n  def put(x), do: x\nend\n", "defmodule S.C do\n  def put(x), do: x\nend\n", "defmodule S do\nend\n"],
        "lib/a.rb": ["require 'b'\nclass A\n  def run\n    B.of(1)\n  end\nend\n", "class B\nend\n"],
        "lib/b.rb": ["class B\n  def self.of(x)\n  end\nend\n", "module B\nend\nclass A\nend\n"],
        "lib/m.lua": ["local M = {}\nfunction M.go()\nend\nreturn M\n", "return {}\n"],
        "a.lua": ["local m = require('m')\nfunction run()\n  m.go()\nend\n"],
        "s/a.sh": ["source ./b.sh\nrun() {\n  help\n}\n"], "s/b.sh": ["help() {\n  :\n}\n", "source ../c.sh\n"], "c.sh": ["help() {\n  :\n}\n"],
    },
}  # fmt: skip


@st.composite
def states(draw: st.DrawFn, language: str) -> dict[str, str]:
    """One choice for each path of the project."""
    found = {}
    for path, texts in PROJECTS[language].items():
        chosen = draw(st.integers(0, len(texts)))
        if chosen < len(texts):
            found[path] = texts[chosen]
    return found


@pytest.mark.parametrize("language", PROJECTS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_looked_at_nothing_that_changed_still_holds(language: str, data: st.DataObject) -> None:
    """After any change, linking all anew gives files that looked at nothing changed the edges that they had."""
    before, after = Project(data.draw(states(language))), Project(data.draw(states(language)))
    void = before.void(after)
    kept = before.links.keys() & after.links.keys() - void
    assert {p: before.links[p].edges for p in kept} == {p: after.links[p].edges for p in kept}


@pytest.mark.parametrize("language", PROJECTS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_edges_do_not_depend_on_the_order_of_linking(language: str, data: st.DataObject) -> None:
    """Whichever file is linked first, each has the same edges. (In a cycle of imports they may look at more.)"""
    sources = data.draw(states(language))
    order = sorted(sources)
    random.Random(data.draw(st.integers(0, 99))).shuffle(order)
    shuffled, sorted_ = Project(sources, order).links, Project(sources).links
    assert {p: shuffled[p].edges for p in sources} == {p: sorted_[p].edges for p in sources}


def test_a_changed_body_touches_nobody() -> None:
    """Lines, bodies and comments are no part of what others look at."""
    before = {path: texts[0] for path, texts in PROJECTS["python"].items()}
    changed = {
        **before,
        "p/a.py": "# moved\n\n" + before["p/a.py"].replace("return A()", "return A() or None"),
    }
    assert Project(before).void(Project(changed)) == {"p/a.py"}


def test_a_new_definition_touches_those_who_missed_it() -> None:
    """A name that was looked for in vain is looked at: its first definition links those who asked, and them alone."""
    before = {"lib.py": "", "user.py": "from lib import f\n\nf()\n", "other.py": "import lib\n\nlib.g()\n"}
    after = {**before, "lib.py": "def f():\n    pass\n"}
    assert Project(before).void(Project(after)) == {"lib.py", "user.py"}
    assert any(edge.dst == "f" for edge in Project(after).links["user.py"].edges)
