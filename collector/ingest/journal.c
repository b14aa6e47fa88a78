#include "ingest/journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"

/* Between two attempts to get a new segment while there is no room. */
#define RETRY_NS (100 * NS_PER_MS)
/* Between the first two notes of losses meanwhile. */
#define NOTE_GAP_NS NS_PER_S
/* Of the record that rolls over. */
#define ROLL_SIZE record_size(sizeof(uint64_t))

/* -- open and close -- */

/* The folder, and the right to be the only one who writes in it. */
static enum err
take_folder(struct journal *j, struct why *why)
{
	const char *folder = j->options.folder;
	char path[PATH_MAX];
	enum err e = file_make_folder(folder, 0700, why);

	if (e != E_OK)
		return e;
	(void)snprintf(path, sizeof(path), "%s/lock", folder);
	e = file_lock(path, &j->lock_fd, why);
	if (e != E_OK)
		return e;
	j->dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return j->dir_fd < 0 ? why_errno(why, "%s", folder) : E_OK;
}

/* In memory, or, where that cannot be, beside the segments. */
static enum err
open_landing(struct journal *j, struct journal_recovery *recovery,
    struct why *why)
{
	char path[PATH_MAX];

	if (j->options.landing != NULL &&
	    landing_open(j->options.landing, &j->landing,
		&recovery->not_in_memory) == E_OK)
		return E_OK;
	(void)snprintf(path, sizeof(path), "%s/landing", j->options.folder);
	return landing_open(path, &j->landing, why);
}

enum err
journal_open(const struct journal_options *options, struct journal **ret,
    struct journal_recovery *recovery, struct why *why)
{
	struct journal *j = calloc(1, sizeof(*j));
	enum err e;

	if (j == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	j->options = *options;
	j->current = j->next = SEGMENT_NONE;
	j->landing = LANDING_NONE;
	j->dir_fd = j->lock_fd = -1;
	(void)pthread_mutex_init(&j->syncing, NULL);
	(void)pthread_mutex_init(&j->lock, NULL);
	*recovery = (struct journal_recovery){ 0 };
	e = take_folder(j, why);
	if (e == E_OK)
		e = open_landing(j, recovery, why);
	if (e == E_OK)
		e = journal_recover(j, recovery, why);
	if (e != E_OK) {
		journal_close(j);
		return e;
	}
	journal_set_published(j);
	*ret = j;
	return E_OK;
}

void
journal_close(struct journal *j)
{
	struct retired *r;

	if (j == NULL)
		return;
	while ((r = j->retired) != NULL) {
		j->retired = r->next;
		(void)!segment_sync(&r->segment, NULL);
		segment_close(&r->segment);
		free(r);
	}
	if (j->current.fd >= 0)
		(void)!segment_sync(&j->current, NULL);
	segment_close(&j->current);
	segment_close(&j->next);
	landing_close(&j->landing);
	if (j->dir_fd >= 0)
		(void)close(j->dir_fd);
	if (j->lock_fd >= 0)
		(void)close(j->lock_fd);
	free(j->old);
	(void)pthread_mutex_destroy(&j->lock);
	(void)pthread_mutex_destroy(&j->syncing);
	free(j);
}

const struct uuid *
journal_uuid(const struct journal *j)
{
	return &j->uuid;
}

struct journal_place
journal_first(const struct journal *j)
{
	return (struct journal_place){ j->first_number, SEGMENT_FIRST_RECORD };
}

/* -- segments -- */

enum err
journal_note_old(struct journal *j, uint64_t number, int64_t since_ns)
{
	struct old_segment *v = j->old;

	if (j->nold == j->old_cap) {
		size_t cap = j->old_cap == 0 ? 64 : j->old_cap * 2;

		if ((v = realloc(v, cap * sizeof(*v))) == NULL)
			return E_NOMEM;
		j->old = v;
		j->old_cap = cap;
	}
	v[j->nold++] = (struct old_segment){ number, since_ns };
	return E_OK;
}

static uint64_t
bytes_used(const struct journal *j)
{
	/* The current one, the old ones and the one that is ready. */
	uint64_t n = 1 + j->nold + (j->next_number != 0);

	return n * j->options.segment_bytes;
}

enum err
journal_new_number(struct journal *j, uint64_t *ret)
{
	if (bytes_used(j) + j->options.segment_bytes > j->options.max_bytes)
		return E_FULL;
	*ret = ++j->highest;
	return E_OK;
}

enum err
journal_new_segment(struct journal *j, uint64_t number, struct segment *ret,
    struct why *why)
{
	const struct segment_header header = {
		.collector = j->options.collector,
		.journal = j->uuid,
		.boot = j->options.boot,
		.number = number,
	};

