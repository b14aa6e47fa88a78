/* base/num.h -- text to numbers with a range, arithmetic that saturates. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Largest count: integers of I-JSON stay exact up to here (RFC 7493 s2.2). */
#define COUNT_MAX ((UINT64_C(1) << 53) - 1)

/* The whole of s as a decimal number from min to max; no sign but '-', no
 * blanks, no leading '+'. E_SYNTAX not a number, E_RANGE outside. */
MUST_CHECK enum err num_parse(struct span s, int64_t min, int64_t max,
    int64_t *ret);

/* a + b, or COUNT_MAX where that is less. */
static inline uint64_t
count_add(uint64_t a, uint64_t b)
{
	return a > COUNT_MAX || b > COUNT_MAX - a ? COUNT_MAX : a + b;
}

#endif
