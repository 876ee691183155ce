class SHOP_EXPORT Cart : public Base {
// <- def class Cart
//    ^ read SHOP_EXPORT in Cart
// <- sig class Cart : public Base
//                              ^ inherit Base in Cart
  public:
    void run() SHOP_NOEXCEPT;
    // <- def method Cart.run
    // <- sig void run()

  private:
    Lock lock_;
    // <- def field Cart.lock_ hidden
    // <- sig Lock lock_
    // <- type Lock in Cart
    Item* item_ SHOP_GUARDED_BY(lock_);
    // <- def field Cart.item_ hidden
    // <- sig Item* item_
    // <- type Item in Cart
    //          ^ call SHOP_GUARDED_BY in Cart.item_
    int count_ SHOP_GUARDED_BY(lock_) = 0;
    // <- def field Cart.count_ hidden
    // <- sig int count_ = 0
};

SHOP_API Item* open_cart(const Name& name);
// <- def function open_cart
// <- sig Item* open_cart(const Name& name)
// <- read SHOP_API
//       ^ type Item
//                             ^ type Name
int WINAPI convention(int x) { return x; }
// <- def function convention
// <- sig int convention(int x)
void print(const char* format, ...) SHOP_PRINTF(1, 2);
// <- def function print
// <- sig void print(const char* format, ...)

int checks(int x) {
// <- def function checks
// <- sig int checks(int x)
    if (x) SHOP_CHECK(x);
    //     ^ call SHOP_CHECK in checks
    return SHOP_WRAP(x);
    //     ^ call SHOP_WRAP in checks
}

TEST(CartTest, AddsOne) {
// <- def method CartTest.AddsOne
// <- sig void CartTest::AddsOne()
    run();
    // <- call run in CartTest.AddsOne
}