	return segment_create(j->dir_fd, &header, j->options.segment_bytes, ret,
	    why);
}

/* The segment that is ready, or the right to make one: ret->fd is -1 then. In
 * one go, or the keeper might offer a lower number in between. */
static enum err
claim_next(struct journal *j, bool may_make, struct segment *ret,
    uint64_t *ret_number)
{
	enum err e = E_OK;

	*ret = SEGMENT_NONE;
	(void)pthread_mutex_lock(&j->lock);
	if (j->next_number != 0) {
		*ret = j->next;
		*ret_number = j->next_number;
		j->next = SEGMENT_NONE;
		j->next_number = 0;
	} else {
		e = may_make ? journal_new_number(j, ret_number) : E_FULL;
	}
	if (e == E_OK)
		j->taken = *ret_number;
	(void)pthread_mutex_unlock(&j->lock);
	return e;
}

/* The segment that is ready, or a new one made here and now. */
static enum err
take_next(struct journal *j, struct segment *ret, uint64_t *ret_number)
{
	int64_t now = clock_mono_ns(j->options.clock);
	enum err e = claim_next(j, now >= j->retry_ns, ret, ret_number);

	if (e == E_OK && ret->fd < 0)
		e = journal_new_segment(j, *ret_number, ret, NULL);
	if (e != E_OK && now >= j->retry_ns)
		j->retry_ns = now + RETRY_NS;
	return e;
}

/* -- the drain -- */

void
journal_set_published(struct journal *j)
{
	atomic_store_explicit(&j->published, j->number << 32 | j->tail,
	    memory_order_release);
}

static size_t
room(const struct journal *j)
{
	return j->current.bytes - j->tail;
}

/* Fill in the header of the record whose payload stands at the tail already,
 * and publish it: the length comes last. */
static void
publish(struct journal *j, enum record_kind kind, size_t length, uint32_t uid)
{
	struct record_header *h = segment_record(&j->current, j->tail);

	h->received_ns = j->last_ns;
	h->uid = uid;
	h->kind = kind;
	h->crc = segment_record_crc(&j->current, j->tail, length);
	__atomic_store_n(&h->length, (uint32_t)length, __ATOMIC_RELEASE);
	j->tail += record_size(length);
	j->sequence++;
	journal_set_published(j);
	if (j->options.waker != NULL)
		waker_wake(j->options.waker);
}

static void
take_time(struct journal *j)
{
	j->last_ns = journal_later(j->last_ns, clock_wall_ns(j->options.clock));
}

void
journal_append(struct journal *j, enum record_kind kind, struct span payload)
{
	struct record_header *h = segment_record(&j->current, j->tail);

	memcpy(h + 1, payload.p, payload.len);
	publish(j, kind, payload.len, RECORD_UID_UNKNOWN);
	/* None of these comes while a datagram is in hand. */
	landing_clear(&j->landing, 0, j->sequence);
}

static bool
has_losses(const struct losses *l)
{
	uint64_t any = 0;

	for (size_t i = 0; i < NLOSSES; i++)
		any |= l->n[i];
	return any != 0;
}

/* Twice as long after each note, from NOTE_GAP_NS on. */
static bool
note_is_due(struct journal *j)
{
	int64_t now;

	if (!atomic_load_explicit(&j->full, memory_order_relaxed)) {
		j->note_at_ns = j->note_gap_ns = 0;
		return true;
	}
	now = clock_mono_ns(j->options.clock);
	if (now < j->note_at_ns)
		return false;
	j->note_gap_ns = j->note_gap_ns == 0 ? NOTE_GAP_NS : j->note_gap_ns * 2;
	j->note_at_ns = now + j->note_gap_ns;
	return true;
}

/* Write the losses counted since the last note as a record. The header keeps
 * them until the note is published; its number tells a start after a kill in
 * between that they are written. */
static void
note_losses(struct journal *j)
{
	struct losses *l = &segment_header(&j->current)->losses;

	if (!has_losses(l) || room(j) < record_size(sizeof(*l)) + ROLL_SIZE)
		return;
	journal_append(j, RECORD_LOSSES,
	    (struct span){ (const char *)l, sizeof(*l) });
	*l = (struct losses){ .seq = l->seq + 1 };
}

void
journal_note_losses(struct journal *j)
{
	if (has_losses(&segment_header(&j->current)->losses) && note_is_due(j))
		note_losses(j);
}

bool
journal_roll_over(struct journal *j)
{
	struct retired *r = malloc(sizeof(*r));
	struct segment_header header;
	struct segment next;
	uint64_t number;

	if (r == NULL || take_next(j, &next, &number) != E_OK) {
		free(r);
		return false;
	}
	take_time(j);
	note_losses(j);
	/* There always is, unless somebody has cut the file. */
	if (room(j) >= ROLL_SIZE)
		journal_append(j, RECORD_ROLL,
		    (struct span){ (const char *)&number, sizeof(number) });
	header = *segment_header(&next);
	header.first_sequence = j->sequence;
	header.floor_ns = j->last_ns;
	header.losses = segment_header(&j->current)->losses;
	segment_rewrite_header(&next, &header);

	(void)pthread_mutex_lock(&j->lock);
	*r = (struct retired){ j->retired, j->current };
	j->retired = r;
	/* Without memory it is forgotten until the next start. */
	(void)!journal_note_old(j, j->number, j->last_ns);
	j->current = next;
	j->number = number;
	(void)pthread_mutex_unlock(&j->lock);
	j->tail = SEGMENT_FIRST_RECORD;
	journal_set_published(j);
	return true;
}

char *
journal_slot(struct journal *j)
{
	const size_t wanted = record_size(DATAGRAM_MAX) + SEGMENT_RESERVE;
	bool full = room(j) < wanted && !journal_roll_over(j);

	atomic_store_explicit(&j->full, full, memory_order_relaxed);
	if (full)
		return NULL;
	return landing_bytes(&j->landing);
}

void
journal_publish(struct journal *j, size_t length, uint32_t uid)
{
	take_time(j);
	memcpy(segment_record(&j->current, j->tail) + 1,
	    landing_bytes(&j->landing), length);
	publish(j, RECORD_DATAGRAM, length, uid);
	landing_clear(&j->landing, length, j->sequence);
}

void
journal_forget(struct journal *j, size_t length)
{
	landing_clear(&j->landing, length, j->sequence);
}

void
journal_lose(struct journal *j, enum loss which)
{
	struct losses *l = &segment_header(&j->current)->losses;
	int64_t day;

	take_time(j);
	day = day_of_ns(j->last_ns);
	if (l->day != day)
		note_losses(j);
	/* No room for a note: they go on under their first day. */
	if (l->day == 0)
		l->day = day;
	l->n[which] = count_add(l->n[which], 1);
}

void
journal_idle(struct journal *j, int64_t before_ns)
{
	atomic_store_explicit(&j->idle_ns, journal_later(j->last_ns, before_ns),
	    memory_order_release);
}

/* -- reader and committer -- */

struct journal_place
journal_published(struct journal *j)
{
	uint64_t v = atomic_load_explicit(&j->published, memory_order_acquire);

	return (struct journal_place){ v >> 32, (uint32_t)v };
}

int64_t
journal_idle_ns(struct journal *j)
{
	return atomic_load_explicit(&j->idle_ns, memory_order_acquire);
}

void
journal_committed(struct journal *j, uint64_t segment)
{
	atomic_store_explicit(&j->committed, segment, memory_order_relaxed);
}

struct journal_usage
journal_usage(struct journal *j)
{
	struct journal_usage u;

	(void)pthread_mutex_lock(&j->lock);
	u.bytes = bytes_used(j);
	(void)pthread_mutex_unlock(&j->lock);
	u.full = atomic_load_explicit(&j->full, memory_order_relaxed);
	return u;
}
