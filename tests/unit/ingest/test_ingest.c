#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ingest/ingest.h"

#define NOW_NS (INT64_C(1795300000) * NS_PER_S)
#define DAY 20778 /* of NOW_NS: 1795300000 / 86400 */

struct fixture {
	char folder[256];
	struct clock clock;
	struct ingest *ingest;
	struct counters counters;
	int64_t counters_day, asked_day, session_day;
	unsigned sessions;
	char domain[64];
};

static struct counters *
sink_counters(void *arg, int64_t day)
{
	struct fixture *f = arg;

	f->counters_day = day;
	return &f->counters;
}

static bool
sink_repeat(void *arg, int64_t day, struct span datagram)
{
	struct fixture *f = arg;

	f->asked_day = day;
	return span_eq(datagram, SPAN_LIT("known"));
}

static enum err
sink_session(void *arg, int64_t day, const struct session *s)
{
	struct fixture *f = arg;

	f->session_day = day;
	f->sessions++;
	(void)snprintf(f->domain, sizeof(f->domain), "%.*s",
	    SPAN_ARG(s->domain));
	return E_OK;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct ingest_options options = {
		.clock = &f->clock,
		.dump_dir = f->folder,
		.dump_max = 2,
		.sink = { f, sink_counters, sink_repeat, sink_session },
	};
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	f->clock = support_clock(NOW_NS);
	assert_ok_why(ingest_new(&options, &f->ingest, &why), &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	ingest_free(f->ingest);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
take(struct fixture *f, const char *text)
{
	struct journal_record r = { .type = JOURNAL_DATAGRAM,
		.received_ns = NOW_NS,
		.datagram = span_str(text) };

	assert_ok(ingest_take(f->ingest, &r));
}

static void
test_a_session_goes_to_the_sink_on_its_day(void **state)
{
	struct fixture *f = *state;

	take(f,
	    "{\"dpv\":\"1\",\"d\":\"A.example\",\"pr\":\"v=TLSRPTv1;\","
	    "\"policies\":[{\"policy-type\":9,\"t\":0,\"f\":0}]}");
	assert_int_equal(1, f->sessions);
	assert_string_equal("a.example", f->domain);
	assert_int_equal(DAY, f->session_day);
	assert_int_equal(DAY, f->counters_day);
	assert_int_equal(1, f->counters.n[COUNTER_RECEIVED]);
	assert_int_equal(1, f->counters.n[COUNTER_SESSIONS]);
}

static void
test_a_repeat_is_counted_without_being_read(void **state)
{
	struct fixture *f = *state;

	take(f, "known");
	assert_int_equal(DAY, f->asked_day);
	assert_int_equal(0, f->sessions);
	assert_int_equal(1, f->counters.n[COUNTER_RECEIVED]);
	assert_int_equal(1, f->counters.n[COUNTER_SESSIONS]);
	assert_int_equal(0, f->counters.n[COUNTER_REFUSED_JSON]);
}

static void
test_a_session_that_carried_a_report_is_counted_apart(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++)
		take(f,
		    "{\"dpv\":\"1\",\"d\":\"a.example\",\"policies\":["
		    "{\"policy-type\":9,\"t\":0,\"f\":0}],\"report\":1}");
	assert_int_equal(0, f->sessions);
	assert_int_equal(2, f->counters.n[COUNTER_RECEIVED]);
	assert_int_equal(0, f->counters.n[COUNTER_SESSIONS]);
	assert_int_equal(2, f->counters.n[COUNTER_REPORT_SESSIONS]);
}

static void
test_a_refused_datagram_is_counted_and_dumped(void **state)
{
	struct fixture *f = *state;
	char path[300], got[64] = "";
	FILE *file;

	take(f, "first");
	take(f, "{\"dpv\":\"2\"}");
	take(f, "third");
	assert_int_equal(0, f->sessions);
	assert_int_equal(3, f->counters.n[COUNTER_RECEIVED]);
	assert_int_equal(2, f->counters.n[COUNTER_REFUSED_JSON]);
	assert_int_equal(1, f->counters.n[COUNTER_REFUSED_VERSION]);
	/* The third has taken the first one's place. */
	(void)snprintf(path, sizeof(path), "%s/refused-000000", f->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(got, sizeof(got), file));
	(void)fclose(file);
	assert_string_equal("third", got);
	(void)snprintf(path, sizeof(path), "%s/refused-000002", f->folder);
	assert_int_not_equal(0, access(path, F_OK));
}

static void
test_repairs_are_counted_once_a_session(void **state)
{
	struct fixture *f = *state;

	take(f,
	    "{\"d\":\"a.example\",\"policies\":["
	    "{\"policy-type\":9,\"policy-domain\":\"b\xff"
	    "c/\",\"f\":7,\"t\":2,\"failure-details\":["
	    "{\"c\":999,\"s\":\"nonsense\"}]}]}");
	assert_int_equal(1, f->sessions);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_VERSION]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_UTF8]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_NAME]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_RESULT]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_COUNT]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_CODE]);
	assert_int_equal(1, f->counters.n[COUNTER_REPAIRED_ADDRESS]);
	assert_int_equal(0, f->counters.n[COUNTER_REPAIRED_CUT]);
}

static void
test_losses_and_torn_records_are_counted(void **state)
{
	struct fixture *f = *state;
	struct journal_record r = { .type = JOURNAL_LOSSES,
		.losses = { .day = 5, .n = { 1, 2, 3, 4 } } };

	assert_ok(ingest_take(f->ingest, &r));
	assert_int_equal(5, f->counters_day);
	assert_int_equal(1, f->counters.n[COUNTER_DENIED]);
	assert_int_equal(2, f->counters.n[COUNTER_OVERSIZE]);
	assert_int_equal(3, f->counters.n[COUNTER_EMPTY]);
	assert_int_equal(4, f->counters.n[COUNTER_DISCARDED]);
	r = (struct journal_record){ .type = JOURNAL_TORN };
	assert_ok(ingest_take(f->ingest, &r));
	assert_int_equal(DAY, f->counters_day);
	assert_int_equal(1, f->counters.n[COUNTER_TORN]);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_session_goes_to_the_sink_on_its_day),
		TEST(test_a_repeat_is_counted_without_being_read),
		TEST(test_a_session_that_carried_a_report_is_counted_apart),
		TEST(test_a_refused_datagram_is_counted_and_dumped),
		TEST(test_repairs_are_counted_once_a_session),
		TEST(test_losses_and_torn_records_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
