"""Generated projects of any size in shapes that make careless linking quadratic: see ``link_growth.py``."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SHAPES = ("name", "hub", "folder", "chain", "circle")


class Place(NamedTuple):
    """File ``number`` of ``size`` files; ``next``: the one that it takes in (``""``: the last of a chain)."""

    shape: str
    number: int
    size: int

    @property
    def folder(self) -> str:
        """Where the file lies: fifty to a folder, but in the shape ``folder``."""
        return "all" if self.shape in ("folder", "hub") else f"p{self.number // 50}"

    @property
    def after(self) -> Place | None:
        """The next in the chain or circle."""
        if self.shape not in ("chain", "circle"):
            return None
        if self.number + 1 == self.size:
            return self._replace(number=0) if self.shape == "circle" else None
        return self._replace(number=self.number + 1)

    @property
    def neighbour(self) -> Place:
        """Some other file: what a file of the shapes ``folder`` and ``hub`` uses."""
        return self._replace(number=(self.number * 7 + 3) % self.size)


def project(language: str, shape: str, size: int) -> Iterator[tuple[str, str]]:
    """(path, text) of each file of the project."""
    write = _WRITERS[language]
    for number in range(size):
        yield from write(Place(shape, number, size))
    yield from _EXTRA[language](shape, size)


def _python(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    base, lines = "", []
    if after:
        lines = [
            f"from {after.folder}.m{after.number} import *",
            f"from {after.folder}.m{after.number} import shared, C{after.number}",
        ]
        base = f"(C{after.number})"
    elif at.shape == "hub":
        lines = ["from all.hub import *", f"from all.hub import f{other.number}"]
    elif at.shape == "folder":
        lines = [f"from .m{other.number} import f{other.number}"]
    called = f"f{other.number}()" if at.shape in ("hub", "folder") else "shared()"
    own = "process_item" if at.shape == "name" else f"process_{i}"
    shared = "def shared():\n    pass\n" if at.shape == "chain" and not after else ""
    lines += [
        f"\n\nclass C{i}{base}:",
        f"    def {own}(self):\n        self.last()\n        self.get_{i}()\n",
        shared,
        f"def f{i}(things, unknown):",
        f"    things.getK().{own}()\n    {called}\n    print(C{i}().last(), helper_{i})",
        "    things.process_item()\n    C0().common()",
    ]
    yield f"{at.folder}/m{i}.py", "\n".join(lines) + "\n"


def _typescript(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    base, lines = "", []
    if after:
        where = f"../{after.folder}/m{after.number}"
        lines = [f"export * from '{where}'", f"import {{ shared, C{after.number} }} from '{where}'"]
        base = f" extends C{after.number}"
    elif at.shape == "hub":
        lines = [f"import {{ f{other.number} }} from './hub'"]
    elif at.shape == "folder":
        lines = [f"import {{ f{other.number} }} from './m{other.number}'"]
    called = f"f{other.number}()" if at.shape in ("hub", "folder") else "shared()"
    own, kind = ("processItem", "Same") if at.shape == "name" else (f"process{i}", f"T{i}")
    lines += [
        f"export interface {kind} {{ a: string }}",
        "export function shared() {}" if at.shape == "chain" and not after else "",
        f"export class C{i}{base} {{\n  {own}() {{ this.last(); this.get{i}() }}\n}}",
        f"export function f{i}(things, one: {kind}, two: Unknown) {{",
        f"  things.getK().{own}(); {called}; new C{i}().last(); helper{i}(); things.processItem()\n}}",
    ]
    yield f"{at.folder}/m{i}.ts", "\n".join(lines) + "\n"
    if at.shape == "name":
        yield f"{at.folder}/d{i}.d.ts", "export interface Same { b: string }\nexport interface Unknown {}\n"


def _go(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    apart = at.shape not in ("folder", "hub")
    package = f"m{i}" if apart else "all"
    imports, base, called = "", "", f"f{other.number}(nil)" if not apart else f"f{i}(nil)"
    if after and at.shape == "chain":  # a circle of packages is no Go, one of types is
        imports = f'import "example.org/m/m{after.number}"\n'
        base = f"m{after.number}.T{after.number}"
        called = f"m{after.number}.New{after.number}().Last()"
    elif after:
        imports = f'import "example.org/m/m{after.number}"\n'
        base, called = f"*m{after.number}.T{after.number}", f"m{after.number}.New{after.number}().Last()"
    elif at.shape == "hub":
        imports, called = "", f"f{other.number}(nil)"
    own, made = ("ProcessItem", "New") if at.shape == "name" else (f"Process{i}", f"New{i}")
    text = (
        f"package {package}\n\n{imports}\ntype T{i} struct {{ {base} }}\n\nfunc {made}() *T{i} {{ return nil }}\n"
        f"func (t *T{i}) {own}() {{ t.Last(); t.Get{i}() }}\n"
        f"func f{i}(things any) {{\n\tthings.GetK().{own}()\n\t{called}\n\t{made}().{own}()\n\tthings.ProcessItem()\n}}\n"
    )
    yield f"{package}/m{i}.go", text
    if at.shape == "hub":
        yield (
            f"u{i}/u.go",
            f'package u{i}\n\nimport "example.org/m/all"\n\nfunc F() {{ all.New{i}().Process{i}(); all.Missing() }}\n',
        )


def _java(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    package = at.folder
    base, called, imports = "", f"C{i}.make()", ""
    if after:
        base, imports = f" extends C{after.number}", f"import {after.folder}.*;\n"
    elif at.shape == "hub":
        called, imports = f"C{other.number}.make()", "import all.*;\nimport static all.Hub.*;\n"
        package = f"p{i // 50}"
    elif at.shape == "folder":
        called = f"C{other.number}.make()"
    own, kind = ("processItem", "Same") if at.shape == "name" else (f"process{i}", f"T{i}")
    package = "same" if at.shape == "name" else package
    folder = f"p{i}/same" if at.shape == "name" else package
    text = (
        f"package {package};\n{imports}\npublic class C{i}{base} {{\n  static C{i} make() {{ return null; }}\n"
        f"  void {own}() {{ last(); get{i}(); }}\n"
        f"  void f{i}(Things things, {kind} one) {{ things.getK().{own}(); {called}.last(); things.processItem(); }}\n}}\n"
        f"class {kind} {{}}\n"
    )
    yield f"{folder}/C{i}.java", text
    if at.shape == "hub":
        yield (
            f"all/C{i}.java",
            f"package all;\npublic class C{i} {{ public static C{i} make() {{ return null; }} }}\n",
        )


def _rust(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    uses, called = "", f"f{i}()"
    if after:
        uses = f"pub use crate::m{after.number}::*;\nuse crate::m{after.number}::shared;\n"
        called = "shared()"
    elif at.shape == "hub":
        uses, called = "use crate::hub::*;\n", f"f{other.number}()"
    elif at.shape == "folder":
        uses, called = f"use super::m{other.number}::f{other.number};\n", f"f{other.number}()"
    own, kind = ("process_item", "T") if at.shape == "name" else (f"process_{i}", f"T{i}")
    shared = "pub fn shared() {}\n" if at.shape == "chain" and not after else ""
    text = (
        f"{uses}{shared}pub struct {kind} {{}}\nimpl {kind} {{\n    pub fn new() -> {kind} {{ {kind} {{}} }}\n"
        f"    pub fn {own}(&self) {{ self.last(); self.clone_{i}(); }}\n}}\n"
        f"macro_rules! same {{ () => {{}} }}\n"
        f"pub fn f{i}() {{\n    let t = {kind}::new(); t.{own}(); things().get_k().{own}(); {called}; helper_{i}();\n"
        f"    things().process_item(); t.missing(); same!();\n}}\n"
    )
    yield f"src/m{i}.rs", text


def _c(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    include = f'#include "own{i}.h"\n' if at.shape == "folder" else '#include "m.h"\n'
    header, name = "m.h" if at.shape == "name" else f"m{i}.h", f"m{i}"
    folder = f"q{i}" if at.shape == "name" else at.folder
    include = f'#include "{header}"\n' if at.shape != "hub" else '#include "hub.h"\n'
    own, kind = ("process_item", "same") if at.shape == "name" else (f"process_{i}", f"s{i}")
    inner = f'#include "../{after.folder}/m{after.number}.h"\n' if after else ""
    inner = '#include "hub.h"\n' if at.shape == "hub" else inner
    called = f"process_{other.number}(0)" if at.shape == "hub" else f"{own}(0)"
    yield (
        f"{folder}/{header}",
        f"#pragma once\n{inner}struct {kind} {{ int n; }};\nint {own}(struct {kind} *s);\n",
    )
    text = (
        f"{include}static int helper(int a) {{ return a; }}\n"
        f"int {own}(struct {kind} *s) {{ return helper(s->n) + {called} + missing_{i}() + shared(0); }}\n"
        f"int run_{i}(struct s{(i * 7 + 3) % at.size} *o) {{ return o->n + init() + declared(); }}\n"
        f"static int init(void) {{ return 0; }}\nint declared(void);\n"
    )
    yield f"{folder}/{name}.c", text


def _cpp(at: Place) -> Iterator[tuple[str, str]]:
    i, after, other = at.number, at.after, at.neighbour
    header = "m.h" if at.shape == "name" else f"m{i}.h"
    folder = f"q{i}" if at.shape == "name" else at.folder
    include = '#include "hub.h"\n' if at.shape == "hub" else f'#include "{header}"\n'
    inner = f'#include "../{after.folder}/m{after.number}.h"\n' if after else ""
    inner = '#include "hub.h"\n' if at.shape == "hub" else inner
    base = f" : public n{after.number}::C{after.number}" if after else ""
    space, kind = ("n", "C") if at.shape == "name" else (f"n{i}", f"C{i}")
    used = f"n{other.number}::C{other.number}" if at.shape == "hub" else kind
    yield (
        f"{folder}/{header}",
        f"#pragma once\n{inner}namespace {space} {{\nclass {kind}{base} {{\n public:\n  int process();\n  int n;\n}};\n"
        f"using A{i} = {kind};\n}}\nusing namespace {space};\nusing {space}::A{i};\n",
    )
    text = (
        f"{include}namespace {space} {{\nint {kind}::process() {{ last(); return helper(n); }}\n"
        f"static int helper(int a) {{ return a; }}\n"
        f"int run{i}({used} *c, A{i} *a) {{ return c->process() + a->process() + missing{i}() + c->last(); }}\n}}\n"
    )
    yield f"{folder}/m{i}.cpp", text


def _python_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    if shape == "hub":
        yield "all/hub.py", "".join(f"from .m{i} import *\n" for i in range(size))
        yield "all/__init__.py", ""


def _typescript_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    if shape == "hub":
        yield "all/hub.ts", "".join(f"export * from './m{i}'\n" for i in range(size))


def _go_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    yield "go.mod", "module example.org/m\n"


def _java_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    if shape == "hub":
        yield "all/Hub.java", "package all;\npublic class Hub { static void last() {} }\n"


def _rust_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    yield "Cargo.toml", '[package]\nname = "m"\n'
    hub = "pub mod hub;\n" if shape == "hub" else ""
    yield "src/lib.rs", hub + "".join(f"pub mod m{i};\n" for i in range(size))
    if shape == "hub":
        yield "src/hub.rs", "".join(f"pub use crate::m{i}::*;\n" for i in range(size))


def _headers_extra(shape: str, size: int) -> Iterator[tuple[str, str]]:
    if shape == "hub":
        yield "all/hub.h", "#pragma once\n" + "".join(f'#include "m{i}.h"\n' for i in range(size))


_WRITERS = {
    "python": _python,
    "typescript": _typescript,
    "go": _go,
    "java": _java,
    "rust": _rust,
    "c": _c,
    "cpp": _cpp,
}
_EXTRA = {
    "python": _python_extra,
    "typescript": _typescript_extra,
    "go": _go_extra,
    "java": _java_extra,
    "rust": _rust_extra,
    "c": _headers_extra,
    "cpp": _headers_extra,
}
LANGUAGES = tuple(_WRITERS)
