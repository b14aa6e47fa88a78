/* intake/spool_recover.c -- what a kill or a power loss left, put in order at
 * start. */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "intake/spool_private.h"

#define BLOCK_BYTES 4096

/* Only these can have anything that was not synced: one that is being written,
 * and the one before, when it was given up for it. */
#define UNSYNCED 2

/* -- one segment -- */

static enum err
is_zero(const struct spool_segment *g, uint64_t from, uint64_t to, bool *ret,
    struct why *why)
{
	char block[BLOCK_BYTES];
	enum err e = E_OK;

	*ret = true;
	for (; e == E_OK && *ret && from < to; from += sizeof(block)) {
		size_t n = to - from < sizeof(block) ? (size_t)(to - from)
						     : sizeof(block);

		e = spool_segment_read(g, from, block, n, why);
		for (size_t i = 0; e == E_OK && i < n; i++)
			*ret = *ret && block[i] == '\0';
	}
	return e;
}

struct findings {
	uint64_t end; /* of what is worth keeping */
	uint64_t damaged;
	bool torn;
};

/* No record begins at f->end: one behind it does, or it is the end. Bytes that
 * no write of ours can have left there may have been records. */
static enum err
look_behind(const struct spool_segment *g, const struct uuid *spool,
    uint64_t limit, struct findings *f, struct why *why)
{
	enum err e = spool_segment_find(g, spool, f->end, limit, &f->end, why);

	if (e == E_OK)
		f->damaged++;
	if (e != E_ABSENT)
		return e;
	f->torn = limit - f->end < SPOOL_HEAD_BYTES;
	if (!f->torn)
		e = is_zero(g, f->end, limit, &f->torn, why);
	else
		e = E_OK;
	if (e == E_OK && !f->torn) {
		f->damaged++;
		f->end = limit;
	}
	return e;
}

static enum err
walk(const struct spool_segment *g, const struct uuid *spool, uint64_t limit,
    struct findings *f, struct why *why)
{
	struct spool_head head;
	enum err e = E_OK;

	while (e == E_OK && !f->torn && f->end < limit) {
		e = spool_segment_look(g, spool, f->end, limit, &head, why);
		switch (e) {
		case E_OK:
			f->end += spool_record_bytes(&head);
			break;
		case E_DAMAGED:
			f->damaged++;
			f->end += spool_record_bytes(&head);
			e = E_OK;
			break;
		case E_RANGE:
			f->torn = true;
			e = E_OK;
			break;
		case E_SYNTAX:
			e = look_behind(g, spool, limit, f, why);
			break;
		default:
			break;
		}
	}
	return e;
}

static enum err
mend(struct spool *s, const struct spool_segment *g, uint64_t *bytes,
    struct spool_recovery *recovery, struct why *why)
{
	struct findings f = { .end = 0 };
	enum err e = walk(g, &s->id, *bytes, &f, why);

	if (e == E_OK && f.damaged > 0)
		e = spool_segment_keep_aside(s->dir_fd, g->number, why);
	if (e == E_OK && f.torn && ftruncate(g->fd, (off_t)f.end) != 0)
		e = why_errno(why, "spool: ftruncate");
	if (e == E_OK && f.torn)
		*bytes = f.end;
	recovery->torn += f.torn;
	recovery->damaged += f.damaged;
	return e;
}

/* -- all of them -- */

/* What is handed out from here on is on disk, whoever wrote it. */
static enum err
sync_segment(const struct spool_segment *g, struct why *why)
{
	return fsync(g->fd) == 0 ? E_OK : why_errno(why, "spool: fsync");
}

static enum err
take_segment(struct spool *s, uint64_t number, bool may_be_torn,
    struct spool_recovery *recovery, struct why *why)
{
	struct spool_segment g;
	uint64_t bytes = 0;
	enum err e = spool_segment_open(s->dir_fd, number, &g, why);

	if (e != E_OK)
		return e;
	e = spool_segment_bytes(&g, &bytes, why);
	if (e == E_OK && may_be_torn)
		e = mend(s, &g, &bytes, recovery, why);
	if (e == E_OK && may_be_torn)
		e = sync_segment(&g, why);
	spool_segment_close(&g);
	recovery->segments++;
	recovery->bytes += bytes;
	s->synced = (struct spool_place){ number, bytes };
	return e;
}

static enum err
count_segments(const struct spool *s, uint64_t *ret, struct why *why)
{
	uint64_t number = 0;
	enum err e;

	*ret = 0;
	while ((e = spool_segment_from(s->dir_fd, number + 1, &number, why)) ==
	    E_OK)
		++*ret;
	return e == E_ABSENT ? E_OK : e;
}

static enum err
count_aside(const struct spool *s, uint64_t *ret, struct why *why)
{
	int fd = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL)
		return why_errno(why, "spool");
	while ((entry = readdir(dir)) != NULL)
		*ret += spool_segment_is_aside(entry->d_name);
	(void)closedir(dir);
	return E_OK;
}

enum err
spool_recover(struct spool *s, struct spool_recovery *recovery, struct why *why)
{
	uint64_t n = 0, number = 0;
	enum err e = count_segments(s, &n, why);

	for (; e == E_OK && n > 0; n--) {
		e = spool_segment_from(s->dir_fd, number + 1, &number, why);
		if (e == E_OK)
			e = take_segment(s, number, n <= UNSYNCED, recovery,
			    why);
	}
	/* Their names, too. */
	if (e == E_OK && fsync(s->dir_fd) != 0)
		e = why_errno(why, "spool: fsync");
	s->number = number;
	s->bytes = recovery->bytes;
	return e == E_OK ? count_aside(s, &recovery->aside, why) : e;
}
