import Foundation
// <- import Foundation:*
import class UIKit.UIView
// <- import UIKit:UIView as UIView
/// A cart.
@objc public final class Cart<T: Kind>: Base<T>, Lib.Sized where T: Bag {
// <- def class Cart
// <- doc A cart.
//                               ^ type Kind in Cart
//                                      ^ inherit Base in Cart
//                                               ^ type Lib in Cart
//                                                   ^ inherit Sized of Lib in Cart
//                                                                  ^ type Bag in Cart
    private let store: Store
    // <- def field Cart.store hidden
//                     ^ type Store in Cart
    // <- bind store: Store (annotation) in Cart
    public private(set) var name = "x", size: Int = 3
    // <- def field Cart.name
    // <- def field Cart.size
    static let shared = Cart()
    // <- def field Cart.shared
//                      ^ call Cart in Cart
    // <- bind shared: Cart (constructor) in Cart
    var total: Int { return items.count }
    // <- def property Cart.total
//                          ^ read items in Cart.total
//                                ^ read count of items in Cart.total
    init(store: Store, _ n: Int = 3) { }
    // <- def method Cart.init
//              ^ type Store in Cart.init
    // <- bind store: Store (annotation) in Cart.init
    public func add<U>(_ item: U, to lines: [Line]) throws -> Order? { return nil }
    // <- def method Cart.add
//                                           ^ type Line in Cart.add
//                                                            ^ type Order in Cart.add
    // <- bind item: U (annotation) in Cart.add
    // <- bind lines: [Line] (annotation) in Cart.add
    // <- bind add: Order (return) in Cart
    subscript(i: Int) -> Item { item }
    // <- def method Cart.subscript
//                       ^ type Item in Cart.subscript
//                              ^ read item in Cart.subscript
    enum Inner { case a, b(x: Foo) }
    // <- def enum Cart.Inner
    // <- def constant Cart.Inner.a
    // <- def constant Cart.Inner.b
//                            ^ type Foo in Cart.Inner
}
extension Cart: Codable { private func hidden() {} }
// <- def method Cart.hidden hidden
//        ^ type Cart in Cart
protocol Shape: AnyObject {
// <- def interface Shape
    associatedtype Unit
    // <- def type Shape.Unit
    func area() -> Unit
    // <- def method Shape.area
//                 ^ type Unit in Shape.area
    // <- bind area: Unit (return) in Shape
    var side: Int { get }
    // <- def field Shape.side
}
struct Point { var x: Int }
// <- def struct Point
// <- def field Point.x
typealias Handler = (Int) -> Void
// <- def type Handler
func top(a: Foo) -> Bar { a }
// <- def function top
//          ^ type Foo in top
//                  ^ type Bar in top
// <- bind a: Foo (annotation) in top
// <- bind top: Bar (return)
fileprivate let limit = 3
// <- def variable limit hidden
