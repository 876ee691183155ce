<?php
class Access {
    public $n;
    public static $total;
    function fill(Access $o) {
        $this->n = $o->n;
//             ^ writes n of $this
//                     ^ reads n of $o
        $this->n += 2;
//             ^ both n of $this
        $this->n++;
//             ^ both n of $this
        $this->xs[0] = $this->n;
//             ^ both xs of $this
//                            ^ reads n of $this
        $this->xs['a']['b'] = 1;
//             ^ both xs of $this
        self::$total = 3;
//             ^ writes total of self
        self::$total .= $this->n;
//             ^ both total of self
//                             ^ reads n of $this
        [$this->n, $o->n] = [1, 2];
//              ^ writes n of $this
//                     ^ writes n of $o
        unset($this->n);
//                   ^ writes n of $this
        unset($this->xs[1]);
//                   ^ both xs of $this
        foreach ($o->xs as $this->k) {}
//                   ^ reads xs of $o
//                                ^ writes k of $this
        f($this->n, self::$total);
//      ^ reads f
//               ^ untold n of $this
//                         ^ untold total of self
        $y = &$this->n;
//                   ^ untold n of $this
        return $o->next->n;
//                 ^ reads next of $o
//                       ^ reads n of $o.next
    }
}
