/* Rounds of alerts on the store, told to a program that keeps them in a file
 * and ends as another file says. */
#include "store_fixture.h"

#include <unistd.h>

#include "alert/message.h"
#include "alert/round.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "store/store_finding.h"

#define T(text) SPAN_LIT(text)
#define COOL_S 3600
#define LEASE_S 400 /* more than a way is taken for, with this time limit */

struct round {
	struct fixture *f;
	struct config config;
	struct clock clock;
	char told[300], ends[300], script[1024];
	char *routes[2], *command[3];
	int wake_fd;
	size_t turn;
};

static void
set_up(struct round *r, struct fixture *f, const char *route)
{
	static char sh[] = "/bin/sh", c[] = "-c";

	*r = (struct round){ .f = f,
		.wake_fd = -1,
		.clock = support_clock(NOW_S * NS_PER_S) };
	(void)snprintf(r->told, sizeof(r->told), "%s/told", f->folder);
	(void)snprintf(r->ends, sizeof(r->ends), "%s/ends", f->folder);
	(void)snprintf(r->script, sizeof(r->script),
	    "cat >>%s; read -r code <%s || exit 0; "
	    "[ $code = 9 ] && kill -9 $$; exit $code",
	    r->told, r->ends);
	r->routes[0] = strdup(route);
	assert_non_null(r->routes[0]);
	r->command[0] = sh;
	r->command[1] = c;
	r->command[2] = r->script;
	r->config.alert_routes = (struct list){ r->routes, 1 };
	r->config.alert_command = (struct list){ r->command, 3 };
	r->config.alert_cool_down_ms = COOL_S * 1000;
	r->config.alert_timeout_ms = 10000;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
}

static void
tear_down(struct round *r)
{
	free(r->routes[0]);
	free(r->routes[1]);
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
}

static void
go(struct round *r, int64_t after_s)
{
	const struct alert_sender sender = { &r->config, &r->clock,
		r->wake_fd };
	struct why why = { { 0 } };

	r->clock.offset_ns = (NOW_S + after_s) * NS_PER_S;
	assert_ok_why(alert_round(&sender, r->f->store, &r->turn, &why), &why);
}

/* How often something stands in what was told; "": how many messages. */
static size_t
count_told(const struct round *r, const char *what)
{
	struct buf text = BUF_INIT((size_t)16 << 20);
	const char *at;
	size_t n = 0;

	(void)!file_read(r->told, &text, NULL);
	if (what[0] == '\0')
		what = "\"version\":1";
	for (at = buf_str(&text); (at = strstr(at, what)) != NULL; at++)
		n++;
	buf_free(&text);
	return n;
}

static void
add(struct fixture *f, const char *id, const char *subject,
    enum finding_severity severity)
{
	assert_ok(store_finding_add(f->store,
	    &(const struct finding){ .id = span_str(id),
		.kind = T("starttls-gone"),
		.domain = T("a.example"),
		.subject = span_str(subject),
		.severity = severity,
		.conclusion = CONCLUSION_UNKNOWN,
		.confidence = CONFIDENCE_LOW,
		.first_day = DAY,
		.last_day = DAY,
		.opened_s = NOW_S,
		.evidence = T("[]") },
	    NULL));
}

static void
worsen(struct fixture *f, const char *id)
{
	assert_ok(store_finding_update(f->store,
	    &(const struct finding){ .id = span_str(id),
		.state = FINDING_OPEN,
		.severity = SEVERITY_CRITICAL,
		.conclusion = CONCLUSION_UNKNOWN,
		.confidence = CONFIDENCE_LOW,
		.first_day = DAY,
		.last_day = DAY,
		.evidence = T("[]") },
	    NULL));
}

static void
close_finding(struct fixture *f, const char *id)
{
	assert_ok(store_finding_close(f->store, span_str(id), NOW_S, NULL));
}

