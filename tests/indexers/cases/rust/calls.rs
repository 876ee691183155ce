use crate::shop;

struct Cart;

impl Cart {
//   ^ type Cart in Cart
    fn run(&self, other: Other) -> Result<Value, Error> {
    //                   ^ type Other in Cart.run
    //                                    ^ type Value in Cart.run
    //                                           ^ type Error in Cart.run
        self.items.iter().map(|x| x.name()).collect();
        //   ^ read items of self in Cart.run
        //         ^ call iter of self.items in Cart.run
        //                ^ call map of self.items.iter() in Cart.run
        //                          ^ call name of x in Cart.run
        //                                  ^ call collect of self.items.iter().map() in Cart.run
        Self::helper(self);
        //    ^ call helper of Self in Cart.run
        shop::Cart::new(1)?.total();
        // <- read shop in Cart.run
        //    ^ read Cart of shop in Cart.run
        //          ^ call new of shop.Cart in Cart.run
        //                  ^ call total of shop.Cart.new() in Cart.run
        free(other);
        // <- call free in Cart.run
        crate::util::load::<Config>();
        //     ^ read util of crate in Cart.run
        //           ^ call load of crate.util in Cart.run
        //                  ^ type Config in Cart.run
        other.get::<Key>().await;
        //    ^ call get of other in Cart.run
        //          ^ type Key in Cart.run
        let count = other.count;
        //                ^ read count of other in Cart.run
        let Some(found) = self.find(MAX) else { return fail() };
        //                     ^ call find of self in Cart.run
        //                          ^ read MAX in Cart.run
        //                                             ^ call fail in Cart.run
        match other.kind {
        //          ^ read kind of other in Cart.run
            Kind::Small => small(),
            // <- read Kind in Cart.run
            //    ^ read Small of Kind in Cart.run
            //             ^ call small in Cart.run
            Kind::Big { size, .. } if size > LIMIT => size.show(),
            // <- type Kind in Cart.run
            //    ^ type Big of Kind in Cart.run
            //                               ^ read LIMIT in Cart.run
            //                                             ^ call show of size in Cart.run
            Some(inner) => inner.go(),
            //                   ^ call go of inner in Cart.run
            NONE => {}
            // <- read NONE in Cart.run
            rest => rest.end(),
            //           ^ call end of rest in Cart.run
        }
        for (i, item) in list.iter().enumerate() {
        //               ^ read list in Cart.run
        //                    ^ call iter of list in Cart.run
        //                           ^ call enumerate of list.iter() in Cart.run
            item.at(i);
            //   ^ call at of item in Cart.run
        }
        if let Ok(value) = parse() {
        //                 ^ call parse in Cart.run
            value.use_it();
            //    ^ call use_it of value in Cart.run
        }
        let made = Made { field: other, count };
        //         ^ type Made in Cart.run
        //                ^ read field of Made in Cart.run
        //                              ^ read count of Made in Cart.run
        'outer: loop {
            break 'outer;
        }
        (self.callback)(1);
        //    ^ read callback of self in Cart.run
        array[0].method();
        // <- read array in Cart.run
        //       ^ call method of array[] in Cart.run
        <Cart as Shop>::buy();
         // <- type Cart in Cart.run
        //       ^ type Shop in Cart.run
        //              ^ call buy of ? in Cart.run
        let f = |a: Arg, b| a.plus(b);
        //          ^ type Arg in Cart.run
        //                    ^ call plus of a in Cart.run
        Vec::new()
        //   ^ call new of Vec in Cart.run
    }
}

fn generic<T: Bound, const N: usize>(x: impl Iterator<Item = Thing>, y: &dyn Trait) -> [u8; N]
//            ^ type Bound in generic
//                                                           ^ type Thing in generic
//                                                                           ^ type Trait in generic
where
    T: Other,
    // ^ type Other in generic
{
    T::make()
    // ^ call make of T in generic
}
