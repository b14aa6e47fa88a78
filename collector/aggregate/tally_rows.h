/* aggregate/tally_rows.h -- the inside of a tally table; private to aggregate/.
 *
 * Records, the policies below them, the failure details below those: rows in
 * one arena, found by a hash of their parent's address and their canonical
 * content (ADR 7). */
#ifndef AGGREGATE_TALLY_ROWS_H
#define AGGREGATE_TALLY_ROWS_H

#include "aggregate/tally_table.h"
#include "base/id_table.h"
#include "codec/canonical.h"
#include "store/store.h"

#define TALLY_SCRATCH_MAX (8 * 1024 * 1024) /* bytes */
#define TALLY_DAYS_MAX 16 /* days with counters in one table */

/* The first member of each row. */
struct row {
	struct content_key key; /* of the content */
	uint64_t path; /* hash of all contents from the day down to here */
};

struct detail_row {
	struct row row;
	struct detail_row *next;
	struct failure_detail detail;
	uint64_t sessions;
	uint64_t last_session; /* that counted: twice in one counts once */
};

struct policy_row {
	struct row row;
	struct policy_row *next;
	enum policy_type type;
	struct span domain;
	struct span strings, mx_hosts; /* codec/lines */
	uint64_t succeeded, failed;
	struct detail_row *details;
	size_t ndetails;
};

struct record_row {
	struct row row;
	int64_t day;
	struct span domain;
	struct span record; /* as published */
	struct span rua;    /* codec/lines */
	struct policy_row *policies;
	size_t npolicies;
	struct record_row *next;
};

struct tally_table {
	struct arena arena;   /* of the rows */
	struct arena scratch; /* of one session */
	/* The flusher's: all records in order, and the tally in hand. */
	struct record_row **sorted;
	struct arena flushing;
	struct buf key; /* of the row that is looked for */
	struct tally_limits limits;
	struct ceiling *ceiling;
	struct id_table rows; /* of all three kinds */
	struct record_row *records;
	size_t nrecords, nrows;
	uint64_t session; /* serial number, for last_session */
	struct id_table repeats;
	/* What the session that is being added has raised. */
	uint64_t *raised[REPEAT_COUNTS_MAX];
	size_t nraised;
	bool unlike; /* something was counted that is not among them */
	struct day_counters days[TALLY_DAYS_MAX];
	size_t ndays;
};

/* The row for it, made if need be. Past a ceiling it is a coarser one, which is
 * counted. E_NOMEM. */
MUST_CHECK enum err tally_record_row(struct tally_table *, int64_t day,
    const struct session *, struct record_row **ret);
MUST_CHECK enum err tally_policy_row(struct tally_table *, struct record_row *,
    const struct policy *, struct policy_row **ret);
MUST_CHECK enum err tally_detail_row(struct tally_table *, struct record_row *,
    struct policy_row *, const struct failure_detail *,
    struct detail_row **ret);

#endif
