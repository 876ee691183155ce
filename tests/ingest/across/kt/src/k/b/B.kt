package k.b
import k.a.Foo
import k.a.ext1
import k.a.prop1
import k.a.top1
import k.a.*
fun use(f: Foo, n: Foo?, l: List<Foo>) {
  f.ext1() //K1 ext1
  f.prop1 //K2 prop1
  n?.bar1() //K3 Foo.bar1
  l.forEach { it.bar1() }
  Foo.make1().bar1() //K5 Foo.bar1
  Single1.act1() //K6 Single1.act1
  val o = Outer.Inner1() //K7 Outer.Inner1
  val q: k.a.Foo = f //K8 Foo
  f.apply { bar1() }
  val x by lazy { Foo() }
  x.bar1() //K10 Foo.bar1
  Foo().also2 { z -> z.bar1() } //K11 also2
}
