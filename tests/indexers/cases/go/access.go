package a

var Total int

type Item struct {
	N  int
	In Inner
	L  []int
}

type Inner struct{ C int }

func (i *Item) Fill(o *Item) {
	i.N = o.N
// ^ writes N of i
//       ^ reads N of o
	i.N += 1
// ^ both N of i
	i.N++
// ^ both N of i
	i.In.C = 3
// ^ untold In of i
//    ^ writes C of i.In
	i.L[0] = i.N
// ^ both L of i
//          ^ reads N of i
	i.N, o.N = 1, 2
// ^ writes N of i
//      ^ writes N of o
	Total = 3
 // <- writes Total
	Total--
 // <- both Total
	for i.N = range o.L {
//     ^ writes N of i
//                 ^ reads L of o
	}
	p := &i.N
//       ^ untold N of i
	x := Item{N: 3, L: i.L}
//         ^ writes N of Item
//               ^ writes L of Item
//                    ^ reads L of i
	*i.P = 3
//  ^ reads P of i
	scan(&o.In.C, i.N)
 // <- reads scan
//       ^ untold In of o
//          ^ untold C of o.In
//               ^ reads N of i
	i.N = <-c
// ^ writes N of i
//       ^ reads c
	i.L = append(i.L, 2)
// ^ writes L of i
//              ^ reads L of i
	i.List[0].C = 2
// ^ untold List of i
//         ^ writes C of i.List[]
}
