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
    // <- bind n: ? (alias) in Cart.run
    // <- bind run: Option<Item> (return) in Cart
        let a = Cart::new(1);
        // <- bind a: Cart.new (constructor) in Cart.run
        let b = store::Cart::with_user(user)?;
        // <- bind b: store.Cart.with_user()[ok] (alias) in Cart.run
        let mut c = load(path).await.unwrap();
        // <- bind c: load()[ok] (alias) in Cart.run
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
        // <- bind j: pair()[0] (alias) in Cart.run
        // <- bind k: pair()[1] (alias) in Cart.run
        if let Some(Ok(l)) = self.items.get(1) {}
        // <- bind l: self.items.get()[ok][ok] (alias) in Cart.run
        for (m, n) in &self.owner.list() {}
        // <- bind m: self.owner.list()[][0] (alias) in Cart.run
        // <- bind n: self.owner.list()[][1] (alias) in Cart.run
        match next().await? {
            Event::Key(o, _) => o,
            // <- bind o: Event.Key[0] (alias) in Cart.run
            Event::Point { x, y: p } => x + p,
            // <- bind x: Event.Point.x (alias) in Cart.run
            // <- bind p: Event.Point.y (alias) in Cart.run
            q => q,
            // <- bind q: next()[ok] (alias) in Cart.run
        }
        if let Some(a) = a + 1 {}
        // <- bind a: ? (alias) in Cart.run
    }

    fn generic<T: Shop + Send, U>(&self, one: T, two: U, three: &[T]) -> Vec<U>
    // <- bind self: Cart (receiver) in Cart.generic
    // <- bind one: Shop + Send (annotation) in Cart.generic
    // <- bind two: Item (annotation) in Cart.generic
    // <- bind three: [Shop + Send] (annotation) in Cart.generic
    // <- bind generic: Vec<Item> (return) in Cart
    where
        U: Item,
    {
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

enum Event {
    Key(Key, u8),
    // <- bind Key: (Key, u8,) (underlying) in Event
    Point { x: Item },
}
