class Cart {
    Item* items_;
    // <- bind items_: Item (annotation) in Cart
    std::vector<Item> list_;
    // <- bind list_: std::vector<Item> (annotation) in Cart
    Item& first();
    // <- bind first: Item (return) in Cart
};

Cart* Cart::copy(const Item& item, std::string&& name, int n) {
// <- bind item: Item (annotation) in Cart.copy
// <- bind name: std::string (annotation) in Cart.copy
// <- bind copy: Cart (return) in Cart
    auto a = shop::open(1);
    // <- bind a: shop.open (constructor) in Cart.copy
    auto* b = new Cart(item);
    // <- bind b: Cart (constructor) in Cart.copy
    auto c = std::make_unique<Cart>(item);
    // <- bind c: std::unique_ptr<Cart> (annotation) in Cart.copy
    Item d = Item::parse(text);
    // <- bind d: Item (annotation) in Cart.copy
    Cart e(item), f{item};
    // <- bind e: Cart (annotation) in Cart.copy
    // <- bind f: Cart (annotation) in Cart.copy
    for (const Item& each : list_) {}
    // <- bind each: Item (annotation) in Cart.copy
    auto g = item.find();
    // <- bind g: item.find (constructor) in Cart.copy
    try {
    } catch (const Failure& problem) {
    // <- bind problem: Failure (annotation) in Cart.copy
    }
    return b;
}
