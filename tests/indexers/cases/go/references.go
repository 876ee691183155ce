package shop

import "fmt"

type Cart struct {
	*Base
  // <- inherit Base in Cart
	io.Closer
	// ^ inherit Closer of io in Cart
	Generic[Item]
	// <- inherit Generic in Cart
	//      ^ type Item in Cart
	items []Item
	//      ^ type Item in Cart
	next  *pkg.Node
	//         ^ type Node of pkg in Cart
	byKey map[Key]Value
	//        ^ type Key in Cart
	//            ^ type Value in Cart
}

type Store interface {
	Closer
	// <- inherit Closer in Store
	io.Reader
	// ^ inherit Reader of io in Store
	Get(k Key) (Value, error)
	//    ^ type Key in Store.Get
	//          ^ type Value in Store.Get
	~int | string
}

func (c *Cart) Add(item Item, more ...Item) (n int, err error) {
//       ^ type Cart in Cart.Add
//                      ^ type Item in Cart.Add
//                                    ^ type Item in Cart.Add
	c.items = append(c.items, item)
	//^ read items of c in Cart.Add
	//                 ^ read items of c in Cart.Add
	c.log.With("a").Info(item.Name)
	//^ read log of c in Cart.Add
	//    ^ call With of c.log in Cart.Add
	//              ^ call Info of c.log.With() in Cart.Add
	//                        ^ read Name of item in Cart.Add
	fmt.Println(len(more), Default, limit)
	// <- read fmt in Cart.Add
	//  ^ call Println of fmt in Cart.Add
	//                     ^ read Default in Cart.Add
	//                              ^ read limit in Cart.Add
	local := build(item)
	//       ^ call build in Cart.Add
	local.run()
	//    ^ call run of local in Cart.Add
	if err := check(local); err != nil {
	//        ^ call check in Cart.Add
		return 0, err
	}
	for i, it := range c.items {
	//                   ^ read items of c in Cart.Add
		it.use(i)
		// ^ call use of it in Cart.Add
	}
	switch v := item.(type) {
	case *Special:
	//    ^ type Special in Cart.Add
		v.Do()
		//^ call Do of v in Cart.Add
	}
	go worker(func(x int) { x = other })
	// ^ call worker in Cart.Add
	//                          ^ read other in Cart.Add
	defer c.mu.Unlock()
	//      ^ read mu of c in Cart.Add
	//         ^ call Unlock of c.mu in Cart.Add
	return
}

func literals() {
	a := Cart{items: nil, Name: other}
	//   ^ type Cart in literals
	//        ^ read items of Cart in literals
	//                    ^ read Name of Cart in literals
	//                          ^ read other in literals
	b := &pkg.Node{Next: a}
	//        ^ type Node of pkg in literals
	//             ^ read Next of pkg.Node in literals
	m := map[Kind]string{KindA: "a", KindB: b}
	//       ^ type Kind in literals
	//                   ^ read KindA in literals
	//                               ^ read KindB in literals
	l := []Point{{X: one, Y: two}}
	//     ^ type Point in literals
	//            ^ read X of Point in literals
	//               ^ read one in literals
	//                    ^ read Y of Point in literals
	//                       ^ read two in literals
	Convert[int](m)
	// <- call Convert in literals
	New[string, Item]().Get(l)
	// <- call New in literals
	//          ^ type Item in literals
	//                  ^ call Get of New() in literals
	(*Cart)(nil).Add(1)
	//^ read Cart in literals
	//           ^ call Add of ? in literals
loop:
	for {
		break loop
	}
}

func shadow(fmt int, min func(int) int) int {
	return min(fmt) + max(fmt, 1)
	//                ^ call max in shadow
}

func ordered(url *url.URL, log string) {
//                    ^ type URL of url in ordered
	config := config.Load(list[0].Name, list[0][1].Name)
	//               ^ call Load of config in ordered
	//                    ^ read list in ordered
	//                            ^ read Name of list[] in ordered
	//                                  ^ read list in ordered
	//                                             ^ read Name of list[][] in ordered
	if log := open(); log.ok() {
	//        ^ call open in ordered
	//                    ^ call ok of log in ordered
	}
	config.Run()
	//     ^ call Run of config in ordered
}
