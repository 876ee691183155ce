"""A method is linked to what it overrides or implements: to what a call through each base of its class would find."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from in_memory import Project
from linking import Case, check_what_holds

CASES: dict[str, Case] = {
    "python: a base of another file, two levels up": (
        {
            "a.py": "class A:\n    def go(self): pass\n    def __init__(self): pass\n    def __own(self): pass\n",
            "b.py": "from a import A\n\nclass B(A):\n    def stay(self): pass\n",
            "c.py": "from b import B\n\nclass C(B):\n    def go(self): pass\n    def __init__(self): pass\n    def __own(self): pass\n",
        },
        ["c.py:C.go -> a.py:A.go exact 4"],
    ),
    "python: every base through which it can be called": (
        {"a.py": "class A:\n    def go(self): pass\n\nclass B:\n    def go(self): pass\n\nclass C(A, B):\n    def go(self): pass\n"},
        ["a.py:C.go -> a.py:A.go exact 8", "a.py:C.go -> a.py:B.go exact 8"],
    ),
    "python: a class of the same method that is no base": (
        {"a.py": "class A:\n    def go(self): pass\n\nclass B:\n    def go(self): pass\n"},
        [],
    ),
    "java: an interface, and a class without a name": (
        {
            "src/a/Runs.java": "package a;\npublic interface Runs { void run(); }\n",
            "src/b/Base.java": "package b;\nimport a.Runs;\npublic class Base implements Runs { public void run() {} Runs one() { return new Runs() { public void run() {} }; } }\n",
        },
        ["src/b/Base.java:Base.one.run -> src/a/Runs.java:Runs.run exact 3", "src/b/Base.java:Base.run -> src/a/Runs.java:Runs.run exact 3"],
    ),
    "csharp: an interface and a class": (
        {"a.cs": "interface IRuns { void Run(); }\nclass Base : IRuns { public virtual void Run() {} }\nclass Impl : Base { public override void Run() {} }\n"},
        ["a.cs:Base.Run -> a.cs:IRuns.Run exact 2", "a.cs:Impl.Run -> a.cs:Base.Run exact 3"],
    ),
    "kotlin": (
        {"a.kt": "package a\n\ninterface Runs {\n    fun run()\n}\n\nclass Impl : Runs {\n    override fun run() {}\n}\n"},
        ["a.kt:Impl.run -> a.kt:Runs.run exact 8"],
    ),
    "typescript: implements and extends": (
        {
            "a.ts": "export interface Runs { run(): void }\nexport abstract class Base implements Runs { abstract run(): void }\n",
            "b.ts": "import { Base } from './a'\nexport class Impl extends Base { run() {} }\n",
        },
        ["a.ts:Base.run -> a.ts:Runs.run exact 2", "b.ts:Impl.run -> a.ts:Base.run exact 2"],
    ),
    "typescript: an object of a declared type": (
        {
            "a.ts": "export interface Runs { run(): void }\n",
            "b.ts": "import { Runs } from './a'\nconst it: Runs = { run() {} }\nconst other = { run() {} }\n",
        },
        ["b.ts:it.run -> a.ts:Runs.run exact 2"],
    ),
    "php: an interface, a class and a trait": (
        {"a.php": "<?php\ninterface Runs { public function run(); }\ntrait T { public function go() {} }\nabstract class Base implements Runs { public function run() {} }\nclass Impl extends Base { use T; public function run() {} public function go() {} }\n"},
        ["a.php:Base.run -> a.php:Runs.run exact 4", "a.php:Impl.go -> a.php:T.go exact 5", "a.php:Impl.run -> a.php:Base.run exact 5"],
    ),
    "ruby: a class and a module": (
        {"a.rb": "module Runs\n  def run; end\nend\nclass Base\n  include Runs\n  def go; end\nend\nclass Impl < Base\n  def run; end\n  def go; end\nend\n"},
        ["a.rb:Impl.go -> a.rb:Base.go exact 10", "a.rb:Impl.run -> a.rb:Runs.run exact 9"],
    ),
    "scala": (
        {"a.scala": "trait Runs { def run(): Unit }\nclass Impl extends Runs { def run(): Unit = {} }\n"},
        ["a.scala:Impl.run -> a.scala:Runs.run exact 2"],
    ),
    "swift: a protocol and a class": (
        {"a.swift": "protocol Runs { func run() }\nclass Base: Runs { func run() {} }\nclass Impl: Base { override func run() {} }\n"},
        ["a.swift:Base.run -> a.swift:Runs.run exact 2", "a.swift:Impl.run -> a.swift:Base.run exact 3"],
    ),
    "cpp: defined outside of the class": (
        {
            "base.h": "struct Base { virtual void run(); };\n",
            "impl.h": '#include "base.h"\nstruct Impl : public Base { void run() override; };\n',
            "impl.cc": '#include "impl.h"\nvoid Impl::run() {}\n',
        },
        ["impl.cc:Impl.run -> base.h:Base.run exact 2", "impl.h:Impl.run -> base.h:Base.run exact 2"],
    ),
    "rust: a trait, implemented beside the type and elsewhere": (
        {
            "Cargo.toml": '[package]\nname = "m"\n',
            "src/lib.rs": "pub mod b;\npub trait Run { fn run(&self); }\npub struct A;\nimpl Run for A { fn run(&self) {} }\nimpl A { fn help(&self) {} }\n",
            "src/b.rs": "use crate::Run;\npub struct B;\nimpl Run for B { fn run(&self) {} }\n",
        },
        ["src/b.rs:B.run -> src/lib.rs:Run.run exact 3", "src/lib.rs:A.run -> src/lib.rs:Run.run exact 4"],
    ),
    "go: all methods, with their parameters and results": (
        {
            "go.mod": "module m\n",
            "store/keeper.go": "package store\n\ntype Keeper interface {\n\tKeep(key, value string) (n int, err error)\n\tDrop(at *Place)\n}\n\ntype Place struct{}\n",
            "disk/disk.go": 'package disk\n\nimport "m/store"\n\ntype Disk struct{}\n\nfunc (d *Disk) Keep(k string, v string) (int, error) { return 0, nil }\nfunc (d Disk) Drop(p *store.Place) {}\n',
            "disk/half.go": "package disk\n\ntype Half struct{}\n\nfunc (h Half) Keep(k string, v string) (int, error) { return 0, nil }\n",
            "disk/other.go": 'package disk\n\nimport "m/store"\n\ntype Other struct{}\n\nfunc (o Other) Keep(k string) (int, error) { return 0, nil }\nfunc (o Other) Drop(p *store.Place) {}\n',
        },
        ["disk/disk.go:Disk.Drop -> store/keeper.go:Keeper.Drop inferred 8", "disk/disk.go:Disk.Keep -> store/keeper.go:Keeper.Keep inferred 7"],
    ),
    "go: methods of an embedded type count, what is embedded is not overridden": (
        {"go.mod": "module m\n", "a.go": "package m\n\ntype I interface {\n\tA() int\n\tB() int\n}\ntype Base struct{}\n\nfunc (b Base) A() int { return 1 }\n\ntype T struct{ Base }\n\nfunc (t T) B() int { return 1 }\n\ntype U struct{ Base }\n\nfunc (u U) A() int { return 2 }\n"},
        ["a.go:T.B -> a.go:I.B inferred 13"],
    ),
    "go: an interface with methods of another project, or that only its package can have": (
        {
            "go.mod": "module m\n",
            "a/a.go": 'package a\n\nimport "io"\n\ntype R interface {\n\tio.Reader\n\tGo() error\n}\ntype S interface {\n\tGo() error\n\thide()\n}\n',
            "b/b.go": "package b\n\ntype T struct{}\n\nfunc (t T) Go() error { return nil }\nfunc (t T) hide() {}\n",
        },
        [],
    ),
}  # fmt: skip


def overriding(project: Project) -> list[str]:
    return sorted(
        f"{path}:{e.src} -> {e.dst_path}:{e.dst} {e.method} {e.line}"
        for path, link in project.links.items()
        for e in link.edges
        if e.kind == "overrides"
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_method_overrides(case: Case) -> None:
    """Whatever the order in which the files are linked."""
    sources, expected = case
    for order in (sorted(sources), sorted(sources, reverse=True)):
        assert overriding(Project(sources, order)) == expected


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_overrides_hold_as_long_as_what_they_looked_at(case: Case) -> None:
    """Incremental equals clean, whichever file is missing at first, or later."""
    check_what_holds(case)


def test_a_method_that_an_interface_gains_is_seen_by_types_without_it() -> None:
    """Go: the type looked at the whole list of methods, so its links are void."""
    before = {
        "go.mod": "module m\n",
        "a.go": "package m\n\ntype I interface {\n\tA() int\n}\n",
        "t.go": "package m\n\ntype T struct{}\n\nfunc (t T) A() int { return 1 }\n",
    }
    after = {**before, "a.go": "package m\n\ntype I interface {\n\tA() int\n\tB() int\n}\n"}
    assert overriding(Project(before)) == ["t.go:T.A -> a.go:I.A inferred 5"]
    assert overriding(Project(after)) == []
    assert "t.go" in Project(before).void(Project(after))


def test_what_stays_unresolved_is_kept_by_name() -> None:
    """Uses of unknown meaning with their lines, and imports that lead out of the project; local values are known to be
    something else."""
    links = Project(
        {
            "a.py": "import os\nfrom lib.money import pennies\n\ndef f(x, back):\n    x.spend()\n    x.spend()\n    back()\n"
        }
    )
    unknown = links.links["a.py"].unknown
    assert unknown.uses == (("spend", (5, 6)),)
    assert unknown.imports == (("lib.money", "pennies", 2), ("os", "", 1))


def test_a_static_call_on_a_type_of_another_project_is_no_hint() -> None:
    """C#, Java, Kotlin: a capital letter that nothing of the project is called by, and words of the language."""
    sources = {
        "Ids.cs": "namespace A;\npublic struct Id {\n  public static bool TryParse(string s) { return true; }\n}\n",
        "Use.cs": "namespace B;\npublic class Use {\n  public void Run(object it) { int.TryParse(\"\");\n Guid.TryParse(\"\");\n it.TryParse(\"\"); }\n}\n",
    }  # fmt: skip
    link = Project(sources).links["Use.cs"]
    found = [e for e in link.edges if e.dst == "Id.TryParse"]
    assert [(e.line, e.method) for e in found] == [(5, "name-only")]
    assert "TryParse" not in dict(link.unknown.uses)
