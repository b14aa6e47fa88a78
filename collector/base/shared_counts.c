#include "base/shared_counts.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES (SHARED_COUNTS * sizeof(uint64_t))

static _Atomic uint64_t own[SHARED_COUNTS];
static _Atomic uint64_t *counts = own;

enum err
shared_counts_make(int *ret_fd, struct why *why)
{
	int fd = memfd_create("tlsrptd.metrics",
	    MFD_CLOEXEC | MFD_ALLOW_SEALING);
	enum err e;

	if (fd < 0)
		return why_errno(why, "memfd_create");
	if (ftruncate(fd, BYTES) != 0)
		e = why_errno(why, "ftruncate");
	/* Shorter it would end each process that counts by SIGBUS. */
	else if (fcntl(fd, F_ADD_SEALS,
		     F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		e = why_errno(why, "F_ADD_SEALS");
	else
		e = shared_counts_map(fd, why);
	if (e == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}

enum err
shared_counts_map(int fd, struct why *why)
{
	void *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return why_errno(why, "mmap");
	counts = p;
	return E_OK;
}

void
shared_counts_add(size_t i, uint64_t n)
{
	(void)atomic_fetch_add_explicit(&counts[i], n, memory_order_relaxed);
}

void
shared_counts_set(size_t i, uint64_t n)
{
	atomic_store_explicit(&counts[i], n, memory_order_relaxed);
}

uint64_t
shared_counts_get(size_t i)
{
	return atomic_load_explicit(&counts[i], memory_order_relaxed);
}
