/* base/random.h -- bytes that nobody can guess, from the system. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

#include "base/err.h"

/* E_IO. */
MUST_CHECK enum err random_bytes(void *ret, size_t n);

#endif
