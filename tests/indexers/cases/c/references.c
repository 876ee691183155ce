#define CALL(x) helper(x, LIMIT, "text()", x.field)
//              ^ call helper in CALL
//                        ^ read LIMIT in CALL

static cart_t *current = first;
//     ^ type cart_t
//                       ^ read first

int run(cart_t *cart, struct item *item, int (*compare)(item_t *))
//      ^ type cart_t in run
//                           ^ type item in run
//                                                      ^ type item_t in run
{
    cart_t local = {.count = LIMIT, .items = item};
    // <- type cart_t in run
    //               ^ read count of cart_t in run
    //                       ^ read LIMIT in run
    //                               ^ read items of cart_t in run
    kind k = SMALL;
    // <- type kind in run
    //       ^ read SMALL in run
    for (int i = 0; i < cart->count; i++) {
    //                        ^ read count of cart in run
        cart->callback(i);
        //    ^ call callback of cart in run
        helper(names[i]);
        // <- call helper in run
        //     ^ read names in run
        (*cart->callback)(1);
        //      ^ read callback of cart in run
    }
    if (!current)
    //   ^ read current in run
        goto done;
    item_free(&local.items[0], SHOP_MAX(1, other), sizeof(struct item));
//                                                               ^ type item in run
    // <- call item_free in run
    //               ^ read items of local in run
    //                         ^ call SHOP_MAX in run
    //                                     ^ read other in run
    ((handler)item)(cart);
    //^ type handler in run
    cart->list.first->next = global;
    //    ^ read list of cart in run
    //         ^ read first of cart.list in run
    //                ^ read next of cart.list.first in run
    //                       ^ read global in run
    switch (k) {
    case BIG:
    //   ^ read BIG in run
        break;
    }
done:
    return (int)total(cart)->sum;
    //          ^ call total in run
    //                       ^ read sum of total() in run
}
