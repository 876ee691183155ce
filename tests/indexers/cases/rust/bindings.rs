struct Cart<'a> {
    owner: &'a User,
    // <- bind self.owner: User (annotation) in Cart
    items: Vec<Item>,
    // <- bind self.items: Vec<Item> (annotation) in Cart
    count: u32,
}

static SHARED: Cart = make();
// <- bind SHARED: Cart (annotation)

impl Cart {
    fn run(&mut self, user: &mut User, items: Box<dyn Shop>, n: u8) -> Option<Item> {
    // <- bind self: Cart (receiver) in Cart.run
    // <- bind user: User (annotation) in Cart.run
    // <- bind items: Box<dyn Shop> (annotation) in Cart.run
    // <- bind run: Option<Item> (return) in Cart
        let a = Cart::new(1);
        // <- bind a: Cart (constructor) in Cart.run
        let b = store::Cart::with_user(user)?;
        // <- bind b: store.Cart (constructor) in Cart.run
        let mut c = load(path).await.unwrap();
        // <- bind c: load (constructor) in Cart.run
        let d = Cart { owner, items };
        // <- bind d: Cart (constructor) in Cart.run
        let e: &Shelf = f();
        // <- bind e: Shelf (annotation) in Cart.run
        let f = self.owner;
        // <- bind f: self.owner (alias) in Cart.run
        let g = Parser::parse(text);
        // <- bind g: Parser.parse (constructor) in Cart.run
        let h = &Cart::default();
        // <- bind h: Cart (constructor) in Cart.run
        let i = 3;
        let (j, k) = pair();
    }

    fn plain(&self) -> u8 {
    // <- bind self: Cart (receiver) in Cart.plain
        1
    }
}

trait Shop {
    fn open(&self) -> Self;
    // <- bind self: Shop (receiver) in Shop.open
    // <- bind open: Self (return) in Shop
}
