using System.IO;
// <- import System.IO:*
using static Shop.Tools;
// <- import Shop.Tools:*
using J = Newtonsoft.Json.Linq;
// <- import Newtonsoft.Json:Linq as J
global using Shop.Items;
// <- import Shop.Items:* as global using

namespace Shop.Core
{
    /// <summary>A cart of <see cref="T:Shop.Item"/>s.</summary>
    [Serializable]
//   ^ decorate Serializable in Cart
    public partial class Cart<T> : Base<T>, Lib.IFoo where T : Item
    // <- def class Cart
    // <- doc A cart of Shop.Items.
//                                 ^ inherit Base in Cart
//                                          ^ type Lib in Cart
//                                              ^ inherit IFoo of Lib in Cart
//                                                             ^ type Item in Cart
    {
        private readonly Store _store, other;
        // <- def field Cart._store hidden
        // <- def field Cart.other hidden
//                       ^ type Store in Cart
        // <- bind _store: Store (annotation) in Cart
        // <- bind other: Store (annotation) in Cart
        public const string Name = "x";
        // <- def constant Cart.Name
        public event Notify Changed;
        // <- def field Cart.Changed
//                   ^ type Notify in Cart
        // <- bind Changed: Notify (annotation) in Cart
        public string Title { get; set; }
        // <- def property Cart.Title
        int hidden = 3;
        // <- def field Cart.hidden hidden
        public Cart(Store store) : base(store) { }
        // <- def method Cart.Cart
//                  ^ type Store in Cart.Cart
        // <- bind store: Store (annotation) in Cart.Cart
        protected async Task<Order?> Add<U>(U item) => null;
        // <- def method Cart.Add
//                           ^ type Order in Cart.Add
        // <- bind item: U (annotation) in Cart.Add
        // <- bind Add: Task<Order?> (return) in Cart
        public int this[int i] => 3;
        // <- def property Cart.this
        void Lib.IFoo.Go() { }
        // <- def method Cart.Go
//           ^ type Lib in Cart.Go
//               ^ type IFoo of Lib in Cart.Go
        private class Inner { public int X; }
        // <- def class Cart.Inner hidden
        // <- def field Cart.Inner.X
    }
    enum Color { Red, Green = 2 }
    // <- def enum Color
    // <- def constant Color.Red
    // <- def constant Color.Green
    internal interface IShape { int Area(); }
    // <- def interface IShape
    // <- def method IShape.Area
    record Point(int X, int Y);
    // <- def class Point
    // <- def field Point.X
    // <- def field Point.Y
    delegate void Notify(int a);
    // <- def type Notify
#if DEBUG
    struct Size { public int W; }
    // <- def struct Size
    // <- def field Size.W
#endif
}
