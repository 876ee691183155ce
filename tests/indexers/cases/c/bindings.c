struct cart {
    struct item *items;
    // <- bind items: item (annotation) in cart
    int count;
};
typedef struct cart cart_t;
// <- bind cart_t: cart (alias)

static cart_t *current;
// <- bind current: cart_t (annotation)
const struct shelf *shelves[3];
// <- bind shelves: shelf (annotation)

struct item *item_new(cart_t *cart, unsigned int n, const char *text)
// <- bind cart: cart_t (annotation) in item_new
// <- bind item_new: item (return)
{
    struct item *item = cart->items, copy;
    // <- bind item: item (annotation) in item_new
    // <- bind copy: item (annotation) in item_new
    kind k = BIG;
    // <- bind k: kind (annotation) in item_new
    int i;
    for (list_t *l = first; l; l = l->next) {}
    // <- bind l: list_t (annotation) in item_new
    return item;
}

int plain(void);
cart_t *cart_copy(const cart_t *cart);
// <- bind cart_copy: cart_t (return)
