/* intake/weigh.h -- how much of the store the rows of what was received take,
 * about. Pure. */
#ifndef INTAKE_WEIGH_H
#define INTAKE_WEIGH_H

#include "intake/examine.h"

/* Without its bytes as received. */
uint64_t weigh_rows(const struct receipt_facts *, const struct examined *);

#endif
