#include "daemon/pipeline.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "aggregate/flusher.h"
#include "base/log.h"
#include "ingest/ingest.h"

/* Records taken before the clock is looked at. */
#define TURN 512
/* While nothing comes the watermark goes to the store all the same. */
#define HEARTBEAT_NS (30 * NS_PER_S)
#define SLEEP_MAX_NS (200 * NS_PER_MS)
#define GATHER_NS (5 * NS_PER_MS)
/* At the end, while senders go on: what is not read then is read at the next
 * start. */
#define FINISH_READ_NS NS_PER_S
/* Memory of one table. A flush is due at a quarter; at half the aggregation
 * waits for the store, and the journal grows. The rest is for what one more
 * datagram may add and for the flush itself, which sorts in the same memory:
 * a table that runs out of it would be read again and run out again. */
#define TABLE_BYTES ((size_t)256 * 1024 * 1024)

struct pipeline {
	struct pipeline_options options;
	char host[256];
	struct position position; /* what has been read, the store's form */
	struct journal_reader *reader;
	struct ingest *ingest;
	struct ceiling *ceiling;
	int64_t ceiling_day;
	struct tally_table *filling, *spare; /* spare NULL: being flushed */
	struct id asked;		     /* of the datagram in hand */
	struct flusher *flusher;
	int64_t watermark_ns; /* all received before has been read */
	int64_t offered_watermark_ns;
	int64_t offered_at_ns; /* monotonic */
	bool dirty;	       /* something was read since the last offer */
	struct log_limit ahead_limit;
};

/* -- the sinks of ingest -- */

static struct counters *
sink_counters(void *arg, int64_t day)
{
	struct pipeline *p = arg;

	return tally_table_counters(p->filling, day);
}

static bool
sink_repeat(void *arg, int64_t day, struct span datagram)
{
	struct pipeline *p = arg;

	p->asked = repeat_key_of(day, datagram);
	return tally_table_repeat(p->filling, &p->asked);
}

/* Repairs are counted beside the table, so their sessions do not repeat. */
static enum err
sink_session(void *arg, int64_t day, const struct session *s)
{
	struct pipeline *p = arg;

	if (day > p->ceiling_day) {
		ceiling_clear(p->ceiling);
		p->ceiling_day = day;
	}
	return tally_table_add(p->filling, day, s,
	    s->marks == 0 ? &p->asked : NULL);
}

/* The store must not be ahead of the journal: after a power loss what is
 * received then would stand where the store has been already. A failure is the
 * keeper's to tell. */
static void
make_durable(void *arg)
{
	struct pipeline *p = arg;

	(void)!journal_sync(p->options.journal, NULL);
}

/* -- start -- */

static struct position
position_of(struct pipeline *p, struct journal_place place)
{
	return (struct position){
		.journal = *journal_uuid(p->options.journal),
		.segment = (int64_t)place.segment,
		.offset = place.offset,
	};
}

static void
tell_gap(enum journal_gap gap, struct journal_place from,
    struct journal_place at)
{
	if (gap == JOURNAL_GAP_AFTER)
		log_error("journal does not reach back to where the store is",
		    LOG_I("store_at_segment", from.segment),
		    LOG_I("journal_from_segment", at.segment),
		    LOG_STR("then",
			"sessions between are lost; keep the "
			"journal longer with collect.journal_keep"));
	if (gap == JOURNAL_GAP_BEFORE)
		log_warning("journal ends before the place where the store is",
		    LOG_I("store_at_segment", from.segment),
		    LOG_STR("then",
			"nothing is lost: the store has what a power "
			"loss took from the journal"));
}

static enum err
open_reader(struct pipeline *p, const struct position *stored, struct why *why)
{
	struct journal_place from = { (uint64_t)stored->segment,
		(uint32_t)stored->offset };
	enum journal_gap gap;
	enum err e = journal_reader_open(p->options.journal, from, &p->reader,
	    &gap, why);

	if (e != E_OK)
		return e;
	tell_gap(gap, from, journal_reader_place(p->reader));
	journal_committed(p->options.journal, from.segment);
	p->position = *stored;
	return E_OK;
}

