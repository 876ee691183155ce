package shop

type Cart struct {
	owner *User
	// <- bind owner: *User (annotation) in Cart
	a, b  store.Item
	// <- bind a: store.Item (annotation) in Cart
	// <- bind b: store.Item (annotation) in Cart
	size  int
}

var current *Cart
// <- bind current: *Cart (annotation)
var shared = NewCart()
// <- bind shared: NewCart (constructor)

func (c *Cart) Add(item Item, opts ...Option) (*Cart, error) {
// <- bind c: Cart (receiver) in Cart.Add
// <- bind item: Item (annotation) in Cart.Add
// <- bind opts: []Option (annotation) in Cart.Add
// <- bind Add: (*Cart, error) (return) in Cart
	x := store.New(1)
	// <- bind x: store.New (constructor) in Cart.Add
	y, err := store.Open("a")
	// <- bind y: store.Open()[0] (alias) in Cart.Add
	z := &Cart{}
	// <- bind z: Cart (constructor) in Cart.Add
	w := store.Item{}
	// <- bind w: store.Item (constructor) in Cart.Add
	v := c.owner
	// <- bind v: c.owner (alias) in Cart.Add
	u, ok := v.(*Admin)
	// <- bind u: *Admin (annotation) in Cart.Add
	p, q := One(), Two()
	// <- bind p: One (constructor) in Cart.Add
	// <- bind q: Two (constructor) in Cart.Add
	var t *Thing = nil
	// <- bind t: *Thing (annotation) in Cart.Add
	var s = pkg.Make()
	// <- bind s: pkg.Make (constructor) in Cart.Add
	n := 1
	_ = q
	return nil, nil
}

func (r Repo[K, V]) Get(k K) int { return 0 }
// <- bind r: Repo (receiver) in Repo.Get

type Names []Name
// <- bind Names: []Name (underlying)
type Old = store.Item
// <- bind Old: store.Item (alias)

type Shelf[K comparable, V Shape] struct {
	*Base
	// <- bind Base: Base (annotation) in Shelf
	all []V
	// <- bind all: []Shape (annotation) in Shelf
	some map[K]V
	// <- bind some: map[?]Shape (annotation) in Shelf
	inner struct{ hidden *Thing }
}

func (s *Shelf[K, V]) Each(do func(item *Item)) error {
// <- bind s: Shelf (receiver) in Shelf.Each
// <- bind do: func(item *Item) (annotation) in Shelf.Each
// <- bind item: *Item (annotation) in Shelf.Each
// <- bind Each: error (return) in Shelf
	for key, one := range s.some {
	// <- bind key: s.some[key] (alias) in Shelf.Each
	// <- bind one: s.some[] (alias) in Shelf.Each
	}
	for one := range load() {
	// <- bind one: load()[key] (alias) in Shelf.Each
	}
	a, b, err := split()
	// <- bind a: split()[0] (alias) in Shelf.Each
	// <- bind b: split()[1] (alias) in Shelf.Each
	c, ok := s.some["c"]
	// <- bind c: s.some[] (alias) in Shelf.Each
	d := <-queue
	// <- bind d: queue[] (alias) in Shelf.Each
	e := new(Thing)
	// <- bind e: Thing (annotation) in Shelf.Each
	f := []*Thing{}
	// <- bind f: []*Thing (annotation) in Shelf.Each
	switch g := d.(type) {
	case *Thing:
	// <- bind g: *Thing (annotation) in Shelf.Each
	case One, Two:
	// <- bind g: d (alias) in Shelf.Each
	}
	if a := 1; a > 0 {
	// <- bind a: ? (alias) in Shelf.Each
	}
	return nil
}
