"""Edges across files of JavaScript, TypeScript and Vue, by rule of the language."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check

F = "export function f() {}\n"
A = "export class A {\n  go(): A { return this }\n}\n"
TYPES = (
    "export interface Opts {\n  limit?: number\n  deep: { inner: number; more: { most: string } }\n  done: (a: Shape) => void\n}\n"
    "type Base = Readonly<{ id: string }>\nexport type Shape = Base & { kind: 'a' }\n"
    "export type Any = Shape | B1 | B2 | B3 | B4\ntype B1 = Base & { one: 1 }\ntype B2 = Base\ntype B3 = Base & { kind: 'b' }\ntype B4 = Base & { four: 4 }\n"
    "export type Live<T extends Any> = T & { gone: boolean }\nexport type Open<T> = { -readonly [K in keyof T]: T[K] }\n"
)
CALLS: dict[str, Case] = {
    "members that a prototype is given by another name": (
        {"a.js": "function Foo() {}\nfunction report(e) {}\nFoo.prototype.onerror = report;\nFoo.prototype.go = Foo.prototype.run = function () {};\n"
                 "Foo.prototype.old = Foo.prototype.go;\nclass Bar { a() {} }\nBar.prototype.b = Bar.prototype.a;\nmodule.exports = { Foo, Bar };\n",
         "m.js": "const { Foo, Bar } = require('./a');\nfunction a() { new Foo().onerror(1); }\nfunction b() { new Foo().go(); }\n"
                 "function d() { new Foo().old(); }\nfunction e() { new Bar().b(); }\n"},
        ["m.js:a -> a.js:Foo exact", "m.js:a -> a.js:report inferred", "m.js:b -> a.js:Foo exact", "m.js:b -> a.js:Foo.run inferred",
         "m.js:d -> a.js:Foo exact", "m.js:d -> a.js:Foo.run inferred", "m.js:e -> a.js:Bar exact", "m.js:e -> a.js:Bar.a inferred"],
    ),
    "CommonJS: a function that is the module has its own name; what is handed out beside it, and by name from an object": (
        {"h.js": "module.exports = function hoist(n) { return hoist(n - 1) }\nmodule.exports.lower = function () {}\nfunction own() {}\n",
         "o.js": "function a1() {}\nfunction b1() {}\nmodule.exports = { a1, two: b1 }\nexports.c1 = a1\n",
         "m.js": "const h = require('./h'), o = require('./o')\nconst { two } = require('./o')\nfunction go() { h(1); h.lower(); h.own(); o.a1(); two() }\n"},
        ["m.js:go -> h.js:hoist exact", "m.js:go -> h.js:lower exact", "m.js:go -> o.js:a1 exact", "m.js:go -> o.js:b1 exact"],
    ),
    # -- members of types
    "properties of an interface, also of object types in it, by a parameter, an element, a result, an assertion": (
        {"t.ts": TYPES,
         "m.ts": "import type { Opts } from './t'\nlet kept: Opts\nfunction a(o: Opts) { o.limit; o.deep.more.most }\nfunction b(list: Opts[]) { list[0].limit; list!.map(({ done }) => done); kept.limit }\n"
                 "function c(): Opts { return kept }\nfunction d(x: unknown) { c().limit; (x as Opts).deep }\n"},
        ["m.ts:a ~> t.ts:Opts.limit inferred", "m.ts:a ~> t.ts:Opts.deep inferred", "m.ts:a ~> t.ts:Opts.deep.more inferred", "m.ts:a ~> t.ts:Opts.deep.more.most inferred",
         "m.ts:b ~> t.ts:Opts.limit inferred", "m.ts:b ~> t.ts:Opts.done inferred", "m.ts:d ~> t.ts:Opts.limit inferred", "m.ts:d ~> t.ts:Opts.deep inferred",
         "m.ts:a ~> t.ts:Opts exact", "m.ts:b ~> t.ts:Opts exact", "m.ts:c ~> t.ts:Opts exact", "m.ts:d ~> t.ts:Opts exact"],
    ),
    "members of unions of any length, of what bounds a type parameter, of what an alias is given": (
        {"t.ts": TYPES,
         "m.ts": "import type { Any, Live, Open, Opts, Shape } from './t'\nfunction a(x: Any) { x.id }\nfunction b<T extends Any>(x: T) { x.id }\nfunction c(x: Live<Shape>) { x.gone; x.kind }\nfunction d(x: Open<Opts>) { x.limit }\n"},
        ["m.ts:a ~> t.ts:Any exact", "m.ts:a ~> t.ts:Base.id inferred", "m.ts:b ~> t.ts:Any exact", "m.ts:b ~> t.ts:Base.id inferred", "m.ts:c ~> t.ts:Live exact", "m.ts:c ~> t.ts:Shape exact",
         "m.ts:c ~> t.ts:Live.gone inferred", "m.ts:c ~> t.ts:Shape.kind inferred", "m.ts:d ~> t.ts:Open exact", "m.ts:d ~> t.ts:Opts exact", "m.ts:d ~> t.ts:Opts.limit inferred"],
    ),
    "keys of an object where a type is expected: declared, handed to a call, given back, in a list; a pattern takes members out": (
        {"t.ts": TYPES + "export function take(n: number, o: Opts) {}\n",
         "m.ts": "import { take, type Opts } from './t'\nconst limit = 1\nfunction a() { take(1, { limit, done: (s) => s.kind }) }\nfunction b(): Opts { return { deep: { inner: 1 } } }\n"
                 "function c() { const all: Opts[] = [{ limit: 2 }] }\nfunction d({ limit, deep: { inner } }: Opts) {}\n"},
        ["m.ts:a ~> t.ts:Opts.limit inferred", "m.ts:a.done ~> t.ts:Opts.done inferred", "m.ts:a.done ~> t.ts:Shape.kind inferred",
         "m.ts:b ~> t.ts:Opts exact", "m.ts:b ~> t.ts:Opts.deep inferred", "m.ts:b ~> t.ts:Opts.deep.inner inferred", "m.ts:c ~> t.ts:Opts exact", "m.ts:c ~> t.ts:Opts.limit inferred",
         "m.ts:d ~> t.ts:Opts exact", "m.ts:d ~> t.ts:Opts.limit inferred", "m.ts:d ~> t.ts:Opts.deep inferred", "m.ts:d ~> t.ts:Opts.deep.inner inferred"],
    ),
    "attributes of an element are members of what the component takes; a class of React has props of the type that it says": (
        {"t.tsx": "export interface Props { title: string; onPick?: (row: Row) => void }\nexport interface Row { key: number }\nexport const Card = ({ title }: Props) => <p>{title}</p>\n"
                  "export class Page extends React.Component<Props, { open: boolean }> { render() { return null } }\n",
         "m.tsx": "import { Card, Page } from './t'\nfunction a() { return <Card title='x' onPick={(row) => row.key} /> }\nfunction b() { return <Page title='y' class='z' /> }\n"},
        ["m.tsx:a ~> t.tsx:Props.title inferred", "m.tsx:a ~> t.tsx:Props.onPick inferred", "m.tsx:a ~> t.tsx:Row.key inferred",
         "m.tsx:b ~> t.tsx:Props.title inferred"],
    ),
    "no member of a namesake: keys that no type is expected of, that a foreign function takes, of an inline type, and of JavaScript": (
        {"t.ts": TYPES + "export function plain(o: { limit: number }) {}\nexport function any(o) {}\n",
         "m.ts": "import { plain, any, type Opts } from './t'\nimport { foreign } from 'foreign'\nfunction a() { plain({ limit: 1 }); any({ limit: 2 }); foreign({ limit: 3 }); const o = { limit: 4 }; return [{ limit: 5 }] }\nfunction c(o: Opts) {}\n",
         "n.js": "import { plain } from './t'\nfunction b(o) { plain({ limit: 1 }); o.limit }\n"},
        ["m.ts:c ~> t.ts:Opts exact"],
    ),
    "members of constant objects, one in the other, under `as const` and `satisfies`": (
        {"k.ts": "export const KEYS = { ENTER: 'e', deep: { one: 1 } } as const\nexport const MAP = { first: 1 } satisfies Record<string, number>\n",
         "m.ts": "import { KEYS, MAP } from './k'\nfunction a() { KEYS.ENTER; KEYS.deep.one; MAP.first }\n"},
        ["m.ts:a ~> k.ts:KEYS exact", "m.ts:a ~> k.ts:KEYS.ENTER exact", "m.ts:a ~> k.ts:KEYS.deep exact", "m.ts:a ~> k.ts:KEYS.deep.one exact", "m.ts:a ~> k.ts:MAP exact", "m.ts:a ~> k.ts:MAP.first exact"],
    ),
    # -- objects
    "inside of accessors `this` is the object": (
        {"d.ts": "export class D {\n  a() {}\n  b() {}\n}\n",
         "m.ts": "import { D } from './d'\nclass C {\n  d: D = new D()\n  get x() { return this.d.a() }\n  set x(v) { this.d.b() }\n}\n"},
        ["m.ts:C.d -> d.ts:D exact", "m.ts:C.x -> d.ts:D.a inferred", "m.ts:C.x -> d.ts:D.b inferred"],
    ),
    "a factory's object has the methods that stand in it, through a barrel too; a function inside is no method": (
        {"api.ts": "export const make = () => ({\n  ping() {},\n})\nexport function other() { function ping() {}\n  return { pong() { ping() } } }\n",
         "index.ts": "export { make, other } from './api'\n",
         "m.ts": "import { make, other } from '.'\nfunction use() {\n  const a = make()\n  a.ping()\n  const b = other()\n  b.pong()\n  b.ping()\n}\n"},
        ["m.ts:use -> api.ts:make exact", "m.ts:use -> api.ts:make.ping inferred", "m.ts:use -> api.ts:other exact", "m.ts:use -> api.ts:other.pong inferred"],
    ),
    # -- which file
    "a file beside, the index of a folder, the folder above": (
        {"d/a.ts": F, "d/index.ts": F, "d/b.ts": "import { f } from './a'\nimport { f as g } from '.'\nf()\ng()\n",
         "m.ts": "import { f } from './d'\nf()\n"},
        ["d/b.ts: -> d/a.ts:f exact", "d/b.ts: -> d/index.ts:f exact", "m.ts: -> d/index.ts:f exact"],
    ),
    "TypeScript writes the name of the result: .js is .ts, .mjs is .mts": (
        {"a.ts": F, "b.mts": F, "m.ts": "import { f } from './a.js'\nimport { f as g } from './b.mjs'\nf()\ng()\n"},
        ["m.ts: -> a.ts:f exact", "m.ts: -> b.mts:f exact"],
    ),
    "declarations for TypeScript, code for JavaScript": (
        {"a.js": F, "a.d.ts": "export declare function f(): void\n",
         "m.ts": "import { f } from './a'\nf()\n", "n.js": "import { f } from './a'\nf()\n"},
        ["m.ts: -> a.d.ts:f exact", "n.js: -> a.js:f exact"],
    ),
    "what a bundler reads behind a question mark is no part of the path": (
        {"a.ts": F, "m.ts": "import { f } from './a?v=1'\nf()\n"},
        ["m.ts: -> a.ts:f exact"],
    ),
    "tsconfig: paths from the file that says them, baseUrl, extends, the most exact pattern": (
        {"conf/tsconfig.base.json": '{"compilerOptions": {"paths": {"@/*": ["../src/*"], "@/own/*": ["../own/*"]}}}',
         "tsconfig.json": '{ // comment\n "extends": "./conf/tsconfig.base.json", "compilerOptions": {"baseUrl": "."},}',
         "src/a.ts": F, "src/c.ts": F, "own/a.ts": F,
         "m.ts": "import { f } from '@/a'\nimport { f as g } from '@/own/a'\nimport { f as h } from 'src/c'\nf()\ng()\nh()\n"},
        ["m.ts: -> src/a.ts:f exact", "m.ts: -> own/a.ts:f exact", "m.ts: -> src/c.ts:f exact"],
    ),
    "tsconfig: another one that the first refers to; jsconfig alike": (
        {"tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
         "tsconfig.app.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}', "src/a.ts": F,
         "src/m.ts": "import { f } from '@/a'\nf()\n",
         "js/jsconfig.json": '{"compilerOptions": {"baseUrl": "lib"}}', "js/lib/b.js": F, "js/m.js": "import { f } from 'b'\nf()\n"},
        ["js/m.js: -> js/lib/b.js:f exact", "src/m.ts: -> src/a.ts:f exact"],
    ),
    "a package of the workspace: its exports by condition and subpath, built files as their sources": (
        {"package.json": '{"workspaces": ["packages/*"]}',
         "packages/p/package.json": '{"name": "@x/p", "exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/index.mjs"},'
                                    ' "./deep/*": "./dist/deep/*.js", "./deep/no/*": null}}',
         "packages/p/src/index.ts": F, "packages/p/src/deep/one.ts": F,
         "packages/q/m.ts": "import { f } from '@x/p'\nimport { f as g } from '@x/p/deep/one'\nf()\ng()\n"},
        ["packages/q/m.ts: -> packages/p/src/index.ts:f exact", "packages/q/m.ts: -> packages/p/src/deep/one.ts:f exact"],
    ),
    "main and module of a package; pnpm's workspace": (
        {"pnpm-workspace.yaml": "packages:\n  - 'libs/**'\n", "libs/a/b/package.json": '{"name": "p", "main": "lib/start.js"}',
         "libs/a/b/lib/start.js": "exports.f = function () {}\n", "m.js": "const { f } = require('p')\nf()\n"},
        ["m.js: -> libs/a/b/lib/start.js:f exact"],
    ),
    "a workspace that names its folders by choices and takes one out: of two packages of a name one is a member": (
        {"pnpm-workspace.yaml": "packages:\n  - '{apps,libs/core}/*'\n  - '!apps/old'\n",
         "libs/core/a/package.json": '{"name": "p", "main": "a.js"}', "libs/core/a/a.js": "exports.f = function () {}\n",
         "apps/old/package.json": '{"name": "p", "main": "a.js"}', "apps/old/a.js": "exports.f = function () {}\n",
         "m.js": "const { f } = require('p')\nf()\n"},
        ["m.js: -> libs/core/a/a.js:f exact"],
    ),
    "a folder that the manifest links; imports of the package itself": (
        {"package.json": '{"name": "top", "dependencies": {"dep": "file:./third/dep"}, "imports": {"#in/*": "./inner/*.js"}}',
         "third/dep/package.json": '{"name": "dep", "main": "./x"}', "third/dep/x.js": F, "inner/a.js": F,
         "m.js": "import { f } from 'dep'\nimport { f as g } from '#in/a'\nf()\ng()\n"},
        ["m.js: -> third/dep/x.js:f exact", "m.js: -> inner/a.js:f exact"],
    ),
    # -- which name
    "default, namespace and renamed imports": (
        {"a.ts": "export default function () {}\nexport function f() {}\n",
         "m.ts": "import d, * as ns from './a'\nimport { f as g, default as e } from './a'\nconst one = () => d()\nconst two = () => ns.f()\nconst three = () => g()\nconst four = () => e()\n"},
        ["m.ts:one -> a.ts:default exact", "m.ts:two -> a.ts:f exact", "m.ts:three -> a.ts:f exact", "m.ts:four -> a.ts:default exact"],
    ),
    "barrels: star, renamed, as a namespace, over two levels": (
        {"x/a.ts": F, "x/b.ts": "export function g() {}\n",
         "x/index.ts": "export * from './a'\nexport { g as h } from './b'\nexport * as all from './b'\n", "top.ts": "export * from './x'\n",
         "m.ts": "import { f, h, all } from './top'\nf()\nconst one = () => h()\nconst two = () => all.g()\n"},
        ["m.ts: -> x/a.ts:f exact", "m.ts:one -> x/b.ts:g exact", "m.ts:two -> x/b.ts:g exact"],
    ),
    "CommonJS: exports one by one, as an object, as a whole, handed on": (
        {"a.js": "exports.f = function () {}\n", "b.js": "function g() {}\nmodule.exports = { g, h: g, i() {} }\n",
         "c.js": "module.exports = class K { go() {} }\n", "d.js": "module.exports = require('./c')\nexports.part = require('./a').f\n",
         "m.js": "const a = require('./a')\nconst { g, h } = require('./b')\nconst i = require('./b').i\nconst K = require('./d')\n"
                 "const { part } = require('./d')\nconst one = () => a.f()\nconst two = () => g()\nconst three = () => h()\ni()\nnew K().go()\nconst four = () => part()\n"},
        ["m.js:one -> a.js:f exact", "m.js:two -> b.js:g exact", "m.js:three -> b.js:g exact", "m.js: -> b.js:i exact",
         "m.js: -> c.js:K exact", "m.js: -> c.js:K.go exact", "m.js:four -> a.js:f exact"],
    ),
    "CommonJS: an object that is filled after it was handed out; its default import": (
        {"a.js": "var app = exports = module.exports = {}\napp.run = function () {}\n",
         "m.js": "const app = require('./a')\napp.run()\n", "n.mjs": "import app from './a.js'\napp.run()\n"},
        ["m.js: -> a.js:app.run exact", "n.mjs: -> a.js:app.run exact"],
    ),
    "objects as modules: named, and as the default export": (
        {"a.ts": F, "b.ts": "import { f } from './a'\nexport const api = { f, g: f, own() {} }\nexport default { f, own() {} }\n",
         "m.ts": "import all, { api } from './b'\nconst one = () => api.f()\nconst two = () => api.g()\napi.own()\nconst three = () => all.f()\nall.own()\n"},
        ["m.ts:one -> a.ts:f exact", "m.ts:two -> a.ts:f exact", "m.ts: -> b.ts:api.own exact", "m.ts:three -> a.ts:f exact",
         "m.ts: -> b.ts:default.own exact"],
    ),
    "enums, namespaces, static members": (
        {"a.ts": "export namespace N {\n  export function f() {}\n}\nexport class A {\n  static make() {}\n}\n",
         "m.ts": "import { N, A } from './a'\nN.f()\nA.make()\n"},
        ["m.ts: -> a.ts:N.f exact", "m.ts: -> a.ts:A.make exact"],
    ),
    "declarations of a file that is no module hold everywhere": (
        {"globals.d.ts": "declare function flag(): boolean\n", "m.ts": "export const x = flag()\n"},
        ["m.ts: -> globals.d.ts:flag exact"],
    ),
    # -- classes and types
    "this, extends and super across files": (
        {"a.ts": A, "b.ts": "import { A } from './a'\nexport class B extends A {\n  run() { this.go() }\n  jump() { super.go() }\n}\n"},
        ["b.ts:B.run -> a.ts:A.go exact", "b.ts:B.jump -> a.ts:A.go exact"],
    ),
    "a constructor, a field by its written type, a parameter that is one, a result": (
        {"a.ts": A, "b.ts": "import { A } from './a'\nexport function make(): A { return new A() }\nexport function made() { return make() }\n"
                            "class B {\n  own: A\n  constructor(private it: A) {}\n  one() { this.own.go() }\n  two() { this.it.go() }\n"
                            "  three(x: A) { x.go() }\n  four(x: A) { x.go().go() }\n  five() { made().go() }\n}\n"},
        ["b.ts:make -> a.ts:A exact", *(f"b.ts:B.{name} -> a.ts:A.go inferred" for name in ("one", "two", "three", "four", "five"))],
    ),
    "promises that are awaited, lists and maps give what they hold": (
        {"a.ts": A, "b.ts": "import { A } from './a'\nasync function load(): Promise<A> {}\nasync function one() {\n  const a = await load()\n  a.go()\n}\n"
                            "function two(ys: Set<A>) { for (const y of ys) y.go() }\nfunction three(xs: A[]) { xs.map((x) => x.go()) }\n"
                            "function four(xs: A[]) { xs[0].go() }\nfunction five(m: Map<string, A>) { m.get('k')!.go() }\n"
                            "function six(p: Readonly<A> | null) { p?.go() }\nfunction seven(xs: A[]) { xs.filter(Boolean).find(Boolean).go() }\n"},
        [f"b.ts:{name} -> a.ts:A.go inferred" for name in ("one", "two", "three", "four", "five", "six", "seven")],
    ),
    "parts of a value that are named, by the type of the value": (
        {"a.ts": A + "export interface Options { a: A; list: A[] }\nexport type Both = Options & { own: A }\n",
         "b.ts": "import type { Both, Options } from './a'\nfunction one({ a }: Options) { a.go() }\n"
                 "function two(o: Both) {\n  const { list } = o\n  list[0].go()\n}\nfunction three(o: Both) { o.own.go() }\n"
                 "function four(a: Options['a']) { a.go() }\n"},
        [f"b.ts:{name} -> a.ts:A.go inferred" for name in ("one", "two", "three", "four")],
    ),
    "this of a method that an object has or is given is the object": (
        {"a.js": "const put = require('./b')\nconst api = { put }\napi.get = function () { this.put() }\nmodule.exports = { run() { this.put() }, put }\n",
         "b.js": "module.exports = function () {}\n", "c.js": "const put = require('./b')\nconst api = { put, run() { this.put() } }\n"},
        ["a.js:api.get -> b.js:exports exact", "c.js:api.run -> b.js:exports exact"],
    ),
    "a value that is made where it is handed out; an entry of an object that is": (
        {"a.js": "exports.made = create()\nconst keys = { one: Symbol('one') }\nmodule.exports.keys = keys\n", "index.js": "module.exports = require('./a')\n",
         "d/m.js": "const { made } = require('..')\nconst { keys } = require('../')\nconst use = () => made(keys.one)\n"},
        ["d/m.js:use ~> a.js:made exact", "d/m.js:use ~> a.js:keys exact", "d/m.js:use ~> a.js:keys.one exact"],
    ),
    "functions of the old kind that are classes": (
        {"a.js": "function Layer() {}\nLayer.prototype.go = function () { this.stop() }\nLayer.prototype.stop = function () {}\nmodule.exports = Layer\n",
         "m.js": "const Layer = require('./a')\nconst layer = new Layer()\nlayer.go()\n"},
        ["m.js: -> a.js:Layer exact", "m.js: -> a.js:Layer.go inferred"],
    ),
    "a component is called where it stands as an element; a Vue component is its file": (
        {"Card.tsx": "export function Card() { return <b /> }\nCard.Row = () => <i />\n",
         "App.tsx": "import { Card } from './Card'\nexport const App = () => <Card><Card.Row /></Card>\n",
         "Box.vue": "<template><p/></template>\n", "Page.vue": "<script setup>\nimport Box from './Box.vue'\n</script>\n<template><Box /></template>\n"},
        ["App.tsx:App -> Card.tsx:Card exact", "App.tsx:App -> Card.tsx:Card.Row exact", "Page.vue: -> Box.vue: exact"],
    ),
}  # fmt: skip
WRONG: dict[str, Case] = {
    "a same-named method of an unrelated class": (
        {"a.ts": "export class Cache {\n  take() {}\n}\n", "b.ts": "export function f(x) {\n  x.take()\n}\n"},
        [],
    ),
    "get and parse of what lies outside are not the project's": (
        {"a.ts": "export class Store {\n  get() {}\n}\nexport class Reader {\n  parse() {}\n}\n",
         "b.ts": "import axios from 'axios'\naxios.get('/')\nJSON.parse('1')\nnew Map().get(1)\n"},
        [],
    ),
    "a function inside of a function is no member of it": (
        {"a.js": "module.exports = make\nfunction make() {\n  function inject() {}\n  return inject()\n}\n", "b.js": "const make = require('./a')\nmake.inject()\n"},
        [],
    ),
    "a parameter shadows an import": (
        {"a.ts": F, "b.ts": "import { f } from './a'\nexport function g(f: () => void) {\n  f()\n}\nfunction h() {\n  const f = 1\n  { const f = () => 1; f() }\n}\n"},
        [],
    ),
    "this of a function inside of a method is not the method's": (
        {"a.ts": "export class A {\n  take() {}\n}\n",
         "b.ts": "import { A } from './a'\nclass B extends A {\n  run(on) {\n    on(function () { this.take() })\n    return { put() { this.take() } }\n  }\n}\n"},
        [],
    ),
    "an object in a function hides an import, and a package outside of the workspace is not the project's": (
        {"a.ts": F, "package.json": '{"workspaces": ["packages/*"]}', "fixtures/react/package.json": '{"name": "react", "main": "index.js"}',
         "fixtures/react/index.js": F,
         "b.ts": "import { f } from 'react'\nimport { f as App } from './a'\nf()\nfunction g(use) {\n  const App = { x: 1 }\n  use(App)\n  App()\n}\n"},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_calls_of_scripts(name: str) -> None:
    """The calls across files are these, each labelled with how it was found."""
    check(CALLS[name])


@pytest.mark.parametrize("name", WRONG)
def test_no_wrong_edge_of_scripts(name: str) -> None:
    """What users blame other tools for: an edge to something that merely has the same name."""
    check(WRONG[name])
