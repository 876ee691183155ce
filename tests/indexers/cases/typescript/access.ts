interface Options { port: number; host?: string }
let total = 0;
class Server {
  port = 1;
  constructor(private options: Options) { this.port = options.port; }
//                                             ^ writes port of this
//                                                            ^ reads port of options
  run() {
    this.port += 1;
//       ^ both port of this
    this.port++;
//       ^ both port of this
    --this.port;
//         ^ both port of this
    total++;
//  ^ both total
    total = 2;
//  ^ writes total
    this.items[0] = "x";
//       ^ both items of this
    delete this.options.host;
//              ^ reads options of this
//                      ^ writes host of this.options
    [this.port, this.other] = [1, 2];
//        ^ writes port of this
//                   ^ writes other of this
    ({ port: this.port, host: this.host = "x", ...this.rest } = this.options);
//                ^ writes port of this
//                                 ^ writes host of this
//                                                     ^ writes rest of this
//                                                                   ^ reads options of this
    for (this.index of this.items) {}
//            ^ writes index of this
//                          ^ reads items of this
    this.options!.port = 3;
//       ^ reads options of this
//                ^ writes port of this.options
    this.port! = 3;
//       ^ writes port of this
    (this.port as any) = 3;
//        ^ writes port of this
    this.options.port ??= 4;
//       ^ reads options of this
//               ^ both port of this.options
    this.items.push(this.port);
//       ^ reads items of this
//             ^ reads push of this.items
//                       ^ reads port of this
    return this.port === total;
//              ^ reads port of this
//                       ^ reads total
  }
}
const given: Options = { port: 1, host: "x" };
//                       ^ writes port of <Options>
//                                ^ writes host of <Options>
const { port } = given;
//      ^ reads port of given
//               ^ reads given
