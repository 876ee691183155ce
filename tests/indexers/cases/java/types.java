package org.shop;

/** A cart. */
@Service("cart")
public abstract class Cart<T extends Item> extends Base<T> implements Adder {
// <- def class Cart
// <- sig @Service("cart") public abstract class Cart<T extends Item> extends Base<T> implements Adder
// <- doc A cart.
    public static final int MAX = 3;
    // <- def constant Cart.MAX
    // <- sig public static final int MAX = 3
    /** What is inside. */
    private final List<T> items = new ArrayList<>();
    // <- def field Cart.items hidden
    // <- sig private final List<T> items = new ArrayList<>()
    // <- doc What is inside.
    protected String a, b = "x";
    // <- def field Cart.a
    // <- def field Cart.b
    // <- sig protected String a, b = "x"
    // <- sig protected String a, b = "x"

    static {
        int local = 1;
    }

    /** Makes one. */
    public Cart(int size) {
    // <- def method Cart.Cart
    // <- sig public Cart(int size)
    // <- doc Makes one.
        super(size);
    }

    @Override
    public <R> R add(T item) throws IOException {
    // <- def method Cart.add
    // <- sig @Override public <R> R add(T item) throws IOException
        int local = 1;
        Runnable task = new Runnable() {
            public void run() {}
            // <- def method Cart.add.run hidden
            // <- sig public void run()
        };
        return null;
    }

    abstract void later();
    // <- def method Cart.later
    // <- sig abstract void later()

    private class Inner {
    // <- def class Cart.Inner hidden
    // <- sig private class Inner
        void deep() {}
        // <- def method Cart.Inner.deep
        // <- sig void deep()
    }

    enum Kind implements Named {
    // <- def enum Cart.Kind
    // <- sig enum Kind implements Named
        SMALL(1),
        // <- def constant Cart.Kind.SMALL
        // <- sig SMALL(1)
        BIG(2) {
        // <- def constant Cart.Kind.BIG
        // <- sig BIG(2)
            void special() {}
            // <- def method Cart.Kind.special
            // <- sig void special()
        };

        private int size;
        // <- def field Cart.Kind.size hidden
        // <- sig private int size

        Kind(int size) {}
        // <- def method Cart.Kind.Kind
        // <- sig Kind(int size)
    }
}

interface Adder extends Closeable {
// <- def interface Adder
// <- sig interface Adder extends Closeable
    int LIMIT = 1;
    // <- def constant Adder.LIMIT
    // <- sig int LIMIT = 1
    void add(Item item);
    // <- def method Adder.add
    // <- sig void add(Item item)
    default void twice() {}
    // <- def method Adder.twice
    // <- sig default void twice()
}

@interface Marker {
// <- def interface Marker
// <- sig @interface Marker
    String value() default "";
    // <- def method Marker.value
    // <- sig String value() default ""
}

record Point(int x, Shelf y) implements Named {
// <- def class Point
// <- def field Point.x
// <- def field Point.y
// <- sig record Point(int x, Shelf y) implements Named
// <- sig int x
// <- sig Shelf y
    Point {
    // <- def method Point.Point
    // <- sig Point
        check();
    }

    int sum() { return x; }
    // <- def method Point.sum
    // <- sig int sum()
}
