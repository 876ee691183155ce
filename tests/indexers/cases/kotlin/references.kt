fun run(item: Item, kinds: List<Kind>) {
// <- def function run
//            ^ type Item in run
//                              ^ type Kind in run
// <- bind item: Item (annotation) in run
// <- bind kinds: List<Kind> (annotation) in run
  val order = Order(item)
//            ^ call Order in run
  // <- bind order: Order (constructor) in run
  val box: Lib.Box = make(order)
//         ^ type Lib in run
//             ^ type Box of Lib in run
//                   ^ call make in run
  // <- bind box: Lib.Box (annotation) in run
  for ((key, kind) in kinds.indexed()) log(kind.name, key)
//                          ^ call indexed of kinds in run
//                                     ^ call log in run
//                                              ^ read name of kind in run
  when (box) {
    is Full -> box.close()
//     ^ type Full in run
//                 ^ call close of box in run
    in range -> clear()
//     ^ read range in run
//              ^ call clear in run
  }
  item?.price!!.round().text()
//      ^ read price of item in run
//              ^ call round of item.price in run
//                      ^ call text of item.price.round() in run
  kinds.filter { it.ok }.map { k -> k.size plus rate }
//      ^ call filter of kinds in run
//                  ^ read ok of it in run
//                       ^ call map of ? in run
//                                    ^ read size of k in run
//                                         ^ call plus in run
//                                              ^ read rate in run
  try { risk() } catch (e: Failure) { throw e }
//      ^ call risk in run
//                         ^ type Failure in run
  save(name = order.id)
//^ call save in run
//                  ^ read id of order in run
  val c = object : Runnable { override fun run() {} }
  // <- def function run.run hidden
//                 ^ inherit Runnable in run
  Item::class.java
//^ type Item in run
//            ^ read java of Item.class in run
  list.map(::convert)
//^ read list in run
//     ^ call map of list in run
//           ^ read convert in run
  val last = item as Paid
//                   ^ type Paid in run
  // <- bind last: Paid (annotation) in run
}
