//! Crate documentation.

/// The largest.
pub const MAX: usize = 3;
// <- def constant MAX
// <- sig pub const MAX: usize = 3
// <- doc The largest.
static mut COUNT: u32 = 0;
// <- def constant COUNT hidden
// <- sig static mut COUNT: u32 = 0

/// A cart.
#[derive(Debug, Clone)]
#[serde(rename = "cart")]
pub struct Cart<T: Item> {
// <- def struct Cart
// <- sig pub struct Cart<T: Item>
// <- doc A cart.
    /// What is inside.
    pub items: Vec<T>,
    // <- def field Cart.items
    // <- sig pub items: Vec<T>
    // <- doc What is inside.
    owner: User,
    // <- def field Cart.owner hidden
    // <- sig owner: User
}

pub struct Point(pub i32, i32);
// <- def struct Point
// <- sig pub struct Point(pub i32, i32)

pub(crate) enum Kind {
// <- def enum Kind
// <- sig pub(crate) enum Kind
    Small,
    // <- def constant Kind.Small
    // <- sig Small
    Big { size: u8 },
    // <- def constant Kind.Big
    // <- sig Big { size: u8 }
    Other(String),
    // <- def constant Kind.Other
    // <- sig Other(String)
}

/** Adds things. */
pub trait Adder: Base {
// <- def trait Adder
// <- sig pub trait Adder: Base
// <- doc Adds things.
    const LIMIT: usize;
    // <- def constant Adder.LIMIT
    // <- sig const LIMIT: usize
    type Out;
    // <- def type Adder.Out
    // <- sig type Out
    fn add(&mut self, item: u8) -> Self::Out;
    // <- def method Adder.add
    // <- sig fn add(&mut self, item: u8) -> Self::Out
    fn twice(&mut self) {}
    // <- def method Adder.twice
    // <- sig fn twice(&mut self)
}

impl<T: Item> Adder for Cart<T> {
    const LIMIT: usize = 1;
    // <- def constant Cart.LIMIT
    // <- sig const LIMIT: usize = 1
    type Out = u8;
    // <- def type Cart.Out
    // <- sig type Out = u8
    fn add(&mut self, item: u8) -> u8 {
    // <- def method Cart.add
    // <- sig fn add(&mut self, item: u8) -> u8
        fn nested() {}
        // <- def function Cart.add.nested hidden
        // <- sig fn nested()
        const INNER: u8 = 1;
        item
    }
}

impl<T> Cart<T> {
    pub fn new() -> Self {
    // <- def method Cart.new
    // <- sig pub fn new() -> Self
        todo!()
    }

    fn private(&self) {}
    // <- def method Cart.private hidden
    // <- sig fn private(&self)
}

impl Display for store::Shelf {
    fn fmt(&self) {}
    // <- def method Shelf.fmt
    // <- sig fn fmt(&self)
}

pub mod outer {
// <- def module outer
// <- sig pub mod outer
    pub fn inside() {}
    // <- def function outer.inside
    // <- sig pub fn inside()
    mod deep {
    // <- def module outer.deep hidden
    // <- sig mod deep
        pub struct Deep;
        // <- def struct outer.deep.Deep
        // <- sig pub struct Deep
    }
}

#[macro_export]
macro_rules! cart {
// <- def macro cart
// <- sig macro_rules! cart
    ($x:expr) => { $x };
}

macro_rules! hidden { () => {}; }
// <- def macro hidden hidden
// <- sig macro_rules! hidden { () => {}; }

pub type Alias = Cart<u8>;
// <- def type Alias
// <- sig pub type Alias = Cart<u8>

union Bits { a: u32 }
// <- def struct Bits hidden
// <- def field Bits.a hidden
// <- sig union Bits
// <- sig a: u32

pub async unsafe fn free<'a, T>(x: &'a T) -> &'a T
// <- def function free
// <- sig pub async unsafe fn free<'a, T>(x: &'a T) -> &'a T where T: Item,
where
    T: Item,
{
    x
}

extern "C" {
    pub fn c_function(x: i32) -> i32;
    // <- def function c_function
    // <- sig pub fn c_function(x: i32) -> i32
}
