package sb
import sa.{
  Svc1,
  Imp1
}
import sa.Dir1._
import sa.Ops1._
class C extends Svc1 with Serializable { self: Svc1 =>
  val x = repoDir1(3) //SC1 Dir1.repoDir1
  val i: Info1 = Info1(2) //SC2 Dir1.Info1
  svcm1() //SC3 Svc1.svcm1
  val r: Svc1.RI1 = Svc1.RI1("x") //SC4 Svc1.RI1
  3.dbl1 //SC5 Ops1.RichInt1.dbl1
  val q = sa.Dir1.repoDir1(2) //SC6 Dir1.repoDir1
  i.a //SC7 Dir1.Info1.a
}
