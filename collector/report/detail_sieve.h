/* report/detail_sieve.h -- of a tally's failure details, however many there
 * are, the busiest stay whole and the others are folded, in bounded memory. */
#ifndef REPORT_DETAIL_SIEVE_H
#define REPORT_DETAIL_SIEVE_H

#include "base/arena.h"
#include "model/tally.h"

struct detail_sieve;

/* max: details that stay whole. The others are folded just as far as makes them
 * no more than so many again: first without EHLO, then without reason, then
 * without addresses. Which ones stay depends on their counts and keys, not on
 * the order they come in. E_NOMEM. */
MUST_CHECK enum err detail_sieve_new(size_t max, struct detail_sieve **ret);
void detail_sieve_free(struct detail_sieve *); /* NULL is fine */

/* A detail of the policy of that number; its texts are copied. E_NOMEM. */
MUST_CHECK enum err detail_sieve_add(struct detail_sieve *, size_t policy,
    const struct tally_detail *);

/* At the end: fill the policies with what is left, copied to the arena.
 * *ret_folded: how many details were merged into others. E_NOMEM. */
MUST_CHECK enum err detail_sieve_finish(struct detail_sieve *, struct tally *,
    struct arena *, uint64_t *ret_folded);

#endif
