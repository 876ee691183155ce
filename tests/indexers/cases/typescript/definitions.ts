/** The most. */
export const LIMIT = 10, plain = { deep: { run() {} } };
// <- def constant LIMIT
// <- def variable plain
// <- def method plain.deep.run
// ^ def field plain.deep
let counter: number = 0;
// <- bind counter: number (annotation)
// <- def variable counter hidden
var old = 1, older;
// <- def variable old hidden
// <- def variable older hidden
const { a, b: renamed = 2, ...rest } = counter, [first, second = 3] = rest;
// <- def variable a hidden
// <- def variable first hidden
// <- def variable renamed hidden
// <- def variable rest hidden
//                                     ^ read counter
//                                                                    ^ read rest
//      ^ read a of counter
//         ^ read b of counter

/**
 * Says hello.
 *
 * @param name who
 */
export async function hello<T extends object>(
// <- bind hello: Promise<void> (return)
// <- def function hello
// ^ bind T: object (annotation) in hello
  name: string, // a remark
  // <- bind name: string (annotation) in hello
  more?: T,
  // <- bind more: T (annotation) in hello
// ^ bind (1): T (annotation) in hello
): Promise<void> {
  const inside = 1;
  function nested() {
  // <- def function hello.nested hidden
    class Deep {
//  ^ def class hello.nested.Deep hidden
      y = 1;
//    ^ def field hello.nested.Deep.y hidden
    }
  }
  if (inside) {
    const blocked = () => 1;
//  ^ def function hello.blocked hidden
  }
}

export default class extends Base {
// <- def class default
//                           ^ inherit Base in default
  run() {}
  // <- def method default.run
}

export abstract class Shop<T> extends Base<T> implements Open, ns.Closed {
// <- def class Shop
//                                    ^ inherit Base in Shop
//                                                       ^ inherit Open in Shop
//                                                             ^ type ns in Shop
//                                                                ^ inherit Closed of ns in Shop
  private readonly stock: Stock = new Stock();
  // <- bind this.stock: Stock (annotation) in Shop
  // <- def field Shop.stock hidden
//                        ^ type Stock in Shop.stock
//                                    ^ call Stock in Shop.stock
  static rate = 2;
  // <- def field Shop.rate
  #secret;
  // <- def field Shop.#secret hidden
  handler = async () => {
  // <- def method Shop.handler
    this.run();
//       ^ call run of this in Shop.handler
  };
  declare kept: string;
  // <- bind this.kept: string (annotation) in Shop
  // <- def field Shop.kept
  constructor(private owner: Person, public readonly size = 3, plainParameter: Row) {
  // <- bind owner: Person (annotation) in Shop.constructor
  // <- bind this.owner: Person (annotation) in Shop.constructor
  // <- bind plainParameter: Row (annotation) in Shop.constructor
  // <- def method Shop.constructor
  // <- def field Shop.owner hidden
  // <- def field Shop.size
//                           ^ type Person in Shop.constructor
//                                                                             ^ type Row in Shop.constructor
// ^ bind (2): Row (annotation) in Shop.constructor
// ^ bind (0): Person (annotation) in Shop.constructor
    super();
    this.later = new Later();
//  ^ bind this.later: Later (constructor) in Shop.constructor
//  ^ def field Shop.later
//       ^ read later of this in Shop.constructor
//                   ^ call Later in Shop.constructor
    this.owner = owner;
//  ^ bind this.owner: owner (alias) in Shop.constructor
//       ^ read owner of this in Shop.constructor
  }
  abstract close(): void;
  // <- bind close: void (return) in Shop
  // <- def method Shop.close
  get total(): number {
  // <- bind total: number (return) in Shop
  // <- def property Shop.total
    return 1;
  }
  set total(value) {}
  // <- def property Shop.total
  over(x: string): void;
  // <- bind x: string (annotation) in Shop.over
  // <- bind over: void (return) in Shop
  // <- def method Shop.over
  over(x: number): void;
  // <- bind x: number (annotation) in Shop.over
  // <- bind over: void (return) in Shop
  // <- def method Shop.over
  over(x: any) {}
  // <- bind x: any (annotation) in Shop.over
  // <- def method Shop.over
  static async *walk() {}
  // <- def method Shop.walk
  "quoted name"() {}
  [computed]() {}
// ^ read computed in Shop
}

export interface Open extends Base<Row>, ns.Other {
// <- def interface Open
//                            ^ inherit Base in Open
//                                 ^ type Row in Open
//                                       ^ type ns in Open
//                                          ^ inherit Other of ns in Open
  readonly kind: Kind;
  // <- def property Open.kind
//               ^ type Kind in Open.kind
  open(key: Key): Door;
  // <- bind key: Key (annotation) in Open.open
  // <- bind open: Door (return) in Open
  // <- def method Open.open
//          ^ type Key in Open.open
//                ^ type Door in Open.open
// ^ bind (0): Key (annotation) in Open.open
  (call: Called): Result;
  // <- bind call: Called (annotation) in Open
//       ^ type Called in Open
//                ^ type Result in Open
  [index: string]: Value;
//                 ^ type Value in Open
}
type Pair<A, B = A> = { left: A; right: B } | Other;
// <- def type Pair hidden
//                                            ^ type Other in Pair
// ^ def property Pair.right hidden
// ^ def property Pair.left hidden
export enum Color {
// <- def enum Color
  Red,
  // <- def field Color.Red
  Green = "g",
  // <- def field Color.Green
}
declare const enum Bare { One }
// <- def enum Bare hidden
// <- def field Bare.One hidden
export namespace Outer.Inner {
// <- def namespace Outer.Inner
  export function visible() {}
  // <- def function Outer.Inner.visible
  const local = 1;
  // <- def variable Outer.Inner.local hidden
}
declare module "external" {
  export const thing: number;
  // <- def variable thing hidden
}
declare global {
  interface Window { added: Added }
  // <- def interface Window hidden
  // <- def property Window.added hidden
//                          ^ type Added in Window.added
}
export declare function declared(x: In): Out;
// <- bind x: In (annotation) in declared
// <- bind declared: Out (return)
// <- def function declared
//                                  ^ type In in declared
//                                       ^ type Out in declared
// ^ bind (0): In (annotation) in declared
declare class Foreign { method(): void }
// <- bind method: void (return) in Foreign
// <- def class Foreign hidden
// <- def method Foreign.method hidden
const arrow = (x: In): Out => x;
// <- bind x: In (annotation) in arrow
// <- bind arrow: Out (return)
// <- def function arrow hidden
//                ^ type In in arrow
//                     ^ type Out in arrow
// ^ bind (0): In (annotation) in arrow
export const made = function named() {};
// <- def function made
const klass = class Named { member() {} };
// <- def class klass hidden
// <- def method klass.member hidden
Shop.prototype.late = function () {};
// <- def method Shop.late
// <- read Shop in Shop.late
//   ^ read prototype of Shop in Shop.late
// <- exports LIMIT plain hello default Shop Open Color Outer.Inner declared made
