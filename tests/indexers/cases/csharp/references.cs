namespace Shop;

class Cart : Base
// <- def class Cart
//           ^ inherit Base in Cart
{
    void Run(Item item, params Kind[] kinds)
    // <- def method Cart.Run hidden
//           ^ type Item in Cart.Run
//                             ^ type Kind in Cart.Run
    // <- bind item: Item (annotation) in Cart.Run
    {
        var order = new Lib.Order { Total = 2 };
//                      ^ type Lib in Cart.Run
//                          ^ call Order of Lib in Cart.Run
//                                  ^ read Total of Lib.Order in Cart.Run
        // <- bind order: Lib.Order (constructor) in Cart.Run
        Lib.Box box = Make<Item>(item);
//      ^ type Lib in Cart.Run
//          ^ type Box of Lib in Cart.Run
//                    ^ call Make in Cart.Run
//                         ^ type Item in Cart.Run
        // <- bind box: Lib.Box (annotation) in Cart.Run
        item?.Price.Round();
//                  ^ call Round of item.Price in Cart.Run
        box.Lines.Select<int>(line => line.Id).First();
//          ^ read Lines of box in Cart.Run
//                ^ call Select of box.Lines in Cart.Run
//                                         ^ read Id of line in Cart.Run
//                                             ^ call First of box.Lines.Select() in Cart.Run
        foreach (var kind in kinds) Log(kind.Name);
//                                  ^ call Log in Cart.Run
//                                           ^ read Name of kind in Cart.Run
        if (order is Paid paid && paid.Late) return;
//                   ^ type Paid in Cart.Run
//                                     ^ read Late of paid in Cart.Run
        // <- bind paid: Paid (annotation) in Cart.Run
        try { } catch (Failure e) { throw e; }
//                     ^ type Failure in Cart.Run
        // <- bind e: Failure (annotation) in Cart.Run
        int Local(int x) => x + _rate;
        // <- def function Cart.Run.Local hidden
//                              ^ read _rate in Cart.Run.Local
        Shelf<Item>.Open(name: _file);
//      ^ read Shelf in Cart.Run
//            ^ type Item in Cart.Run
//                  ^ call Open of Shelf in Cart.Run
//                             ^ read _file in Cart.Run
        var copy = (Order)box.Inner;
//                  ^ type Order in Cart.Run
//                            ^ read Inner of box in Cart.Run
        // <- bind copy: Order (annotation) in Cart.Run
        var parsed = int.TryParse(text, out var number) ? number : 0;
//                       ^ call TryParse of int in Cart.Run
//                                ^ read text in Cart.Run
        this.Save(typeof(Cart));
//           ^ call Save of this in Cart.Run
//                       ^ type Cart in Cart.Run
    }
}
