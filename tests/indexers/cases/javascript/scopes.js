import { item, run } from "./lib.js";
// <- import ./lib.js:item as item
// <- import ./lib.js:run as run

function outer(run, { deep: [item2, { item }] = [] }) {
// <- def function outer hidden
  run(item);
  const inner = (x, ...rest) => item2 + x + rest;
  // <- def function outer.inner hidden
  for (let i = 0; i < 3; i++) i;
  for (const k in item) k;
  switch (item) {
    case 1:
      let cased = 1;
  }
  function* gen(a = run) {
  // <- def function outer.gen hidden
    yield a;
  }
  return { item, run, gen, inner };
//                    ^ read gen in outer
//                         ^ read inner in outer
}
[item, run] = [run, item];
//             ^ read run
//                  ^ read item
const fn = function again(n) {
// <- def function fn hidden
  return again(n - 1);
};
label: while (true) {
  const item = 1;
  item;
  break label;
}
run(item);
// <- call run
//  ^ read item
