#include "shop.h"

static cart_t *current = NULL, other;
// <- def variable current hidden
// <- def variable other hidden
// <- sig static cart_t *current = NULL, other
// <- sig static cart_t *current = NULL, other
const char *names[] = {"a", [RED] = "b"};
// <- def variable names
// <- sig const char *names[] = {"a", [RED] = "b"}
int (*compare)(const void *, const void *);
// <- def variable compare
// <- sig int (*compare)(const void *, const void *)

static int helper(void);

/* Adds one. */
int cart_add(cart_t *cart, struct item *item)
// <- def function cart_add
// <- sig int cart_add(cart_t *cart, struct item *item)
// <- doc Adds one.
{
    int local, *pointer = &shop_count;
    enum inner { FIRST };
    // <- def enum cart_add.inner hidden
    // <- sig enum inner
    return helper();
}

static int helper(void) { return other.count; }
// <- def function helper hidden
// <- sig static int helper(void)

#if SHOP_FAST
int cart_total(void) { return 1; }
// <- def function cart_total
// <- sig int cart_total(void)
#else
int cart_total(void) { return slow(); }
// <- def function cart_total
// <- sig int cart_total(void)
#endif

struct item *item_new(void) { return xmalloc(sizeof(struct item)); }
// <- def function item_new
// <- sig struct item *item_new(void)

int (*cart_handler(int code))(int) { return 0; }
// <- def function cart_handler
// <- sig int (*cart_handler(int code))(int)
