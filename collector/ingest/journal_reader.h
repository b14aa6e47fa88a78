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
	uint32_t uid; /* RECORD_UID_UNKNOWN */
	/* Valid until the reader moves on twice or finds nothing more. */
	struct span datagram;
	struct losses losses;
};

struct journal_reader;

/* How the place that the reader was to start at lies to what is there. */
enum journal_gap {
	JOURNAL_GAP_NONE,
	JOURNAL_GAP_AFTER,  /* its segment is gone: starts at the next there is
			     */
	JOURNAL_GAP_BEFORE, /* past the last record: a power loss took some that
			     * the store has */
};

/* Start at a place that the store gave, or as near behind it as there is
 * something. The journal outlives the reader. */
MUST_CHECK enum err journal_reader_open(struct journal *,
    struct journal_place from, struct journal_reader **ret,
    enum journal_gap *ret_gap, struct why *why);
void journal_reader_close(struct journal_reader *); /* NULL is fine */

/* The next record. E_ABSENT: none is published yet. */
MUST_CHECK enum err journal_reader_next(struct journal_reader *,
    struct journal_record *ret, struct why *why);

/* Behind the record that was returned last. */
struct journal_place journal_reader_place(const struct journal_reader *);

#endif
