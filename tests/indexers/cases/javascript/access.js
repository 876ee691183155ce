let total = 0;
class Server {
  run(other) {
    this.port = other.port;
//       ^ writes port of this
//                    ^ reads port of other
    this.port += total;
//       ^ both port of this
    this.port--;
//       ^ both port of this
    this.items[total] = 1;
//       ^ both items of this
    this.items["a"]++;
//       ^ both items of this
    delete this.items.first;
//              ^ reads items of this
//                    ^ writes first of this.items
    delete this.items["b"];
//              ^ both items of this
    [total, ...this.rest] = this.items;
//                  ^ writes rest of this
//                               ^ reads items of this
    ({ total, port: this.port = 3 } = other);
//                       ^ writes port of this
    for (this.key in this.items) {}
//            ^ writes key of this
//                        ^ reads items of this
    exports.total = total;
//          ^ writes total of exports
    this.inner.count = 2;
//       ^ reads inner of this
//             ^ writes count of this.inner
  }
}
