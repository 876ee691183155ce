struct Part {
    weight: u32,
    size: u32,
    items: Vec<u32>,
}

static mut TOTAL: u32 = 0;

impl Part {
    fn new(size: u32) -> Self {
        Self { weight: 3, size, items: none() }
//             ^ writes weight of Self
//                        ^ writes size of Self
//                              ^ writes items of Self
//                                     ^ reads none
    }

    fn grow(&mut self, other: &mut Part) {
        self.weight = other.weight;
//           ^ writes weight of self
//                          ^ reads weight of other
        self.size += 1;
//           ^ both size of self
        self.items[0] = self.size;
//           ^ both items of self
//                           ^ reads size of self
        fill(&mut self.items);
//      ^ reads fill
//                     ^ untold items of self
        fill(&self.items);
//      ^ reads fill
//                 ^ reads items of self
        let Part { weight, size: s, .. } = other;
//                 ^ reads weight of Part
//                         ^ reads size of Part
        let p = Part { weight: 1, ..base() };
//                     ^ writes weight of Part
//                                  ^ reads base
        unsafe { TOTAL += 1; }
//               ^ both TOTAL
        unsafe { TOTAL = 2; }
//               ^ writes TOTAL
        (self.weight, self.size) = (1, 2);
//            ^ writes weight of self
//                         ^ writes size of self
        self.inner.count = 3;
//           ^ untold inner of self
//                 ^ writes count of self.inner
        log!(TOTAL);
//      ^ reads log
//           ^ untold TOTAL
    }
}
