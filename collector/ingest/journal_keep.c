/* ingest/journal_keep.c -- the keeper's work: sync, prepare, drop. It may wait
 * for the disk; the drain never does. */
#include <stdlib.h>
#include <unistd.h>

#include "ingest/journal_private.h"

static enum err
sync_retired(struct journal *j, struct why *why)
{
	struct retired *list, *r;
	enum err e = E_OK;

	(void)pthread_mutex_lock(&j->lock);
	list = j->retired;
	j->retired = NULL;
	(void)pthread_mutex_unlock(&j->lock);
	while ((r = list) != NULL) {
		list = r->next;
		segment_let_go(&r->segment, r->segment.bytes);
		if (e == E_OK)
			e = segment_sync(&r->segment, why);
		segment_close(&r->segment);
		free(r);
	}
	return e;
}

/* Segments are closed by whoever syncs, so a copy stays good. Of published the
 * offset counts only if the drain has not rolled over since. */
static enum err
sync_current(struct journal *j, struct why *why)
{
	struct journal_place end = journal_published(j);
	struct segment current;

	(void)pthread_mutex_lock(&j->lock);
	current = j->current;
	if (j->number != end.segment)
		end.offset = 0;
	(void)pthread_mutex_unlock(&j->lock);
	segment_let_go(&current, end.offset);
	return segment_sync(&current, why);
}

/* Drop the oldest segment if the store has it and it is old, or, when pressed
 * for room, just if the store has it. */
static bool
drop_one(struct journal *j, bool pressed)
{
	uint64_t committed = atomic_load_explicit(&j->committed,
	    memory_order_relaxed);
	int64_t now = clock_wall_ns(j->options.clock);
	char name[SEGMENT_NAME_SIZE];
	struct old_segment oldest = { 0, 0 };
	bool drop = false;

	(void)pthread_mutex_lock(&j->lock);
	if (j->nold > 0) {
		oldest = j->old[0];
		drop = oldest.number < committed &&
		    (pressed || now - oldest.since_ns >= j->options.keep_ns);
	}
	if (drop) {
		j->nold--;
		memmove(j->old, j->old + 1, j->nold * sizeof(*j->old));
	}
	(void)pthread_mutex_unlock(&j->lock);
	if (drop) {
		segment_name(oldest.number, name);
		(void)unlinkat(j->dir_fd, name, 0);
	}
	return drop;
}

void
journal_offer_next(struct journal *j, struct segment *next, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];
	bool late;

	(void)pthread_mutex_lock(&j->lock);
	late = number < j->taken;
	if (!late) {
		j->next = *next;
		j->next_number = number;
	}
	(void)pthread_mutex_unlock(&j->lock);
	if (!late)
		return;
	segment_name(number, name);
	segment_close(next);
	(void)unlinkat(j->dir_fd, name, 0);
}

/* *ret_wanted: none is ready. */
static enum err
new_segment(struct journal *j, struct segment *ret, uint64_t *ret_number,
    bool *ret_wanted)
{
	enum err e = E_OK;

	(void)pthread_mutex_lock(&j->lock);
	*ret_wanted = j->next_number == 0;
	if (*ret_wanted)
		e = journal_new_number(j, ret_number);
	(void)pthread_mutex_unlock(&j->lock);
	if (*ret_wanted && e == E_OK)
		e = journal_new_segment(j, *ret_number, ret, NULL);
	return e;
}

static enum err
prepare_next(struct journal *j, struct why *why)
{
	struct segment next;
	uint64_t number;
	bool wanted;
	enum err e;

	do
		e = new_segment(j, &next, &number, &wanted);
	while (e == E_FULL && drop_one(j, true));
	if (!wanted || e == E_FULL)
		return E_OK;
	if (e != E_OK)
		return why_set(why, e, "journal: no new segment");
	if ((e = segment_sync(&next, why)) == E_OK && fsync(j->dir_fd) != 0)
		e = why_errno(why, "journal: fsync");
	journal_offer_next(j, &next, number);
	return e;
}

enum err
journal_sync(struct journal *j, struct why *why)
{
	enum err e, current;

	(void)pthread_mutex_lock(&j->syncing);
	e = sync_retired(j, why);
	current = sync_current(j, why);
	(void)pthread_mutex_unlock(&j->syncing);
	return e == E_OK ? current : e;
}

enum err
journal_keep(struct journal *j, struct why *why)
{
	enum err e = prepare_next(j, why), synced;

	while (drop_one(j, false))
		continue;
	synced = journal_sync(j, why);
	return e == E_OK ? synced : e;
}