static void
test_findings_are_told_once_and_together(void **state)
{
	struct round r;

	set_up(&r, *state, "warning=command");
	go(&r, 0);
	assert_int_equal(0, count_told(&r, ""));
	add(r.f, "1", "x", SEVERITY_WARNING);
	add(r.f, "2", "y", SEVERITY_CRITICAL);
	add(r.f, "3", "z", SEVERITY_INFO);
	go(&r, 1);
	go(&r, 2);
	assert_int_equal(1, count_told(&r, ""));
	assert_int_equal(2, count_told(&r, "\"event\":\"opened\""));
	assert_int_equal(0, count_told(&r, "\"subject\":\"z\""));
	worsen(r.f, "1");
	worsen(r.f, "3");
	go(&r, 3);
	assert_int_equal(2, count_told(&r, ""));
	assert_int_equal(1, count_told(&r, "\"event\":\"worsened\""));
	assert_int_equal(3, count_told(&r, "\"event\":\"opened\""));
	tear_down(&r);
}

static void
test_routes_by_domain(void **state)
{
	struct round r;

	set_up(&r, *state, "info:b.example=command");
	add(r.f, "1", "x", SEVERITY_CRITICAL);
	go(&r, 0);
	assert_int_equal(0, count_told(&r, ""));
	free(r.routes[0]);
	r.routes[0] = strdup("info:a.example=command");
	go(&r, 1);
	assert_int_equal(1, count_told(&r, ""));
	tear_down(&r);
}

static void
test_what_comes_and_goes_is_told_once_in_a_while(void **state)
{
	struct round r;

	set_up(&r, *state, "info=command");
	add(r.f, "1", "x", SEVERITY_WARNING);
	go(&r, 0);
	close_finding(r.f, "1");
	go(&r, 1);
	add(r.f, "2", "x", SEVERITY_WARNING);
	go(&r, 2);
	close_finding(r.f, "2");
	go(&r, COOL_S - 1);
	assert_int_equal(1, count_told(&r, ""));
	go(&r, COOL_S);
	assert_int_equal(1, count_told(&r, "\"event\":\"closed\""));
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"2\""));
	add(r.f, "3", "x", SEVERITY_WARNING);
	go(&r, COOL_S + 1);
	assert_int_equal(2, count_told(&r, ""));
	go(&r, 2 * COOL_S);
	assert_int_equal(3, count_told(&r, ""));
	assert_int_equal(2, count_told(&r, "\"event\":\"opened\""));
	tear_down(&r);
}

static void
mark(struct fixture *f, const char *id, enum finding_state to, int64_t until_s)
{
	assert_ok(store_finding_mark(f->store, span_str(id), to, until_s, T(""),
	    NULL));
}

static void
test_what_is_muted_is_told_when_that_is_over(void **state)
{
	struct round r;

	set_up(&r, *state, "info=command");
	add(r.f, "1", "x", SEVERITY_WARNING);
	add(r.f, "2", "y", SEVERITY_WARNING);
	mark(r.f, "1", FINDING_MUTED, NOW_S + 10);
	go(&r, 0);
	assert_int_equal(1, count_told(&r, "\"event\":\"opened\""));
	mark(r.f, "2", FINDING_MUTED, NOW_S + 20);
	go(&r, 9);
	assert_int_equal(1, count_told(&r, ""));
	go(&r, 10);
	assert_int_equal(2, count_told(&r, "\"event\":\"opened\""));
	mark(r.f, "1", FINDING_ACKNOWLEDGED, 0);
	go(&r, 19);
	assert_int_equal(0, count_told(&r, "\"event\":\"again\""));
	go(&r, 20);
	/* As it is judged again. */
	mark(r.f, "2", FINDING_OPEN, 0);
	go(&r, 21);
	go(&r, 22);
	assert_int_equal(1, count_told(&r, "\"event\":\"again\""));
	close_finding(r.f, "1");
	go(&r, 3 * COOL_S);
	assert_int_equal(0, count_told(&r, "\"event\":\"closed\""));
	tear_down(&r);
}

