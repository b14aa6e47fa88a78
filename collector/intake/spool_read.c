/* intake/spool_read.c -- the worker's side: what is on disk, in order, and what
 * may go. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/spool_private.h"

static struct spool_place
synced(struct spool *s)
{
	struct spool_place place;

	(void)pthread_mutex_lock(&s->lock);
	place = s->synced;
	(void)pthread_mutex_unlock(&s->lock);
	return place;
}

/* -- reading -- */

/* Have the place's segment open, or the next that there is. */
static enum err
enter(struct spool *s, struct spool_place *at, struct why *why)
{
	uint64_t number;
	enum err e;

	if (s->reading.fd >= 0 && s->reading.number == at->segment)
		return E_OK;
	spool_segment_close(&s->reading);
	e = spool_segment_from(s->dir_fd, at->segment, &number, why);
	if (e == E_OK)
		e = spool_segment_open(s->dir_fd, number, &s->reading, why);
	if (e == E_OK && number != at->segment)
		*at = (struct spool_place){ number, 0 };
	return e;
}

/* To where something may stand, before *ret_limit. E_ABSENT: nothing more. */
static enum err
reach(struct spool *s, struct spool_place *at, uint64_t *ret_limit,
    struct why *why)
{
	struct spool_place end = synced(s);
	enum err e;

	for (;;) {
		if (at->segment > end.segment)
			return E_ABSENT;
		if ((e = enter(s, at, why)) != E_OK)
			return e;
		if (at->segment > end.segment)
			return E_ABSENT;
		*ret_limit = end.offset;
		if (at->segment < end.segment)
			e = spool_segment_bytes(&s->reading, ret_limit, why);
		if (e != E_OK || at->offset < *ret_limit)
			return e;
		if (at->segment == end.segment)
			return E_ABSENT;
		*at = (struct spool_place){ at->segment + 1, 0 };
	}
}

/* Nothing whole at the place, which goes behind what is not. The segment stays
 * for a person. */
static enum err
pass_over(struct spool *s, struct spool_place *at, uint64_t limit,
    uint64_t behind, struct why *why)
{
	uint64_t begin = at->offset;
	enum err e = E_OK;

	if (s->gap.segment == at->segment && s->gap.begin == begin) {
		at->offset = s->gap.end;
		return E_OK;
	}
	if (behind == 0)
		e = spool_segment_find(&s->reading, &s->id, begin + 1, limit,
		    &behind, why);
	if (e == E_ABSENT) {
		behind = limit;
		e = E_OK;
	}
	if (e == E_OK)
		e = spool_segment_keep_aside(s->dir_fd, at->segment, why);
	if (e != E_OK)
		return e;
	s->gap.segment = at->segment;
	s->gap.begin = begin;
	at->offset = s->gap.end = behind;
	return E_OK;
}

/* E_SYNTAX: the facts are not as we write them. */
static enum err
read_payload(const struct spool *s, uint64_t offset,
    const struct spool_head *head, struct arena *arena, struct receipt *ret,
    struct why *why)
{
	size_t length = (size_t)head->facts_length + head->body_length;
	char *p = arena_bytes(arena, length);
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "spool: no memory for %zu bytes",
		    length);
	e = spool_segment_read(&s->reading, offset + SPOOL_HEAD_BYTES, p,
	    length, why);
	if (e != E_OK)
		return e;
	ret->id = head->id;
	ret->body = (struct span){ p + head->facts_length, head->body_length };
	return spool_facts_read((struct span){ p, head->facts_length },
	    &ret->facts);
}

/* The record at the place. E_SYNTAX, E_RANGE, E_DAMAGED: none that is whole.
 * *ret_behind: where its head says that it ends; 0: there is no head. */
static enum err
read_record(const struct spool *s, struct spool_place at, uint64_t limit,
    struct arena *arena, struct receipt *ret, uint64_t *ret_behind,
    struct why *why)
{
	struct spool_head head;
	enum err e = spool_segment_look(&s->reading, &s->id, at.offset, limit,
	    &head, why);

	*ret_behind = 0;
	if (e == E_OK || e == E_DAMAGED)
		*ret_behind = at.offset + spool_record_bytes(&head);
	return e == E_OK ? read_payload(s, at.offset, &head, arena, ret, why)
			 : e;
}

