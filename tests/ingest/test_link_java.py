"""Edges across files of Java, by rule of the language."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check

CALLS: dict[str, Case] = {
    "a type of the same package needs no import, one of another package does": (
        {"p/A.java": "package p;\nclass A { void f() { new B(); C.go(); } }\n",
         "p/B.java": "package p;\nclass B {}\n", "q/C.java": "package q;\npublic class C { public static void go() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B exact"],
    ),
    "imports of a type, of a whole package, of a nested type": (
        {"p/A.java": "package p;\nimport q.C;\nimport r.*;\nimport q.C.In;\nclass A { void f() { C.go(); D.go(); In.go(); } }\n",
         "q/C.java": "package q;\npublic class C { public static void go() {} public static class In { static void go() {} } }\n",
         "r/D.java": "package r;\npublic class D { public static void go() {} }\n"},
        ["p/A.java:A.f -> q/C.java:C.In.go exact", "p/A.java:A.f -> q/C.java:C.go exact",
         "p/A.java:A.f -> r/D.java:D.go exact"],
    ),
    "static imports of a member, and of all members, inherited ones included": (
        {"p/A.java": "package p;\nimport static q.C.go;\nimport static q.D.*;\nclass A { void f() { go(); run(); old(); } }\n",
         "q/C.java": "package q;\npublic class C { public static void go() {} }\n",
         "q/D.java": "package q;\npublic class D extends Old { public static void run() {} }\n",
         "q/Old.java": "package q;\npublic class Old { public static void old() {} }\n"},
        ["p/A.java:A.f -> q/C.java:C.go exact", "p/A.java:A.f -> q/D.java:D.run exact",
         "p/A.java:A.f -> q/Old.java:Old.old exact"],
    ),
    "a type written out with its package": (
        {"p/A.java": "package p;\nclass A { void f() { q.r.C.go(); new q.r.C.In().run(); } }\n",
         "q/C.java": "package q.r;\npublic class C { public static void go() {} public static class In { void run() {} } }\n"},
        ["p/A.java:A.f -> q/C.java:C.In exact", "p/A.java:A.f -> q/C.java:C.In.run exact",
         "p/A.java:A.f -> q/C.java:C.go exact"],
    ),
    "members of bases and of interfaces, by name, this and super; the nearest type has it": (
        {"p/A.java": "package p;\nclass A extends B implements I { void f() { go(); this.go(); super.go(); only(); deep(); }\n  void go() {} }\n",
         "p/B.java": "package p;\nclass B extends C { void go() {} }\n", "p/C.java": "package p;\nclass C { void go() {} void deep() {} }\n",
         "p/I.java": "package p;\ninterface I { default void only() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B.go exact", "p/A.java:A.f -> p/C.java:C.deep exact", "p/A.java:A.f -> p/I.java:I.only exact"],
    ),
    "an inner class sees the members of the outer one and of its bases": (
        {"p/A.java": "package p;\nclass A extends B { class In { void f() { go(); A.this.go(); } } }\n",
         "p/B.java": "package p;\nclass B { void go() {} }\n"},
        ["p/A.java:A.In.f -> p/B.java:B.go exact"],
    ),
    "fields, parameters, locals and var, by their written types": (
        {"p/A.java": "package p;\nclass A { B b; void f(B c) { B d = null; var e = new B(); this.b.go(); b.go(); c.go(); d.go(); e.go(); } }\n",
         "p/B.java": "package p;\nclass B { void go() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B exact", "p/A.java:A.f -> p/B.java:B.go inferred"],
    ),
    "the number of arguments decides between a method and one of its name above it, which it does not override then": (
        {"a/Node.java": "package a;\npublic class Node {\n  public String label() { return null; }\n  public void many(String f, Object... rest) {}\n  void m(java.util.Map<String, Integer> a, int b) {}\n}\n",
         "a/Elem.java": "package a;\npublic class Elem extends Node {\n  public Elem label(String s) { return this; }\n  public void many() {}\n  void m(int a) {}\n}\n",
         "b/Use.java": "package b;\nimport a.Elem;\nclass Use {\n  void bare(Elem e) { e.label(); e.many(1, 2, 3); e.m(null, 2); }\n  void more(Elem e) { e.label(\"x\"); e.many(); e.m(1); }\n"
                       "  void wrong(Elem e) { e.label(1, 2); }\n}\n"},
        ["b/Use.java:Use.bare -> a/Node.java:Node.label inferred", "b/Use.java:Use.bare -> a/Node.java:Node.many inferred", "b/Use.java:Use.bare -> a/Node.java:Node.m inferred",
         "b/Use.java:Use.more -> a/Elem.java:Elem.label inferred", "b/Use.java:Use.more -> a/Elem.java:Elem.many inferred", "b/Use.java:Use.more -> a/Elem.java:Elem.m inferred",
         "b/Use.java:Use.wrong -> a/Elem.java:Elem.label inferred"],
    ),
    "chains over written results, constructors and overloads": (
        {"p/A.java": "package p;\nclass A { void f() { new B().next(1).end(); B.make().next().end(); } }\n",
         "p/B.java": "package p;\nclass B { B() {} B next() { return this; } B next(int n) { return this; } void end() {}\n  static B make() { return null; } }\n"},
        ["p/A.java:A.f -> p/B.java:B exact", "p/A.java:A.f -> p/B.java:B.end inferred", "p/A.java:A.f -> p/B.java:B.make exact",
         "p/A.java:A.f -> p/B.java:B.next exact", "p/A.java:A.f -> p/B.java:B.next inferred"],
    ),
    "elements of arrays, collections and maps": (
        {"p/A.java": "package p;\nimport java.util.*;\nclass A { Map<String, List<B>> m;\n  void f(List<B> xs, B[] ys, B... zs) {\n    for (var x : xs) { x.a(); }\n"
                     "    for (B y : ys) { y.b(); }\n    xs.get(0).c();\n    ys[0].d();\n    zs[0].e();\n    m.get(\"\").get(0).g();\n"
                     "    for (var e : m.entrySet()) { e.getValue().get(1).h(); }\n  } }\n",
         "p/B.java": "package p;\nclass B { void a() {} void b() {} void c() {} void d() {} void e() {} void g() {} void h() {} }\n"},
        [f"p/A.java:A.f -> p/B.java:B.{name} inferred" for name in "abcdegh"],
    ),
    "a type parameter means its bound, not a type of that name": (
        {"p/A.java": "package p;\nclass A<T, U extends B> { T t; U u; <V extends B> void f(V v) { t.go(); u.go(); v.run(); } }\n",
         "p/B.java": "package p;\nclass B { void go() {} void run() {} }\n", "p/T.java": "package p;\nclass T { void go() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B.go inferred", "p/A.java:A.f -> p/B.java:B.run inferred"],
    ),
    "constants of an enum are its values; components of a record are read by calls": (
        {"p/A.java": "package p;\nclass A { void f(R r) { E.RED.go(); r.e().go(); } }\n",
         "p/E.java": "package p;\nenum E { RED; void go() {} }\n", "p/R.java": "package p;\nrecord R(E e) {}\n"},
        ["p/A.java:A.f -> p/E.java:E.go exact", "p/A.java:A.f -> p/E.java:E.go inferred"],
    ),
    "the class without a name calls what its type has before what encloses it": (
        {"p/A.java": "package p;\nclass A { void go() {} void own() {} Object f() { return new B() { void run() { go(); own(); this.go(); } }; } }\n",
         "p/B.java": "package p;\nclass B { void go() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B exact", "p/A.java:A.f.run -> p/B.java:B.go exact"],
    ),
    "a call by name alone is no local variable, although one is called the same": (
        {"p/A.java": "package p;\nclass A extends B { void f() { int size = size(); } }\n", "p/B.java": "package p;\nclass B { int size() { return 1; } }\n"},
        ["p/A.java:A.f -> p/B.java:B.size exact"],
    ),
    "of two modules that define a type, the one that is nearer": (
        {"one/src/p/A.java": "package p;\nclass A { void f() { B.go(); } }\n", "one/src/p/B.java": "package p;\nclass B { static void go() {} }\n",
         "two/src/p/B.java": "package p;\nclass B { static void go() {} }\n"},
        ["one/src/p/A.java:A.f -> one/src/p/B.java:B.go exact"],
    ),
}  # fmt: skip

WRONG: dict[str, Case] = {
    "a same-named method of an unrelated class is not linked": (
        {"p/A.java": "package p;\nclass A { void take() {} }\n", "p/B.java": "package p;\nclass B { void f(Object x) { x.take(); } }\n"},
        [],
    ),
    "get and parse of the standard library are not those of the project": (
        {"p/A.java": "package p;\nclass A { Object get(int n) { return n; } static int parse(String s) { return 1; } }\n",
         "p/B.java": "package p;\nimport java.util.*;\nimport java.time.LocalDate;\nclass B { void f(List<String> xs, String s) { xs.get(0); LocalDate.parse(s); s.get(1); } }\n"},
        [],
    ),
    "the parameter of a lambda is unknown, although another local name is called the same": (
        {"p/A.java": "package p;\nclass A { void f(Run r) { { B x = null; x.go(); } r.run(x -> x.go()); } }\n",
         "p/B.java": "package p;\nclass B { void go() {} }\n", "p/C.java": "package p;\nclass C { void go() {} }\n",
         "p/Run.java": "package p;\ninterface Run { void run(Object o); }\n"},
        ["p/A.java:A.f -> p/B.java:B.go inferred", "p/A.java:A.f -> p/Run.java:Run.run inferred"],
    ),
    "a type hides the one of java.lang in its own package only": (
        {"p/A.java": "package p;\nclass A { void f() { Thread.go(); } }\n", "p/Thread.java": "package p;\nclass Thread { static void go() {} }\n",
         "q/B.java": "package q;\nclass B { void f() { Thread.go(); } }\n"},
        ["p/A.java:A.f -> p/Thread.java:Thread.go exact"],
    ),
    "the constructor of a base is no member: its name means the type": (
        {"p/A.java": "package p;\nclass A extends B { void f() { B.go(); new B(); } }\n",
         "p/B.java": "package p;\nclass B { B() {} static void go() {} }\n"},
        ["p/A.java:A.f -> p/B.java:B exact", "p/A.java:A.f -> p/B.java:B.go exact"],
    ),
    "an imported type hides the one of the package, a nested one both": (
        {"p/A.java": "package p;\nimport q.T;\nclass A { void f() { T.go(); } static class In { static class T { static void go() {} } void g() { T.go(); } } }\n",
         "p/T.java": "package p;\nclass T { static void go() {} }\n", "q/T.java": "package q;\npublic class T { public static void go() {} }\n"},
        ["p/A.java:A.f -> q/T.java:T.go exact"],
    ),
}  # fmt: skip

REFERENCES: dict[str, Case] = {
    "a case of a switch means the constant of the type that is switched over": (
        {"p/A.java": "package p;\nclass A { int f(E e) { switch (e) { case RED: return 1; default: return 2; } } }\n",
         "p/E.java": "package p;\nenum E { RED, GREEN }\n", "p/F.java": "package p;\nenum F { RED }\n"},
        ["p/A.java:A.f ~> p/E.java:E exact", "p/A.java:A.f ~> p/E.java:E.RED inferred"],
    ),
    "an annotation is a use of its type, and no call": (
        {"p/A.java": "package p;\nclass A { @Mark void f() {} }\n", "p/Mark.java": "package p;\n@interface Mark {}\n"},
        ["p/A.java:A.f ~> p/Mark.java:Mark exact"],
    ),
    "references to methods": (
        {"p/A.java": "package p;\nclass A { Runnable f() { return B::go; } }\n", "p/B.java": "package p;\nclass B { static void go() {} }\n"},
        ["p/A.java:A.f ~> p/B.java:B exact", "p/A.java:A.f ~> p/B.java:B.go exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_calls(name: str) -> None:
    """The calls across files are these, each labelled with how it was found."""
    check(CALLS[name])


@pytest.mark.parametrize("name", WRONG)
def test_no_wrong_edge(name: str) -> None:
    """What users blame other tools for: an edge to something that merely has the same name."""
    check(WRONG[name])


@pytest.mark.parametrize("name", REFERENCES)
def test_references(name: str) -> None:
    """The uses across files that are no calls are these."""
    check(REFERENCES[name])
