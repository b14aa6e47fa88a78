/* The store contract: alerts. */
#include "store_fixture.h"

#include "store/store_alert.h"
#include "store/store_finding.h"

#define T(text) SPAN_LIT(text)
#define WAY T("mailto:ops@a.example")

static const struct alert_work one = { WAY, "worker-1" };
static const struct alert_work two = { WAY, "worker-2" };

static void
add_finding(struct fixture *f, const char *id, const char *subject,
    enum finding_severity severity)
{
	struct why why = { { 0 } };

	assert_ok_why(store_finding_add(f->store,
			  &(const struct finding){ .id = span_str(id),
			      .kind = T("starttls-gone"),
			      .domain = T("a.example"),
			      .subject = span_str(subject),
			      .severity = severity,
			      .conclusion = CONCLUSION_UNKNOWN,
			      .confidence = CONFIDENCE_LOW,
			      .first_day = DAY,
			      .last_day = DAY + 1,
			      .opened_s = NOW_S,
			      .evidence = T("[]") },
			  &why),
	    &why);
}

static bool
take(struct fixture *f, const struct alert_work *w, int64_t now_s,
    struct alert_way *ret)
{
	struct why why = { { 0 } };
	bool taken = false;

	assert_ok_why(store_alert_take(f->store, w,
			  &(const struct alert_lease){ .now_s = now_s,
			      .until_s = now_s + 100,
			      .latest_s = now_s + 300 },
			  &taken, ret, &why),
	    &why);
	return taken;
}

/* -- one who works on a way -- */

static void
test_one_works_on_a_way(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;
	struct why why = { { 0 } };

	assert_true(take(f, &one, NOW_S, &way));
	assert_string_equal("", way.message_id);
	assert_int_equal(0, way.due_s);
	assert_true(take(f, &one, NOW_S + 1, &way));
	assert_false(take(f, &two, NOW_S + 2, &way));
	assert_ok(store_alert_hold(f->store, &one, NOW_S + 200, NULL));
	assert_err(E_CONFLICT,
	    store_alert_hold(f->store, &two, NOW_S + 200, &why));
	assert_string_equal("another works on mailto:ops@a.example", why.text);
	assert_false(take(f, &two, NOW_S + 199, &way));
	assert_true(take(f, &two, NOW_S + 200, &way));
	assert_err(E_CONFLICT,
	    store_alert_hold(f->store, &one, NOW_S + 400, NULL));
}

static void
test_a_way_that_was_left_is_free(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;

	assert_true(take(f, &one, NOW_S, &way));
	assert_ok(store_alert_leave(f->store, &two, NULL));
	assert_false(take(f, &two, NOW_S, &way));
	assert_ok(store_alert_leave(f->store, &one, NULL));
	assert_true(take(f, &two, NOW_S, &way));
}

/* Nobody has one for so long. */
static void
test_a_way_that_a_wrong_clock_took_is_free(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;

	assert_true(take(f, &one, NOW_S + 201, &way));
	assert_true(take(f, &two, NOW_S, &way));
	assert_true(take(f, &one, NOW_S + 200, &way));
	assert_false(take(f, &two, NOW_S, &way));
}

/* -- what is to be said -- */

struct listing {
	char text[2048];
};

static enum err
note_finding(void *arg, const struct finding *f, const struct alert_said *s)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%.*s %.*s %s %s %d; %d %.*s %s closed %d silent %d at %d\n",
	    SPAN_ARG(f->id), SPAN_ARG(f->subject), finding_state_text(f->state),
	    finding_severity_text(f->severity), (int)(f->last_day - DAY),
	    s->is_there, SPAN_ARG(s->finding_id),
	    finding_severity_text(s->severity), s->is_closed, s->is_silent,
	    s->is_there ? (int)(s->said_s - NOW_S) : 0);
	return E_OK;
}

