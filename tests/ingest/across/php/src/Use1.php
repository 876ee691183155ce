<?php
namespace App\Sub;
use App\Svc;
use App\Can1;
use App\Fn;
use function App\Fn\ns_fn1;
class Use1 {
  use \App\Tr1; //PH1 Tr1
  private Svc $typed;
  public function __construct(private readonly Svc $svc, Svc $other) {
    $this->assigned = $other;
  }
  public function go($x) {
    $this->svc->run1(); //PH2 Svc.run1
    $this->typed->run1(); //PH3 Svc.run1
    $this->assigned->run1();
    if ($x instanceof Can1) {} //PH5 Can1
    helper_fn1(3); //PH6 helper_fn1
    Fn\ns_fn1();
    ns_fn1(); //PH8 ns_fn1
    \App\Fn\ns_fn1(); //PH9 ns_fn1
    new \App\Svc(); //PH10 Svc
    try {} catch (\App\Svc $e) {} //PH11 Svc
    Svc::make1()->run1(); //PH12 Svc.run1
    \App\E1::One1; //PH13 E1.One1
    (new Svc)->run1();
    $s = app(Svc::class); //PH15 Svc
    [$this, 'go']; 
    /** @var Svc $d */
    $d->run1();
  }
}
