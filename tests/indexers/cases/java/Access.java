class Access {
    int n;
    static int total;
    int[] xs;

    void fill(Access o) {
        this.n = o.n;
//           ^ writes n of this
//                 ^ reads n of o
        n = 3;
//      ^ writes n
        n += 2;
//      ^ both n
        this.n++;
//           ^ both n of this
        --n;
//        ^ both n
        xs[0] = n;
//      ^ both xs
//              ^ reads n
        this.xs[1]++;
//           ^ both xs of this
        Access.total = 3;
//      ^ reads Access
//             ^ writes total of Access
        o.next.n -= 2;
//        ^ reads next of o
//             ^ both n of o.next
        g(n, this.n);
//      ^ reads g
//        ^ reads n
//                ^ reads n of this
        int y = n = total;
//              ^ writes n
//                  ^ reads total
        if ((n = y) > 2) {
//           ^ writes n
            return;
        }
    }
}
