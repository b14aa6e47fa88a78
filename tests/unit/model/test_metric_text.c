#include "support/test.h"

#include <string.h>
#include <unistd.h>

#include "base/shared_counts.h"
#include "model/counters.h"
#include "model/delivery_state.h"
#include "model/metric.h"
#include "model/metric_text.h"

/* The text format, version 0.0.4: backslash, quote and line feed are escaped in
 * a label's value, backslash and line feed in a help text. */
static void
test_escapes(void **state)
{
	static const struct metric_label labels[] = { { "a", "x\\y\"z\n{}" },
		{ "b", "" }, { NULL, NULL } };
	struct buf out = BUF_INIT(4096);

	(void)state;
	metric_text_head(&out, "t_total", "counter", "One \\ two\n\"three\"");
	metric_text_sample(&out, "t_total", labels, UINT64_MAX);
	metric_text_milli(&out, "u", &labels[2], 12034);
	assert_string_equal("# HELP t_total One \\\\ two\\n\"three\"\n"
			    "# TYPE t_total counter\n"
			    "t_total{a=\"x\\\\y\\\"z\\n{}\",b=\"\"} "
			    "18446744073709551615\n"
			    "u 12.034\n",
	    buf_str(&out));
	buf_free(&out);
}

static void
test_counts_are_told_by_their_words(void **state)
{
	struct buf out = BUF_INIT(65536);

	(void)state;
	metric_add(METRIC_COUNTED, COUNTER_SESSIONS, 2);
	metric_add(METRIC_COUNTED, COUNTER_SESSIONS, 3);
	metric_add(METRIC_OUTCOMES, DELIVERY_GIVEN_UP, 1);
	metric_add(METRIC_BUILT, 0, 7);
	metric_text_counts(&out);
	assert_non_null(strstr(buf_str(&out),
	    "\ntlsrptd_datagrams_total{role=\"collect\",what=\"sessions\"} "
	    "5\n"));
	assert_non_null(strstr(buf_str(&out),
	    "\ntlsrptd_delivery_outcomes_total{role=\"deliver\","
	    "outcome=\"given-up\"} 1\n"));
	assert_non_null(strstr(buf_str(&out),
	    "\ntlsrptd_reports_built_total{role=\"report\"} 7\n"));
	buf_free(&out);
}

/* What was counted before the memory is shared stays the process's own. */
static void
test_shared_memory_begins_at_zero(void **state)
{
	int fd = -1;

	(void)state;
	metric_add(METRIC_BUILT, 0, 1);
	assert_ok(shared_counts_make(&fd, NULL));
	assert_int_equal(0, metric_get(METRIC_BUILT, 0));
	metric_add(METRIC_BUILT, 0, 4);
	assert_ok(shared_counts_map(fd, NULL)); /* as another process would */
	assert_int_equal(4, metric_get(METRIC_BUILT, 0));
	assert_int_equal(0, close(fd));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_counts_are_told_by_their_words),
		cmocka_unit_test(test_shared_memory_begins_at_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
