"""References from file to file, by language: a line of ``across/LANGUAGE`` that ends with a comment ``TAG target`` has an
edge to the definition whose qualified name ends so, and to no other one of that last name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_memory import Project
from linking import Case, check, check_what_holds

from indexers import registry

HERE = Path(__file__).parent / "across"
_TAG = re.compile(r"(?://|#|--)([A-Z]+\d+) ([\w.]+)$")
_FOLLOWED = ("exact", "inferred")


def _sources(language: str) -> dict[str, str]:
    folder = HERE / language
    return {
        str(p.relative_to(folder)): p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file()
    }


def _wrong(language: str) -> Iterator[str]:
    project = Project(_sources(language))
    for path, text in project.sources.items():
        for number, line in enumerate(text.splitlines(), 1):
            tag = _TAG.search(line)
            if tag is None:
                continue
            last = tag[2].rpartition(".")[2]
            edges = [e for e in project.links[path].edges if e.line == number and e.method in _FOLLOWED]
            found = {e.dst for e in edges if e.dst.rpartition(".")[2] == last}
            if not found or any(not f".{dst}".endswith(f".{tag[2]}") for dst in found):
                yield f"{tag[1]} {tag[2]}: {sorted(found)}"


@pytest.mark.parametrize("language", sorted(p.name for p in HERE.iterdir() if p.is_dir()))
def test_every_tagged_line_leads_where_it_says(language: str) -> None:
    assert list(_wrong(language)) == []


def test_no_class_of_a_kotlin_file_is_lost() -> None:
    for path, text in _sources("kt2").items():
        facts = registry.extract("kotlin", text.encode())
        written = re.findall(r"\bclass (\w+)", text)
        assert {s.name for s in facts.symbols} >= set(written), path


# ruff: noqa: E501 - a source is a line
CASES: dict[str, Case] = {
    "C#: a global using of another file, a using of the project's file, both for one project only": (
        {"a/P.csproj": '<Project><ItemGroup><Using Include="N.Help" /></ItemGroup></Project>', "a/G.cs": "global using N.Tools;\n",
         "a/Use.cs": "namespace N.App;\nclass Use {\n  void Go() { Winch.Reel(); Aid.Give(); }\n}\n",
         "b/Q.csproj": "<Project />", "b/Use.cs": "namespace M.App;\nclass Use {\n  void Go() { Winch.Reel(); Aid.Give(); }\n}\n",
         "a/Tools.cs": "namespace N.Tools;\nclass Winch { public static void Reel() {} }\n",
         "a/Help.cs": "namespace N.Help;\nclass Aid { public static void Give() {} }\n"},
        ["a/Use.cs:Use.Go -> a/Tools.cs:Winch.Reel exact", "a/Use.cs:Use.Go -> a/Help.cs:Aid.Give exact"],
    ),
    "C#: a constructor is no name of its own, neither in a class that inherits": (
        {"a.cs": "namespace N;\nclass Base { public Base() {} }\n", "b.cs": "namespace N;\nclass Use : Base {\n  void Go() { new Base(); }\n}\n"},
        ["b.cs:Use => a.cs:Base exact", "b.cs:Use.Go -> a.cs:Base exact"],
    ),
    "C#: members of a type that is used as a whole": (
        {"a.cs": "using static N.Tools.Winch;\nnamespace N.App;\nclass Use {\n  void Go() { Reel(); }\n}\n",
         "b.cs": "namespace N.Tools;\nclass Winch { public static void Reel() {} }\n"},
        ["a.cs:Use.Go -> b.cs:Winch.Reel exact"],
    ),
    "C#: the parts of a partial class share members and bases": (
        {"a.cs": "namespace N;\npartial class Gauge {\n  void Draw() { Redraw(); Ease(); }\n}\n",
         "b.cs": "namespace N;\npartial class Gauge : Base { void Redraw() {} }\n", "c.cs": "namespace N;\nclass Base { public void Ease() {} }\n"},
        ["a.cs:Gauge.Draw -> b.cs:Gauge.Redraw exact", "a.cs:Gauge.Draw -> c.cs:Base.Ease exact"],
    ),
    "C#: an extension of one type is no member of another, nor of one that is foreign": (
        {"a.cs": "namespace N;\nstatic class E { public static int Stack(this Crate c) => 1; }\nclass Crate {}\nclass Box {}\n",
         "b.cs": "namespace N;\nclass Use {\n  void One(Crate c) { c.Stack(); }\n  void Two(Box b) { b.Stack(); }\n  void Three(string s) { s.Stack(); }\n  void Four() { Other.Stack(); }\n}\n"},
        ["b.cs:Use.One -> a.cs:E.Stack inferred"],
    ),
    "C#: an extension of a foreign type, by its written name": (
        {"a.cs": "namespace N;\nstatic class E { public static int Winches(this IServiceCollection c) => 1; }\n",
         "b.cs": "namespace N;\nclass Use {\n  void One(IServiceCollection s) { s.Winches(); }\n  void Two(IOther s) { s.Winches(); }\n}\n"},
        ["b.cs:Use.One -> a.cs:E.Winches inferred"],
    ),
    "Kotlin: an extension that the file imports, of the type of the value": (
        {"a.kt": "package a\nclass Topic\nfun Topic.shout() = 1\nfun String.quiet() = 2\n", "c.kt": "package c\nfun Topic.shout() = 3\n",
         "b.kt": "package b\nimport a.Topic\nimport a.shout\nfun one(t: Topic) { t.shout() }\nfun two(s: String) { s.shout() }\n"},
        ["b.kt:one -> a.kt:shout inferred"],
    ),
    "Kotlin: what extends a type sees its members": (
        {"a.kt": "package a\nclass Topic { fun title() = 1 }\n", "b.kt": "package b\nimport a.Topic\nfun Topic.shout() { title(); this.title() }\n"},
        ["b.kt:shout -> a.kt:Topic.title exact"],
    ),
    "PHP: what comments say of types, catch, foreach, static properties, a field called like a method": (
        {"a.php": "<?php\nnamespace A;\nclass V { function x(): V {} }\n",
         "b.php": "<?php\nnamespace A;\nclass T {\n  private V $run;\n  private static V $one;\n  /** @var V|null */\n  private $said;\n"
                  "  /** @var array<string, V> */\n  private $all;\n"
                  "  function run() { $this->run->x(); }\n  function a() { self::$one->x(); }\n  function b() { $this->said->x(); }\n"
                  "  function c() { foreach ($this->all as $k => $v) { $v->x(); } }\n  function d() { try {} catch (V $e) { $e->x(); } }\n"
                  "  /** @return V[] */\n  function many() {}\n  function e() { $vs = $this->many(); $vs[0]->x(); $vs->x(); }\n"
                  "  /** @param V $p */\n  function f($p) { usort($l, function (V $q) { $q->x(); }); $p->x(); }\n"
                  "  function g() { (new V())->x(); }\n  function h() {\n    /** @var V $u */\n    $u = other();\n    $u->x();\n  }\n"
                  "  /** @return int */\n  function i(): int { $n = $this->i(); $n->x(); $other->x(); }\n}\n"},
        [*(f"b.php:T.{f} -> a.php:V.x inferred" for f in ("run", "a", "b", "c", "d", "e", "f", "h")),
         "b.php:T.g -> a.php:V exact", "b.php:T.g -> a.php:V.x exact"],
    ),
    "PHP: functions of the global namespace are seen from every one, its classes are not": (
        {"a.php": "<?php\nfunction help1() {}\nclass Cart { static function boot() {} }\n",
         "b.php": "<?php\nnamespace N;\nfunction go() { help1(); Cart::boot(); }\nfunction full() { \\Cart::boot(); }\n"},
        ["b.php:go -> a.php:help1 exact"],
    ),
    "PHP: in a namespace a class with the name of one that the language brings is the namespace's": (
        {"Error.php": "<?php\nnamespace T;\nclass Error {}\n",
         "Loader.php": "<?php\nnamespace T;\nclass LoaderError extends Error {}\nfunction f() { throw new \\Error(); }\n"},
        ["Loader.php:LoaderError => Error.php:Error exact"],
    ),
    "Ruby: a constant is looked for in the modules around, from within": (
        {"tax.rb": "module Depot\n  class Tax\n    def self.rate\n    end\n  end\nend\n",
         "cart.rb": "module Depot\n  class Cart\n    def total\n      Tax.rate\n    end\n  end\nend\n",
         "other.rb": "module Yard\n  class Cart\n    def total\n      Tax.rate\n    end\n  end\nend\n"},
        ["cart.rb:Depot.Cart.total -> tax.rb:Depot.Tax.rate exact"],
    ),
    "Swift: one module's names, extensions in other files, and no other module's without an import": (
        {"Package.swift": 'let package = Package(targets: [.target(name: "A"), .target(name: "B"), .target(name: "C")])\n',
         "Sources/A/a.swift": "struct Winch { func reel() {} }\nfunc oil() {}\n", "Sources/A/e.swift": "extension Winch { func turn() {} }\n",
         "Sources/A/u.swift": "func go(w: Winch) { w.reel(); w.turn(); oil() }\n",
         "Sources/B/u.swift": "import A\nfunc go(w: Winch) { w.reel() }\n", "Sources/C/u.swift": "func go(w: Winch) { w.reel(); oil() }\n"},
        ["Sources/A/u.swift:go -> Sources/A/a.swift:Winch.reel inferred", "Sources/A/u.swift:go -> Sources/A/e.swift:Winch.turn inferred",
         "Sources/A/u.swift:go -> Sources/A/a.swift:oil exact", "Sources/B/u.swift:go -> Sources/A/a.swift:Winch.reel inferred"],
    ),
    "Java: files without a package see those of their folder, none that has a package does": (
        {"src/main/java/Bare.java": "class Bare { static void run() {} }\n", "src/main/java/Use.java": "class Use { void go() { Bare.run(); } }\n",
         "src/test/java/UseTest.java": "class UseTest { void go() { Bare.run(); } }\n", "other/Use.java": "class Use { void go() { Bare.run(); } }\n",
         "src/main/java/p/A.java": "package p;\nclass A { void go() { Bare.run(); } }\n"},
        ["src/main/java/Use.java:Use.go -> src/main/java/Bare.java:Bare.run exact", "src/test/java/UseTest.java:UseTest.go -> src/main/java/Bare.java:Bare.run exact"],
    ),
    "Scala: companions by one import, members of an object as a whole, relative to the package": (
        {"a.scala": "package shop\nimport tools.Price\nimport inner.Deep\nimport tools.Dir._\nclass Cart(p: Price) {\n  def go() = { p.cents(); Price.of(1); Deep.dig(); find(1) }\n}\n",
         "b.scala": "package tools\nclass Price { def cents() = 1 }\nobject Price { def of(x: Int) = x }\nobject Dir { def find(x: Int) = x; class Info }\n",
         "c.scala": "package shop.inner\nobject Deep { def dig() = 1 }\n", "d.scala": "package inner\nobject Other { def find(x: Int) = x }\n"},
        ["a.scala:Cart.go -> b.scala:Price.cents inferred", "a.scala:Cart.go -> b.scala:Price.of exact", "a.scala:Cart.go -> c.scala:Deep.dig exact", "a.scala:Cart.go -> b.scala:Dir.find exact"],
    ),
    "Scala: no package sees what has none; one package clause sees nothing of the package around": (
        {"a.scala": "package shop.core\nobject Cart { def go() = { Bare.run(); Outer.run() } }\n", "n.scala": "package shop\npackage core\nobject Nest { def go() = Outer.run() }\n",
         "b.scala": "object Bare { def run() = 1 }\n", "c.scala": "package shop\nobject Outer { def run() = 1 }\n", "d.scala": "object Use { def go() = Bare.run() }\n"},
        ["n.scala:Nest.go -> c.scala:Outer.run exact", "d.scala:Use.go -> b.scala:Bare.run exact"],
    ),
    "Scala: what is imported as a whole comes before the package's own in other files": (
        {"a.scala": "package shop\nimport tools.Dir._\nobject Cart { def go() = new Info }\n", "b.scala": "package tools\nobject Dir { class Info }\n", "c.scala": "package shop\nclass Info\n"},
        ["a.scala:Cart.go -> b.scala:Dir.Info exact"],
    ),
    "Scala: extensions and members of implicit classes, of the type of the value": (
        {"a.scala": "package ops\nimport shop.Cart\nobject Ops { implicit class Rich(c: Cart) { def total1 = 1 } }\nextension (c: Cart) def weigh1: Int = 2\n",
         "b.scala": "package shop\nclass Cart\nclass Other\n",
         "c.scala": "package use\nimport shop._\nimport ops.Ops._\nimport ops.weigh1\nobject Use { def go(c: Cart) = { c.total1; c.weigh1 }; def no(o: Other) = { o.total1; o.weigh1 } }\n"},
        ["c.scala:Use.go ~> a.scala:Ops.Rich.total1 inferred", "c.scala:Use.go ~> a.scala:weigh1 inferred", "c.scala:Use.go ~> b.scala:Cart exact", "c.scala:Use.no ~> b.scala:Other exact",
         "a.scala:Ops.Rich ~> b.scala:Cart exact"],
    ),
    "Scala: package objects; members of values, also of what needs no brackets to be called": (
        {"a.scala": "package object shop { def help1(x: Int) = x }\n", "b.scala": "package shop\nclass Box { def lid: Lid = null }\nclass Lid { def open1() = 1 }\n",
         "c.scala": "package shop\nobject Use { def go(b: Box) = { help1(1); b.lid.open1() } }\n", "d.scala": "package other\nobject Use { def go(b: Box) = { help1(1) } }\n"},
        ["c.scala:Use.go -> a.scala:shop.help1 exact", "c.scala:Use.go -> b.scala:Lid.open1 inferred"],
    ),
    "Elixir: an import gives public functions, and those that it names; none is seen in a module that is nested": (
        {"a.ex": "defmodule A do\n  import B\n  import C, only: [far: 1]\n  def go(x) do\n    near(x)\n    hidden(x)\n    far(x)\n    other(x)\n  end\n  def own(x), do: x\n  defmodule In do\n    def go(x), do: near(x)\n    def bad(x), do: own(x)\n  end\nend\n",
         "b.ex": "defmodule B do\n  def near(x), do: x\n  defp hidden(x), do: x\nend\n", "c.ex": "defmodule C do\n  def far(x), do: x\n  def other(x), do: x\nend\n"},
        ["a.ex:A.go -> b.ex:B.near exact", "a.ex:A.go -> c.ex:C.far exact", "a.ex:A.In.go -> b.ex:B.near exact"],
    ),
    "Elixir: use gives what the macro quotes, or the function that is named": (
        {"web.ex": "defmodule Web do\n  def page do\n    quote do\n      import Web.Help\n      alias Web.Routes\n    end\n  end\n  defmacro __using__(which), do: apply(__MODULE__, which, [])\nend\n",
         "help.ex": "defmodule Web.Help do\n  def link(x), do: x\nend\n", "routes.ex": "defmodule Web.Routes do\n  def path(x), do: x\nend\n",
         "home.ex": "defmodule Home do\n  use Web, :page\n  def show(x), do: link(Routes.path(x))\nend\n", "mail.ex": "defmodule Mail do\n  use Web, :mail\n  def show(x), do: link(Routes.path(x))\nend\n"},
        ["home.ex:Home.show -> help.ex:Web.Help.link exact", "home.ex:Home.show -> routes.ex:Web.Routes.path exact", "mail.ex:Mail.show -> help.ex:Web.Help.link inferred"],
    ),
    "Elixir: an alias of a part of a name; a module is no part of the one that its name begins with": (
        {"a.ex": "defmodule Shop.Cart do\n  alias Shop.Tools\n  alias Tools.Deep, as: D\n  def go(x) do\n    Tools.Price.of(x)\n    D.of(x)\n    Price.of(x)\n  end\nend\n",
         "b.ex": "defmodule Shop.Tools.Price do\n  def of(x), do: x\nend\n", "c.ex": "defmodule Shop.Tools.Deep do\n  def of(x), do: x\nend\n", "d.ex": "defmodule Shop.Cart.Price do\n  def of(x), do: x\nend\n"},
        ["a.ex:Shop.Cart.go -> b.ex:Shop.Tools.Price.of exact", "a.ex:Shop.Cart.go -> c.ex:Shop.Tools.Deep.of exact"],
    ),
    "Elixir: functions that stand in for a callback, also of a behaviour that comes with use; functions of a protocol": (
        {"beh.ex": "defmodule Beh do\n  @callback run(any) :: any\n  defmacro __using__(_) do\n    quote do\n      @behaviour Beh\n    end\n  end\n  def plain(x), do: x\nend\n",
         "a.ex": "defmodule A do\n  @behaviour Beh\n  @impl true\n  def run(x), do: x\n  def plain(x), do: x\nend\n", "b.ex": "defmodule B do\n  use Beh\n  def run(x), do: x\nend\n",
         "p.ex": "defprotocol My.Size do\n  def size(x)\nend\n", "c.ex": "defmodule C do\n  defimpl My.Size, for: C do\n    def size(x), do: x\n  end\nend\n"},
        ["a.ex:A.run |> beh.ex:Beh.run exact", "b.ex:B.run |> beh.ex:Beh.run exact", "c.ex:C.My.Size.size |> p.ex:My.Size.size exact"],
    ),
    "Elixir: the module around, pipes, delegation": (
        {"a.ex": "defmodule A do\n  alias __MODULE__.Help\n  import B\n  defdelegate near(x), to: B\n  def go(x), do: x |> Help.tidy() |> far\nend\n", "b.ex": "defmodule B do\n  def near(x), do: x\n  def far(x), do: x\nend\n",
         "h.ex": "defmodule A.Help do\n  def tidy(x), do: x\nend\n"},
        ["a.ex:A.go -> h.ex:A.Help.tidy exact", "a.ex:A.go -> b.ex:B.far exact", "a.ex:A.near -> b.ex:B.near exact"],
    ),
    "C: a designated initialiser uses the member; a variable called as its struct does not hide that": (
        {"part.h": "struct part { int weight; };\nstruct part *next_part(void);\n",
         "use.c": '#include "part.h"\nstatic struct part first = { .weight = 3 };\nint go(void) {\n  struct part *part = next_part();\n  return part->weight;\n}\n'
                  'struct part all(void) {\n  struct part row[] = { { .weight = 1 } };\n  return (struct part){ .weight = 2 };\n}\n'},
        ["use.c:go ~> part.h:part exact", "use.c:go ~> part.h:part.weight inferred",
         "use.c:all ~> part.h:part exact", "use.c:all ~> part.h:part.weight exact"],
    ),
    "Rust: a function that is handed on under the name of its module": (
        {"Cargo.toml": '[package]\nname = "depot"\n', "src/lib.rs": "pub mod ext;\npub mod app;\n", "src/ext/mod.rs": "mod reel;\npub use self::reel::reel;\n",
         "src/ext/reel.rs": "pub fn reel() -> i32 { 1 }\npub fn other() {}\n", "src/app.rs": "use crate::ext::reel;\npub fn go() { reel(); reel::other(); }\n"},
        ["src/app.rs:go -> src/ext/reel.rs:reel exact", "src/app.rs:go -> src/ext/reel.rs:other exact"],
    ),
    "Rust: a crate goes by the name of its library, and by that of the dependency where it is renamed": (
        {"Cargo.toml": '[workspace]\nmembers = ["*"]\n', "core/Cargo.toml": '[package]\nname = "depot-core"\n[lib]\nname = "depotcore"\n',
         "core/src/lib.rs": "pub fn build() {}\n", "app/Cargo.toml": '[package]\nname = "app"\n[dependencies]\ndepot-core = { path = "../core" }\n',
         "app/src/main.rs": "use depotcore::build;\nfn main() { build(); }\n",
         "web/Cargo.toml": '[package]\nname = "web"\n[dependencies]\nkernel = { path = "../core", package = "depot-core" }\n',
         "web/src/main.rs": "use kernel::build;\nfn main() { build(); }\n"},
        ["app/src/main.rs:main -> core/src/lib.rs:build exact", "web/src/main.rs:main -> core/src/lib.rs:build exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_references_across_files(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_looked_at_nothing_of_a_change_still_hold(name: str) -> None:
    check_what_holds(CASES[name])
