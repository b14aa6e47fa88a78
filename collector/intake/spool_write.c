/* intake/spool_write.c -- putting: records go into the page cache, and a thread
 * has all of them on disk by one sync. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "intake/spool_private.h"

/* -- those who put; under the lock -- */

static enum err
begin_segment(struct spool *s, struct why *why)
{
	char name[SPOOL_NAME_SIZE];
	int fd;

	spool_segment_name(s->number + 1, name);
	fd = openat(s->dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return why_errno(why, "spool: %s", name);
	s->number++;
	s->tail = (struct spool_tail){
		.segment = { fd, s->number },
		.fresh = true,
	};
	return E_OK;
}

static enum err
check_room(const struct spool *s, uint64_t bytes, struct why *why)
{
	if (s->npending >= SPOOL_PENDING_MAX)
		return why_set(why, E_FULL,
		    "spool: %d records wait for the disk already",
		    SPOOL_PENDING_MAX);
	if (spool_waiting(s) + bytes > s->options.max_bytes)
		return why_set(why, E_FULL,
		    "spool: %llu bytes wait, of at most %llu",
		    (unsigned long long)spool_waiting(s),
		    (unsigned long long)s->options.max_bytes);
	return E_OK;
}

/* Facts stand behind room for the head. */
static enum err
append(struct spool *s, const struct spool_head *head, char *head_and_facts,
    struct span body, struct why *why)
{
	struct spool_tail *t = &s->tail;
	struct span front = { head_and_facts,
		SPOOL_HEAD_BYTES + head->facts_length };
	enum err e = E_OK;

	if (t->segment.fd < 0)
		e = begin_segment(s, why);
	if (e != E_OK)
		return e;
	spool_head_write(head,
	    spool_head_seed(&s->id, t->segment.number, t->end), head_and_facts);
	e = spool_segment_write(&t->segment, t->end, front, why);
	if (e == E_OK)
		e = spool_segment_write(&t->segment, t->end + front.len, body,
		    why);
	if (e != E_OK) {
		/* If even that fails the next record goes over it. */
		(void)!ftruncate(t->segment.fd, (off_t)t->end);
		return e;
	}
	t->end += spool_record_bytes(head);
	s->bytes += spool_record_bytes(head);
	return E_OK;
}

static void
enqueue(struct spool *s, struct spool_pending *p)
{
	STAILQ_INSERT_TAIL(&s->pending, p, next);
	s->npending++;
	(void)pthread_cond_signal(&s->put);
}

enum err
spool_put(void *spool, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct spool *s = spool;
	char front[SPOOL_HEAD_BYTES + SPOOL_FACTS_MAX];
	struct spool_head head = { .id = uuid_new(facts->received_ns) };
	struct spool_pending *p;
	enum err e;

	if (body.len > SPOOL_BODY_MAX)
		return why_set(why, E_RANGE, "spool: more than %d bytes",
		    SPOOL_BODY_MAX);
	if ((p = malloc(sizeof(*p))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*p = (struct spool_pending){ { NULL }, head.id, done, done_arg };
	head.facts_length = (uint32_t)spool_facts_write(facts,
	    front + SPOOL_HEAD_BYTES);
	head.body_length = (uint32_t)body.len;
	head.crc = crc32c(0, front + SPOOL_HEAD_BYTES, head.facts_length);
	head.crc = crc32c(head.crc, body.p, body.len);
	(void)pthread_mutex_lock(&s->lock);
	if ((e = check_room(s, spool_record_bytes(&head), why)) == E_OK) {
		e = append(s, &head, front, body, why);
		s->pressed = e == E_FULL;
	}
	if (e == E_OK)
		enqueue(s, p);
	(void)pthread_mutex_unlock(&s->lock);
	if (e != E_OK)
		free(p);
	return e;
}

/* -- the thread -- */

struct batch {
	struct spool_tail tail;
	struct spool_queue queue;
	size_t n;
	bool is_last; /* of its segment */
};

static void
take_pending(struct spool *s, struct batch *b)
{
	STAILQ_CONCAT(&b->queue, &s->pending);
	b->n += s->npending;
	s->npending = 0;
}

/* Under the lock: what is to be synced now. False: nothing, and the spool is
 * closed. A segment that is large enough gets nothing more. */
static bool
take_batch(struct spool *s, struct batch *ret)
{
	while (s->npending == 0 && !s->closing)
		(void)pthread_cond_wait(&s->put, &s->lock);
	if (s->npending == 0)
		return false;
	STAILQ_INIT(&ret->queue);
	ret->n = 0;
	take_pending(s, ret);
	ret->tail = s->tail;
	ret->is_last = s->tail.end >= s->options.segment_bytes;
	if (ret->is_last)
		s->tail = SPOOL_TAIL_NONE;
	return true;
}

static enum err
sync_batch(const struct spool *s, const struct batch *b)
{
	if (fdatasync(b->tail.segment.fd) != 0)
		return why_errno(NULL, "fdatasync");
	if (b->tail.fresh && fsync(s->dir_fd) != 0)
		return why_errno(NULL, "fsync");
	return E_OK;
}

/* Under the lock. */
static void
settle_synced(struct spool *s, struct batch *b)
{
	s->counts.stored += b->n;
	s->synced = (struct spool_place){ b->tail.segment.number, b->tail.end };
	if (b->is_last) {
		spool_segment_close(&b->tail.segment);
	} else {
		s->tail.fresh = false;
		s->tail.synced = b->tail.end;
	}
}

/* To where it was synced last; without anything it goes. */
static void
cut_back(const struct spool *s, const struct spool_tail *t)
{
	char name[SPOOL_NAME_SIZE];

	(void)!ftruncate(t->segment.fd, (off_t)t->synced);
	spool_segment_name(t->segment.number, name);
	if (t->synced == 0)
		(void)unlinkat(s->dir_fd, name, 0);
}

/* Under the lock. The segment gets nothing more; what was put into it meanwhile
 * goes the same way. */
static void
settle_failed(struct spool *s, struct batch *b)
{
	if (!b->is_last) {
		take_pending(s, b);
		b->tail = s->tail;
		s->tail = SPOOL_TAIL_NONE;
	}
	s->counts.failed += b->n;
	s->bytes -= b->tail.end - b->tail.synced;
	cut_back(s, &b->tail);
	spool_segment_close(&b->tail.segment);
}

static void
tell(const struct batch *b, enum err e)
{
	struct spool_pending *p, *next;

	for (p = STAILQ_FIRST(&b->queue); p != NULL; p = next) {
		next = STAILQ_NEXT(p, next);
		p->done(p->done_arg, e, e == E_OK ? &p->id : NULL);
		free(p);
	}
}

void *
spool_sync(void *spool)
{
	struct spool *s = spool;
	struct batch b;
	enum err e;

	(void)pthread_mutex_lock(&s->lock);
	while (take_batch(s, &b)) {
		(void)pthread_mutex_unlock(&s->lock);
		e = sync_batch(s, &b);
		(void)pthread_mutex_lock(&s->lock);
		s->counts.syncs++;
		if (e == E_OK)
			settle_synced(s, &b);
		else
			settle_failed(s, &b);
		(void)pthread_mutex_unlock(&s->lock);
		if (e == E_OK && s->options.waker != NULL)
			waker_wake(s->options.waker);
		tell(&b, e);
		(void)pthread_mutex_lock(&s->lock);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}
