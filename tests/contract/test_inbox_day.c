/* The store contract: roll-ups of the inbox, in the transaction of what they
 * sum. */
#include "inbox_estate.h"

#include "store/store_inbox.h"
#include "store/store_inbox_expire.h"
#include "store/store_inbox_level.h"
#include "store/store_retake.h"
#include "store/store_view.h"

#define T(text) SPAN_LIT(text)
#define TEXT_SIZE 1024

static void
add(char *text, const char *word)
{
	size_t n = strlen(text);

	(void)snprintf(text + n, TEXT_SIZE - n, "%s%s", n == 0 ? "" : " ",
	    word);
}

/* "day:state/verdict=authenticated+testing+encrypted+cleartext+not-sent
 * xREPORTS worst", "?" if nothing is told. */
static enum err
note(void *arg, const struct view_sum *s)
{
	const uint64_t *n = s->levels.n;
	char word[128];

	(void)snprintf(word, sizeof(word), "%d:%d/%d=%d+%d+%d+%d+%d%sx%d-%d!%d",
	    (int)(s->day - DAY), (int)s->state, (int)s->verdict, (int)n[0],
	    (int)n[1], (int)n[2], (int)n[3], (int)n[4],
	    s->levels.is_told ? "" : "?", (int)s->reports, (int)s->reporters,
	    (int)s->worst_type);
	add(arg, word);
	return E_OK;
}

static void
assert_days(struct fixture *f, const char *domain, const char *want)
{
	const struct view_filter filter = { .allowed = T(""),
		.domain = span_str(domain),
		.first = DAY - 1,
		.last = DAY + 9 };
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_view_days(f->store, &filter, note, text, &why),
	    &why);
	assert_string_equal(want, text);
}

#define A_LATER " 1:2/5=0+0+7+0+0x1-1!0 2:1/1=0+0+0+0+0?x1-1!0"
#define A_EVIL "0:1/3=0+0+0+0+1000x1-1!205"

static void
test_a_day_is_what_its_reports_say(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_days(f, "a.example",
	    "0:1/1=90+0+40+2+10x2-2!204 " A_EVIL
	    " 0:3/1=90+0+0+0+10x1-1!0" A_LATER);
	assert_days(f, "b.example", "0:1/1=0+30+0+3+0x1-1!204");
	assert_days(f, "c.example", "");
	/* It has no range: the day of its receipt. */
	assert_days(f, "", "1:6/0=0+0+0+0+0?x1-1!0");
}

static void
test_another_that_counts_in_its_stead_is_counted(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_ok(store_begin(f->store, NULL));
	assert_ok(store_inbox_demote(f->store, T("r1"), 0, INBOX_CONTRADICTED,
	    T("r5"), NULL));
	assert_ok(store_commit(f->store, NULL));
	assert_days(f, "a.example",
	    "0:1/1=0+0+40+2+0x1-1!201 " A_EVIL " 0:3/1=90+0+0+0+10x1-1!0 "
	    "0:4/1=90+0+0+0+10x1-1!204" A_LATER);
}

static void
test_the_best_of_an_identity_is_counted(void **state)
{
	struct fixture *f = *state;
	const struct content_key identity = key(1);
	struct inbox_row winner = { .intake = T("r5"),
		.state = INBOX_COUNTED,
		.content = key(2) };

	tell_estate(f);
	assert_ok(store_begin(f->store, NULL));
	assert_ok(store_inbox_prefer(f->store, &identity, &winner, NULL));
	assert_ok(store_commit(f->store, NULL));
	/* r5 tells no type of its failures. */
	assert_days(f, "a.example",
	    "0:1/1=90+0+40+2+10x2-2!201 " A_EVIL
	    " 0:3/1=90+0+0+0+10x1-1!204" A_LATER);
}

static void
test_what_is_removed_is_off_the_sums(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_ok(store_begin(f->store, NULL));
	assert_ok(store_inbox_forget(f->store, T("r2"), NULL));
	assert_ok(store_inbox_forget(f->store, T("r3"), NULL));
	assert_ok(store_commit(f->store, NULL));
	assert_days(f, "a.example",
	    "0:1/1=90+0+0+0+10x1-1!204 0:3/1=90+0+0+0+10x1-1!0" A_LATER);
	assert_days(f, "b.example", "");
}

static void
test_a_rollback_leaves_the_sums(void **state)
{
	struct fixture *f = *state;

	tell_estate(f);
	assert_ok(store_begin(f->store, NULL));
	assert_ok(store_inbox_forget(f->store, T("r2"), NULL));
	store_rollback(f->store);
	assert_days(f, "b.example", "0:1/1=0+30+0+3+0x1-1!204");
	/* Nor does it come to mind later. */
	assert_ok(store_begin(f->store, NULL));
	assert_ok(store_commit(f->store, NULL));
	assert_days(f, "b.example", "0:1/1=0+30+0+3+0x1-1!204");
}

