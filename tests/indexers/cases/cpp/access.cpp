namespace ns { int total; }
class A {
public:
  int n;
  A* in;
  int l[3];
  static int s;
  A() : n(3), in{nullptr} {}
//      ^ writes n
//            ^ writes in
  A(int n) : n(n) {}
//           ^ writes n of this
  int f(A& o) {
    n = o.n;
//  ^ writes n
//        ^ reads n of o
    this->n += 1;
//        ^ both n of this
    o.n++;
//    ^ both n of o
    A::s = 3;
//     ^ writes s of A
    ns::total++;
//      ^ both total of ns
    in->n = 3;
//  ^ reads in
//      ^ writes n of in
    l[0] = n;
//  ^ both l
//         ^ reads n
    g(n, o.n, &n);
//  ^ reads g
//    ^ untold n
//         ^ untold n of o
//             ^ untold n
    std::cin >> n >> o.n;
//       ^ reads cin of std
//              ^ untold n
//                     ^ untold n of o
    auto& r = o.n;
//              ^ untold n of o
    for (auto& e : o.l) {}
//                   ^ untold l of o
    int x = n + o.n;
//          ^ reads n
//                ^ reads n of o
    return n;
//         ^ untold n
  }
};