static void
test_what_fails_is_told_later_with_what_came_since(void **state)
{
	struct round r;

	set_up(&r, *state, "info=command");
	write_file(r.ends, "1\n");
	add(r.f, "1", "x", SEVERITY_WARNING);
	add(r.f, "2", "y", SEVERITY_WARNING);
	go(&r, 0);
	assert_int_equal(1, count_told(&r, ""));
	/* The first wait is from 5 to 10 s. */
	go(&r, 4);
	assert_int_equal(1, count_told(&r, ""));
	write_file(r.ends, "0\n");
	add(r.f, "3", "z", SEVERITY_WARNING);
	mark(r.f, "2", FINDING_ACKNOWLEDGED, 0);
	go(&r, 10);
	assert_int_equal(2, count_told(&r, ""));
	assert_int_equal(2, count_told(&r, "\"finding-id\":\"1\""));
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"2\""));
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"3\""));
	go(&r, COOL_S);
	assert_int_equal(2, count_told(&r, ""));
	tear_down(&r);
}

static struct span
message_id(const struct buf *text, size_t which)
{
	const char *at = buf_str(text);

	for (size_t i = 0; i <= which; i++) {
		at = strstr(at, "{\"version\":1,\"id\":\"");
		assert_non_null(at);
		at += strlen("{\"version\":1,\"id\":\"");
	}
	return (struct span){ at, UUID_TEXT_SIZE - 1 };
}

static void
test_what_may_have_been_told_is_the_same_message(void **state)
{
	struct buf text = BUF_INIT((size_t)1 << 20);
	struct round r;

	set_up(&r, *state, "info=command");
	write_file(r.ends, "9\n");
	add(r.f, "1", "x", SEVERITY_WARNING);
	go(&r, 0);
	write_file(r.ends, "0\n");
	add(r.f, "2", "y", SEVERITY_WARNING);
	go(&r, 10);
	assert_int_equal(0, count_told(&r, "\"finding-id\":\"2\""));
	go(&r, 11);
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"2\""));
	assert_int_equal(3, count_told(&r, ""));
	assert_ok(file_read(r.told, &text, NULL));
	assert_true(span_eq(message_id(&text, 0), message_id(&text, 1)));
	assert_false(span_eq(message_id(&text, 0), message_id(&text, 2)));
	buf_free(&text);
	tear_down(&r);
}

/* Another had begun it, and was killed. */
static void
test_what_another_works_on_is_left_to_it(void **state)
{
	const struct alert_work other = { T("command"), "other" };
	struct alert_way way;
	struct round r;
	bool taken = false;

	set_up(&r, *state, "info=command");
	add(r.f, "1", "x", SEVERITY_WARNING);
	assert_ok(store_alert_take(r.f->store, &other,
	    &(const struct alert_lease){ NOW_S, NOW_S + LEASE_S,
		NOW_S + LEASE_S },
	    &taken, &way, NULL));
	assert_true(taken);
	go(&r, LEASE_S - 1);
	assert_int_equal(0, count_told(&r, ""));
	go(&r, LEASE_S);
	assert_int_equal(1, count_told(&r, ""));
	tear_down(&r);
}

/* It was told there, and failed, before it was set right. */
static void
test_a_clock_was_far_ahead(void **state)
{
	const int64_t ahead_s = 10 * 365 * S_PER_DAY;
	struct round r;

	set_up(&r, *state, "info=command");
	add(r.f, "1", "x", SEVERITY_CRITICAL);
	add(r.f, "2", "y", SEVERITY_CRITICAL);
	go(&r, ahead_s);
	assert_int_equal(2, count_told(&r, "\"opened\""));
	close_finding(r.f, "2");
	go(&r, ahead_s + COOL_S);
	assert_int_equal(1, count_told(&r, "\"closed\""));
	write_file(r.ends, "1\n");
	add(r.f, "3", "z", SEVERITY_CRITICAL);
	go(&r, ahead_s + COOL_S);
	close_finding(r.f, "1");
	add(r.f, "4", "y", SEVERITY_WARNING);
	write_file(r.ends, "0\n");
	go(&r, 0);
	assert_int_equal(2, count_told(&r, "\"closed\""));
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"4\""));
	assert_int_equal(2, count_told(&r, "\"finding-id\":\"3\""));
	tear_down(&r);
}

/* When the log was told last, from NOW_S; -1: never. */
static enum err
note_log(void *arg, const struct alert_way_listed *w)
{
	if (span_eq(w->way, T("log")) && w->tried_s > 0)
		*(int64_t *)arg = w->tried_s - NOW_S;
	return E_OK;
}

