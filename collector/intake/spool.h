/* intake/spool.h -- what was received waits here, on disk, for the worker.
 *
 * Records are appended to segments; a thread of the spool syncs what was put
 * since its last sync, all of it at once, and tells each who put it. Three
 * parties: those who put (any threads, spool_sink), that thread, and one worker
 * that reads and releases. Where the worker stands is for it to keep, beside
 * spool_id: after a restart what is behind that place is handed out again.
 *
 * What could not be synced is not acknowledged, and its segment not written to
 * any more: after a failed sync the kernel may take pages for written that are
 * not. */
#ifndef INTAKE_SPOOL_H
#define INTAKE_SPOOL_H

#include "base/arena.h"
#include "base/waker.h"
#include "intake/spool_record.h"

#define SPOOL_SEGMENT_BYTES (64 << 20)
/* Records that wait for one sync; more are refused as if there were no room. */
#define SPOOL_PENDING_MAX 4096
/* What spool_next needs of an arena. */
#define SPOOL_ARENA_MAX ((size_t)SPOOL_BODY_MAX + SPOOL_FACTS_MAX + 64)

struct spool_options {
	const char *folder;	/* made if it is not there */
	uint64_t max_bytes;	/* that wait, behind what was released */
	uint64_t segment_bytes; /* SPOOL_SEGMENT_BYTES; less in tests */
	/* Woken when there is more for spool_next; may be NULL. */
	struct waker *waker;
};

/* A segment's number and an offset in it. { 0, 0 } is before everything. */
struct spool_place {
	uint64_t segment;
	uint64_t offset;
};

/* What was found at start. */
struct spool_recovery {
	bool made; /* there was no spool */
	uint64_t segments, bytes;
	uint64_t torn;	  /* records cut off that were just being written */
	uint64_t damaged; /* stretches that cannot be read, at the end */
	uint64_t aside;	  /* segments kept for a person, now or before */
};

struct spool_counts {
	uint64_t stored; /* records, since it was opened */
	uint64_t failed; /* written, and then not synced */
	uint64_t syncs;
	uint64_t waiting; /* bytes */
};

struct receipt {
	struct uuid id;
	struct receipt_facts facts;
	struct span body;
	struct spool_place behind; /* it */
	/* Stretches that cannot be read, passed over on the way to it; their
	 * segments are kept aside. */
	uint64_t damaged;
};

struct spool;

/* E_BUSY: another process has the folder. E_VERSION: another format. E_DAMAGED:
 * it is not known which spool the segments are of. */
MUST_CHECK enum err spool_open(const struct spool_options *, struct spool **ret,
    struct spool_recovery *, struct why *why);
/* Nobody puts any more. What was put is synced, and told, before it returns.
 * NULL is fine. */
void spool_close(struct spool *);

const struct uuid *spool_id(const struct spool *);
/* Lasts as long as the spool. */
struct receipt_sink spool_sink(struct spool *);
struct spool_counts spool_counts(struct spool *);

/* -- the worker -- */

/* The first record at or behind a place, of those that are on disk. Texts and
 * body are of the arena. E_ABSENT: none yet. Never waits for more. */
MUST_CHECK enum err spool_next(struct spool *, struct spool_place from,
    struct arena *, struct receipt *ret, struct why *why);

/* What is before the place, which a receipt gave, is not needed any more. */
MUST_CHECK enum err spool_release(struct spool *, struct spool_place,
    struct why *why);

#endif
