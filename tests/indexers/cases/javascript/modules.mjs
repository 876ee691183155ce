import def, { a as b } from "./a.js";
// <- import ./a.js:default as def
// <- import ./a.js:a as b
import * as ns from "./ns.js";
// <- import ./ns.js as ns
export { b as c };
// <- bind c: b (alias)
//       ^ read b
export * from "./all.js";
// <- import ./all.js:* reexport
export { x } from "./x.js";
// <- import ./x.js:x as x reexport
export const y = ns.y, z = () => def;
// <- bind y: ns.y (alias)
// <- bind return: def (alias) in z
// <- def variable y
// <- def function z
//               ^ read ns
//                  ^ read y of ns
//                               ^ read def in z
export default function () {
// <- def function default
  return b();
//       ^ call b in default
}
// <- exports c x y z default
