package org.shop;

@Entity
 // <- decorate Entity in Cart
class Cart extends store.Base<Item> implements Adder, Comparable<Cart> {
//                 ^ type store in Cart
//                       ^ inherit Base of store in Cart
//                            ^ type Item in Cart
//                                             ^ inherit Adder in Cart
//                                                               ^ type Cart in Cart
    private Store store = Store.open("a");
    //      ^ type Store in Cart
    //                    ^ read Store in Cart
    //                          ^ call open of Store in Cart

    @Inject(name = "x")
     // <- decorate Inject in Cart.run
    Value run(Item item, Kind... kinds) throws Failure {
    // <- type Value in Cart.run
    //        ^ type Item in Cart.run
    //                   ^ type Kind in Cart.run
    //                                         ^ type Failure in Cart.run
        item.getName().trim();
        //   ^ call getName of item in Cart.run
        //             ^ call trim of item.getName() in Cart.run
        this.store.save(item);
        //   ^ read store of this in Cart.run
        //         ^ call save of this.store in Cart.run
        helper(items, MAX);
        // <- call helper in Cart.run
        //     ^ read items in Cart.run
        //            ^ read MAX in Cart.run
        new Order(item).send();
        //  ^ call Order in Cart.run
        //              ^ call send of Order() in Cart.run
        new store.Shelf<Item>();
        //  ^ type store in Cart.run
        //        ^ call Shelf of store in Cart.run
        //              ^ type Item in Cart.run
        Tools.of(kinds).map(Item::name).map(this::check);
        // <- read Tools in Cart.run
        //    ^ call of of Tools in Cart.run
        //              ^ call map of Tools.of() in Cart.run
        //                  ^ read Item in Cart.run
        //                        ^ read name of Item in Cart.run
        //                              ^ call map of Tools.of().map() in Cart.run
        //                                        ^ read check of this in Cart.run
        for (Item each : list) {
        //   ^ type Item in Cart.run
        //               ^ read list in Cart.run
            each.use();
            //   ^ call use of each in Cart.run
        }
        try (Reader reader = open()) {
        //   ^ type Reader in Cart.run
        //                   ^ call open in Cart.run
            reader.read();
            //     ^ call read of reader in Cart.run
        } catch (First | Second problem) {
        //       ^ type First in Cart.run
        //               ^ type Second in Cart.run
            problem.show();
            //      ^ call show of problem in Cart.run
        }
        if (other instanceof Special special) {
        //  ^ read other in Cart.run
        //                   ^ type Special in Cart.run
            special.act();
            //      ^ call act of special in Cart.run
        }
        Runnable task = () -> later(x -> x.go(y));
        //                    ^ call later in Cart.run
        //                                 ^ call go of x in Cart.run
        //                                    ^ read y in Cart.run
        switch (kind) {
        //      ^ read kind in Cart.run
            case SMALL:
            //   ^ read SMALL of kind in Cart.run
                break;
        }
        outer:
        while (true) {
            break outer;
        }
        Value made = (Value) cast(Shelf.class);
        // <- type Value in Cart.run
        //            ^ type Value in Cart.run
        //                   ^ call cast in Cart.run
        //                        ^ type Shelf in Cart.run
        int count = Cart.this.count + array[0].size;
        //          ^ read Cart in Cart.run
        //               ^ read this of Cart in Cart.run
        //                    ^ read count of Cart.this in Cart.run
        //                            ^ read array in Cart.run
        //                                     ^ read size of array[] in Cart.run
        return made;
    }
}
