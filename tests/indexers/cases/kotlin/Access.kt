class Access {
    var n = 0
    var xs = intArrayOf()
    fun fill(o: Access) {
        this.n = o.n
//           ^ writes n of this
//                 ^ reads n of o
        n += 2
//      ^ both n
        n++
//      ^ both n
        --n
//        ^ both n
        o.n--
//        ^ both n of o
        xs[0] = n
//      ^ both xs
//              ^ reads n
        o.xs[1] += 2
//        ^ both xs of o
        o.next.n = 3
//        ^ reads next of o
//             ^ writes n of o.next
        val y = o.n
//                ^ reads n of o
        f(n, o.n)
//      ^ reads f
//        ^ reads n
//             ^ reads n of o
    }
}
