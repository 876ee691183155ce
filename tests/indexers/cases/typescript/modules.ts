import Default, { one, two as deux, type Hint } from "./a";
// <- import ./a:default as Default
// <- import ./a:one as one
// <- import ./a:two as deux
// <- import ./a:Hint as Hint type
import type { Only } from "./types";
// <- import ./types:Only as Only type
import type Whole from "./whole";
// <- import ./whole:default as Whole type
import * as ns from "../ns";
// <- import ../ns as ns
import Both, * as all from "both";
// <- import both:default as Both
// <- import both as all
import "./side";
// <- import ./side
import fs = require("fs");
// <- import fs as fs
import Short = ns.Long.Name;
// <- bind Short: ns.Long.Name (alias)
import json from "./data.json" with { type: "json" };
// <- import ./data.json:default as json
export { one, deux as zwei };
// <- bind zwei: deux (alias)
//       ^ read one
//            ^ read deux
export { inner as outer, default as main } from "./b";
// <- import ./b:inner as outer reexport
// <- import ./b:default as main reexport
export type { Shape } from "./shapes";
// <- import ./shapes:Shape as Shape type reexport
export { type Part, whole } from "./parts";
// <- import ./parts:Part as Part type reexport
// <- import ./parts:whole as whole reexport
export * from "./star";
// <- import ./star:* reexport
export * as grouped from "./group";
// <- import ./group as grouped reexport
export default Default;
// <- bind default: Default (alias)
//             ^ read Default
export const made = 1, { left, right: [mid] } = made;
// <- def variable left
// <- def variable made
//                                              ^ read made
//                       ^ read left of made
//                             ^ read right of made
export function run() {
// <- def function run
  const lazy = require("./lazy");
  // <- import ./lazy as lazy in run
  const { pick, rename: named } = require("./picked");
  // <- import ./picked:pick as pick in run
  // <- import ./picked:rename as named in run
  const member = require("./m").member;
  // <- import ./m:member as member in run
//                              ^ read member of require() in run
  return import("./dynamic").then((loaded) => loaded.go(lazy, pick, named, member));
  // <- import ./dynamic in run
//                           ^ call then of import() in run
//                                                   ^ call go of loaded in run
//                                                      ^ read lazy in run
//                                                            ^ read pick in run
//                                                                  ^ read named in run
//                                                                         ^ read member in run
}
const later = await import("./later");
// <- import ./later as later
type T = import("./typed").Name;
// <- def type T hidden
// <- import ./typed:Name in T
//                         ^ read Name of import() in T
require(computed);
//      ^ read computed
declare const x: typeof import("./queried");
// <- def variable x hidden
// <- import ./queried
// <- exports one zwei outer main Shape Part whole grouped default made left mid run
