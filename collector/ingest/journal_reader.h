/* ingest/journal_reader.h -- the journal's records in order, from any place. */
#ifndef INGEST_JOURNAL_READER_H
#define INGEST_JOURNAL_READER_H

#include "ingest/journal.h"

struct journal_record {
	enum {
		JOURNAL_DATAGRAM,
		JOURNAL_LOSSES,
		JOURNAL_TORN, /* a stretch that a crash left unreadable */
	} type;
	int64_t received_ns;
	uint32_t uid;	      /* RECORD_UID_UNKNOWN */
	struct span datagram; /* valid until the reader moves on twice */
	struct losses losses;
};

struct journal_reader;

/* Start at a place that the store gave. A place in a segment that is gone
 * starts at the oldest one behind it; one past the end at the end. The journal
 * outlives the reader. */
MUST_CHECK enum err journal_reader_open(struct journal *,
    struct journal_place from, struct journal_reader **ret, struct why *why);
void journal_reader_close(struct journal_reader *); /* NULL is fine */

/* The next record. E_ABSENT: none is published yet. */
MUST_CHECK enum err journal_reader_next(struct journal_reader *,
    struct journal_record *ret, struct why *why);

/* Behind the record that was returned last. */
struct journal_place journal_reader_place(const struct journal_reader *);

#endif
