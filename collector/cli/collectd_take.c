#include "cli/collectd_take.h"

#include <inttypes.h>

#include "aggregate/tally_table.h"
#include "base/clock.h"
#include "base/num.h"
#include "codec/collectd_datagram.h"
#include "codec/datagram_read.h"
#include "codec/sha256.h"
#include "model/limits.h"

#define TABLE_BYTES ((size_t)1 << 30)
#define MARK_BYTES_MAX ((size_t)1 << 21)
#define HOST SPAN_LIT("tlsrpt-collectd")

struct taking {
	const struct collectd_take *take;
	struct collectd_taken *taken;
	int64_t day;
	struct tally_table *table;
	struct ceiling *ceiling;
	struct arena arena;
	struct buf datagram;
	uint64_t rows;
	struct why why; /* why a callback ended the list */
};

/* -- rows -- */

static void
note_damage(struct taking *t, const struct collectd_row *row,
    const struct why *why)
{
	t->taken->damaged++;
	t->take->damaged(t->take->arg, row->domain, why);
}

/* As the datagram that it came from, so that the same checks hold. */
static enum err
read_row(struct taking *t, const struct collectd_row *row, struct session *ret,
    struct why *why)
{
	const struct collectd_texts texts = { row->domain, row->record,
		row->policy, row->reason };
	enum counter refused;
	enum err e;

	if (!row->is_whole)
		return why_set(why, E_SYNTAX,
		    "a value is missing or out of range");
	buf_clear(&t->datagram);
	e = collectd_datagram(&texts, &t->arena, &t->datagram, why);
	if (e != E_OK)
		return e;
	arena_reset(&t->arena);
	return datagram_read(buf_span(&t->datagram), &t->arena, ret, &refused,
	    why);
}

static enum err
add_row(struct taking *t, const struct collectd_row *row,
    const struct tally_sum *sum)
{
	struct why why = { { 0 } };
	struct session session;

	t->take->tell(t->take->arg, ++t->rows);
	if (read_row(t, row, &session, &why) != E_OK) {
		note_damage(t, row, &why);
		return E_OK;
	}
	t->taken->succeeded = count_add(t->taken->succeeded, sum->succeeded);
	t->taken->failed = count_add(t->taken->failed, sum->failed);
	if (row->reason.p != NULL)
		t->taken->details = count_add(t->taken->details, sum->details);
	if (tally_table_add_sum(t->table, t->day, &session, sum) == E_OK)
		return E_OK;
	return why_set(&t->why, E_RANGE,
	    "a day that takes more than %zu MiB of memory is not taken",
	    TABLE_BYTES >> 20);
}

/* Where fewer details were told than sessions failed, so many told none. */
static enum err
add_results(void *arg, const struct collectd_row *row)
{
	const struct tally_sum sum = {
		.succeeded = row->total - row->failed,
		.failed = row->failed,
		.details = row->failed > row->details
		    ? row->failed - row->details
		    : 0,
	};

	return add_row(arg, row, &sum);
}

/* One that a session told twice was counted twice there. */
static enum err
add_failure(void *arg, const struct collectd_row *row)
{
	const struct tally_sum sum = {
		.details = row->details < row->total ? row->details
						     : row->total,
	};

	return add_row(arg, row, &sum);
}

static enum err
read_day(struct taking *t, struct why *why)
{
	char day[DAY_TEXT_SIZE];
	enum err e;

	day_text(t->day, day);
	e = collectd_db_results(t->take->from, span_str(day), add_results, t,
	    &t->why);
	if (e == E_OK)
		e = collectd_db_failures(t->take->from, span_str(day),
		    add_failure, t, &t->why);
	return e == E_OK ? e : why_set(why, e, "%s", t->why.text);
}

/* -- into the store -- */

/* An id of version 8 (RFC 9562 s5.8). */
static enum err
make_id(const struct taking *t, struct uuid *ret, struct why *why)
{
	struct buf mark = BUF_INIT(MARK_BYTES_MAX);
	unsigned char sum[SHA256_BYTES];
	enum err e = collectd_db_mark(t->take->from, &mark, why);

	buf_addf(&mark, "\n%" PRId64, t->day);
	if (e == E_OK && (e = sha256(buf_span(&mark), sum)) != E_OK)
		e = why_set(why, e, "out of memory");
	buf_free(&mark);
	if (e != E_OK)
		return e;
	memcpy(ret->b, sum, sizeof(ret->b));
	ret->b[6] = (ret->b[6] & 0x0f) | 0x80;
	ret->b[8] = (ret->b[8] & 0x3f) | 0x80;
	return E_OK;
}

static void
count_folded(struct taking *t)
{
	static const enum counter folded[] = { COUNTER_FOLDED_DOMAIN,
		COUNTER_FOLDED_RECORD, COUNTER_FOLDED_POLICY,
		COUNTER_FOLDED_DETAIL };
	const struct counters *c = tally_table_counters(t->table, t->day);

	for (size_t i = 0; i < sizeof(folded) / sizeof(folded[0]); i++)
		t->taken->folded += c->n[folded[i]];
}

static enum err
settle(enum err e, uint64_t results, const struct position *at,
    struct collectd_taken *taken, struct why *why)
{
	struct why none = { { 0 } };

	if (e != E_EXISTS)
		return e;
	*why = none;
	taken->before = true;
	if ((uint64_t)at->offset == results)
		return E_OK;
	return why_set(why, E_CONFLICT,
	    "it was taken when it had %" PRId64 " results, and has %" PRIu64
	    " now: what has changed since is not taken",
	    at->offset, results);
}

/* How many results it had stands where others have a place of a journal. */
static enum err
put_day(struct taking *t, struct why *why)
{
	uint64_t results = count_add(t->taken->succeeded, t->taken->failed);
	struct flush flush = { .host = HOST, .now_s = t->take->now_s };
	struct position at = { .offset = 0 };
	enum err e = make_id(t, &flush.collector, why);

	if (e != E_OK || results == 0)
		return e;
	flush.from.journal = flush.to.journal = flush.collector;
	flush.to.segment = t->day;
	flush.to.offset = (int64_t)results;
	flush.watermark_s = day_end_s(t->day) + 1;
	if ((e = tally_table_sort(t->table, &flush.tallies)) != E_OK)
		return why_set(why, e, "out of memory");
	e = store_adopt(t->take->store, &flush, &at, why);
	return settle(e, results, &at, t->taken, why);
}

enum err
collectd_take_day(const struct collectd_take *take, int64_t day,
    struct collectd_taken *ret, struct why *why)
{
	const struct tally_limits limits = tally_limits_default();
	struct taking t = {
		.take = take,
		.taken = ret,
		.day = day,
		.arena = ARENA_INIT((size_t)4 * DATAGRAM_ARENA_MAX),
		.datagram = BUF_INIT(COLLECTD_DATAGRAM_MAX),
	};
	enum err e = ceiling_new(DAY_THINGS_MAX, &t.ceiling);

	*ret = (struct collectd_taken){ .before = false };
	if (e == E_OK)
		e = tally_table_new(TABLE_BYTES, &limits, t.ceiling, &t.table);
	if (e != E_OK)
		(void)why_set(why, e, "out of memory");
	if (e == E_OK)
		e = read_day(&t, why);
	if (e == E_OK)
		count_folded(&t);
	if (e == E_OK)
		e = put_day(&t, why);
	tally_table_free(t.table);
	ceiling_free(t.ceiling);
	arena_free(&t.arena);
	buf_free(&t.datagram);
	return e;
}
