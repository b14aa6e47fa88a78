/* ingest/journal_private.h -- what the files of the journal share. */
#ifndef INGEST_JOURNAL_PRIVATE_H
#define INGEST_JOURNAL_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ingest/journal.h"
#include "ingest/landing.h"

/* A segment that is not written any more. */
struct old_segment {
	uint64_t number;
	int64_t since_ns; /* wall time of the roll-over */
};

/* One that the keeper must still sync and unmap. */
struct retired {
	struct retired *next;
	struct segment segment;
};

struct journal {
	struct journal_options options;
	int dir_fd, lock_fd;
	struct uuid uuid;
	uint64_t first_number;

	struct landing landing;

	/* The drain's own; it changes current and number under the lock. */
	struct segment current;
	uint64_t number;
	size_t tail;
	uint64_t sequence; /* of the next record */
	int64_t last_ns;   /* receipt time of the last record */
	int64_t retry_ns;  /* monotonic: no new segment before */
	/* While the journal is full notes of losses become rare: what is left
	 * of the segment has to do. Monotonic. */
	int64_t note_at_ns, note_gap_ns;

	/* Read by the others. */
	_Atomic uint64_t published; /* number << 32 | offset */
	_Atomic int64_t idle_ns;
	_Atomic uint64_t committed; /* segments before it may go */
	_Atomic bool full;

	pthread_mutex_t syncing; /* taken before lock; whoever syncs */
	pthread_mutex_t lock;	 /* over all below */
	struct segment next;
	uint64_t next_number; /* of next, 0: none */
	uint64_t highest;     /* number given to any segment */
	uint64_t taken;	      /* the highest that the drain uses or will */
	struct retired *retired;
	struct old_segment *old; /* sorted by number */
	size_t nold, old_cap;
};

/* Under the lock: the number for a new segment. E_FULL: the journal's ceiling.
 */
MUST_CHECK enum err journal_new_number(struct journal *, uint64_t *ret);
/* The new segment of that number. */
MUST_CHECK enum err journal_new_segment(struct journal *, uint64_t number,
    struct segment *ret, struct why *why);

/* By the keeper: the segment is ready to be the next. It is dropped if the
 * drain could not wait and has taken a higher number: numbers are the order in
 * which segments are read. */
void journal_offer_next(struct journal *, struct segment *, uint64_t number);

/* Under the lock: remember that a segment is not written any more. */
MUST_CHECK enum err journal_note_old(struct journal *, uint64_t number,
    int64_t since_ns);

void journal_set_published(struct journal *);

/* Find the end of what the folder holds and make the journal ready to go on
 * behind it. */
MUST_CHECK enum err journal_recover(struct journal *, struct journal_recovery *,
    struct why *why);

/* Go on in another segment. False: none can be had. */
bool journal_roll_over(struct journal *);

/* Write a record of payload at the tail and publish it. */
void journal_append(struct journal *, enum record_kind, struct span payload);

#endif
