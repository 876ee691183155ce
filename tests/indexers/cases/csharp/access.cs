class A {
    int n; public int P { get; set; } int[] l; A next; static int total;
    void F(A o) {
        n = o.n;
//      ^ writes n
//            ^ reads n of o
        this.n += 1;
//           ^ both n of this
        o.n++;
//        ^ both n of o
        --n;
//        ^ both n
        P = 3;
//      ^ writes P
        o.P = n;
//        ^ writes P of o
//            ^ reads n
        l[0] = n;
//      ^ both l
//             ^ reads n
        o.l[0]++;
//        ^ both l of o
        A.total = 3;
//      ^ untold A
//        ^ writes total of A
        next.n = 4;
//      ^ untold next
//           ^ writes n of next
        G(out n, ref o.n, P);
//      ^ reads G
//            ^ writes n
//                     ^ untold n of o
//                        ^ reads P
        o.next.n = 2;
//        ^ untold next of o
//             ^ writes n of o.next
        (n, P) = (1, 2);
//       ^ writes n
//          ^ writes P
        var a = new A { P = 1, n = 2 };
//                  ^ reads A
//                      ^ writes P of A
//                             ^ writes n of A
        n ??= 3;
//      ^ both n
        var x = o with { P = n };
//                       ^ writes P of o
//                           ^ reads n
    }
}
