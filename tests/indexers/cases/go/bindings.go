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
	// <- bind y: store.Open (constructor) in Cart.Add
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
// <- bind k: K (annotation) in Repo.Get