static void
assert_current(struct fixture *f, const char *after, int64_t least,
    const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_alert_current(f->store, WAY, span_str(after), least,
			  10, note_finding, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
assert_gone(struct fixture *f, int64_t said_until_s, const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_alert_gone(f->store, WAY,
			  &(const struct alert_old){ said_until_s,
			      NOW_S + 300 },
			  10, note_finding, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
say(struct fixture *f, const char *id, const char *subject, bool is_silent)
{
	assert_ok(store_alert_say(f->store, WAY,
	    &(const struct finding){ .id = span_str(id),
		.kind = T("starttls-gone"),
		.domain = T("a.example"),
		.subject = span_str(subject) },
	    &(const struct alert_said){ .severity = SEVERITY_WARNING,
		.conclusion = CONCLUSION_UNKNOWN,
		.is_silent = is_silent,
		.said_s = NOW_S + 7 },
	    NULL));
}

static void
test_what_was_not_said_is_listed(void **state)
{
	struct fixture *f = *state;

	add_finding(f, "1", "x", SEVERITY_WARNING);
	add_finding(f, "2", "y", SEVERITY_INFO);
	assert_current(f, "", SEVERITY_INFO,
	    "1 x open warning 1; 0   closed 0 silent 0 at 0\n"
	    "2 y open info 1; 0   closed 0 silent 0 at 0\n");
	assert_current(f, "", SEVERITY_WARNING,
	    "1 x open warning 1; 0   closed 0 silent 0 at 0\n");
	assert_current(f, "1", SEVERITY_INFO,
	    "2 y open info 1; 0   closed 0 silent 0 at 0\n");
	say(f, "1", "x", false);
	assert_current(f, "", SEVERITY_WARNING, "");
}

static void
test_what_changed_since_is_listed(void **state)
{
	struct fixture *f = *state;

	add_finding(f, "1", "x", SEVERITY_WARNING);
	add_finding(f, "2", "y", SEVERITY_INFO);
	say(f, "1", "x", true);
	say(f, "2", "y", false);
	assert_ok(store_finding_mark(f->store, T("1"), FINDING_MUTED, 0, T(""),
	    NULL));
	assert_current(f, "", SEVERITY_CRITICAL,
	    "1 x muted warning 1; 1 1 warning closed 0 silent 1 at 7\n"
	    "2 y open info 1; 1 2 warning closed 0 silent 0 at 7\n");
}

static void
test_what_is_gone_is_listed(void **state)
{
	struct fixture *f = *state;

	add_finding(f, "1", "x", SEVERITY_WARNING);
	say(f, "1", "x", false);
	assert_gone(f, NOW_S + 7, "");
	assert_ok(store_finding_close(f->store, T("1"), NOW_S + 8, NULL));
	assert_gone(f, NOW_S + 6, "");
	assert_gone(f, NOW_S + 7,
	    "1 x closed warning 1; 1 1 warning closed 0 silent 0 at 7\n");
	/* It has come again: it is the same here. */
	add_finding(f, "2", "x", SEVERITY_WARNING);
	assert_gone(f, NOW_S + 7, "");
	assert_current(f, "", SEVERITY_INFO,
	    "2 x open warning 1; 1 1 warning closed 0 silent 0 at 7\n");
	assert_ok(store_finding_close(f->store, T("2"), NOW_S + 9, NULL));
	say(f, "2", "x", true);
	assert_gone(f, 0,
	    "2 x closed warning 1; 1 2 warning closed 0 silent 1 at 7\n");
}

static void
test_what_was_closed_is_forgotten(void **state)
{
	struct fixture *f = *state;

	assert_ok(store_alert_say(f->store, WAY,
	    &(const struct finding){ .id = T("1"),
		.kind = T("starttls-gone"),
		.domain = T("a.example"),
		.subject = T("x") },
	    &(const struct alert_said){ .severity = SEVERITY_WARNING,
		.is_closed = true,
		.said_s = NOW_S },
	    NULL));
	add_finding(f, "2", "x", SEVERITY_WARNING);
	assert_ok(store_alert_said_forget(f->store, WAY,
	    &(const struct alert_old){ NOW_S - 1, NOW_S + 300 }, NULL));
	assert_current(f, "", SEVERITY_INFO,
	    "2 x open warning 1; 1 1 warning closed 1 silent 0 at 0\n");
	assert_ok(store_alert_said_forget(f->store, WAY,
	    &(const struct alert_old){ NOW_S, NOW_S + 300 }, NULL));
	assert_current(f, "", SEVERITY_INFO,
	    "2 x open warning 1; 0   closed 0 silent 0 at 0\n");
}

/* -- messages -- */

static void
add_alert(struct fixture *f, const char *id, const char *finding,
    enum finding_severity severity)
{
	struct why why = { { 0 } };

	assert_ok_why(store_alert_add(f->store,
			  &(const struct alert){ .id = span_str(id),
			      .way = WAY,
			      .event = ALERT_OPENED,
			      .made_s = NOW_S,
			      .finding = { .id = span_str(finding),
				  .kind = T("starttls-gone"),
				  .domain = T("a.example"),
				  .subject = T("x"),
				  .severity = severity,
				  .conclusion = CONCLUSION_PATH,
				  .confidence = CONFIDENCE_HIGH,
				  .first_day = DAY,
				  .last_day = DAY + 1 } },
			  &why),
	    &why);
}

static enum err
note_alert(void *arg, const struct alert *a)
{
	struct listing *l = arg;
	const struct finding *f = &a->finding;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%.*s %s %s %d: %.*s %.*s %.*s %.*s %s %s %s %d-%d\n",
	    SPAN_ARG(a->id), alert_event_text(a->event),
	    alert_state_text(a->state),
	    a->done_s == 0 ? 0 : (int)(a->done_s - NOW_S), SPAN_ARG(f->id),
	    SPAN_ARG(f->kind), SPAN_ARG(f->domain), SPAN_ARG(f->subject),
	    finding_severity_text(f->severity),
	    finding_conclusion_text(f->conclusion),
	    finding_confidence_text(f->confidence), (int)(f->first_day - DAY),
	    (int)(f->last_day - DAY));
	return E_OK;
}

#define REST "starttls-gone a.example x"

static void
assert_message(struct fixture *f, const char *id, const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_alert_message(f->store, WAY, span_str(id),
			  note_alert, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
assert_listed(struct fixture *f, int state, const char *want)
{
	struct listing l = { { 0 } };

	assert_ok(store_alert_list(f->store, state, 10, note_alert, &l, NULL));
	assert_string_equal(want, l.text);
}

static void
settle(struct fixture *f, enum alert_fate fate, uint64_t left_out)
{
	struct why why = { { 0 } };

	assert_ok_why(store_alert_settle(f->store,
			  &(const struct alert_settling){ .way = WAY,
			      .message_id = T("m"),
			      .fate = fate,
			      .left_out = left_out,
			      .now_s = NOW_S + 5,
			      .due_s = NOW_S + 9,
			      .failures = 3,
			      .answer = T("why") },
			  &why),
	    &why);
}

static uint64_t
waiting(struct fixture *f)
{
	uint64_t n = 99;

	assert_ok(store_alert_waiting(f->store, WAY, &n, NULL));
	return n;
}

static void
test_a_message_is_all_that_waits(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;

	assert_true(take(f, &one, NOW_S, &way));
	add_alert(f, "1", "f", SEVERITY_WARNING);
	add_alert(f, "2", "f", SEVERITY_CRITICAL);
	assert_int_equal(2, waiting(f));
	assert_ok(store_alert_leave_out(f->store, WAY, 4, NULL));
	assert_ok(store_alert_begin(f->store, WAY, T("m"), 4, NOW_S, NULL));
	add_alert(f, "3", "f", SEVERITY_INFO);
	assert_ok(store_alert_leave_out(f->store, WAY, 1, NULL));
	/* The gravest first. */
	assert_message(f, "m",
	    "2 opened waiting 0: f " REST " critical path high 0-1\n"
	    "1 opened waiting 0: f " REST " warning path high 0-1\n");
	assert_true(take(f, &one, NOW_S, &way));
	assert_string_equal("m", way.message_id);
	assert_int_equal(5, way.left_out);
	assert_int_equal(4, way.message_left_out);
	settle(f, ALERT_FATE_TOLD, 4);
	assert_int_equal(1, waiting(f));
	assert_listed(f, ALERT_IS_SENT,
	    "2 opened sent 5: f " REST " critical path high 0-1\n"
	    "1 opened sent 5: f " REST " warning path high 0-1\n");
	assert_true(take(f, &one, NOW_S, &way));
	assert_string_equal("", way.message_id);
	assert_int_equal(1, way.left_out);
}

static void
test_what_is_uncertain_stays_the_same_message(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;

	assert_true(take(f, &one, NOW_S, &way));
	add_alert(f, "1", "f", SEVERITY_WARNING);
	assert_ok(store_alert_begin(f->store, WAY, T("m"), 0, NOW_S, NULL));
	settle(f, ALERT_FATE_UNCERTAIN, 0);
	assert_true(take(f, &one, NOW_S, &way));
	assert_string_equal("m", way.message_id);
	assert_int_equal(NOW_S + 9, way.due_s);
	assert_int_equal(3, way.failures);
	assert_message(f, "m",
	    "1 opened waiting 0: f " REST " warning path high 0-1\n");
	settle(f, ALERT_FATE_FAILED, 0);
	assert_message(f, "m", "");
	assert_int_equal(1, waiting(f));
	assert_true(take(f, &one, NOW_S, &way));
	assert_string_equal("", way.message_id);
}

static void
test_what_was_seen_to_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct alert_way way;

	assert_true(take(f, &one, NOW_S, &way));
	for (int i = 0; i < 4; i++) {
		const char id[] = { (char)('1' + i), '\0' };

		add_finding(f, id, id, SEVERITY_WARNING);
		add_alert(f, id, id, SEVERITY_WARNING);
	}
	assert_ok(store_finding_mark(f->store, T("1"), FINDING_ACKNOWLEDGED, 0,
	    T(""), NULL));
	assert_ok(store_finding_mark(f->store, T("2"), FINDING_MUTED, 0, T(""),
	    NULL));
	assert_ok(store_finding_mark(f->store, T("3"), FINDING_MUTED, NOW_S,
	    T(""), NULL));
	assert_ok(store_alert_begin(f->store, WAY, T("m"), 0, NOW_S, NULL));
	assert_message(f, "m",
	    "3 opened waiting 0: 3 " REST " warning path high 0-1\n"
	    "4 opened waiting 0: 4 " REST " warning path high 0-1\n");
	assert_listed(f, ALERT_IS_DROPPED,
	    "2 opened dropped 0: 2 " REST " warning path high 0-1\n"
	    "1 opened dropped 0: 1 " REST " warning path high 0-1\n");
}

static void
test_old_alerts_are_forgotten(void **state)
{
	struct fixture *f = *state;

	add_alert(f, "1", "f", SEVERITY_WARNING);
	assert_ok(store_alert_forget(f->store, NOW_S, NULL));
	assert_int_equal(1, waiting(f));
	assert_ok(store_alert_forget(f->store, NOW_S + 1, NULL));
	assert_int_equal(0, waiting(f));
}

static enum err
note_way(void *arg, const struct alert_way_listed *w)
{
	struct listing *l = arg;

	(void)snprintf(l->text, sizeof(l->text),
	    "%.*s due %d failures %d tried %d left out %d waiting %d %.*s",
	    SPAN_ARG(w->way), (int)(w->due_s - NOW_S), (int)w->failures,
	    (int)(w->tried_s - NOW_S), (int)w->left_out, (int)w->waiting,
	    SPAN_ARG(w->answer));
	return E_OK;
}

static void
test_ways_are_listed(void **state)
{
	struct fixture *f = *state;
	struct listing l = { { 0 } };
	struct alert_way way;

	assert_true(take(f, &one, NOW_S, &way));
	add_alert(f, "1", "f", SEVERITY_WARNING);
	settle(f, ALERT_FATE_FAILED, 0);
	assert_ok(store_alert_ways(f->store, note_way, &l, NULL));
	assert_string_equal("mailto:ops@a.example due 9 failures 3 tried 5 "
			    "left out 0 waiting 1 why",
	    l.text);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_works_on_a_way),
		TEST(test_a_way_that_was_left_is_free),
		TEST(test_a_way_that_a_wrong_clock_took_is_free),
		TEST(test_what_was_not_said_is_listed),
		TEST(test_what_changed_since_is_listed),
		TEST(test_what_is_gone_is_listed),
		TEST(test_what_was_closed_is_forgotten),
		TEST(test_a_message_is_all_that_waits),
		TEST(test_what_is_uncertain_stays_the_same_message),
		TEST(test_what_was_seen_to_is_dropped),
		TEST(test_old_alerts_are_forgotten),
		TEST(test_ways_are_listed),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
