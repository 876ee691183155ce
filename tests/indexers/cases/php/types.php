<?php
namespace Shop\Core;
use Slim\Routing\Route as R;
// <- import Slim\Routing:Route as R
use Slim\{Foo, Bar\Baz};
// <- import Slim:Foo as Foo
// <- import Slim\Bar:Baz as Baz
use function Slim\helper;
// <- import Slim:helper as helper
require_once __DIR__ . '/lib/a.php';
// <- import ./lib/a.php
include 'b.php';
// <- import b.php
/**
 * A cart.
 */
abstract class Cart extends \Lib\Base implements IFoo, Q\Bar
// <- def class Cart
// <- doc A cart.
//                               ^ inherit Base of Lib in Cart
//                                               ^ inherit IFoo in Cart
//                                                       ^ inherit Bar of Q in Cart
{
    use Logs;
//      ^ inherit Logs in Cart
    const NAME = 'x';
    // <- def constant Cart.NAME
    private const P = 1;
    // <- def constant Cart.P hidden
    protected ?Item $item = null;
    // <- def field Cart.item
//             ^ type Item in Cart
    // <- bind $this.item: Item (annotation) in Cart
    public static int $count = 0;
    // <- def field Cart.count
    public function __construct(private Store $store, ?int $n = self::NAME) {}
    // <- def method Cart.__construct
    // <- def field Cart.store hidden
//                                      ^ type Store in Cart.__construct
//                                                                    ^ read NAME of self in Cart.__construct
    // <- bind $store: Store (annotation) in Cart.__construct
    // <- bind $this.store: Store (annotation) in Cart
    public static function make(Item|null ...$items): static { return new static(); }
    // <- def method Cart.make
//                              ^ type Item in Cart.make
    // <- bind $items: Item (annotation) in Cart.make
    // <- bind make: Cart (return) in Cart
    abstract protected function go(): void;
    // <- def method Cart.go
}
enum Suit: string { case Hearts = 'H'; }
// <- def enum Suit
// <- def constant Suit.Hearts
trait Logs { private $log; }
// <- def trait Logs
// <- def field Logs.log hidden
interface IFoo { public function m(int $a): ?Foo; }
// <- def interface IFoo
// <- def method IFoo.m
//                                           ^ type Foo in IFoo.m
// <- bind m: Foo (return) in IFoo
function top(Foo $a) { $local = 1; }
// <- def function top
//           ^ type Foo in top
// <- bind $a: Foo (annotation) in top
const ZED = 4;
// <- def constant ZED
$app = new App();
// <- def variable $app
//         ^ call App
// <- bind $app: App (constructor)
