using Acme.Plain;
namespace Acme.App;
class Use {
  private readonly IThing _thing;
  void Go(GlobMe g, System.Collections.Generic.List<Thing> list) { //CS1 GlobMe
    HelpMe.Run1(); //CS2 HelpMe.Run1
    3.Twice(); //CS3 Ext.Twice
    g.Next1().Next1(); //CS4 GlobMe.Next1
    _thing.Do1(); //CS5 IThing.Do1
    foreach (var t in list) t.Do1(); //CS6 Thing.Do1
    var b = new Box<Thing>(); b.Val1.Do1();
    Acme.Plain.Thing x = new(); //CS8 Thing
    x.Do1(); //CS9 Thing.Do1
    var r = new Rec1(1, "b"); //CS10 Rec1
    _ = r.A1; //CS11 Rec1.A1
    if (r is Rec1 { A1: 3 }) {} //CS12 Rec1
    _ = nameof(Thing); //CS13 Thing
  }
}
