#include "base/huge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 * 1024 * 1024)

void *
huge_alloc(size_t n)
{
	void *p;

	if (n < HUGE_PAGE)
		return malloc(n);
	if (posix_memalign(&p, HUGE_PAGE, n) != 0)
		return NULL;
	/* Only whole ones, or what stands beside the block would grow. */
	(void)madvise(p, n / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
	return p;
}

void *
huge_zalloc(size_t n)
{
	void *p;

	if (n < HUGE_PAGE)
		return calloc(1, n);
	if ((p = huge_alloc(n)) != NULL)
		memset(p, 0, n);
	return p;
}