static int64_t
log_told(struct round *r)
{
	int64_t at = -1;

	assert_ok(store_alert_ways(r->f->store, note_log, &at, NULL));
	return at;
}

static void
add_log(struct round *r)
{
	r->routes[1] = strdup("info=log");
	assert_non_null(r->routes[1]);
	r->config.alert_routes.n = 2;
}

static void
test_who_is_to_end_begins_nothing(void **state)
{
	struct round r;
	int ends[2];
	char c;

	set_up(&r, *state, "info=command");
	add_log(&r);
	add(r.f, "1", "x", SEVERITY_INFO);
	assert_int_equal(0, pipe(ends));
	assert_int_equal(1, write(ends[1], "x", 1));
	r.wake_fd = ends[0];
	go(&r, 0);
	assert_int_equal(0, count_told(&r, ""));
	assert_int_equal(-1, log_told(&r));
	assert_int_equal(1, read(ends[0], &c, 1));
	go(&r, 1);
	assert_int_equal(1, count_told(&r, ""));
	assert_int_equal(1, log_told(&r));
	(void)close(r.wake_fd);
	(void)close(ends[1]);
	tear_down(&r);
}

/* It is killed when its time is over, and so is the round's. */
static void
test_who_does_not_answer_holds_up_one_round(void **state)
{
	struct round r;

	set_up(&r, *state, "info=command");
	add_log(&r);
	(void)snprintf(r.script, sizeof(r.script), "sleep 1000");
	r.config.alert_timeout_ms = 100;
	r.clock.mono_ns = clock_machine(0).mono_ns;
	add(r.f, "1", "x", SEVERITY_INFO);
	go(&r, 0);
	assert_int_equal(-1, log_told(&r));
	go(&r, 20);
	assert_int_equal(20, log_told(&r));
	tear_down(&r);
}

static void
test_past_the_ceiling_they_are_counted(void **state)
{
	struct round r;
	char id[16];

	set_up(&r, *state, "info=command");
	assert_ok(store_begin(((struct fixture *)*state)->store, NULL));
	for (int i = 0; i < ALERT_WAITING_MAX + 7; i++) {
		(void)snprintf(id, sizeof(id), "%05d", i);
		add(r.f, id, id, SEVERITY_WARNING);
	}
	assert_ok(store_commit(r.f->store, NULL));
	go(&r, 0);
	assert_int_equal(1, count_told(&r, ""));
	assert_int_equal(ALERT_WAITING_MAX, count_told(&r, "\"opened\""));
	assert_int_equal(1, count_told(&r, "\"left-out\":7"));
	go(&r, 1);
	assert_int_equal(1, count_told(&r, ""));
	tear_down(&r);
}

static void
test_of_those_dropped_no_message_is_left(void **state)
{
	struct round r;

	set_up(&r, *state, "info=command");
	write_file(r.ends, "1\n");
	add(r.f, "1", "x", SEVERITY_WARNING);
	go(&r, 0);
	mark(r.f, "1", FINDING_ACKNOWLEDGED, 0);
	go(&r, 10);
	assert_int_equal(1, count_told(&r, ""));
	write_file(r.ends, "0\n");
	add(r.f, "2", "y", SEVERITY_WARNING);
	go(&r, 11);
	assert_int_equal(2, count_told(&r, ""));
	assert_int_equal(1, count_told(&r, "\"finding-id\":\"2\""));
	tear_down(&r);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_findings_are_told_once_and_together),
		TEST(test_routes_by_domain),
		TEST(test_what_comes_and_goes_is_told_once_in_a_while),
		TEST(test_what_is_muted_is_told_when_that_is_over),
		TEST(test_what_fails_is_told_later_with_what_came_since),
		TEST(test_what_may_have_been_told_is_the_same_message),
		TEST(test_what_another_works_on_is_left_to_it),
		TEST(test_a_clock_was_far_ahead),
		TEST(test_who_is_to_end_begins_nothing),
		TEST(test_who_does_not_answer_holds_up_one_round),
		TEST(test_past_the_ceiling_they_are_counted),
		TEST(test_of_those_dropped_no_message_is_left),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
