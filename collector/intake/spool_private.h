/* intake/spool_private.h -- what the files of the spool share. */
#ifndef INTAKE_SPOOL_PRIVATE_H
#define INTAKE_SPOOL_PRIVATE_H

#include <pthread.h>
#include <sys/queue.h>

#include "intake/spool.h"
#include "intake/spool_segment.h"

/* A record that is written and not synced. */
struct spool_pending {
	STAILQ_ENTRY(spool_pending) next;
	struct uuid id;
	void (*done)(void *done_arg, enum err, const struct uuid *id);
	void *done_arg;
};
STAILQ_HEAD(spool_queue, spool_pending);

/* Where records are appended. */
struct spool_tail {
	struct spool_segment segment;
	uint64_t end;	 /* of the last record */
	uint64_t synced; /* bytes that are on disk */
	bool fresh;	 /* its name is not on disk */
};
#define SPOOL_TAIL_NONE ((struct spool_tail){ .segment = { .fd = -1 } })

struct spool {
	struct spool_options options;
	struct uuid id;
	int dir_fd, lock_fd;
	pthread_t thread;
	bool running; /* the thread */

	/* The worker's own. */
	struct spool_segment reading;
	struct {
		uint64_t segment, begin, end;
	} gap; /* the damaged stretch met last */

	pthread_mutex_t lock; /* over all below */
	pthread_cond_t put;
	bool closing;
	struct spool_tail tail;
	struct spool_queue pending; /* all of them in tail */
	size_t npending;
	uint64_t number;	   /* the highest given to a segment */
	struct spool_place synced; /* the reader may go up to here */
	uint64_t bytes;		   /* of all segments */
	uint64_t released;	   /* of them, at the first one's begin */
	bool pressed;		   /* the last record found no room on disk */
	struct spool_counts counts;
};

/* Under the lock: bytes that are not released. */
static inline uint64_t
spool_waiting(const struct spool *s)
{
	return s->bytes - s->released;
}

/* Look at what is there, cut off what is torn. The spool is not shared yet. */
MUST_CHECK enum err spool_recover(struct spool *, struct spool_recovery *,
    struct why *why);

MUST_CHECK enum err spool_put(void *spool, const struct receipt_facts *,
    struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why);
/* The thread. */
void *spool_sync(void *spool);

#endif
