#!/usr/bin/env node
/* license */
// <- comment license

// first line
// <- comment first line
// second line
/**
// <- comment The most.
 * The most.
 *
 * @deprecated
 */
export const LIMIT = 1; // trailing
// <- comment trailing
// <- def constant LIMIT
// <- doc The most.
// <- sig const LIMIT = 1

/** A shop. */
// <- comment A shop.
@deco
export class Shop {
// <- def class Shop
// <- doc A shop.
// <- sig class Shop
  /** How many. */
  // <- comment How many. in Shop
  size = 1;
  // <- def field Shop.size
  // <- doc How many.
  // <- sig size = 1

  // not a doc
  // <- comment not a doc in Shop
  run() {
  // <- def method Shop.run
  // <- doc
  // <- sig run()
    /* inside */
//  ^ comment inside in Shop.run
    return 1;
  }

  /** Closes. */
  // <- comment Closes. in Shop
  close(
  // <- def method Shop.close
  // <- doc Closes.
  // <- sig close( reason: string, ): void
    // why
//  ^ comment why in Shop.close
    reason: string, /* what */
//  ^ comment what in Shop.close
  ): void {}
}
// <- exports LIMIT Shop