/* As a version that knew no levels left them. */
static void
test_old_reports_get_their_levels(void **state)
{
	struct fixture *f = *state;
	struct db *db = open_db(f);
	size_t n = 0;

	tell_estate(f);
	assert_ok(db_script(db,
	    "UPDATE inbox SET has_levels = 0; DELETE FROM inbox_level; "
	    "DELETE FROM inbox_day; DELETE FROM inbox_reporter; "
	    "UPDATE inbox_policy SET succeeded_level = 0, failed_level = 0",
	    NULL));
	db_close(db);
	assert_days(f, "b.example", "");
	assert_ok(store_inbox_level_old(f->store, 4, &n, NULL));
	assert_int_equal(4, n);
	assert_ok(store_inbox_level_old(f->store, 4, &n, NULL));
	assert_int_equal(3, n);
	assert_ok(store_inbox_level_old(f->store, 4, &n, NULL));
	assert_int_equal(0, n);
	assert_days(f, "a.example",
	    "0:1/1=90+0+40+2+10x2-2!204 " A_EVIL
	    " 0:3/1=90+0+0+0+10x1-1!0" A_LATER);
	assert_days(f, "b.example", "0:1/1=0+30+0+3+0x1-1!204");
}

/* What strangers post must not make a sum that overflows. */
static void
test_counts_past_all_reason_do_not_overflow(void **state)
{
	struct fixture *f = *state;
	const uint64_t most = UINT64_C(9007199254740991);
	struct told_report r = { .intake = "x",
		.day = DAY,
		.reporter = "evil.example",
		.state = INBOX_COUNTED,
		.verdict = TRUST_UNAUTHENTICATED,
		.identity = 9,
		.policies = { { "a.example", POLICY_STS, ENFORCE, most, most,
				  RESULT_TLSA_INVALID, most },
		    { "a.example", POLICY_NO_POLICY_FOUND, "", most, most,
			RESULT_TLSA_INVALID, most } } };
	const struct view_filter filter = { .allowed = T(""),
		.domain = T("a.example"),
		.first = DAY,
		.last = DAY };
	char text[TEXT_SIZE] = "";

	for (r.part = 0; r.part < 1100; r.part++)
		tell(f, &r);
	assert_ok(store_view_days(f->store, &filter, note, text, NULL));
}

/* -- whatever happens -- */

#define OPERATIONS 200
#define INTAKES 40
#define SPREAD 30 /* days */

static struct told_report
random_report(unsigned n, char name[16])
{
	static const char *const domains[] = { "a.example", "b.example" };
	static const char *const reporters[] = { "g.example", "m.example" };
	static const enum inbox_state states[] = { INBOX_COUNTED,
		INBOX_UNTRUSTED, INBOX_DUPLICATE, INBOX_CONTRADICTED };
	static const int64_t verdicts[] = { TRUST_AUTHENTICATED,
		TRUST_UNAUTHENTICATED, TRUST_UNSIGNED };

	(void)snprintf(name, 16, "i%02u", n);
	return (struct told_report){ .intake = name,
		.day = DAY - rand() % SPREAD,
		.reporter = reporters[rand() % 2],
		.state = states[rand() % 4],
		.verdict = verdicts[rand() % 3],
		.identity = 1 + (unsigned)(rand() % 5),
		.policies = { { domains[rand() % 2], POLICY_STS, ENFORCE,
				  (uint64_t)(rand() % 1000),
				  (uint64_t)(rand() % 100),
				  RESULT_CERTIFICATE_EXPIRED,
				  1 + (uint64_t)(rand() % 9) },
		    { domains[rand() % 2], POLICY_NO_POLICY_FOUND, "",
			(uint64_t)(rand() % 1000), (uint64_t)(rand() % 100), 0,
			0 } } };
}

static void
evict_oldest(struct fixture *f)
{
	struct inbox_removed removed;

	assert_ok(store_inbox_remove(f->store,
	    &(const struct inbox_removal){ T("import"),
		INBOX_CLASS_AUTHENTICATED, INT64_MAX, NOW_S, 1, NULL, NULL },
	    INBOX_EVENT_EVICTED, &removed, NULL));
}

static void
hold(struct fixture *f, const struct told_report *r)
{
	assert_ok(store_inbox_hold(f->store, T("import"),
	    &(const struct inbox_held){ span_str(r->intake),
		INBOX_CLASS_AUTHENTICATED, NOW_S - r->day, T("s"), 1, 1, 0 },
	    NULL));
}

