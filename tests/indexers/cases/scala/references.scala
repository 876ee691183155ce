object Run {
// <- def class Run
  def run(item: Item, kinds: List[Kind]) = {
  // <- def method Run.run
//              ^ type Item in Run.run
//                                ^ type Kind in Run.run
  // <- bind item: Item (annotation) in Run.run
  // <- bind kinds: List[Kind] (annotation) in Run.run
    val order = Order(item)
//              ^ call Order in Run.run
    // <- bind order: Order (constructor) in Run.run
    for { k <- kinds; p = k.price.round; if p.ok } yield p.text(k)
//                          ^ read price of k in Run.run
//                                ^ read round of k.price in Run.run
//                                            ^ read ok of p in Run.run
//                                                         ^ call text of p in Run.run
    order match {
      case Paid(z, _) if z.late => z.close()
//         ^ type Paid in Run.run
//                         ^ read late of z in Run.run
//                                   ^ call close of z in Run.run
      case w: Open => w.go
//            ^ type Open in Run.run
//                      ^ read go of w in Run.run
      case Color.Red => MAX
//         ^ read Color in Run.run
//               ^ read Red of Color in Run.run
//                      ^ read MAX in Run.run
      case lower => lower
    }
    kinds.filter(_.ok).map[Size](k => k.size).sum(1)
//        ^ call filter of kinds in Run.run
//                 ^ read ok of _ in Run.run
//                     ^ call map of kinds.filter() in Run.run
//                         ^ type Size in Run.run
//                                      ^ read size of k in Run.run
//                                            ^ call sum of kinds.filter().map() in Run.run
    s"x ${item.name} $rate"
//             ^ read name of item in Run.run
//                    ^ read rate in Run.run
    open(name = file)
//  ^ call open in Run.run
//              ^ read file in Run.run
    item plus rate
//       ^ call plus in Run.run
//            ^ read rate in Run.run
    try save() catch { case Failure(e) => throw e }
//      ^ call save in Run.run
//                          ^ type Failure in Run.run
  }
}
