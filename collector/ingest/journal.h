/* ingest/journal.h -- nothing received is lost: datagrams are put into a mapped
 * file as they come, and stay there until their tallies are in the store.
 *
 * Four parties, each a thread of its own or none: the drain (journal_slot to
 * journal_idle), the keeper (journal_keep), the reader (journal_reader.h), and
 * whoever commits (journal_committed). What they share is atomic or locked. */
#ifndef INGEST_JOURNAL_H
#define INGEST_JOURNAL_H

#include "base/clock.h"
#include "base/waker.h"
#include "ingest/segment.h"

/* Receipt time does not go back, so that the order of records is the order of
 * their times although clocks are adjusted. A clock that goes back by more than
 * this was wrong before, and is followed: what comes from then on counts on its
 * day (ADR 9). */
#define JOURNAL_STEP_BACK_NS (300 * NS_PER_S)

static inline int64_t
journal_later(int64_t last_ns, int64_t now_ns)
{
	bool behind = now_ns <= last_ns &&
	    last_ns - now_ns <= JOURNAL_STEP_BACK_NS;

	return behind ? last_ns : now_ns;
}

struct journal_options {
	const char *folder;
	/* File on a memory file system to receive into (landing.h); NULL: one
	 * in the folder. */
	const char *landing;
	struct uuid collector;
	struct uuid boot;     /* of the machine's present run */
	size_t segment_bytes; /* SEGMENT_BYTES; less in tests */
	uint64_t max_bytes;   /* of all segments */
	int64_t keep_ns;      /* how long a committed segment stays */
	const struct clock *clock;
	struct waker
	    *waker; /* woken when something was published; may be NULL */
};

/* A place in the journal: a segment's number and an offset in it. */
struct journal_place {
	uint64_t segment;
	uint32_t offset;
};

/* What was found at start. */
struct journal_recovery {
	bool made; /* there was no journal */
	uint64_t segments;
	uint64_t unpublished; /* datagrams received, not yet published */
	uint64_t damaged;     /* segments put aside, now or before */
	/* Why options.landing cannot be used; empty if it is. */
	struct why not_in_memory;
};

struct journal;

/* Open the folder's journal, or make one; this process must be its only writer.
 * E_CONFLICT: it is another collector's. E_VERSION: another format. */
MUST_CHECK enum err journal_open(const struct journal_options *,
    struct journal **ret, struct journal_recovery *, struct why *why);
void journal_close(struct journal *); /* NULL is fine */

const struct uuid *journal_uuid(const struct journal *);
/* The first record that is there. */
struct journal_place journal_first(const struct journal *);

/* -- the drain -- */

/* Where the next datagram of up to DATAGRAM_MAX bytes is to be received. NULL:
 * no room, so receive it elsewhere and journal_lose it. */
char *journal_slot(struct journal *);
/* The slot holds length (> 0) bytes from uid: count them as received now. */
void journal_publish(struct journal *, size_t length, uint32_t uid);
/* The slot holds length bytes that must not be kept. */
void journal_forget(struct journal *, size_t length);
void journal_lose(struct journal *, enum loss);
/* Write down what was lost since the last time, for the reader; to be called
 * now and then. */
void journal_note_losses(struct journal *);
/* A look that began after before_ns and after the last datagram found nothing:
 * all that was received before either is published. */
void journal_idle(struct journal *, int64_t before_ns);

/* -- the keeper -- */

/* Sync what was published, have the next segment ready, drop what is old. To be
 * called each sync interval. */
MUST_CHECK enum err journal_keep(struct journal *, struct why *why);
/* Only the first of these, by any thread: the store must not be told of records
 * that a power loss could still take. */
MUST_CHECK enum err journal_sync(struct journal *, struct why *why);

/* -- reader and committer -- */

/* Everything before this place is published. */
struct journal_place journal_published(struct journal *);
/* Read this, then find nothing more to read: all received before the returned
 * time has been read. */
int64_t journal_idle_ns(struct journal *);
/* The store has everything before this segment. */
void journal_committed(struct journal *, uint64_t segment);

struct journal_usage {
	uint64_t bytes; /* of all segments */
	bool full;	/* datagrams are being lost */
};
struct journal_usage journal_usage(struct journal *);

#endif
