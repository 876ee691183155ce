func run(item: Item, kinds: [Kind]) {
// <- def function run
//             ^ type Item in run
//                           ^ type Kind in run
// <- bind item: Item (annotation) in run
// <- bind kinds: [Kind] (annotation) in run
    let order = Order(item)
//              ^ call Order in run
    // <- bind order: Order (constructor) in run
    let box: Lib.Box = make(order)
//           ^ type Lib in run
//               ^ type Box of Lib in run
//                     ^ call make in run
    // <- bind box: Lib.Box (annotation) in run
    for kind in kinds { log(kind.name.upper()) }
//                      ^ call log in run
//                               ^ read name of kind in run
//                                    ^ call upper of kind.name in run
    if let price = item?.price, price.ok { price.round() }
//                       ^ read price of item in run
//                                    ^ read ok of price in run
//                                               ^ call round of price in run
    guard let shelf = Shelf.open(order) else { return }
//                    ^ read Shelf in run
//                          ^ call open of Shelf in run
    switch box { case .full: break; case let .part(x): x.go(); case is Empty: break; default: break }
//                     ^ read full of ? in run
//                                            ^ read part of ? in run
//                                                       ^ call go of x in run
//                                                                     ^ type Empty in run
    kinds.filter { $0.ok }.map { k in k.size + rate }
//        ^ call filter of kinds in run
//                    ^ read ok of $0 in run
//                         ^ call map of ? in run
//                                      ^ read size of k in run
//                                             ^ read rate in run
    do { try save(name: file) } catch let e as Failure { throw e }
//           ^ call save in run
//                      ^ read file in run
//                                             ^ type Failure in run
    shelf.last = box as? Paid
//        ^ read last of shelf in run
//                       ^ type Paid in run
    Item.self
//  ^ read Item in run
    if #available(iOS 13, *) { }
}
