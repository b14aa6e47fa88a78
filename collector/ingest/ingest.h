/* ingest/ingest.h -- journal records to sessions: decode, count, and log what
 * is refused. */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/clock.h"
#include "ingest/journal_reader.h"
#include "model/counters.h"
#include "model/session.h"

/* What comes behind. */
struct ingest_sink {
	void *arg;
	/* The counters of a UTC day; NULL: out of memory. */
	struct counters *(*counters)(void *arg, int64_t day);
	/* Count a datagram that was taken before on the day, byte for byte, as
	 * it was then. False: it has to be read. */
	bool (*repeat)(void *arg, int64_t day, struct span datagram);
	/* Count one session of the day, of the datagram that repeat was just
	 * asked for. Its texts are valid during the call. */
	enum err (*session)(void *arg, int64_t day, const struct session *);
};

struct ingest_options {
	const struct clock *clock;
	const char *dump_dir; /* of refused datagrams; "": none */
	int64_t dump_max;     /* files in it before the first is overwritten */
	struct ingest_sink sink;
};

struct ingest;

MUST_CHECK enum err ingest_new(const struct ingest_options *,
    struct ingest **ret, struct why *why);
void ingest_free(struct ingest *); /* NULL is fine */

/* Take one record. A refused datagram is counted and is no error: E_NOMEM and
 * what the sink returns. */
MUST_CHECK enum err ingest_take(struct ingest *, const struct journal_record *);

#endif
