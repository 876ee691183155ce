#ifndef SHOP_H
#define SHOP_H

#include "util/list.h"
// <- import util/list.h
#include <stdio.h>
// <- import stdio.h

#define SHOP_VERSION "1.0"
// <- def macro SHOP_VERSION
// <- sig #define SHOP_VERSION "1.0"
#define SHOP_DEBUG
// <- def macro SHOP_DEBUG
// <- sig #define SHOP_DEBUG
/* The larger one. */
#define SHOP_MAX(a, b) \
// <- def macro SHOP_MAX
// <- sig #define SHOP_MAX(a, b)
// <- doc The larger one.
    ((a) > (b) ? (a) : shop_pick(b, LIMIT))
    //                 ^ call shop_pick in SHOP_MAX
    //                              ^ read LIMIT in SHOP_MAX

/** A cart. */
typedef struct cart {
// <- def struct cart
// <- sig struct cart
// <- doc A cart.
    struct item *items, **more;
    // <- def field cart.items
    // <- def field cart.more
    // <- sig struct item *items, **more
    // <- sig struct item *items, **more
    //     ^ type item in cart
    /* How many. */
    int count : 3, sizes[10];
    // <- def field cart.count
    // <- def field cart.sizes
    // <- sig int count : 3, sizes[10]
    // <- sig int count : 3, sizes[10]
    // <- doc How many.
    // <- doc How many.
    void (*callback)(int code);
    // <- def field cart.callback
    // <- sig void (*callback)(int code)
    union {
        int whole;
        // <- def field cart.whole
        // <- sig int whole
    } part;
    // <- def field cart.part
    // <- sig union
} cart_t;
// <- def type cart_t
// <- sig typedef struct cart
// <- doc A cart.

typedef struct {
    int x;
    // <- def field point.x
    // <- sig int x
} point;
// <- def struct point
// <- sig typedef struct

struct item;
//     ^ type item

enum color { RED, GREEN = SHOP_FIRST };
// <- def enum color
// <- def constant RED
// <- def constant GREEN
// <- sig enum color
// <- sig RED
// <- sig GREEN = SHOP_FIRST
//                        ^ read SHOP_FIRST in color
typedef enum { SMALL, BIG } size_kind;
// <- def enum size_kind
// <- def constant SMALL
// <- def constant BIG
// <- sig typedef enum
// <- sig SMALL
// <- sig BIG
typedef int (*handler)(struct cart *, const char *);
// <- def type handler
// <- sig typedef int (*handler)(struct cart *, const char *)
//                            ^ type cart
typedef unsigned long ulong_t;
// <- def type ulong_t
// <- sig typedef unsigned long ulong_t

extern int shop_count;
// <- def variable shop_count
// <- sig extern int shop_count

/* Adds one. */
int cart_add(cart_t *cart, struct item *item);
// <- def function cart_add
// <- sig int cart_add(cart_t *cart, struct item *item)
// <- doc Adds one.
//           ^ type cart_t
//                                ^ type item
const char *cart_name(const cart_t *cart), *cart_title;
// <- def function cart_name
// <- def variable cart_title
// <- sig const char *cart_name(const cart_t *cart), *cart_title
// <- sig const char *cart_name(const cart_t *cart), *cart_title
//                          ^ type cart_t
static inline int cart_is_empty(const cart_t *cart) { return !cart->count; }
// <- def function cart_is_empty hidden
// <- sig static inline int cart_is_empty(const cart_t *cart)
//                                    ^ type cart_t in cart_is_empty
//                                                                  ^ read count of cart in cart_is_empty
SHOP_EXPORT int cart_exported(void);
// <- def function cart_exported
// <- sig int cart_exported(void)
void cart_print(const char *format, ...) SHOP_PRINTF_LIKE(1, 2);
// <- def function cart_print
// <- sig void cart_print(const char *format, ...)

#ifdef SHOP_EXTRA
int cart_extra(void);
// <- def function cart_extra
// <- sig int cart_extra(void)
#else
int cart_other(void);
// <- def function cart_other
// <- sig int cart_other(void)
#endif

#endif
