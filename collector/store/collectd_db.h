/* store/collectd_db.h -- what a database of tlsrpt-reporter holds: one of its
 * collectd, with what was counted, or one of its reportd, with what was fetched
 * from there. The file is only read, as it was when it was opened. */
#ifndef STORE_COLLECTD_DB_H
#define STORE_COLLECTD_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct collectd_db;

/* E_ABSENT, E_DENIED, E_BUSY: in use; E_VERSION: another version of it, or none
 * of its databases; E_DAMAGED, E_IO. */
MUST_CHECK enum err collectd_db_open(const char *path, struct collectd_db **ret,
    struct why *why);
void collectd_db_close(struct collectd_db *); /* NULL is fine */

/* It is the reportd's. */
bool collectd_db_is_reportd(const struct collectd_db *);

/* What no other file has and each copy of this one: in bytes. */
enum err collectd_db_mark(const struct collectd_db *, struct buf *out,
    struct why *why);

struct collectd_day {
	struct span day;    /* as it stands there: 2026-11-22 */
	uint64_t rows;	    /* of results and failures; 0: not known */
	uint64_t results;   /* policies of sessions */
	uint64_t domains;   /* of a reportd: to be taken, by fetcher */
	uint64_t ended;	    /* sent or given up by it: not to be taken */
	uint64_t unfetched; /* only the collectd has them */
};
typedef enum err collectd_day_fn(void *arg, const struct collectd_day *);
MUST_CHECK enum err collectd_db_days(const struct collectd_db *,
    collectd_day_fn *, void *arg, struct why *why);

/* A policy's results, or one failure detail of it; untrusted. */
struct collectd_row {
	bool is_whole;	    /* else one of the values is none */
	struct span domain; /* that the rows of a day are about */
	struct span record; /* the TXT record; SPAN_NONE: NULL */
	struct span policy; /* JSON of a datagram's policy without results */
	struct span reason; /* JSON of a failure detail; SPAN_NONE: results */
	uint64_t total;	    /* sessions with the policy */
	uint64_t failed;    /* of them; at most total */
	uint64_t details;   /* times that the detail, or any, was told */
};
typedef enum err collectd_row_fn(void *arg, const struct collectd_row *);
MUST_CHECK enum err collectd_db_results(const struct collectd_db *,
    struct span day, collectd_row_fn *, void *arg, struct why *why);
MUST_CHECK enum err collectd_db_failures(const struct collectd_db *,
    struct span day, collectd_row_fn *, void *arg, struct why *why);

#endif
