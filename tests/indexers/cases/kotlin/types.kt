package org.shop

import org.lib.Buffer
// <- import org.lib:Buffer as Buffer
import org.lib.Strings.encode as enc
// <- import org.lib.Strings:encode as enc
import org.lib.io.*
// <- import org.lib.io:*

/** A cart. */
@Deprecated("x")
sealed class Cart<T : Any>(private val store: Store, n: Int = 3) : Base<T>(n), Sized, Bag by store {
// <- def class Cart
// <- def field Cart.store hidden
//                                            ^ type Store in Cart
//                                                                 ^ inherit Base in Cart
//                                                                             ^ inherit Sized in Cart
//                                                                                    ^ inherit Bag in Cart
//                                                                                           ^ read store in Cart
// <- bind store: Store (annotation) in Cart
// <- bind n: Int (annotation) in Cart
  val size: Int get() = n
  // <- def field Cart.size
  private var item: Lib.Item? = null
  // <- def field Cart.item hidden
//                  ^ type Lib in Cart
//                      ^ type Item of Lib in Cart
  // <- bind item: Lib.Item (annotation) in Cart
  val lines by lazy { Lines() }
  // <- def field Cart.lines
//                    ^ call Lines in Cart
  constructor(x: Int) : this(Store(), x)
  // <- def method Cart.constructor
//                           ^ call Store in Cart.constructor
  companion object {
    const val MAX = 3
    // <- def constant Cart.MAX
    fun make(): Cart = Cart(1)
    // <- def method Cart.make
//              ^ type Cart in Cart.make
//                     ^ call Cart in Cart.make
    // <- bind make: Cart (return) in Cart
  }
  object Single : Thing()
  // <- def class Cart.Single
//                ^ inherit Thing in Cart.Single
  internal suspend fun <U> add(item: U, vararg more: Kind): Order? = null
  // <- def method Cart.add
//                                                   ^ type Kind in Cart.add
//                                                          ^ type Order in Cart.add
  // <- bind item: U (annotation) in Cart.add
  // <- bind more: Kind (annotation) in Cart.add
  // <- bind add: Order (return) in Cart
  override fun toString() = "x"
  // <- def method Cart.toString
}
enum class Color(val code: Int) {
// <- def enum Color
// <- def field Color.code
  RED(1),
  // <- def constant Color.RED
  GREEN(2);
  // <- def constant Color.GREEN
  fun dark() = true
  // <- def method Color.dark
}
interface Shape { fun area(): Int }
// <- def interface Shape
// <- def method Shape.area
data class Point(val x: Int, var y: Int)
// <- def class Point
// <- def field Point.x
// <- def field Point.y
typealias Handler = (Int) -> Unit
// <- def type Handler
fun String.ext(): Order = Order()
// <- bind ext: String (receiver)
// <- bind this: String (receiver) in ext
// <- def function ext
//                ^ type Order in ext
//                        ^ call Order in ext
// <- bind ext: Order (return)
private const val ZED = 3
// <- def constant ZED hidden
