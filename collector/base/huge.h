/* base/huge.h -- large blocks of memory on large pages, if the machine gives
 * them: in a block that is touched at random all over, finding the page costs
 * more than the memory does. */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H

#include <stddef.h>

/* As malloc and calloc; small blocks are theirs. For free(). */
void *huge_alloc(size_t n);
void *huge_zalloc(size_t n);

#endif