static enum err
start_stages(struct pipeline *p, struct why *why)
{
	const struct config *c = p->options.config;
	struct tally_limits limits = tally_limits_default();
	struct flusher_options flusher = {
		.store = p->options.store,
		.clock = p->options.clock,
		.collector = *claim_collector(p->options.claim),
		.claim = claim_text(p->options.claim),
		.host = p->host,
		.start = p->position,
		.waker = p->options.waker,
		.before = make_durable,
		.before_arg = p,
	};
	struct ingest_options ingest = {
		.clock = p->options.clock,
		.dump_dir = c->collect_dump_dir,
		.dump_max = c->collect_dump_max,
		.sink = { p, sink_counters, sink_repeat, sink_session },
	};
	enum err e = ingest_new(&ingest, &p->ingest, why);

	if (e == E_OK)
		e = ceiling_new(DAY_THINGS_MAX, &p->ceiling);
	if (e == E_OK)
		e = tally_table_new(TABLE_BYTES, &limits, p->ceiling,
		    &p->filling);
	if (e == E_OK)
		e = tally_table_new(TABLE_BYTES, &limits, p->ceiling,
		    &p->spare);
	if (e != E_OK)
		return why_set(why, e, "out of memory");
	return flusher_start(&flusher, &p->flusher, why);
}

enum err
pipeline_new(const struct pipeline_options *options, struct pipeline **ret,
    struct why *why)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct position first, stored;
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	p->options = *options;
	p->ceiling_day = -1;
	p->ahead_limit = (struct log_limit){ .period_ns = 60 * NS_PER_S,
		.burst = 1 };
	if (gethostname(p->host, sizeof(p->host) - 1) != 0)
		p->host[0] = '\0';
	first = position_of(p, journal_first(options->journal));
	e = claim_make(options->claim, options->store, span_str(p->host),
	    &first, &stored, why);
	if (e == E_OK)
		e = open_reader(p, &stored, why);
	if (e == E_OK)
		e = start_stages(p, why);
	if (e != E_OK) {
		pipeline_free(p);
		return e;
	}
	*ret = p;
	return E_OK;
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	tally_table_free(flusher_stop(p->flusher));
	tally_table_free(p->filling);
	tally_table_free(p->spare);
	ceiling_free(p->ceiling);
	ingest_free(p->ingest);
	journal_reader_close(p->reader);
	free(p);
}

/* -- reading -- */

static bool
table_is_full(const struct pipeline *p)
{
	return tally_table_bytes(p->filling) >= TABLE_BYTES / 2;
}

/* A record from the future was stamped by a clock that was wrong. What it tells
 * counts as of now: else its day would come days after it. */
static void
bound_time(struct pipeline *p, struct journal_record *record, int64_t now_ns)
{
	int64_t ahead_ns = record->received_ns - now_ns;
	uint64_t left_out;

	if (record->type == JOURNAL_LOSSES &&
	    record->losses.day > day_of_ns(now_ns))
		record->losses.day = day_of_ns(now_ns);
	if (ahead_ns <= JOURNAL_STEP_BACK_NS)
		return;
	record->received_ns = now_ns;
	if (log_limit_pass(&p->ahead_limit, clock_mono_ns(p->options.clock),
		&left_out))
		log_warning("sessions were received while the clock was ahead",
		    LOG_I("ahead_s", ahead_ns / NS_PER_S),
		    LOG_STR("then", "they count as of now"),
		    LOG_I("left_out_before", left_out));
}

static enum err
take(struct pipeline *p, struct journal_record *record, int64_t now_ns)
{
	enum err e;

	bound_time(p, record, now_ns);
	if ((e = ingest_take(p->ingest, record)) != E_OK)
		return e;
	p->dirty = true;
	if (record->type == JOURNAL_DATAGRAM)
		p->watermark_ns = journal_later(p->watermark_ns,
		    record->received_ns);
	return E_OK;
}

