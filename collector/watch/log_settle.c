#include "watch/log_settle.h"

#include <stdlib.h>

#include "aggregate/tally_table.h"
#include "base/utf8.h"
#include "store/store_log_report.h"
#include "watch/log_policy.h"

#define TEXTS_BYTES_MAX ((size_t)4 << 20)
#define TABLE_BYTES_MAX ((size_t)64 << 20)
/* A row is one policy and one detail at most, of one domain and record. */
#define THINGS_MAX (2 * LOG_ROWS_MAX + 2)

struct settling {
	struct published *found; /* NULL: no report is asked for */
	struct log_settlement settlement;
	struct log_level_row *rows; /* of which something is not decided */
	size_t nrows;
	struct log_settled *settled;
	struct arena texts;
	struct span record;
	struct ceiling *ceiling;
	struct tally_table *table;
	struct log_settle_count *count;
};

/* -- rows -- */

static uint64_t
undecided(const struct log_level_row *row)
{
	uint64_t done = row->datagrams + row->settled;

	return row->sessions > done ? row->sessions - done : 0;
}

static enum err
note_row(void *arg, const struct log_level_row *row)
{
	struct settling *s = arg;
	struct log_level_row *copy = &s->rows[s->nrows];

	if (undecided(row) == 0 || s->nrows == LOG_ROWS_MAX)
		return E_OK;
	*copy = *row;
	copy->domain = s->settlement.domain;
	copy->mx_host = arena_copy(&s->texts, row->mx_host);
	copy->peer_ip = arena_copy(&s->texts, row->peer_ip);
	if (copy->mx_host.p == NULL || copy->peer_ip.p == NULL)
		return E_NOMEM;
	s->nrows++;
	return E_OK;
}

/* -- counting -- */

/* The record as the store takes it: its bytes are a stranger's. */
static enum err
set_record(struct settling *s)
{
	struct buf text = BUF_INIT((size_t)3 * RECORD_TEXT_MAX);
	struct span raw;
	enum err e = tlsrpt_record_select(s->found->tlsrpt.records, &raw, NULL);

	if (e != E_OK)
		return e;
	utf8_repair(span_head(raw, RECORD_TEXT_MAX), &text);
	s->record = arena_copy(&s->texts,
	    utf8_cut(buf_span(&text), RECORD_TEXT_MAX));
	e = text.err != E_OK || s->record.p == NULL ? E_NOMEM : E_OK;
	buf_free(&text);
	return e;
}

/* As a collector counts many datagrams like it. */
static enum err
add_tally(struct settling *s, struct log_outcome *o, uint64_t n)
{
	const bool failed = o->fate == LOG_FAILED;
	struct session_policy policy = {
		.policy = o->policy,
		.details = &o->detail,
		.ndetails = failed,
		.failed = failed,
	};
	const struct session session = {
		.domain = s->settlement.domain,
		.record = s->record,
		.policies = &policy,
		.npolicies = 1,
	};
	const struct tally_sum sum = {
		.succeeded = failed ? 0 : n,
		.failed = failed ? n : 0,
		.details = failed ? n : 0,
	};

	return tally_table_add_sum(s->table, s->settlement.day, &session, &sum);
}

static enum err
decide(struct settling *s, const struct log_level_row *row)
{
	struct log_outcome o = { .fate = LOG_LEFT_OUT };
	uint64_t n = undecided(row);
	enum err e = E_OK;

	if (s->found != NULL)
		e = log_outcome_of(s->found, row, &o);
	if (e != E_OK)
		return e;
	if (o.fate == LOG_NOT_MEASURED) {
		s->count->waiting += n;
		return E_OK;
	}
	s->settled[s->settlement.n] = (struct log_settled){
		.mx_host = row->mx_host,
		.peer_ip = row->peer_ip,
		.tls = row->tls,
		.level = row->level,
		.before = row->settled,
		.settled = n,
	};
	if (o.fate == LOG_LEFT_OUT) {
		s->count->left_out += n;
	} else {
		s->settled[s->settlement.n].reported = n;
		s->count->reported += n;
		e = add_tally(s, &o, n);
	}
	s->settlement.n++;
	return e;
}

/* -- all of it -- */

static enum err
make(struct settling *s)
{
	const struct tally_limits limits = tally_limits_default();
	enum err e;

	s->rows = calloc(LOG_ROWS_MAX, sizeof(*s->rows));
	s->settled = calloc(LOG_ROWS_MAX, sizeof(*s->settled));
	s->settlement.v = s->settled;
	if (s->rows == NULL || s->settled == NULL)
		return E_NOMEM;
	e = ceiling_new(THINGS_MAX, &s->ceiling);
	if (e == E_OK)
		e = tally_table_new(TABLE_BYTES_MAX, &limits, s->ceiling,
		    &s->table);
	return e == E_OK && s->found != NULL ? set_record(s) : e;
}

static enum err
decide_all(struct settling *s)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < s->nrows; i++)
		e = decide(s, &s->rows[i]);
	return e == E_OK ? tally_table_sort(s->table, &s->settlement.tallies)
			 : e;
}

static void
unmake(struct settling *s)
{
	tally_table_free(s->table);
	ceiling_free(s->ceiling);
	arena_free(&s->texts);
	free(s->settled);
	free(s->rows);
}

enum err
log_settle(struct store *store, int64_t day, struct span domain,
    struct published *found, struct log_settle_count *ret, struct why *why)
{
	struct settling s = {
		.found = found,
		.settlement = { .day = day, .domain = domain },
		.texts = ARENA_INIT(TEXTS_BYTES_MAX),
		.count = ret,
	};
	enum err e = make(&s);

	*ret = (struct log_settle_count){ .reported = 0 };
	if (e != E_OK) {
		(void)why_set(why, e, "out of memory");
	} else {
		e = store_log_levels(store, domain, day, day, note_row, &s,
		    why);
		if (e == E_OK && (e = decide_all(&s)) != E_OK)
			(void)why_set(why, e, "out of memory");
	}
	if (e == E_OK && s.settlement.n > 0)
		e = store_log_settle(store, &s.settlement, why);
	unmake(&s);
	return e;
}
