#include "ingest/ingest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "codec/datagram_read.h"

#define SAMPLE_BYTES 200 /* of a refused datagram in the log */

struct ingest {
	struct ingest_options options;
	struct arena arena;
	struct log_limit refused_limit, repaired_limit, dump_limit, lost_limit;
	uint64_t lost_untold[NLOSSES];
	int64_t dumped;
};

enum err
ingest_new(const struct ingest_options *options, struct ingest **ret,
    struct why *why)
{
	const struct log_limit few = { .period_ns = 60 * NS_PER_S,
		.burst = 10 };
	struct ingest *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	in->options = *options;
	in->arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
	in->refused_limit = in->repaired_limit = in->lost_limit = few;
	in->dump_limit = (struct log_limit){ .period_ns = 60 * NS_PER_S,
		.burst = 1000 };
	*ret = in;
	return E_OK;
}

void
ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	arena_free(&in->arena);
	free(in);
}

/* -- what is refused -- */

/* For a look at it; the log line tells why. A full or missing folder is told
 * now and then, not for each. */
static void
dump(struct ingest *in, struct span datagram, int64_t mono_ns)
{
	static struct log_limit failure_limit = { .period_ns = 3600 * NS_PER_S,
		.burst = 1 };
	struct why why = { { 0 } };
	enum err e = E_OK;
	char path[4096];
	uint64_t left_out;
	int fd;

	if (in->options.dump_dir[0] == '\0' ||
	    !log_limit_pass(&in->dump_limit, mono_ns, &left_out))
		return;
	(void)snprintf(path, sizeof(path), "%s/refused-%06lld",
	    in->options.dump_dir,
	    (long long)(in->dumped++ % in->options.dump_max));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0 || file_write_all(fd, datagram) != E_OK)
		e = why_errno(&why, "%s", path);
	if (fd >= 0)
		(void)close(fd);
	if (e != E_OK && log_limit_pass(&failure_limit, mono_ns, &left_out))
		log_warning("refused datagram not dumped", LOG_WHY(&why),
		    LOG_I("left_out_before", left_out));
}

static void
refuse(struct ingest *in, const struct journal_record *r, enum counter as,
    const struct why *why)
{
	int64_t mono_ns = clock_mono_ns(in->options.clock);
	uint64_t left_out;

	dump(in, r->datagram, mono_ns);
	if (!log_limit_pass(&in->refused_limit, mono_ns, &left_out))
		return;
	log_warning("datagram refused", LOG_STR("as", counter_text(as)),
	    LOG_WHY(why), LOG_I("bytes", r->datagram.len), LOG_I("uid", r->uid),
	    LOG_S("begins", span_head(r->datagram, SAMPLE_BYTES)),
	    LOG_I("left_out_before", left_out));
}

/* -- what is repaired -- */

static const struct {
	enum session_mark mark;
	enum counter counter;
} marks[] = {
	{ MARK_VERSION, COUNTER_REPAIRED_VERSION },
	{ MARK_UTF8, COUNTER_REPAIRED_UTF8 },
	{ MARK_CUT, COUNTER_REPAIRED_CUT },
	{ MARK_NAME, COUNTER_REPAIRED_NAME },
	{ MARK_ADDRESS, COUNTER_REPAIRED_ADDRESS },
	{ MARK_URI, COUNTER_REPAIRED_URI },
	{ MARK_RESULT, COUNTER_REPAIRED_RESULT },
	{ MARK_CODE, COUNTER_REPAIRED_CODE },
	{ MARK_COUNT, COUNTER_REPAIRED_COUNT },
	{ MARK_DETAILS, COUNTER_REPAIRED_DETAILS },
};

static void
note_repairs(struct ingest *in, const struct session *s, struct counters *c)
{
	enum counter last = NCOUNTERS;
	uint64_t left_out;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if ((s->marks & marks[i].mark) == 0)
			continue;
		last = marks[i].counter;
		counters_add(c, last, 1);
	}
	if (last == NCOUNTERS ||
	    !log_limit_pass(&in->repaired_limit,
		clock_mono_ns(in->options.clock), &left_out))
		return;
	log_info("session repaired", LOG_S("domain", s->domain),
	    LOG_STR("as", counter_text(last)),
	    LOG_I("left_out_before", left_out));
}

/* -- records -- */

static enum err
take_datagram(struct ingest *in, const struct journal_record *r)
{
	int64_t day = day_of_ns(r->received_ns);
	struct counters *c = in->options.sink.counters(in->options.sink.arg,
	    day);
	struct why why = { { 0 } };
	struct session session;
	enum counter as;

	if (c == NULL)
		return E_NOMEM;
	counters_add(c, COUNTER_RECEIVED, 1);
	if (in->options.sink.repeat(in->options.sink.arg, day, r->datagram)) {
		counters_add(c, COUNTER_SESSIONS, 1);
		return E_OK;
	}
	arena_reset(&in->arena);
	if (datagram_read(r->datagram, &in->arena, &session, &as, &why) !=
	    E_OK) {
		counters_add(c, as, 1);
		refuse(in, r, as, &why);
		return E_OK;
	}
	if (session.carries_report) {
		counters_add(c, COUNTER_REPORT_SESSIONS, 1);
		return E_OK;
	}
	counters_add(c, COUNTER_SESSIONS, 1);
	if (session.marks != 0)
		note_repairs(in, &session, c);
	return in->options.sink.session(in->options.sink.arg, day, &session);
}

static const enum counter loss_counters[NLOSSES] = {
	[LOSS_DENIED] = COUNTER_DENIED,
	[LOSS_OVERSIZE] = COUNTER_OVERSIZE,
	[LOSS_EMPTY] = COUNTER_EMPTY,
	[LOSS_DISCARDED] = COUNTER_DISCARDED,
};

/* A sender may cause one every moment: a few lines a minute tell all. */
static void
tell_losses(struct ingest *in)
{
	uint64_t left_out;

	if (!log_limit_pass(&in->lost_limit, clock_mono_ns(in->options.clock),
		&left_out))
		return;
	for (size_t i = 0; i < NLOSSES; i++) {
		if (in->lost_untold[i] == 0)
			continue;
		log_warning("datagrams not taken",
		    LOG_STR("as", counter_text(loss_counters[i])),
		    LOG_STR("why", counter_sentence(loss_counters[i])),
		    LOG_I("n", in->lost_untold[i]));
		in->lost_untold[i] = 0;
	}
}

static enum err
take_losses(struct ingest *in, const struct losses *l)
{
	struct counters *c = in->options.sink.counters(in->options.sink.arg,
	    l->day);

	if (c == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < NLOSSES; i++) {
		counters_add(c, loss_counters[i], l->n[i]);
		in->lost_untold[i] += l->n[i];
	}
	tell_losses(in);
	return E_OK;
}

static enum err
take_torn(struct ingest *in)
{
	int64_t day = day_of_ns(clock_wall_ns(in->options.clock));
	struct counters *c = in->options.sink.counters(in->options.sink.arg,
	    day);

	if (c == NULL)
		return E_NOMEM;
	counters_add(c, COUNTER_TORN, 1);
	log_warning("journal has an unreadable stretch",
	    LOG_STR("why", "power was lost or the disk is damaged"));
	return E_OK;
}

enum err
ingest_take(struct ingest *in, const struct journal_record *r)
{
	switch (r->type) {
	case JOURNAL_DATAGRAM:
		return take_datagram(in, r);
	case JOURNAL_LOSSES:
		return take_losses(in, &r->losses);
	case JOURNAL_TORN:
		break;
	}
	return take_torn(in);
}
