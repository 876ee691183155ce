"""Edges across files of C and C++, by rule of the languages (notation: see linking)."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import json

import pytest
from linking import Case, check, check_what_holds

CART_H = "class Cart {\n public:\n  Cart();\n  int take();\n  static Cart* make();\n};\n"
CART_CC = '#include "cart.h"\nCart::Cart() {}\nint Cart::take() { return 1; }\nCart* Cart::make() { return new Cart(); }\n'
SHOP = {"cart.h": CART_H, "cart.cc": CART_CC}
MAKES = "cart.cc:Cart.make -> cart.h:Cart exact"
OWN = [
    "cart.cc:Cart.Cart ~> cart.h:Cart exact",
    "cart.cc:Cart.take ~> cart.h:Cart exact",
    "cart.cc:Cart.make ~> cart.h:Cart exact",
]
COMMANDS = json.dumps(
    [
        {
            "directory": "/home/x/p/build",
            "command": "cc -I ../vendor/one -isystem/opt/y -c ../src/m.c",
            "file": "../src/m.c",
        }
    ]
)

C: dict[str, Case] = {
    "a prototype in a header means the definition in another file": (
        {"a.h": "int f(int x);\nextern int total;\n", "a.c": '#include "a.h"\nint total;\nint f(int x) { return x; }\n',
         "m.c": '#include "a.h"\nint main(void) { total = 1; return f(2); }\n'},
        ["m.c:main -> a.c:f exact", "m.c:main ~> a.c:total exact"],
    ),
    "a type is not the field that is called like it": (  # regression: an exact edge from a struct to its own field
        {"a.h": "struct args { int n; };\n",
         "m.c": '#include "a.h"\nstruct state {\n  struct args *args;\n  struct args *more;\n};\n'},
        ["m.c:state ~> a.h:args exact"],
    ),
    "a static function is its file's own: others mean theirs": (
        {"a.c": "static int parse(void) { return 1; }\nint a(void) { return parse(); }\n",
         "b.c": "static int parse(void) { return 2; }\nint b(void) { return parse(); }\n",
         "m.c": "int main(void) { return parse(); }\n"},
        [],
    ),
    "a static function of a header is known to all who include it, over headers that include each other": (
        {"a.h": '#include "b.h"\n', "b.h": '#include "a.h"\nstatic inline int twice(int x) { return 2 * x; }\n',
         "m.c": '#include "a.h"\nint main(void) { return twice(2); }\n', "n.c": "int main(void) { return twice(2); }\n"},
        ["m.c:main -> b.h:twice exact"],
    ),
    "includes: beside the file, in a folder of headers, below a path that ends so": (
        {"src/m.c": '#include "x.h"\n#include <lib/y.h>\n#include "z.h"\nint main(void) { return x() + y() + z(); }\n',
         "src/x.h": "static int x(void) { return 1; }\n", "other/x.h": "static int x(void) { return 1; }\n",
         "include/lib/y.h": "static int y(void) { return 1; }\n", "deep/z.h": "static int z(void) { return 1; }\n"},
        ["src/m.c:main -> src/x.h:x exact", "src/m.c:main -> include/lib/y.h:y exact", "src/m.c:main -> deep/z.h:z exact",
         "src/m.c: <- src/x.h: exact", "src/m.c: <- include/lib/y.h: exact", "src/m.c: <- deep/z.h: exact"],
    ),
    "of two headers of that name the one that compile_commands.json searches": (
        {"compile_commands.json": COMMANDS, "src/m.c": '#include "x.h"\nint main(void) { return x(); }\n',
         "vendor/one/x.h": "static int x(void) { return 1; }\n", "vendor/two/x.h": "static int x(void) { return 1; }\n"},
        ["src/m.c:main -> vendor/one/x.h:x exact", "src/m.c: <- vendor/one/x.h: exact"],
    ),
    "a header of the standard library is not the project's file of that name": (
        {"compat/string.h": "static int strange(void) { return 1; }\n",
         "m.c": "#include <string.h>\nint main(void) { return strange(); }\n"},
        [],
    ),
    "two definitions of one function, of which the build takes one": (
        {"os.h": "int now(void);\n", "linux.c": '#include "os.h"\nint now(void) { return 1; }\n',
         "win.c": '#include "os.h"\nint now(void) { return 2; }\n', "m.c": '#include "os.h"\nint main(void) { return now(); }\n'},
        ["m.c:main -> linux.c:now inferred", "m.c:main -> win.c:now inferred"],
    ),
    "a function without any declaration in sight is the only one of that name": (
        {"a.c": "int alone(void) { return 1; }\n", "m.c": '#include "generated.h"\nint main(void) { return alone(); }\n'},
        ["m.c:main -> a.c:alone inferred"],
    ),
    "fields by the written type of the variable, through typedef, pointer and field": (
        {"t.h": "struct item { int size; };\ntypedef struct item item_t;\nstruct box { struct item *first; };\n",
         "m.c": '#include "t.h"\nint a(struct box *b) { return b->first->size; }\nint c(item_t i) { return i.size; }\n'},
        ["m.c:a ~> t.h:box exact", "m.c:a ~> t.h:box.first inferred", "m.c:a ~> t.h:item.size inferred",
         "m.c:c ~> t.h:item_t exact", "m.c:c ~> t.h:item.size inferred"],
    ),
    "a variable that is called as its type is": (
        {"t.h": "struct tty { int size; };\n", "m.c": '#include "t.h"\nint f(struct tty *tty) { return tty->size; }\n'},
        ["m.c:f ~> t.h:tty exact", "m.c:f ~> t.h:tty.size inferred"],
    ),
    "a field that is called as its type is": (
        {"t.h": "struct tty { int size; };\nstruct client { struct tty tty; };\n",
         "m.c": '#include "t.h"\nint f(struct client *c) { return c->tty.size; }\n'},
        ["m.c:f ~> t.h:client exact", "m.c:f ~> t.h:client.tty inferred", "m.c:f ~> t.h:tty.size inferred"],
    ),
    "fields of a struct without a name, and of a variable that is declared with its struct": (
        {"t.h": "struct item { int size; };\nstruct key { union { struct item *it; int n; } u; };\n"
                "struct state { struct item *first; } state;\n",
         "m.c": '#include "t.h"\nint f(struct key *k) { return k->u.it->size; }\nint g(void) { return state.first->size; }\n'},
        ["m.c:f ~> t.h:key exact", "m.c:f ~> t.h:key.u inferred", "m.c:f ~> t.h:key.it inferred",
         "m.c:f ~> t.h:item.size inferred", "m.c:g ~> t.h:state exact", "m.c:g ~> t.h:state.first exact",
         "m.c:g ~> t.h:item.size inferred"],
    ),
    "elements of arrays and pointers": (
        {"t.h": "struct item { int size; };\nstruct box { struct item *all; };\n",
         "m.c": '#include "t.h"\nint f(struct box *b, struct item **i) { return b->all[1].size; }\nint g(struct item **i) { return i[0]->size; }\n'},
        ["m.c:f ~> t.h:box exact", "m.c:f ~> t.h:item exact", "m.c:g ~> t.h:item exact", "m.c:f ~> t.h:box.all inferred",
         "m.c:f ~> t.h:item.size inferred", "m.c:g ~> t.h:item.size inferred"],
    ),
    "enum constants and macros, also those that are written inside of a struct": (
        {"t.h": "enum kind { ONE, TWO };\n#define LIMIT 3\n#define CHECK(x) check(x)\nstruct s {\n  int f;\n#define S_FLAG 1\n};\n",
         "m.c": '#include "t.h"\nint main(void) { CHECK(ONE); return LIMIT + S_FLAG; }\n'},
        ["m.c:main -> t.h:CHECK exact", "m.c:main ~> t.h:ONE exact", "m.c:main ~> t.h:LIMIT exact",
         "m.c:main ~> t.h:S_FLAG exact"],
    ),
    "what a pointer to a function calls is unknown": (
        {"a.h": "int run(void);\nstruct ops { int (*run)(void); };\n", "a.c": '#include "a.h"\nint run(void) { return 1; }\n',
         "m.c": '#include "a.h"\nint f(struct ops *o, int (*run)(void)) { run(); return o->run(); }\n'},
        [],
    ),
    "a local variable hides the function of that name": (
        {"a.h": "int count(void);\n", "a.c": '#include "a.h"\nint count(void) { return 1; }\n',
         "m.c": '#include "a.h"\nint f(void) { int count = 2; return count; }\n'},
        [],
    ),
}  # fmt: skip

CPP: dict[str, Case] = {
    "a constructor sets members and bases, whatever its parameters are called": (
        {"a.h": "class Base {\n public:\n  Base(int n);\n};\nclass A : public Base {\n public:\n  A(int size);\n  int size_;\n  int n;\n};\n",
         "a.cc": '#include "a.h"\nA::A(int n)\n    : Base(n),\n#ifdef X\n      size_(n),\n#endif\n      n(n) {}\nint last() { return 1; }\n',
         "m.cc": "int m() { return last(); }\n"},
        ["a.cc:A.A ~> a.h:A exact", "a.cc:A.A ~> a.h:Base exact", "a.cc:A.A ~> a.h:A.size_ exact", "a.cc:A.A ~> a.h:A.n exact",
         "m.cc:m -> a.cc:last inferred"],
    ),
    "locals of the body behind a macro, and macros that mark a declaration": (
        SHOP | {"t.h": "#define TEST_CASE(x) void x()\n#define SHOP_API\n#define SHOP_INLINE\n#define SHOP_BEGIN\n",
                "m.cc": '#include "cart.h"\n#include "t.h"\nSHOP_BEGIN\nSHOP_API Cart* first() { return 0; }\n'
                        'template <typename T> SHOP_INLINE void second(T) {}\nTEST_CASE("x") {\n  Cart c("y");\n  c.take();\n}\n'},
        [MAKES, "m.cc: -> cart.cc:Cart.take inferred", "m.cc: -> t.h:TEST_CASE exact",
         "m.cc:first ~> cart.h:Cart exact", "m.cc:first ~> t.h:SHOP_API exact",
         "m.cc:second ~> t.h:SHOP_INLINE exact", *OWN],
    ),
    "what smart pointers, maps and pairs hold, by alias, loop, structured binding and iterator": (
        {"a.hpp": "struct Opt { int count(); int n; };\nusing Opt_p = std::unique_ptr<Opt>;\ntypedef std::vector<Opt_p> Opts;\n"
                  "struct App { std::vector<Opt_p> all; std::unordered_map<int, Opt> by; Opts opts; };\n",
         "m.cc": '#include "a.hpp"\nvoid a(Opt_p& o) { o->count(); }\nvoid b(App* a) { for (auto& o : a->all) o->count(); }\n'
                 "void c(App* a) { for (auto& [k, v] : a->by) { v.count(); } }\nvoid d(App* a) { a->by[1].count(); }\n"
                 "void e(App* a) { auto it = a->by.find(1); it->second.count(); }\nvoid f(App* a) { for (auto& o : a->opts) o->count(); }\n"
                 "void g(App* a) { auto o = std::move(a->all[0]); o->count(); }\nvoid h(App* a) { for (auto& p : a->by) p.second.count(); }\n"
                 "void i(App* a) { for (auto it = a->all.begin(); it != end; ++it) (*it)->count(); }\n"
                 "void j(App* a) { auto [x, y] = pick(a); y.count(); }\n"
                 "std::pair<int, Opt> pick(App* a);\nvoid k(App* a) { a->by.count(1); a->all.size(); }\n"},
        [*(f"m.cc:{f} -> a.hpp:Opt.count inferred" for f in "abcdefghij")],
    ),
    "members of a type inside of a template, of what a template function gives, of template methods": (
        {"a.h": "template <typename T> class Box {\n public:\n  class Item {\n   public:\n    void open();\n  };\n"
                "  template <typename U> Item as();\n};\nBox<int>::Item pick();\ntemplate <typename T> Box<T>* make();\n",
         "m.cc": '#include "a.h"\nvoid a(Box<int>::Item i) { i.open(); }\nvoid b(Box<int>& b) { b.as<int>().open(); }\n'
                 "void c() { make<int>()->as<int>(); }\nvoid d(std::vector<Box<int>*>* b) { (*b)[0]->as<int>(); }\n"},
        ["m.cc:a -> a.h:Box.Item.open inferred", "m.cc:a ~> a.h:Box exact", "m.cc:a ~> a.h:Box.Item exact", "m.cc:b -> a.h:Box.Item.open inferred",
         "m.cc:b ~> a.h:Box exact", "m.cc:b -> a.h:Box.as inferred", "m.cc:c -> a.h:make exact", "m.cc:c -> a.h:Box.as inferred",
         "m.cc:d ~> a.h:Box exact", "m.cc:d -> a.h:Box.as inferred"],
    ),
    "methods that are defined outside of their class, static ones, and constructors": (
        SHOP | {"m.cc": '#include "cart.h"\nint f(Cart* c) { Cart::make(); return c->take(); }\nvoid g() { new Cart(); Cart c; c.take(); }\n'},
        [MAKES, "m.cc:f -> cart.cc:Cart.make exact", "m.cc:f -> cart.cc:Cart.take inferred", "m.cc:g -> cart.h:Cart exact",
         "m.cc:g -> cart.cc:Cart.take inferred"],
    ),
    "a smart pointer has methods of its own and passes the others on": (
        SHOP | {"m.cc": '#include "cart.h"\nvoid f(std::unique_ptr<Cart> c) { c->take(); c.reset(); c.get()->take(); }\n'
                        "void g() { auto c = std::make_shared<Cart>(); c->take(); }\n",
                "r.h": "class Reset {\n public:\n  void reset() {}\n};\n"},
        [MAKES, "m.cc:f -> cart.cc:Cart.take inferred", "m.cc:g -> cart.cc:Cart.take inferred", "m.cc:g ~> cart.h:Cart exact",
         "m.cc:f ~> cart.h:Cart exact", *OWN],
    ),
    "a method of its class, of a base in another file, and through this": (
        {"a.h": "class A {\n public:\n  void go() {}\n protected:\n  int size_;\n};\n",
         "b.h": '#include "a.h"\nclass B : public A {\n public:\n  void run();\n};\n',
         "b.cc": '#include "b.h"\nvoid B::run() { go(); this->go(); size_ = 1; }\n'},
        ["b.cc:B.run -> a.h:A.go exact", "b.cc:B.run ~> b.h:B exact", "b.cc:B.run ~> a.h:A.size_ exact",
         "b.h:B => a.h:A exact"],
    ),
    "namespaces: nested, opened, single names, aliases, over several files": (
        {"a.h": "namespace shop {\nvoid f();\nnamespace deep { void g(); class K { public: void go() {} }; }\n}\n",
         "a.cc": '#include "a.h"\nnamespace shop {\nvoid f() {}\nnamespace deep { void g() {} }\n}\n',
         "m.cc": '#include "a.h"\nnamespace sd = shop::deep;\nvoid plain() { shop::f(); shop::deep::g(); sd::g(); }\n'
                 "void opened() { using namespace shop; f(); deep::g(); }\nusing shop::deep::K;\nvoid one(K& k) { k.go(); }\n"
                 "namespace shop { void inside() { f(); deep::g(); } }\n"},
        ["m.cc:plain -> a.cc:shop.f exact", "m.cc:plain -> a.cc:shop.deep.g exact", "m.cc:opened -> a.cc:shop.f exact",
         "m.cc:opened -> a.cc:shop.deep.g exact", "m.cc:one -> a.h:shop.deep.K.go inferred",
         "m.cc:shop.inside -> a.cc:shop.f exact", "m.cc:shop.inside -> a.cc:shop.deep.g exact"],
    ),
    "an inline namespace, and names that a header takes from another namespace": (
        {"a.h": "namespace lib {\ninline namespace v1 { void f(); }\nnamespace detail { void g(); }\nusing detail::g;\n}\n",
         "a.cc": '#include "a.h"\nnamespace lib { inline namespace v1 { void f() {} } namespace detail { void g() {} } }\n',
         "m.cc": '#include "a.h"\nvoid m() { lib::f(); lib::g(); }\n'},
        ["m.cc:m -> a.cc:lib.v1.f exact", "m.cc:m -> a.cc:lib.detail.g exact"],
    ),
    "a namespace that a macro opens": (
        {"a.h": "#define LIB_BEGIN_NAMESPACE namespace lib {\nLIB_BEGIN_NAMESPACE\nvoid f();\n}\n",
         "a.cc": '#include "a.h"\nvoid f() {}\n', "m.cc": '#include "a.h"\nvoid m() { lib::f(); boost::f(); }\n'},
        ["m.cc:m -> a.cc:f inferred"],
    ),
    "what an anonymous namespace holds is its file's own": (
        {"a.cc": "namespace { int parse() { return 1; } }\nint a() { return parse(); }\n", "m.cc": "int m() { return parse(); }\n"},
        [],
    ),
    "a class that is only announced: the one definition of the project": (
        {"t.h": "namespace n {\nclass Table {\n  struct Rep;\n  Rep* rep_;\n  void go();\n};\n}\n",
         "t.cc": '#include "t.h"\nnamespace n {\nstruct Table::Rep { int size() { return 1; } };\n}\n',
         "u.cc": '#include "t.h"\nnamespace n {\nvoid Table::go() { rep_->size(); }\n}\n'},
        ["u.cc:n.Table.go -> t.cc:n.Table.Rep.size inferred"],
    ),
    "local values: auto of a call, of a cast, elements of a range, members of members": (
        SHOP | {"m.cc": '#include "cart.h"\nstruct Shop { std::vector<Cart*> all; Cart one; };\n'
                        "void a() { auto* c = Cart::make(); c->take(); }\n"
                        "void b(Shop& s) { for (auto* c : s.all) c->take(); }\n"
                        "void c(Shop& s) { auto& one = s.one; one.take(); }\n"
                        "void d(void* p) { auto* c = static_cast<Cart*>(p); c->take(); }\n"
                        "void e(Shop& s) { s.all.front()->take(); }\n"},
        [MAKES, "m.cc:a -> cart.cc:Cart.make exact", *(f"m.cc:{f} -> cart.cc:Cart.take inferred" for f in "abcde")],
    ),
    "templates by name, and type aliases": (
        {"a.h": "template <typename T> class Box {\n public:\n  void open() {}\n};\ntemplate <typename T> T pick(T a) { return a; }\n"
                "using IntBox = Box<int>;\n",
         "m.cc": '#include "a.h"\nvoid m(Box<int>& b, IntBox* i) { b.open(); pick<int>(1); i->open(); }\n'},
        ["m.cc:m -> a.h:Box.open inferred", "m.cc:m -> a.h:pick exact"],
    ),
    "constants of a scoped enum, overloads by name": (
        {"a.hpp": "enum class Kind { One };\nvoid put(int a);\nvoid put(char b);\n", "a.cc": '#include "a.hpp"\nvoid put(int a) {}\nvoid put(char b) {}\n',
         "m.cc": '#include "a.hpp"\nvoid m() { put(1); Kind k = Kind::One; }\n'},
        ["m.cc:m -> a.cc:put exact", "m.cc:m ~> a.hpp:Kind exact", "m.cc:m ~> a.hpp:Kind.One exact"],
    ),
    "a same-named method of an unrelated class is not linked": (
        SHOP | {"m.cc": '#include "cart.h"\nvoid m(std::vector<int>& v, auto x) { v.take(); x.take(); other().take(); }\n'},
        [MAKES],
    ),
    "a shadowed name is what it was declared as last": (
        SHOP | {"m.cc": '#include "cart.h"\nvoid m(Cart* c) {\n  c->take();\n  {\n    int c = 1;\n    c.take();\n  }\n}\n'
                        "void n(Cart* c) {\n  int c = 1;\n  c.take();\n}\n"},
        [MAKES, "m.cc:m -> cart.cc:Cart.take inferred"],
    ),
    "members of what stands in parentheses, is cast, indexed, or pointed to by an iterator": (
        {"k.h": "struct K { int a(); int b(); int c(); int d(); int e(); int f(); int n; };\nstruct Own { int operator[](int); int a(); };\ntemplate <class T> class Row { public: T& operator[](int); };\n",
         "m.cc": '#include "k.h"\n#include <vector>\nint one(K* k) { return (*k).a(); }\nint two(K& k) { return (&k)->b(); }\nint three(void* k) { return static_cast<K*>(k)->c(); }\nint four(K** ks) { return ks[0]->d(); }\n'
                 'int five(Row<K> row) { return row[1].e(); }\nint six(std::vector<K>::iterator it) { return it->f(); }\nint seven(Own o) { return o[1].a(); }\n'},
        ["m.cc:one ~> k.h:K exact", "m.cc:two ~> k.h:K exact", "m.cc:three ~> k.h:K exact", "m.cc:four ~> k.h:K exact", "m.cc:five ~> k.h:K exact", "m.cc:six ~> k.h:K exact",
         "m.cc:one -> k.h:K.a inferred", "m.cc:two -> k.h:K.b inferred", "m.cc:three -> k.h:K.c inferred", "m.cc:four -> k.h:K.d inferred", "m.cc:five -> k.h:K.e inferred",
         "m.cc:six -> k.h:K.f inferred", "m.cc:five ~> k.h:Row exact", "m.cc:seven ~> k.h:Own exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", C)
def test_c(name: str) -> None:
    """A C project has exactly these edges, each labelled with how it was found."""
    check(C[name])


@pytest.mark.parametrize("name", CPP)
def test_cpp(name: str) -> None:
    """A C++ project has exactly these edges, each labelled with how it was found."""
    check(CPP[name])


@pytest.mark.parametrize("name", C | CPP)
def test_what_looked_at_nothing_that_changed_still_holds(name: str) -> None:
    """Links note all that they look at: a file that comes or goes voids those that depend on it."""
    check_what_holds((C | CPP)[name])
