#include "ingest/landing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 50
#define LOCK_PAUSE_NS (10 * 1000 * 1000)

/* Where a folder was copied two collectors have the same name for it. One that
 * was just killed is waited for: it may have let go of its other locks only. */
static bool
lock(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	unsigned tries = LOCK_TRIES;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK || --tries == 0)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static enum err
make_room(int fd, const char *path, struct why *why)
{
	struct stat st;
	int error;

	if (fstat(fd, &st) != 0)
		return why_errno(why, "%s", path);
	if (st.st_uid != geteuid() || !S_ISREG(st.st_mode))
		return why_set(why, E_DENIED, "%s is not a file of this user",
		    path);
	if (!lock(fd))
		return why_set(why, E_CONFLICT,
		    "%s is in use: another tlsrptd has this collector-id",
		    path);
	error = posix_fallocate(fd, 0, (off_t)sizeof(struct landing_area));
	if (error != 0) {
		errno = error;
		return why_errno(why, "%s", path);
	}
	return E_OK;
}

enum err
landing_open(const char *path, struct landing *ret, struct why *why)
{
	struct landing l = LANDING_NONE;
	enum err e;
	void *p;

	if ((l.path = strdup(path)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	l.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	e = l.fd < 0 ? why_errno(why, "%s", path) : make_room(l.fd, path, why);
	if (e == E_OK) {
		p = mmap(NULL, sizeof(*l.area), PROT_READ | PROT_WRITE,
		    MAP_SHARED, l.fd, 0);
		if (p == MAP_FAILED)
			e = why_errno(why, "%s", path);
		else
			l.area = p;
	}
	if (e != E_OK) {
		landing_close(&l);
		return e;
	}
	/* Against swapping; without the right to, that is unlikely enough. */
	(void)mlock(l.area, sizeof(*l.area));
	*ret = l;
	return E_OK;
}

static bool
is_empty(const struct landing *l)
{
	for (size_t i = 0; i < DATAGRAM_MAX; i++)
		if (l->area->bytes[i] != '\0')
			return false;
	return true;
}

void
landing_close(struct landing *l)
{
	if (l->area != NULL && is_empty(l))
		(void)unlink(l->path);
	if (l->area != NULL)
		(void)munmap(l->area, sizeof(*l->area));
	if (l->fd >= 0)
		(void)close(l->fd);
	free(l->path);
	*l = LANDING_NONE;
}

char *
landing_bytes(const struct landing *l)
{
	return l->area->bytes;
}

bool
landing_is_after(const struct landing *l, const struct uuid *journal,
    uint64_t sequence)
{
	return uuid_eq(&l->area->journal, journal) &&
	    l->area->sequence >= sequence;
}

void
landing_reset(struct landing *l, const struct uuid *journal, uint64_t sequence)
{
	/* Writing all of it also has every page mapped for writing. */
	memset(l->area, 0, sizeof(*l->area));
	l->area->journal = *journal;
	l->area->sequence = sequence;
}

void
landing_clear(struct landing *l, size_t length, uint64_t sequence)
{
	/* A kill may come between any two of: the record is published, nothing
	 * is here, the number is the next one. */
	atomic_signal_fence(memory_order_seq_cst);
	memset(l->area->bytes, 0, length);
	atomic_signal_fence(memory_order_seq_cst);
	l->area->sequence = sequence;
}
