using namespace std;
// <- import std:*
using std::string;
// <- import std:string as string
namespace fs = std::filesystem;
// <- import std::filesystem as fs
using Alias = std::vector<int>;
// <- def type Alias
// <- sig using Alias = std::vector<int>

namespace shop::core {
// <- def namespace shop.core
// <- sig namespace shop::core

namespace {
int hidden = 1;
// <- def variable shop.core.hidden hidden
// <- sig int hidden = 1
void helper() {}
// <- def function shop.core.helper hidden
// <- sig void helper()
}

constexpr int kConst = 3;
// <- def variable shop.core.kConst
// <- sig constexpr int kConst = 3
extern int counter;
// <- def variable shop.core.counter
// <- sig extern int counter
static int local;
// <- def variable shop.core.local hidden
// <- sig static int local
int declared(int x);
// <- def function shop.core.declared
// <- sig int declared(int x)

inline namespace v1 {
// <- def namespace shop.core.v1
// <- sig inline namespace v1
int versioned() { return 1; }
// <- def function shop.core.v1.versioned
// <- sig int versioned()
}

void Cart::add() {}
// <- def method shop.core.Cart.add
// <- sig void Cart::add()

}  // namespace shop::core

int not_documented_by_the_line_above();
// <- def function not_documented_by_the_line_above
// <- sig int not_documented_by_the_line_above()

extern "C" {
void c_function(void);
// <- def function c_function
// <- sig void c_function(void)
}

template <typename T>
concept Small = requires(T t) { t.size(); };
// <- def type Small
// <- sig concept Small = requires(T t) { t.size(); }

EXPORT_API Status open_shop(const Name& name);
// <- def function open_shop
// <- sig Status open_shop(const Name& name)
