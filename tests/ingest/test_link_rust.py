"""Edges across Rust files, by rule of the language (notation: linking.check)."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check, check_what_holds

TOML = '[package]\nname = "shop"\n'
CART = "pub struct Cart { pub size: u8 }\nimpl Cart {\n  pub fn new() -> Self { Cart { size: 0 } }\n  pub fn take(&self) -> u8 { 1 }\n}\n"

CASES: dict[str, Case] = {
    "a function of a module, by path, by use and under another name": (
        {"Cargo.toml": TOML, "src/lib.rs": "pub mod a;\nmod b;\n", "src/a.rs": "pub fn f() {}\n",
         "src/b.rs": "use crate::a::{self, f, f as g};\nfn run() { f(); }\nfn more() { g(); a::f(); }\n"
                     "fn bare() { crate::a::f(); super::a::f(); }\n"},
        ["src/b.rs:run -> src/a.rs:f exact", "src/b.rs:more -> src/a.rs:f exact", "src/b.rs:bare -> src/a.rs:f exact"],
    ),
    "through a re-export of the crate root to the defining file, by another crate of the workspace": (
        {"Cargo.toml": '[workspace]\nmembers = ["core", "app"]\n',
         "core/Cargo.toml": '[package]\nname = "shop-core"\n', "core/src/lib.rs": "mod a;\npub use a::f as make;\n",
         "core/src/a.rs": "pub fn f() {}\n",
         "app/Cargo.toml": '[package]\nname = "app"\n[dependencies]\nshop-core = { path = "../core" }\n',
         "app/src/main.rs": "use shop_core::make;\nfn main() { make(); shop_core::make(); }\n"},
        ["app/src/main.rs:main -> core/src/a.rs:f exact"],
    ),
    "a dependency under another name, and one of the workspace": (
        {"Cargo.toml": '[workspace]\n[workspace.dependencies]\nbase = { path = "base" }\n',
         "base/Cargo.toml": '[package]\nname = "base"\n', "base/src/lib.rs": "pub fn f() {}\n",
         "x/Cargo.toml": '[package]\nname = "x"\n[dependencies]\nother = { path = "../base", package = "base" }\n',
         "x/src/lib.rs": "fn run() { other::f(); base::f(); }\n",
         "y/Cargo.toml": '[package]\nname = "y"\n[dependencies]\nbase.workspace = true\n',
         "y/src/lib.rs": "fn run() { base::f(); }\n"},
        ["x/src/lib.rs:run -> base/src/lib.rs:f exact", "y/src/lib.rs:run -> base/src/lib.rs:f exact"],
    ),
    "a crate of the registry is not the one of that name in the project": (
        {"base/Cargo.toml": '[package]\nname = "log"\n', "base/src/lib.rs": "pub fn f() {}\n",
         "x/Cargo.toml": '[package]\nname = "x"\n[dependencies]\nlog = "0.4"\n', "x/src/lib.rs": "fn run() { log::f(); }\n"},
        [],
    ),
    "the library's name and root as its manifest says, seen from its own program and tests": (
        {"Cargo.toml": TOML + '[lib]\nname = "store"\npath = "lib/root.rs"\n', "lib/root.rs": "pub mod a;\n",
         "lib/a.rs": "pub fn f() {}\n", "src/main.rs": "fn main() { store::a::f(); }\n",
         "tests/it.rs": "use store::a;\n#[test]\nfn works() { a::f(); }\n"},
        ["src/main.rs:main -> lib/a.rs:f exact", "tests/it.rs:works -> lib/a.rs:f exact"],
    ),
    "modules in folders, by #[path], and inside of files": (
        {"Cargo.toml": TOML, "src/lib.rs": 'mod a;\n#[path = "odd/place.rs"]\nmod b;\nmod c { pub mod d; }\n'
                     "fn run() { a::deep::f(); b::g(); c::d::h(); }\n",
         "src/a/mod.rs": "pub mod deep;\n", "src/a/deep.rs": "pub fn f() { super::super::b::g(); }\n",
         "src/odd/place.rs": "pub fn g() {}\n", "src/c/d.rs": "pub fn h() { super::super::a::deep::f(); }\n"},
        ["src/lib.rs:run -> src/a/deep.rs:f exact", "src/lib.rs:run -> src/odd/place.rs:g exact",
         "src/lib.rs:run -> src/c/d.rs:h exact", "src/a/deep.rs:f -> src/odd/place.rs:g exact"],
    ),
    "globs: of a module, through pub use, of an enum that another glob brings, in tests": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod a;\nmod b;\nmod c;\nuse a::*;\n",
         "src/a.rs": "pub fn f() {}\npub enum Kind { One(u8) }\nfn hidden() {}\n",
         "src/b.rs": "pub use crate::a::*;\n",
         "src/c.rs": "use super::*;\nuse Kind::*;\nfn run() { f(); One(1); hidden(); }\n"
                     "mod tests {\n  use super::*;\n  fn t() { f(); }\n}\nfn by_path() { crate::b::f(); }\n"},
        ["src/c.rs:run -> src/a.rs:f exact", "src/c.rs:run ~> src/a.rs:Kind.One exact",
         "src/c.rs:tests.t -> src/a.rs:f exact", "src/c.rs:by_path -> src/a.rs:f exact"],
    ),
    "globs inside of functions, of enums that the file or the function has": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod a;\nmod c;\nuse a::Kind;\n", "src/a.rs": "pub enum Kind { One, Two }\n",
         "src/c.rs": "use super::*;\nfn run() {\n  use Kind::*;\n  One;\n}\n"
                     "fn own() {\n  enum Kind { Two }\n  use Kind::*;\n  Two;\n}\n"},
        ["src/c.rs:run ~> src/a.rs:Kind.One exact"],
    ),
    "an inline module sees the names around it only by use": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod a;\nuse a::parse;\nmod inner { fn run() { parse(); } }\n"
                     "mod other { use super::parse; fn run() { parse(); } }\n", "src/a.rs": "pub fn parse() {}\n"},
        ["src/lib.rs:other.run -> src/a.rs:parse exact"],
    ),
    "associated functions, and methods of a value whose type is written or built": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\nfn built() { let c = Cart::new(); c.take(); }\n"
                       "fn typed(c: &mut Cart, boxed: Box<Cart>) { c.take(); }\n"
                       "fn wrapped(boxed: Box<Cart>) { boxed.take(); }\n"},
        ["src/run.rs:built -> src/cart.rs:Cart.new exact", "src/run.rs:built -> src/cart.rs:Cart.take inferred",
         "src/run.rs:typed -> src/cart.rs:Cart.take inferred", "src/run.rs:wrapped -> src/cart.rs:Cart.take inferred"],
    ),
    "what an Option has itself is not its content's: take, get": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\nfn run(mut c: Option<Cart>) { c.take(); }\n"
                       "fn open(c: Option<Cart>) { c.unwrap().take(); }\n"
                       "fn asked(c: Result<Cart, u8>) -> Option<u8> { let d = c.ok()?; d.take(); None }\n"},
        ["src/run.rs:open -> src/cart.rs:Cart.take inferred", "src/run.rs:asked -> src/cart.rs:Cart.take inferred"],
    ),
    "patterns open what they match": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\npub enum Event { Buy(u8, Cart), Stop }\n"
                       "fn arm(e: Event) { match e { Event::Buy(_, c) => c.take(), Event::Stop => 0 }; }\n"
                       "fn some(x: Option<Cart>) { if let Some(c) = x { c.take(); } }\n"
                       "fn each(all: Vec<Cart>) { for c in all.iter() { c.take(); } }\n"
                       "fn pair(p: (u8, Cart)) { let (_, c) = p; c.take(); }\n"},
        [f"src/run.rs:{f} -> src/cart.rs:Cart.take inferred" for f in ("arm", "some", "each", "pair")],
    ),
    "a shadowed name is what it was bound to last": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\nfn run(c: Cart) {\n  let c = c.size + 1;\n  c.take();\n}\n"
                       "fn block(c: Cart, o: Option<u8>) {\n  if let Some(c) = o {\n    c.take();\n  }\n  c.size;\n}\n"},
        ["src/run.rs:block ~> src/cart.rs:Cart exact", "src/run.rs:run ~> src/cart.rs:Cart exact",
         "src/run.rs:block ~> src/cart.rs:Cart.size inferred", "src/run.rs:run ~> src/cart.rs:Cart.size inferred"],
    ),
    "an impl in another file of the crate belongs to the type that it names": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod a;\nmod b;\nmod c;\nmod run;\n",
         "src/a.rs": "pub struct Error;\n", "src/b.rs": "pub struct Error;\nimpl Error { pub fn show(&self) {} }\n",
         "src/c.rs": "use crate::a::Error;\nimpl Error { pub fn show(&self) { self.more() } }\n"
                     "impl Error { fn more(&self) {} }\n",
         "src/run.rs": "fn run(e: crate::a::Error) { e.show(); }\nfn other(e: crate::b::Error) { e.show(); }\n"},
        ["src/run.rs:run -> src/c.rs:Error.show inferred", "src/run.rs:other -> src/b.rs:Error.show inferred"],
    ),
    "traits: default methods, bounds, objects; the type's own method comes first": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod t;\nmod a;\nmod run;\n",
         "src/t.rs": "pub trait Show {\n  fn show(&self);\n  fn twice(&self) { self.show() }\n}\n",
         "src/a.rs": "use crate::t::Show;\npub struct A;\nimpl Show for A { fn show(&self) {} }\n",
         "src/run.rs": "use crate::{a::A, t::Show};\nfn own(a: A) { a.show(); }\nfn default(a: A) { a.twice(); }\n"
                       "fn bound<T: Show>(t: T) { t.show(); }\nfn object(t: &dyn Show) { t.show(); }\n"
                       "fn where_clause<T>(t: &T) where T: Show + Send { t.show(); }\n"},
        ["src/run.rs:own -> src/a.rs:A.show inferred", "src/run.rs:default -> src/t.rs:Show.twice inferred",
         "src/run.rs:bound -> src/t.rs:Show.show inferred", "src/run.rs:object -> src/t.rs:Show.show inferred",
         "src/run.rs:where_clause -> src/t.rs:Show.show inferred", "src/a.rs:A => src/t.rs:Show exact"],
    ),
    "fields, self, and the results of methods": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\nuse std::sync::{Arc, Mutex};\nstruct S { cart: Arc<Mutex<Cart>>, one: Cart }\n"
                       "impl S {\n  fn first(&self) -> Result<Cart, u8> { self.one.take(); Err(1) }\n"
                       "  fn locked(&self) { self.cart.lock().unwrap().take(); }\n"
                       "  async fn asked(&self) -> Option<u8> { let c = self.first().await.unwrap();\n"
                       "    c.take(); None }\n}\n"},
        ["src/run.rs:S.first -> src/cart.rs:Cart.take inferred", "src/run.rs:S.locked -> src/cart.rs:Cart.take inferred",
         "src/run.rs:S.asked -> src/cart.rs:Cart.take inferred"],
    ),
    "enum variants, associated constants, and methods of variants": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod k;\nmod run;\n",
         "src/k.rs": "pub enum Kind { A, B }\nimpl Kind { pub const MAX: u8 = 1; pub fn go(&self) {} }\n",
         "src/run.rs": "use crate::k::Kind;\nfn run() { let x = Kind::A; x.go(); Kind::B.go(); Kind::MAX; }\n"},
        ["src/run.rs:run -> src/k.rs:Kind.go inferred", "src/run.rs:run -> src/k.rs:Kind.go exact"],
    ),
    "macros of the crate by name": (
        {"Cargo.toml": TOML, "src/lib.rs": "#[macro_use]\nmod m;\nmod run;\n",
         "src/m.rs": "macro_rules! check { () => {} }\n", "src/run.rs": "fn run() { check!(); assert!(true); }\n"},
        ["src/run.rs:run -> src/m.rs:check exact"],
    ),
    "a same-named method of an unrelated type is not linked": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "fn run(x: Vec<u8>, it: impl Iterator<Item = u8>) { x.take(); it.take(1); y().take(); }\n"},
        [],
    ),
    "a name among the tokens of a macro is no module": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod recipe;\nmod run;\nuse recipe::f;\n", "src/recipe.rs": "pub fn f() {}\n",
         "src/run.rs": "use super::*;\nfn run() { check! { tree: (recipe (recipe f)) } }\n"},
        ["src/run.rs:run ~> src/recipe.rs:f exact"],
    ),
    "names of the prelude are not those of a module that was not imported": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod a;\nmod run;\n", "src/a.rs": "pub struct String;\npub fn drop() {}\n",
         "src/run.rs": "fn run(s: String) { drop(s); String::new(); }\n"},
        [],
    ),
    "calls among the arguments of macros": (
        {"Cargo.toml": TOML, "src/lib.rs": "mod cart;\nmod run;\n", "src/cart.rs": CART,
         "src/run.rs": "use crate::cart::Cart;\nfn run(c: Cart) { println!(\"{}\", c.take()); }\n"
                       "fn free() { assert_eq!(Cart::new().size, 1); }\n"},
        ["src/run.rs:run -> src/cart.rs:Cart.take inferred", "src/run.rs:free -> src/cart.rs:Cart.new exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_edges(name: str) -> None:
    """The project has exactly these edges, each labelled with how it was found."""
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_what_looked_at_nothing_that_changed_still_holds(name: str) -> None:
    """Links note all that they look at: a file that comes or goes voids those that depend on it."""
    check_what_holds(CASES[name])