/* Up to TURN records. *ret_more: there may be more. */
static enum err
read_turn(struct pipeline *p, bool *ret_more, struct why *why)
{
	int64_t idle_ns = journal_idle_ns(p->options.journal);
	int64_t now_ns = clock_wall_ns(p->options.clock);
	struct journal_record record;

	*ret_more = true;
	if (p->watermark_ns > now_ns + JOURNAL_STEP_BACK_NS)
		p->watermark_ns = now_ns; /* the clock was ahead */
	for (int i = 0; i < TURN && !table_is_full(p); i++) {
		enum err e = journal_reader_next(p->reader, &record, why);

		if (e == E_ABSENT) {
			/* All that was received before the look is read. */
			if (idle_ns > p->watermark_ns)
				p->watermark_ns = idle_ns;
			*ret_more = false;
			return E_OK;
		}
		if (e == E_OK)
			e = take(p, &record, now_ns);
		if (e != E_OK)
			return why_set(why, e, "%s", err_text(e));
	}
	return E_OK;
}

/* -- flushing -- */

static void
reclaim(struct pipeline *p)
{
	struct tally_table *t = flusher_reclaim(p->flusher);
	struct position at;

	if (t == NULL)
		return;
	tally_table_clear(t);
	p->spare = t;
	at = flusher_committed(p->flusher);
	journal_committed(p->options.journal, (uint64_t)at.segment);
}

static bool
flush_is_due(struct pipeline *p, int64_t now_ns)
{
	const struct config *c = p->options.config;
	int64_t since = now_ns - p->offered_at_ns;

	if (tally_table_rows(p->filling) >= (size_t)c->collect_flush_rows ||
	    tally_table_bytes(p->filling) >= TABLE_BYTES / 4)
		return true;
	/* Midnight: the day waits for us. */
	if (day_of_ns(p->watermark_ns) > day_of_ns(p->offered_watermark_ns))
		return true;
	if (p->dirty)
		return since >= c->collect_flush_interval_ms * NS_PER_MS;
	return since >= HEARTBEAT_NS;
}

static void
offer(struct pipeline *p, int64_t now_ns)
{
	struct position to = p->position;

	if (p->spare == NULL)
		return;
	if (p->dirty)
		to = position_of(p, journal_reader_place(p->reader));
	if (!flusher_offer(p->flusher, p->filling, &to, p->watermark_ns))
		return;
	p->position = to;
	p->filling = p->spare;
	p->spare = NULL;
	p->dirty = false;
	p->offered_at_ns = now_ns;
	p->offered_watermark_ns = p->watermark_ns;
}

/* Once something has come let more come: nobody waits for it here, and being
 * woken for each datagram would cost the drain more than receiving it. */
static void
gather(void)
{
	static const struct timespec pause = { .tv_nsec = GATHER_NS };

	(void)nanosleep(&pause, NULL);
}

enum err
pipeline_run(struct pipeline *p, struct why *why)
{
	bool more = false;
	int64_t now_ns;
	enum err e = flusher_failure(p->flusher, why);

	if (e != E_OK)
		return e;
	reclaim(p);
	waker_prepare(p->options.waker);
	if ((e = read_turn(p, &more, why)) != E_OK)
		return e;
	now_ns = clock_mono_ns(p->options.clock);
	if (flush_is_due(p, now_ns))
		offer(p, now_ns);
	/* More to read: only take the wake-up call back. */
	more = more && !table_is_full(p);
	waker_sleep(p->options.waker, more ? 0 : SLEEP_MAX_NS);
	if (!more)
		gather();
	return E_OK;
}

void
pipeline_finish(struct pipeline *p, int64_t max_ns)
{
	int64_t now = clock_mono_ns(p->options.clock), until = now + max_ns;
	int64_t read_until = now +
	    (max_ns < FINISH_READ_NS ? max_ns : FINISH_READ_NS);
	struct why why = { { 0 } };
	bool more = true;

	while (more && !table_is_full(p) &&
	    clock_mono_ns(p->options.clock) < read_until)
		if (read_turn(p, &more, &why) != E_OK)
			return;
	flusher_wait(p->flusher, until - clock_mono_ns(p->options.clock));
	reclaim(p);
	offer(p, clock_mono_ns(p->options.clock));
	flusher_wait(p->flusher, until - clock_mono_ns(p->options.clock));
	reclaim(p);
}
