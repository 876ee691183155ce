#include "cart.hpp"

// A cart.
template <typename T, int N = 3>
class Cart : public Base<T>, private ns::Other {
// <- def class Cart
// <- sig class Cart : public Base<T>, private ns::Other
// <- doc A cart.
    int hidden;
    // <- def field Cart.hidden hidden
    // <- sig int hidden

  public:
    Cart() : Base(1), items_(nullptr) {}
    // <- def method Cart.Cart
    // <- sig Cart()
    explicit Cart(const Item& item, std::string name = "x");
    ~Cart() override;
    // Adds one.
    virtual void add(Item* item) = 0;
    // <- def method Cart.add
    // <- sig virtual void add(Item* item) = 0
    // <- doc Adds one.
    static Cart* make() { return new Cart(); }
    // <- def method Cart.make
    // <- sig static Cart* make()
    Item& operator[](int index);
    bool operator==(const Cart& other) const { return true; }
    // <- def method Cart.operator==
    // <- sig bool operator==(const Cart& other) const
    template <class U>
    void convert(U value) { value.go(); }
    // <- def method Cart.convert
    // <- sig void convert(U value)
    enum class Kind { Small, Big = 2 };
    // <- def enum Cart.Kind
    // <- def constant Cart.Kind.Small
    // <- def constant Cart.Kind.Big
    // <- sig enum class Kind
    // <- sig Small
    // <- sig Big = 2
    enum Old { First };
    // <- def enum Cart.Old
    // <- def constant Cart.First
    // <- sig enum Old
    // <- sig First
    struct Inner { int value; };
    // <- def struct Cart.Inner
    // <- def field Cart.Inner.value
    // <- sig struct Inner
    // <- sig int value
    using Pointer = std::shared_ptr<Cart>;
    // <- def type Cart.Pointer
    // <- sig using Pointer = std::shared_ptr<Cart>
    typedef int* IntPointer;
    // <- def type Cart.IntPointer
    // <- sig typedef int* IntPointer

  protected:
    void shared();
    // <- def method Cart.shared
    // <- sig void shared()

  private:
    void secret();
    // <- def method Cart.secret hidden
    // <- sig void secret()
    Item *items_ = nullptr, copy_;
    // <- def field Cart.copy_ hidden
    // <- def field Cart.items_ hidden
    // <- sig Item *items_ = nullptr, copy_
    // <- sig Item *items_ = nullptr, copy_
    static const int kMax = 3;
    // <- def field Cart.kMax hidden
    // <- sig static const int kMax = 3
};

template <typename T, int N>
Cart<T, N>::Cart(const Item& item, std::string name) : items_(&item) {
// <- def method Cart.Cart
// <- sig Cart<T, N>::Cart(const Item& item, std::string name)
    int local = 1;
}

template <typename T, int N>
Item& Cart<T, N>::operator[](int index) {
// <- def method Cart.operator[]
// <- sig Item& Cart<T, N>::operator[](int index)
    return items_[index];
}

Cart::~Cart() {}
// <- def method Cart.~Cart
// <- sig Cart::~Cart()

int Cart::Inner::deep() const { return value; }
// <- def method Cart.Inner.deep
// <- sig int Cart::Inner::deep() const

struct EXPORT_API Point final : Base {
// <- def struct Point
// <- sig struct Point final : Base
    Point(int a) : x(a) {}
    // <- def method Point.Point
    // <- sig Point(int a)
    int x;
    // <- def field Point.x
    // <- sig int x
};

union Bits { int whole; float part; };
// <- def struct Bits
// <- def field Bits.whole
// <- def field Bits.part
// <- sig union Bits
// <- sig int whole
// <- sig float part

class Forward;

struct Outer::Nested { int n; };
// <- def struct Outer.Nested
// <- def field Outer.Nested.n
// <- sig struct Outer::Nested
// <- sig int n
