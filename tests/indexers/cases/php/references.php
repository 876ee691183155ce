<?php
class Cart
// <- def class Cart
{
    public function run(Item $item)
    // <- def method Cart.run
//                      ^ type Item in Cart.run
    // <- bind $item: Item (annotation) in Cart.run
    {
        $order = new Order($item);
//                   ^ call Order in Cart.run
        // <- bind $order: Order (constructor) in Cart.run
        $this->store->save($order->lines()->first()?->name);
//             ^ read store of $this in Cart.run
//                    ^ call save of $this.store in Cart.run
//                                 ^ call lines of $order in Cart.run
//                                          ^ call first of $order.lines() in Cart.run
//                                                    ^ read name of $order.lines().first() in Cart.run
        Shelf::open(self::$count, Color::Red, Item::class);
//      ^ read Shelf in Cart.run
//             ^ call open of Shelf in Cart.run
//                         ^ read count of self in Cart.run
//                                ^ read Color in Cart.run
//                                       ^ read Red of Color in Cart.run
//                                            ^ read Item in Cart.run
        helper(Lib\other(MAX), strlen('a'));
//      ^ call helper in Cart.run
//                 ^ call other of Lib in Cart.run
//                       ^ read MAX in Cart.run
        if ($item instanceof Paid) { throw new \Lib\Failure(); }
//                           ^ read Paid in Cart.run
//                                                  ^ call Failure of Lib in Cart.run
        $add = fn (Kind $kind) => $kind->name;
//                 ^ type Kind in Cart.run
//                                       ^ read name of $kind in Cart.run
        // <- bind $kind: Kind (annotation) in Cart.run
        $this->last = new Order($item);
//             ^ read last of $this in Cart.run
//                        ^ call Order in Cart.run
        // <- bind $this.last: Order (constructor) in Cart.run
        foreach ($order as $key => $line) { echo "{$line->name()}"; }
//                                                        ^ call name of $line in Cart.run
    }
}
