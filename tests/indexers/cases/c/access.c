struct inner { int c; };
struct item { int n; struct inner in; int l[3]; struct item *next; };
static int total;

void f(struct item *i, struct item o) {
  i->n = o.n;
//   ^ writes n of i
//         ^ reads n of o
  i->n += 1;
//   ^ both n of i
  i->n++;
//   ^ both n of i
  --(i->n);
//      ^ both n of i
  i->in.c = 3;
//   ^ both in of i
//      ^ writes c of i.in
  i->l[0] = i->n;
//   ^ both l of i
//             ^ reads n of i
  total = 3;
//^ writes total
  total++;
//^ both total
  g(&i->n, i->n);
//^ reads g
//      ^ untold n of i
//            ^ reads n of i
  ADD(i->n, total);
//^ reads ADD
//       ^ untold n of i
//          ^ untold total
  struct item z = { .n = 3, .l = {1} };
//                   ^ writes n of item
//                           ^ writes l of item
  i->next->n = 2;
//   ^ reads next of i
//         ^ writes n of i.next
  *i->p = 3;
//    ^ reads p of i
  (*i).n = 2;
//     ^ writes n of ?
  if ((i->n = total)) return;
//        ^ writes n of i
//            ^ reads total
  scanf("%d", &total);
//^ reads scanf
//             ^ untold total
  i->arr[2].n = 3;
//   ^ untold arr of i
//          ^ writes n of i.arr[]
  o.in.c--;
//  ^ both in of o
//     ^ both c of o.in
}
