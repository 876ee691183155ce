"use strict";
const path = require("path"), { join, sep: divider } = require("path");
// <- import path as path
// <- import path:join as join
// <- import path:sep as divider
var lazy = require("./lazy").part;
// <- import ./lazy:part as lazy
//                           ^ read part of require()

/** Runs. */
function run(a, b) {
// <- def function run
  return path.join(a, helper(b));
//       ^ read path in run
//            ^ call join of path in run
//                    ^ call helper in run
}
function helper() {}
// <- def function helper

function Old(name) {
// <- def class Old hidden
  this.name = name;
//     ^ read name of this in Old
}
Old.prototype.show = function () {
// <- def method Old.show hidden
// <- read Old in Old.show
//  ^ read prototype of Old in Old.show
  return this.name;
//            ^ read name of this in Old.show
};
Old.create = (name) => new Old(name);
// <- def method Old.create hidden
// <- read Old in Old.create
//                         ^ call Old in Old.create

class Kid extends Old {
// <- def class Kid
//                ^ inherit Old in Kid
  static count = 1;
  // <- def field Kid.count
  #own = 2;
  // <- def field Kid.#own hidden
  state = {};
  // <- def field Kid.state
  handle = () => this.show();
  // <- def method Kid.handle
//                    ^ call show of this in Kid.handle
  constructor() {
  // <- def method Kid.constructor
    super();
    this.extra = new Old("x");
//  ^ bind this.extra: Old (constructor) in Kid.constructor
//  ^ def field Kid.extra
//       ^ read extra of this in Kid.constructor
//                   ^ call Old in Kid.constructor
  }
  get size() {
  // <- def property Kid.size
    return 1;
  }
}
class Mixed extends mixin(Old) {}
// <- def class Mixed hidden
//                  ^ inherit mixin in Mixed
//                        ^ read Old in Mixed

exports.run = run;
//      ^ read run of exports
//            ^ read run
exports.stop = function () {};
// <- def function stop
module.exports.alias = helper;
// <- bind alias: helper (alias)
//     ^ read exports of module
//             ^ read alias of module.exports
//                     ^ read helper
module.exports = { run, other: helper, inline() {}, Kid };
// <- bind other: helper (alias)
// <- def method inline
//     ^ read exports of module
//                 ^ read run
//                             ^ read helper
//                                                  ^ read Kid

if (typeof window !== "undefined") {
  var hoisted = join(divider);
  // <- bind hoisted: join (constructor)
  // <- def variable hoisted hidden
//              ^ call join
//                   ^ read divider
}
(function () {
  var local = run();
  // <- bind local: run (constructor)
//            ^ call run
  return local;
})();
const App = () => <Kid.Row a={lazy} />;
// <- def function App hidden
//                 ^ read Kid in App
//                     ^ call Row of Kid in App
//                            ^ read lazy in App
// <- exports run stop alias other inline Kid
