import { a } from "./a";
// <- import ./a:a as a
function ok() {
// <- def function ok hidden
  return a();
//       ^ call a in ok
}
function broken( {
// <- problem syntax
  a.b(
  // <- problem syntax
  // <- read a
//  ^ read b of ?
}
// <- problem syntax
class Later {
  run() { a(); }
  // <- def method run hidden
//        ^ call a in run
}