/* One intake is added, judged anew, taken out or counted otherwise. */
static void
operate(struct fixture *f)
{
	unsigned n = (unsigned)(rand() % INTAKES);
	int what = rand() % 8;
	char name[16];
	const struct told_report r = random_report(n, name);
	const struct content_key identity = key(r.identity);

	if (what == 0) {
		evict_oldest(f);
		return;
	}
	assert_ok(store_begin(f->store, NULL));
	if (what == 1) {
		assert_ok(store_inbox_demote(f->store, span_str(name), 0,
		    r.state, T("other"), NULL));
	} else if (what == 2) {
		assert_ok(
		    store_inbox_settle(f->store, T("import"), &identity, NULL));
	} else {
		assert_ok(store_inbox_forget(f->store, span_str(name), NULL));
		assert_ok(
		    store_inbox_forget_raw(f->store, span_str(name), NULL));
		if (what > 3) {
			tell_within(f, &r);
			hold(f, &r);
		}
	}
	if (rand() % 8 == 0)
		store_rollback(f->store);
	else
		assert_ok(store_commit(f->store, NULL));
}

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static int64_t
number_of(struct fixture *f, const char *sql)
{
	struct db *db = open_db(f);
	struct why why = { { 0 } };
	int64_t n = -1;

	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .sql = sql,
			      .row = note_number,
			      .arg = &n },
			  NULL, &why),
	    &why);
	db_close(db);
	return n;
}

#define SUMS_OF(key)                                                         \
	"SELECT " key ", domain, state, verdict, CAST(COUNT(*) AS BIGINT), " \
	"MAX(received_at), CAST(SUM(authenticated) AS BIGINT), "             \
	"CAST(SUM(testing) AS BIGINT), CAST(SUM(encrypted) AS BIGINT), "     \
	"CAST(SUM(cleartext) AS BIGINT), CAST(SUM(not_sent) AS BIGINT), "    \
	"CAST(SUM(told) AS BIGINT) FROM inbox_level GROUP BY 1, 2, 3, 4"
#define KEPT(key, table)                                                 \
	"SELECT " key ", domain, state, verdict, reports, received_at, " \
	"authenticated, testing, encrypted, cleartext, not_sent, told FROM " table
#define UNLIKE(a, b) \
	"(SELECT CAST(COUNT(*) AS BIGINT) FROM (" a " EXCEPT " b ") x)"
#define DAYS_SUM SUMS_OF("day")
#define DAYS_KEPT KEPT("day", "inbox_day")
#define WEEKS_SUM SUMS_OF("day - (day + 3) % 7")
#define WEEKS_KEPT KEPT("week", "inbox_week")

static enum err
add_up(void *arg, const struct view_sum *s)
{
	uint64_t *sum = arg;

	sum[0] += s->reports;
	for (int i = 0; i < NLEVELS; i++)
		sum[1 + i] += s->levels.n[i];
	return E_OK;
}

/* All domains by weeks, and each by its days. */
static void
assert_range(struct fixture *f, int64_t first, int64_t last)
{
	static const char *const domains[] = { "a.example", "b.example" };
	struct view_filter filter = { .allowed = T(""),
		.domain = T(""),
		.first = first,
		.last = last };
	uint64_t all[1 + NLEVELS] = { 0 }, days[1 + NLEVELS] = { 0 };

	assert_ok(store_view_domains(f->store, &filter, add_up, all, NULL));
	for (int i = 0; i < 2; i++) {
		filter.domain = span_str(domains[i]);
		assert_ok(
		    store_view_days(f->store, &filter, add_up, days, NULL));
	}
	assert_memory_equal(days, all, sizeof(all));
}

static void
test_sums_are_those_of_their_reports_whatever_happens(void **state)
{
	struct fixture *f = *state;

	srand(24);
	own(f, "a.example");
	own(f, "b.example");
	for (int i = 0; i < OPERATIONS; i++) {
		operate(f);
		if (i % 20 != 19)
			continue;
		assert_int_equal(0,
		    number_of(f, "SELECT " UNLIKE(DAYS_SUM, DAYS_KEPT)));
		assert_int_equal(0,
		    number_of(f, "SELECT " UNLIKE(DAYS_KEPT, DAYS_SUM)));
		assert_int_equal(0,
		    number_of(f, "SELECT " UNLIKE(WEEKS_SUM, WEEKS_KEPT)));
		assert_int_equal(0,
		    number_of(f, "SELECT " UNLIKE(WEEKS_KEPT, WEEKS_SUM)));
	}
	assert_true(number_of(f, "SELECT COUNT(*) FROM inbox_week") > 5);
	for (int64_t days = 0; days < SPREAD; days++)
		for (int64_t last = DAY - 8; last <= DAY; last++)
			assert_range(f, last - days, last);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_day_is_what_its_reports_say),
		TEST(test_another_that_counts_in_its_stead_is_counted),
		TEST(test_the_best_of_an_identity_is_counted),
		TEST(test_what_is_removed_is_off_the_sums),
		TEST(test_a_rollback_leaves_the_sums),
		TEST(test_old_reports_get_their_levels),
		TEST(test_counts_past_all_reason_do_not_overflow),
		TEST(test_sums_are_those_of_their_reports_whatever_happens),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
