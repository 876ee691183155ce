package org.shop
package core

import cats.data.{Chain, EitherT => ET, _}
// <- import cats.data:Chain as Chain
// <- import cats.data:EitherT as ET
// <- import cats.data:*
import scala.collection.mutable
// <- import scala.collection:mutable as mutable
import cats.syntax.all._
// <- import cats.syntax.all:*
import foo.bar as baz
// <- import foo:bar as baz

/** A cart. */
@deprecated("x", "1")
sealed abstract class Cart[F[_], A <: Foo](private val store: Store, n: Int)(implicit ev: Ord[A]) extends Base[A](n) with Sized with lib.Bag {
// <- def class Cart
// <- def field Cart.store hidden
//                                    ^ type Foo in Cart
//                                                            ^ type Store in Cart
//                                                                                        ^ type Ord in Cart
//                                                                                                        ^ inherit Base in Cart
//                                                                                                                        ^ inherit Sized in Cart
//                                                                                                                                   ^ type lib in Cart
//                                                                                                                                       ^ inherit Bag of lib in Cart
// <- bind store: Store (annotation) in Cart
// <- bind ev: Ord[A] (annotation) in Cart
  type Out = List[A]
  // <- def type Cart.Out
  val size: Int = 3
  // <- def field Cart.size
  private[this] var item = new Item[A](n)
  // <- def field Cart.item hidden
//                             ^ call Item in Cart
  // <- bind item: Item[A] (constructor) in Cart
  def add[B >: A](other: B, more: Kind*): F[A] = {
  // <- def method Cart.add
//                                ^ type Kind in Cart.add
  // <- bind other: B (annotation) in Cart.add
  // <- bind more: Kind* (annotation) in Cart.add
  // <- bind add: F[A] (return) in Cart
    def local(w: Int) = w
    // <- def function Cart.add.local hidden
    local(1)
//  ^ call local in Cart.add
  }
  protected def shown = 1
  // <- def method Cart.shown
  private def hidden(): Unit = ()
  // <- def method Cart.hidden hidden
}
object Cart { val MAX = 3; def apply(): Cart = new Cart }
// <- def class Cart
// <- def field Cart.MAX
// <- def method Cart.apply
//                                      ^ type Cart in Cart.apply
//                                                 ^ call Cart in Cart.apply
// <- bind apply: Cart (return) in Cart
case class Point(x: Int, y: Int)
// <- def class Point
// <- def field Point.x
// <- def field Point.y
trait Shape { self: Foo => def area: Int }
// <- def trait Shape
// <- def method Shape.area
//                  ^ type Foo in Shape
enum Color { case Red extends Color(1); case Green, Blue }
// <- def enum Color
// <- def constant Color.Red
// <- def constant Color.Green
// <- def constant Color.Blue
//                            ^ inherit Color in Color
given order: Ord[Int] with { def compare(a: Int) = 1 }
// <- def class order
// <- def method order.compare
//           ^ type Ord in order
extension (s: String) def ext: Int = 1
// <- def function ext
class Box[+Item, -Key](item: Item)
// <- def class Box
//                           ^ none
type Pair[+Left, Right] = Both[Left, Right]
// <- def type Pair
//                        ^ type Both in Pair
