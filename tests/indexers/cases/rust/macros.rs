fn run(user: User) {
// <- def function run hidden
//           ^ type User in run
    println!("{} {}", user.name(), MAX);
    //                     ^ call name of user in run
    //                             ^ read MAX in run
    assert_eq!(store::load(path), Cart::new(user).total(), "text.call()");
    //         ^ read store in run
    //                ^ call load of store in run
    //                     ^ read path in run
    //                            ^ read Cart in run
    //                                  ^ call new of Cart in run
    //                                            ^ call total of ? in run
    custom!(a.b.c(d), e[f]);
    // <- call custom in run
    //      ^ read a in run
    //          ^ call c of a.b in run
    //            ^ read d in run
    //                ^ read e in run
    //                  ^ read f in run
    shop::order!(x);
    // <- read shop in run
    //    ^ call order of shop in run
    //           ^ read x in run
}

macro_rules! private {
// <- def macro private hidden
    ($x:expr) => {
        $x.call(helper)
    };
}

fn more(list: List) {
// <- def function more hidden
//            ^ type List in more
    assert_eq!(list.first.get(0), Some(Item { start: 0, end: LAST }));
    //                    ^ call get of list.first in more
    //                                 ^ read Item in more
    //                                                       ^ read LAST in more
    format!("{}", self.colors.grid.paint(line));
    //                             ^ call paint of self.colors.grid in more
    //                                   ^ read line in more
}