enum err
spool_next(struct spool *s, struct spool_place at, struct arena *arena,
    struct receipt *ret, struct why *why)
{
	struct receipt r = { .damaged = 0 };
	uint64_t limit, behind;
	enum err e;

	while ((e = reach(s, &at, &limit, why)) == E_OK) {
		e = read_record(s, at, limit, arena, &r, &behind, why);
		if (e == E_OK) {
			r.behind = (struct spool_place){ at.segment, behind };
			*ret = r;
			return E_OK;
		}
		if (e != E_SYNTAX && e != E_RANGE && e != E_DAMAGED)
			return e;
		if ((e = pass_over(s, &at, limit, behind, why)) != E_OK)
			return e;
		r.damaged++;
	}
	return e;
}

/* -- releasing -- */

/* So many bytes are gone. A segment that could not be cut back to what was
 * synced had more than was counted. */
static void
subtract(struct spool *s, uint64_t bytes)
{
	s->bytes -= bytes < s->bytes ? bytes : s->bytes;
	s->released = 0;
}

static enum err
remove_segment(struct spool *s, uint64_t number, struct why *why)
{
	char name[SPOOL_NAME_SIZE];
	struct stat st;

	spool_segment_name(number, name);
	if (fstatat(s->dir_fd, name, &st, 0) != 0 ||
	    unlinkat(s->dir_fd, name, 0) != 0)
		return why_errno(why, "spool: %s", name);
	if (s->reading.number == number)
		spool_segment_close(&s->reading);
	(void)pthread_mutex_lock(&s->lock);
	subtract(s, (uint64_t)st.st_size);
	(void)pthread_mutex_unlock(&s->lock);
	return E_OK;
}

/* Under the lock: all that the segment has is before the place, and nothing
 * more comes into it. The segment that is being written is given up only when
 * the disk has no room for what comes next. */
static bool
is_done_with(const struct spool *s, struct spool_place place,
    const struct stat *st)
{
	bool is_tail = s->tail.segment.fd >= 0 &&
	    s->tail.segment.number == place.segment;

	return place.offset >= (uint64_t)st->st_size && st->st_nlink == 1 &&
	    (!is_tail || s->pressed);
}

/* Under the lock. The file stays, empty, so that its number is not given to
 * another segment, which the worker would take for read. */
static enum err
empty_segment(struct spool *s, const struct spool_segment *g, uint64_t bytes,
    struct why *why)
{
	if (ftruncate(g->fd, 0) != 0)
		return why_errno(why, "spool: ftruncate");
	if (s->tail.segment.number == g->number)
		spool_segment_close(&s->tail.segment);
	subtract(s, bytes);
	return E_OK;
}

/* The segment that the place is in. */
static enum err
release_in(struct spool *s, struct spool_place place,
    const struct spool_segment *g, struct why *why)
{
	struct stat st;
	enum err e = E_OK;

	(void)pthread_mutex_lock(&s->lock);
	if (fstat(g->fd, &st) != 0)
		e = why_errno(why, "spool: fstat");
	else if (is_done_with(s, place, &st))
		e = empty_segment(s, g, (uint64_t)st.st_size, why);
	else
		s->released = place.offset < s->bytes ? place.offset : s->bytes;
	(void)pthread_mutex_unlock(&s->lock);
	return e;
}

static enum err
remove_before(struct spool *s, uint64_t segment, struct why *why)
{
	uint64_t number = 0;
	enum err e;

	while ((e = spool_segment_from(s->dir_fd, number + 1, &number, why)) ==
		E_OK &&
	    number < segment)
		if ((e = remove_segment(s, number, why)) != E_OK)
			return e;
	return e == E_ABSENT ? E_OK : e;
}

enum err
spool_release(struct spool *s, struct spool_place place, struct why *why)
{
	struct spool_place end = synced(s);
	struct spool_segment g;
	enum err e;

	if (place.segment > end.segment || place.segment == 0)
		return E_OK;
	if ((e = remove_before(s, place.segment, why)) != E_OK)
		return e;
	e = spool_segment_open(s->dir_fd, place.segment, &g, NULL);
	if (e == E_ABSENT)
		return E_OK;
	if (e != E_OK)
		return why_set(why, e, "spool: a segment cannot be opened");
	e = release_in(s, place, &g, why);
	spool_segment_close(&g);
	return e;
}
