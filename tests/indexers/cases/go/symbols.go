// Package shop sells things.
package shop

const Max, min = 3, 4
// <- def constant Max
// <- def constant min hidden
// <- sig const Max, min = 3, 4
// <- sig const Max, min = 3, 4

const (
	// A is first.
	A Kind = iota
	// <- def constant A
	// <- sig A Kind = iota
	// <- doc A is first.
	B
	// <- def constant B
	// <- sig B
)

var cart, Other = NewCart(), 2
// <- def variable Other
// <- def variable cart hidden
// <- sig var cart, Other = NewCart(), 2
// <- sig var cart, Other = NewCart(), 2

var (
	ErrFull = errors.New("full")
	// <- def variable ErrFull
	// <- sig ErrFull = errors.New("full")
	lock    sync.Mutex
	// <- def variable lock hidden
	// <- sig lock sync.Mutex
)

// Cart holds items.
//
// It is not safe for concurrent use.
type Cart struct {
// <- def struct Cart
// <- sig type Cart struct
// <- doc Cart holds items.
	*Base
	Items []string `json:"items"`
	// <- def field Cart.Items
	// <- sig Items []string `json:"items"`
	a, b  map[string]int
	// <- def field Cart.a hidden
	// <- def field Cart.b hidden
	// <- sig a, b map[string]int
	// <- sig a, b map[string]int
}

type (
	// ID names a cart.
	ID string
	// <- def type ID
	// <- sig ID string
	// <- doc ID names a cart.
	// Pair is two.
	Pair[K comparable, V any] struct {
	// <- def struct Pair
	// <- sig Pair[K comparable, V any] struct
	// <- doc Pair is two.
		Key K
		// <- def field Pair.Key
		// <- sig Key K
	}
)

// Adder adds.
type Adder interface {
// <- def interface Adder
// <- sig type Adder interface
// <- doc Adder adds.
	Add(item string) error
	// <- def method Adder.Add
	// <- sig Add(item string) error
}

type Alias = Cart
// <- def type Alias
// <- sig type Alias = Cart

// Add puts one in.
func (c *Cart) Add(item string) error {
// <- def method Cart.Add
// <- sig func (c *Cart) Add(item string) error
// <- doc Add puts one in.
	type local struct{ x int }
	// <- def struct Cart.Add.local hidden
	// <- def field Cart.Add.local.x hidden
	// <- sig type local struct
	// <- sig x int
	const inner = 1
	var v = 2
	return nil
}

func (p Pair[K, V]) get() K { return p.Key }
// <- def method Pair.get hidden
// <- sig func (p Pair[K, V]) get() K

func (*Cart) nameless() {}
// <- def method Cart.nameless hidden
// <- sig func (*Cart) nameless()

// NewCart makes one.
//
//go:noinline
func NewCart(
// <- def function NewCart
// <- sig func NewCart( items ...string, ) *Cart
// <- doc NewCart makes one.
	items ...string,
) *Cart {
	return nil
}

func init() {}
// <- def function init hidden
// <- sig func init()

func Map[T, U any](in []T, f func(T) U) []U { return nil }
// <- def function Map
// <- sig func Map[T, U any](in []T, f func(T) U) []U
