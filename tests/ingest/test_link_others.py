"""Edges across files of languages that name files by path, or definitions by package."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check

CASES: dict[str, Case] = {
    "HTML: beside the page, from the root, by a folder of templates; queries are no part of it": (
        {"site/a.html": '<script src="js/a.js?v=2"></script>\n<link href="/style.css">\n', "site/js/a.js": "", "style.css": "",
         "app/templates/sub/b.html": '{% extends "base.html" %}\n', "app/templates/base.html": "<p>\n"},
        ["site/a.html: <- site/js/a.js: exact", "site/a.html: <- style.css: exact", "app/templates/sub/b.html: <- app/templates/base.html: exact"],
    ),
    "Sass: parts begin with an underscore, a folder has an index": (
        {"a.scss": '@use "vars";\n@import "kit";\n', "_vars.scss": "$w: 1px;\n", "kit/_index.scss": ""},
        ["a.scss: <- _vars.scss: exact", "a.scss: <- kit/_index.scss: exact"],
    ),
    "JSON and YAML: other files that they name": (
        {"conf/a.json": '{"extends": "./base.json"}\n', "conf/base.json": "{}\n"},
        ["conf/a.json: <- conf/base.json: exact"],
    ),
    "a Dockerfile copies from beside it or from the root": (
        {"docker/Dockerfile": "FROM scratch\nCOPY app/main.py entry.sh /x/\n", "app/main.py": "", "docker/entry.sh": ""},
        ["docker/Dockerfile: <- app/main.py: exact", "docker/Dockerfile: <- docker/entry.sh: exact"],
    ),
    "Protobuf: from a root of protos": (
        {"proto/shop/a.proto": 'import "shop/b.proto";\nimport "google/protobuf/any.proto";\n', "proto/shop/b.proto": 'syntax = "proto3";\n'},
        ["proto/shop/a.proto: <- proto/shop/b.proto: exact"],
    ),
    "Terraform: the folder of a module": (
        {"main.tf": 'module "net" {\n  source = "./modules/net"\n}\n', "modules/net/main.tf": 'variable "x" {}\n'},
        ["main.tf: <- modules/net/main.tf: exact"],
    ),
    "Bash: what is sourced, and its functions": (
        {"bin/a.sh": "source \"$DIR/lib.sh\"\nrun() {\n  helper 1\n}\n", "bin/lib.sh": "helper() {\n  :\n}\n"},
        ["bin/a.sh: <- bin/lib.sh: inferred", "bin/a.sh:run -> bin/lib.sh:helper inferred"],
    ),
    "Ruby: relative, below lib; constants": (
        {"lib/shop/cart.rb": "require_relative 'item'\nrequire 'shop/price'\nclass Cart\n  def run\n    Price.of(1)\n  end\nend\n",
         "lib/shop/item.rb": "", "lib/shop/price.rb": "class Price\n  def self.of(x)\n  end\nend\n"},
        ["lib/shop/cart.rb: <- lib/shop/item.rb: exact", "lib/shop/cart.rb: <- lib/shop/price.rb: exact",
         "lib/shop/cart.rb:Cart.run -> lib/shop/price.rb:Price.of inferred"],
    ),
    "Lua: dots are folders, a module is the table that it returns": (
        {"src/a.lua": 'local m = require("lib.m")\nfunction run()\n  m.go()\nend\n', "src/lib/m.lua": "local M = {}\nfunction M.go()\nend\nreturn M\n"},
        ["src/a.lua: <- src/lib/m.lua: exact", "src/a.lua:run -> src/lib/m.lua:M.go exact"],
    ),
    "PHP: by namespace, and by path": (
        {"src/Core/Cart.php": "<?php\nnamespace Shop\\Core;\nuse Shop\\Tools\\Price;\nrequire __DIR__ . '/../x.php';\nclass Cart {\n  function run() { Price::of(1); }\n}\n",
         "src/Tools/Price.php": "<?php\nnamespace Shop\\Tools;\nclass Price {\n  static function of($x) {}\n}\n", "src/x.php": "<?php\n"},
        ["src/Core/Cart.php: <- src/Tools/Price.php: exact", "src/Core/Cart.php: <- src/x.php: exact",
         "src/Core/Cart.php:Cart.run -> src/Tools/Price.php:Price.of exact"],
    ),
    "C#: the namespace, those around it, those that are used": (
        {"a.cs": "using Shop.Tools;\nnamespace Shop.Core;\nclass Cart {\n  void One() { Price.Of(); }\n  void Two() { Outer.Go(); }\n  void Three() { Near.Go(); }\n}\n",
         "b.cs": "namespace Shop.Tools;\nclass Price {\n  public static void Of() {}\n}\n", "c.cs": "namespace Shop;\nclass Outer {\n  public static void Go() {}\n}\n",
         "d.cs": "namespace Shop.Core;\nclass Near {\n  public static void Go() {}\n}\n", "e.cs": "namespace Other;\nclass Price {\n  public static void Of() {}\n}\n"},
        ["a.cs:Cart.One -> b.cs:Price.Of exact", "a.cs:Cart.Two -> c.cs:Outer.Go exact", "a.cs:Cart.Three -> d.cs:Near.Go exact"],
    ),
    "Kotlin: top-level functions by import, classes of the package without": (
        {"a.kt": "package shop\nimport tools.price\nfun run() {\n  price()\n  near()\n}\n", "b.kt": "package tools\nfun price() {}\n",
         "c.kt": "package shop\nfun near() {}\n", "d.kt": "package other\nfun near() {}\n"},
        ["a.kt: <- b.kt: exact", "a.kt:run -> b.kt:price exact", "a.kt:run -> c.kt:near inferred"],
    ),
    "Scala: objects of another package": (
        {"a.scala": "package shop\nimport tools.Price\nobject Cart {\n  def run() = Price.of(1)\n}\n", "b.scala": "package tools\nobject Price {\n  def of(x: Int) = x\n}\n"},
        ["a.scala: <- b.scala: exact", "a.scala:Cart.run -> b.scala:Price.of exact"],
    ),
    "Elixir: an alias, and a module that is written out": (
        {"a.ex": "defmodule Shop.Cart do\n  alias Shop.Store\n  def one(), do: Store.put(1)\n  def two(), do: Shop.Store.put(1)\nend\n",
         "b.ex": "defmodule Shop.Store do\n  def put(x), do: x\nend\n"},
        ["a.ex: <- b.ex: exact", "a.ex:Shop.Cart.one -> b.ex:Shop.Store.put exact", "a.ex:Shop.Cart.two -> b.ex:Shop.Store.put exact"],
    ),
    "Haskell: a name, all names, an alias": (
        {"a.hs": "module Shop where\nimport Tools.Price (of')\nimport qualified Tools.Store as S\none = of' 1\ntwo = S.put 1\n",
         "b.hs": "module Tools.Price where\nof' x = x\n", "c.hs": "module Tools.Store where\nput x = x\n"},
        ["a.hs: <- b.hs: exact", "a.hs: <- c.hs: exact", "a.hs:one -> b.hs:of' exact", "a.hs:two -> c.hs:put exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_links_of_other_languages(name: str) -> None:
    """The imports and calls across files are these, each labelled with how it was found."""
    check(CASES[name])
