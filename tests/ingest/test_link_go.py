"""Edges across files of Go, by rule of the language."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check

MOD = {"go.mod": "module example.org/m\n"}
CALLS: dict[str, Case] = {
    "a package is its folder: no import inside, unexported names included": (
        {"a/x.go": "package a\n\nfunc F() { g() }\n", "a/y.go": "package a\n\nfunc g() {}\n"},
        ["a/x.go:F -> a/y.go:g exact"],
    ),
    "an import names a folder below the module's path; any file of it may define the name": (
        MOD | {"a/x.go": "package a\n", "a/y.go": "package a\n\nfunc F() {}\n",
               "main.go": "package main\n\nimport \"example.org/m/a\"\n\nfunc main() { a.F() }\n"},
        ["main.go:main -> a/y.go:F exact"],
    ),
    "the package clause says how a package is called, not its folder": (
        MOD | {"go-lib/x.go": "package other\n\nfunc F() {}\n",
               "main.go": "package main\n\nimport \"example.org/m/go-lib\"\n\nfunc main() { other.F() }\n"},
        ["main.go:main -> go-lib/x.go:F exact"],
    ),
    "an alias, and a dot import": (
        MOD | {"a/x.go": "package a\n\nfunc F() {}\n", "b/x.go": "package b\n\nfunc G() {}\n",
               "main.go": "package main\n\nimport (\n\tq \"example.org/m/a\"\n\t. \"example.org/m/b\"\n)\n\n"
                          "func main() {\n\tq.F()\n\tG()\n}\n"},
        ["main.go:main -> a/x.go:F exact", "main.go:main -> b/x.go:G exact"],
    ),
    "a nested module wins over the folder of the outer one": (
        MOD | {"sub/go.mod": "module example.org/m/sub/v2\n", "sub/p/x.go": "package p\n\nfunc F() {}\n",
               "main.go": "package main\n\nimport \"example.org/m/sub/v2/p\"\n\nfunc main() { p.F() }\n"},
        ["main.go:main -> sub/p/x.go:F exact"],
    ),
    "a module that is replaced by a local folder": (
        {"go.mod": "module example.org/m\n\nreplace (\n\texample.org/lib v1.2.0 => ./third/lib\n)\n",
         "third/lib/x.go": "package lib\n\nfunc F() {}\n",
         "main.go": "package main\n\nimport \"example.org/lib\"\n\nfunc main() { lib.F() }\n"},
        ["main.go:main -> third/lib/x.go:F exact"],
    ),
    "another module of the same name elsewhere is not it: the nearest is": (
        {"one/go.mod": "module example.org/m\n", "one/a/x.go": "package a\n\nfunc F() {}\n",
         "one/main.go": "package main\n\nimport \"example.org/m/a\"\n\nfunc main() { a.F() }\n",
         "copy/go.mod": "module example.org/m\n", "copy/a/x.go": "package a\n\nfunc F() {}\n"},
        ["one/main.go:main -> one/a/x.go:F exact"],
    ),
    "a test of the package sees it without import, a test beside it by import": (
        MOD | {"a/x.go": "package a\n\nfunc F() {}\n", "a/in_test.go": "package a\n\nfunc T() { F() }\n",
               "a/out_test.go": "package a_test\n\nimport \"example.org/m/a\"\n\nfunc T() { a.F() }\n"},
        ["a/in_test.go:T -> a/x.go:F exact", "a/out_test.go:T -> a/x.go:F exact"],
    ),
    "what only tests define is seen by no other file": (
        {"a/x.go": "package a\n\nfunc F() { helper() }\n", "a/x_test.go": "package a\n\nfunc helper() {}\n"},
        [],
    ),
    "files for one system each define the same name: one of them, by the build": (
        {"a/x.go": "package a\n\nfunc F() { open() }\n", "a/x_linux.go": "package a\n\nfunc open() {}\n",
         "a/x_windows.go": "package a\n\nfunc open() {}\n"},
        ["a/x.go:F -> a/x_linux.go:open inferred", "a/x.go:F -> a/x_windows.go:open inferred"],
    ),
    "a program beside a package is not what an import of the folder means": (
        MOD | {"a/gen.go": "//go:build ignore\n\npackage main\n\nfunc F() {}\n", "a/x.go": "package a\n\nfunc F() {}\n",
               "main.go": "package main\n\nimport \"example.org/m/a\"\n\nfunc main() { a.F() }\n"},
        ["main.go:main -> a/x.go:F exact"],
    ),
    "methods by receiver, value or pointer, wherever in the package they stand": (
        {"a/t.go": "package a\n\ntype T struct{}\n", "a/m.go": "package a\n\nfunc (t T) One() {}\n\nfunc (t *T) Two() {}\n",
         "a/use.go": "package a\n\nfunc (t *T) Run() {\n\tt.One()\n\tt.Two()\n}\n"},
        ["a/use.go:T.Run -> a/m.go:T.One exact", "a/use.go:T.Run -> a/m.go:T.Two exact"],
    ),
    "methods and fields of embedded types are promoted; the embedded type is a field itself": (
        {"a/b.go": "package a\n\ntype Base struct{ log Log }\n\nfunc (b *Base) Go() {}\n\ntype Log struct{}\n\n"
                   "func (l Log) Say() {}\n",
         "a/t.go": "package a\n\ntype T struct{ *Base }\n\nfunc (t *T) Run() {\n\tt.Go()\n\tt.Base.Go()\n\tt.log.Say()\n}\n"},
        ["a/t.go:T.Run -> a/b.go:Base.Go exact", "a/t.go:T.Run -> a/b.go:Base.Go inferred",
         "a/t.go:T.Run -> a/b.go:Log.Say inferred"],
    ),
    "a call through an interface means the interface's method, those of embedded ones included": (
        {"a/i.go": "package a\n\ntype Closer interface{ Shut() }\n\ntype Store interface {\n\tCloser\n\tLoad()\n}\n",
         "a/impl.go": "package a\n\ntype Disk struct{}\n\nfunc (d *Disk) Load() {}\n\nfunc (d *Disk) Shut() {}\n",
         "a/use.go": "package a\n\nfunc Run(s Store) {\n\ts.Load()\n\ts.Shut()\n}\n"},
        ["a/use.go:Run -> a/i.go:Store.Load inferred", "a/use.go:Run -> a/i.go:Closer.Shut inferred"],
    ),
    "of several results each name takes its own": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Do() {}\n\ntype U struct{}\n\nfunc (U) Do() {}\n\nfunc (U) End() {}\n",
         "a/use.go": "package a\n\nfunc two() (t *T, u U, err error) { return }\n\nfunc one() (x, y *U) { return }\n\n"
                     "func Run() {\n\tt, u, err := two()\n\tt.Do()\n\tu.Do()\n\tx, y := one()\n\ty.End()\n}\n"},
        ["a/use.go:Run -> a/t.go:T.Do inferred", "a/use.go:Run -> a/t.go:U.Do inferred",
         "a/use.go:Run -> a/t.go:U.End inferred"],
    ),
    "elements and keys of slices, maps, channels and named container types": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) A() {}\n\nfunc (T) B() {}\n\nfunc (T) C() {}\n\nfunc (T) D() {}\n\n"
                   "func (T) E() {}\n\nfunc (T) F() {}\n\ntype List []T\n",
         "a/use.go": "package a\n\nfunc Run(xs []*T, m map[T][]T, ch <-chan T, l List) {\n"
                     "\tfor _, x := range xs {\n\t\tx.A()\n\t}\n\tfor k, v := range m {\n\t\tk.B()\n\t\tv[0].C()\n\t}\n"
                     "\tfor x := range ch {\n\t\tx.D()\n\t}\n\ty := <-ch\n\ty.E()\n\tfor _, x := range l {\n\t\tx.F()\n\t}\n}\n"},
        [f"a/use.go:Run -> a/t.go:T.{name} inferred" for name in "ABCDEF"],
    ),
    "type assertions, and a type switch: in each case its own type": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Do() {}\n\nfunc (T) End() {}\n\nfunc (T) Int() {}\n\ntype U struct{}\n\nfunc (U) End() {}\n",
         "a/use.go": "package a\n\nfunc Run(v any) {\n\tif t, ok := v.(*T); ok {\n\t\tt.Do()\n\t}\n"
                     "\tswitch x := v.(type) {\n\tcase T:\n\t\tx.End()\n\tcase *U:\n\t\tx.End()\n\tcase int:\n\t\tx.Int()\n\t}\n}\n"},
        ["a/use.go:Run -> a/t.go:T.Do inferred", "a/use.go:Run -> a/t.go:T.End inferred",
         "a/use.go:Run -> a/t.go:U.End inferred"],
    ),
    "composite literals, new, conversions, constructors and chains over them": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (t *T) A() {}\n\nfunc (t *T) B() {}\n\nfunc (t *T) C() {}\n\nfunc (t *T) D() *T { return t }\n\nfunc (t *T) E() {}\n\nfunc Make() *T { return nil }\n",
         "a/use.go": "package a\n\nfunc Run() {\n\ta, b := &T{}, T{}\n\ta.A()\n\tb.B()\n\tc := new(T)\n\tc.C()\n\tMake().D().E()\n}\n"},
        ["a/use.go:Run -> a/t.go:Make exact", *(f"a/use.go:Run -> a/t.go:T.{name} inferred" for name in "ABCDE")],
    ),
    "a generic function's type parameter means its bound, not a type of that name": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Do() {}\n\ntype Doer interface{ Act() }\n",
         "a/use.go": "package a\n\nfunc Run[T any, D Doer](x T, d D) {\n\tx.Do()\n\td.Act()\n}\n"},
        ["a/use.go:Run -> a/t.go:Doer.Act inferred"],
    ),
    "fields and variables that hold functions give what these give": (
        {"a/t.go": "package a\n\ntype T struct{ make func(n int) (*T, error) }\n\nfunc (t *T) Do() {}\n",
         "a/use.go": "package a\n\nfunc Run(t T) {\n\tx, err := t.make(1)\n\tx.Do()\n}\n"},
        ["a/use.go:Run -> a/t.go:T.Do inferred"],
    ),
    "a type alias has the members of what it stands for, in another package": (
        MOD | {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Do() {}\n", "b/b.go": "package b\n\nimport \"example.org/m/a\"\n\ntype Old = a.T\n",
               "c/c.go": "package c\n\nimport \"example.org/m/b\"\n\nfunc Run(x b.Old) { x.Do() }\n"},
        ["c/c.go:Run -> a/t.go:T.Do inferred"],
    ),
}  # fmt: skip

WRONG: dict[str, Case] = {
    "a same-named method of an unrelated type is not linked": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Take() {}\n",
         "a/use.go": "package a\n\nfunc Run(x interface{ Take() }) { x.Take() }\n"},
        [],
    ),
    "get and parse of an imported library are not those of the project": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Get() {}\n\nfunc Parse() {}\n",
         "a/use.go": "package a\n\nimport (\n\t\"net/http\"\n\t\"net/url\"\n)\n\nfunc Run() {\n\thttp.Get(\"\")\n\turl.Parse(\"\")\n"
                     "\tc := &http.Client{}\n\tc.Get(\"\")\n}\n"},
        [],
    ),
    "a function is not the method of its receiver that has the same name": (
        {"a/t.go": "package a\n\ntype T struct{}\n", "a/f.go": "package a\n\nfunc Close() {}\n",
         "a/m.go": "package a\n\nfunc (t *T) Close() { Close() }\n"},
        ["a/m.go:T.Close -> a/f.go:Close exact"],
    ),
    "two receivers with the same method name in one package are kept apart": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (t *T) Run() {}\n\ntype U struct{}\n\nfunc (u *U) Run() {}\n",
         "a/use.go": "package a\n\nfunc (t *T) Go(u *U) { t.Run() }\n\nfunc (u *U) Go(t *T) { u.Run() }\n"},
        ["a/use.go:T.Go -> a/t.go:T.Run exact", "a/use.go:U.Go -> a/t.go:U.Run exact"],
    ),
    "a local variable called like a package hides it from its declaration on": (
        MOD | {"conf/c.go": "package conf\n\ntype C struct{}\n\nfunc Load() C { return C{} }\n\nfunc (C) Load() {}\n",
               "main.go": "package main\n\nimport \"example.org/m/conf\"\n\nfunc main() {\n\tconf := conf.Load()\n\tconf.Load()\n}\n"},
        ["main.go:main -> conf/c.go:Load exact", "main.go:main -> conf/c.go:C.Load inferred"],
    ),
    "a name in an inner block is another variable, and gone after it": (
        {"a/t.go": "package a\n\ntype T struct{}\n\nfunc (T) Do() {}\n\ntype U struct{}\n\nfunc (U) Do() {}\n",
         "a/use.go": "package a\n\nfunc Run(x T, n any) {\n\tfor _, x := range []U{} {\n\t\tx.Do()\n\t}\n\tx.Do()\n"
                     "\tfunc(x any) {\n\t\tx.Do()\n\t}(n)\n}\n"},
        ["a/use.go:Run -> a/t.go:U.Do inferred", "a/use.go:Run -> a/t.go:T.Do inferred"],
    ),
}  # fmt: skip

REFERENCES: dict[str, Case] = {
    "keys of composite literals are fields, those of elided inner ones included": (
        {"a/t.go": "package a\n\ntype T struct {\n\tName string\n\tSub  []T\n}\n",
         "a/use.go": "package a\n\nfunc Run() { take([]T{{Name: \"x\"}}) }\n"},
        ["a/use.go:Run ~> a/t.go:T exact", "a/use.go:Run ~> a/t.go:T.Name exact"],
    ),
    "a field's name in a struct is no use of the type that is called the same": (
        {"a/t.go": "package a\n\ntype Foo struct{}\n", "a/u.go": "package a\n\ntype T struct{ Foo Foo }\n"},
        ["a/u.go:T ~> a/t.go:Foo exact"],
    ),
    "package-level variables and constants, iota included, and method values": (
        {"a/c.go": "package a\n\nconst (\n\tRed = iota\n\tGreen\n)\n\nvar Shared = &T{}\n\ntype T struct{}\n\nfunc (t *T) Do() {}\n",
         "a/use.go": "package a\n\nfunc Run() {\n\tcheck(Green)\n\trun(Shared.Do)\n}\n\nfunc check(int) {}\nfunc run(func()) {}\n"},
        ["a/use.go:Run ~> a/c.go:Green exact", "a/use.go:Run ~> a/c.go:Shared exact", "a/use.go:Run ~> a/c.go:T.Do inferred"],
    ),
    "a parameter called like the package of its type": (
        MOD | {"url/u.go": "package url\n\ntype URL struct{}\n",
               "a/use.go": "package a\n\nimport \"example.org/m/url\"\n\nfunc Run(url *url.URL) {}\n"},
        ["a/use.go:Run ~> url/u.go:URL exact"],
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
