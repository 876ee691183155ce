class Cart : public store::Base<Item>, Named {
//                         ^ inherit Base of store in Cart
//                              ^ type Item in Cart
//                                     ^ inherit Named in Cart
    std::vector<Item> items_;
    //   ^ type vector of std in Cart
    //          ^ type Item in Cart
};

void Cart::run(Item* item, const shop::Kind& kind) {
//                               ^ type shop in Cart.run
//   ^ type Cart in Cart.run
//             ^ type Item in Cart.run
//                                     ^ type Kind of shop in Cart.run
    auto order = shop::New(1);
    //           ^ type shop in Cart.run
    //                 ^ call New of shop in Cart.run
    Cart local(item);
    // <- type Cart in Cart.run
    Cart braces{item};
    // <- type Cart in Cart.run
    auto owned = std::make_unique<Cart>(item);
    //                ^ call make_unique of std in Cart.run
    //                            ^ type Cart in Cart.run
    Item parsed = Item::parse(text);
    //            ^ type Item in Cart.run
    // <- type Item in Cart.run
    //                  ^ call parse of Item in Cart.run
    //                        ^ read text in Cart.run
    for (const auto& [key, value] : items_) {
    //                              ^ read items_ in Cart.run
        key.run();
        //  ^ call run of key in Cart.run
        value->stop();
        //     ^ call stop of value in Cart.run
    }
    auto task = [this, &order](int z) -> int { return z + order.weight; };
    //                                                          ^ read weight of order in Cart.run
    try {
        task(1);
    } catch (const Failure& problem) {
    //             ^ type Failure in Cart.run
        problem.what();
        //      ^ call what of problem in Cart.run
    }
    ns::Shelf::find()->next().last();
    // <- type ns in Cart.run
    //  ^ type Shelf of ns in Cart.run
    //         ^ call find of ns.Shelf in Cart.run
    //                 ^ call next of ns.Shelf.find() in Cart.run
    //                        ^ call last of ns.Shelf.find().next() in Cart.run
    static_cast<Special*>(item)->call();
    //          ^ type Special in Cart.run
    //                           ^ call call of <Special*> in Cart.run
    std::cout << kMax;
    //   ^ read cout of std in Cart.run
    //           ^ read kMax in Cart.run
    delete local;
    object.template convert<Target>();
    // <- read object in Cart.run
    //              ^ call convert of object in Cart.run
    //                      ^ type Target in Cart.run
    ::global_function();
    //^ call global_function in Cart.run
    new Order(item);
    //  ^ call Order in Cart.run
    throw shop::Error("x");
    //    ^ type shop in Cart.run
    //          ^ call Error of shop in Cart.run
    Map<Key, Value>::insert(a::B<c>::d);
    // <- type Map in Cart.run
    //  ^ type Key in Cart.run
    //       ^ type Value in Cart.run
    //               ^ call insert of Map in Cart.run
    //                         ^ type B in Cart.run
    //                           ^ type c in Cart.run
    //                               ^ type d of a.B in Cart.run
    int array[LIMIT] = {FIRST, 2};
    //        ^ read LIMIT in Cart.run
    //                  ^ read FIRST in Cart.run
    this->items_.push_back(*item);
    //    ^ read items_ of this in Cart.run
    //           ^ call push_back of this.items_ in Cart.run
}

template <typename T>
T largest(T a, T b) {
    return a > b ? a : other(b);
    //                 ^ call other in largest
}

bool Cart::operator<(const Cart& other) const { return size < other.size; }
//                         ^ type Cart in Cart.operator<
//                                                     ^ read size in Cart.operator<
//                                                                  ^ read size of other in Cart.operator<

void Cart<Item>::generic() { go(); }
//   ^ type Cart in Cart.generic
//        ^ type Item in Cart.generic
//                           ^ call go in Cart.generic
