class Cart {
    private Store store;
    // <- bind store: Store (annotation) in Cart
    int size;
    List<Item> a, b;
    // <- bind a: List<Item> (annotation) in Cart
    // <- bind b: List<Item> (annotation) in Cart

    Value run(Item item, final Kind... kinds) {
    // <- bind item: Item (annotation) in Cart.run
    // <- bind kinds: Kind[] (annotation) in Cart.run
    // <- bind run: Value (return) in Cart
        var x = Store.open("a");
        // <- bind x: Store.open (constructor) in Cart.run
        var y = new Shelf<Item>(1);
        // <- bind y: Shelf<Item> (constructor) in Cart.run
        var z = (Value) y;
        // <- bind z: Value (annotation) in Cart.run
        Order order = make();
        // <- bind order: Order (annotation) in Cart.run
        String text = "";
        for (Item each : list) {}
        // <- bind each: Item (annotation) in Cart.run
        try (Reader reader = open()) {
        // <- bind reader: Reader (annotation) in Cart.run
        } catch (First | Second problem) {
        // <- bind problem: First (annotation) in Cart.run
        }
        if (item instanceof Special special) {}
        // <- bind special: Special (annotation) in Cart.run
        return null;
    }

    void nothing() {}
}

record Point(int x, Shelf y) {}
// <- bind y: Shelf (annotation) in Point

class Shelves<T extends Item, U> {
    List<T> all;
    // <- bind all: List<Item> (annotation) in Shelves
    Map<U, T> some;
    // <- bind some: Map<?, Item> (annotation) in Shelves
    U one;

    <V> V first(V given, List<V> rest) {
    // <- bind rest: List<?> (annotation) in Shelves.first
        for (var each : all) {
        // <- bind each: all[] (alias) in Shelves.first
        }
        var last = rest[0];
        // <- bind last: rest[] (alias) in Shelves.first
        Shelf shelf = null;
        // <- bind shelf: Shelf (annotation) in Shelves.first
        run(shelf -> shelf.size());
        // <- bind shelf: ? (alias) in Shelves.first
        return new Maker() {
            Item make() { return null; }
            // <- bind make: Item (return) in Shelves.first
            // <- bind make: Maker (receiver) in Shelves.first
        };
    }
}
