/* The store contract: how much the inbox holds, and what leaves it. */
#include "store_fixture.h"

#include "model/trust.h"
#include "store/store_inbox.h"
#include "store/store_inbox_expire.h"

#define T(text) SPAN_LIT(text)
#define ACCOUNT T("a1")

/* -- what is put in -- */

static void
put_rows(struct fixture *f, const char *intake, int64_t received_s)
{
	const struct inbox_row row = {
		.intake = span_str(intake),
		.received_s = received_s,
		.way = T("lmtp"),
		.peer = T(""),
		.route = T(""),
		.sender = T(""),
		.recipient = T(""),
		.state = INBOX_COUNTED,
		.reason = T(""),
		.verdict = TRUST_AUTHENTICATED,
		.trust = T(""),
		.submitter = T("r.example"),
		.organization = T(""),
		.contact = T(""),
		.report_id = T(""),
		.policies = 1,
		.notes = T(""),
		.like = T(""),
	};
	const struct inbox_policy policy = {
		.day = DAY,
		.domain = T("o.example"),
		.type = POLICY_STS,
		.unknown_type = T(""),
		.policy_domain = T("o.example"),
		.strings = T(""),
		.mx_hosts = T(""),
	};
	const struct inbox_detail detail = {
		.detail = { RESULT_CERTIFICATE_EXPIRED, T(""), T(""), T(""),
		    T(""), T(""), T("") },
		.unknown_type = T(""),
	};

	assert_ok(store_inbox_put_raw(f->store, row.intake, T("raw"), 3, true,
	    NULL, NULL));
	assert_ok(store_inbox_put(f->store, &row, NULL));
	assert_ok(store_inbox_put_policy(f->store, &row, &policy, NULL));
	assert_ok(
	    store_inbox_put_detail(f->store, &row, &policy, &detail, NULL));
}

static void
hold(struct fixture *f, const char *intake, enum inbox_class class,
    int64_t received_s, uint64_t raw_bytes, uint64_t row_bytes)
{
	const struct inbox_held held = { span_str(intake), class, received_s,
		T("192.0.2.1"), raw_bytes, row_bytes, 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_hold(f->store, ACCOUNT, &held, &why), &why);
}

static void
put(struct fixture *f, const char *intake, enum inbox_class class,
    int64_t received_s)
{
	put_rows(f, intake, received_s);
	hold(f, intake, class, received_s, 100, 10);
}

/* -- what is there -- */

struct totals {
	uint64_t n[INBOX_CLASSES + 1], bytes[INBOX_CLASSES + 1];
	uint64_t events[INBOX_EVENTS + 1];
	int64_t balance[INBOX_CLASSES + 1]; /* accepted and not gone */
};

static enum err
note_sum(void *arg, enum inbox_class class, uint64_t n, uint64_t bytes)
{
	struct totals *t = arg;

	t->n[class] = n;
	t->bytes[class] = bytes;
	return E_OK;
}

static enum err
note_count(void *arg, enum inbox_event event, int64_t class, uint64_t n,
    uint64_t bytes)
{
	struct totals *t = arg;

	(void)bytes;
	t->events[event] += n;
	if (event == INBOX_EVENT_ACCEPTED)
		t->balance[class] += (int64_t)n;
	else if (event != INBOX_EVENT_RAW_EXPIRED)
		t->balance[class] -= (int64_t)n;
	return E_OK;
}

static struct totals
totals(struct fixture *f)
{
	struct totals t = { .n = { 0 } };

	assert_ok(store_inbox_sums(f->store, note_sum, &t, NULL));
	assert_ok(
	    store_inbox_counts(f->store, 0, DAY_MAX, note_count, &t, NULL));
	return t;
}

static enum err
count_raw(void *arg, struct span raw, uint64_t raw_bytes)
{
	(void)raw;
	(void)raw_bytes;
	++*(size_t *)arg;
	return E_OK;
}

static enum err
count_row(void *arg, const struct inbox_row *r)
{
	(void)r;
	++*(size_t *)arg;
	return E_OK;
}

static enum err
count_policy(void *arg, const struct inbox_policy *p)
{
	(void)p;
	++*(size_t *)arg;
	return E_OK;
}

/* Report, bytes, policy: how many of the three there are. */
static size_t
rows(struct fixture *f, const char *intake)
{
	struct span id = span_str(intake);
	size_t n = 0;

	(void)!store_inbox_get(f->store, id, count_row, &n, NULL);
	(void)!store_inbox_raw(f->store, id, count_raw, &n, NULL);
	assert_ok(
	    store_inbox_policies(f->store, id, 0, count_policy, &n, NULL));
	return n;
}

static bool
is_held(struct fixture *f, const char *intake)
{
	struct inbox_held held;

	return store_inbox_held(f->store, span_str(intake), &held, NULL) ==
	    E_OK;
}

static struct inbox_removal
removal(enum inbox_class class, int64_t before_s, uint64_t enough)
{
	return (struct inbox_removal){ ACCOUNT, class, before_s, NOW_S, enough,
		NULL, NULL };
}

static struct inbox_removed
evict(struct fixture *f, enum inbox_class class, uint64_t enough)
{
	struct inbox_removal r = removal(class, INT64_MAX, enough);
	struct inbox_removed removed;
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_remove(f->store, &r, INBOX_EVENT_EVICTED,
			  &removed, &why),
	    &why);
	return removed;
}

/* -- tests -- */

static void
test_what_is_put_is_added_up(void **state)
{
	struct fixture *f = *state;
	struct totals t;

	hold(f, "a", INBOX_CLASS_AUTHENTICATED, NOW_S, 100, 10);
	hold(f, "b", INBOX_CLASS_AUTHENTICATED, NOW_S, 200, 20);
	hold(f, "c", INBOX_CLASS_UNUSABLE, NOW_S, 1, 2);
	t = totals(f);
	assert_int_equal(2, t.n[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(330, t.bytes[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(1, t.n[INBOX_CLASS_UNUSABLE]);
	assert_int_equal(3, t.bytes[INBOX_CLASS_UNUSABLE]);
	assert_int_equal(3, t.events[INBOX_EVENT_ACCEPTED]);
}

static void
test_what_is_judged_anew_changes_its_class(void **state)
{
	struct fixture *f = *state;
	struct inbox_held held;
	struct totals t;

	hold(f, "a", INBOX_CLASS_UNTRUSTED, NOW_S, 100, 10);
	hold(f, "a", INBOX_CLASS_AUTHENTICATED, NOW_S + 9, 7, 30);
	t = totals(f);
	assert_int_equal(0, t.n[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(0, t.bytes[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(1, t.n[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(130, t.bytes[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(1, t.events[INBOX_EVENT_ACCEPTED]);
	assert_ok(store_inbox_held(f->store, T("a"), &held, NULL));
	assert_int_equal(NOW_S, held.received_s);
}

static void
test_what_counts_by_now_is_worth_more(void **state)
{
	struct fixture *f = *state;
	struct totals t;

	hold(f, "a", INBOX_CLASS_UNUSABLE, NOW_S, 100, 10);
	assert_ok(store_inbox_raise(f->store, ACCOUNT, T("a"),
	    INBOX_CLASS_AUTHENTICATED, NULL));
	assert_ok(store_inbox_raise(f->store, ACCOUNT, T("a"),
	    INBOX_CLASS_UNTRUSTED, NULL));
	assert_ok(store_inbox_raise(f->store, ACCOUNT, T("b"),
	    INBOX_CLASS_UNTRUSTED, NULL));
	t = totals(f);
	assert_int_equal(0, t.n[INBOX_CLASS_UNUSABLE]);
	assert_int_equal(0, t.n[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(110, t.bytes[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(1, t.balance[INBOX_CLASS_AUTHENTICATED]);
}

static void
test_the_oldest_of_a_class_goes_with_all_its_rows(void **state)
{
	struct fixture *f = *state;
	struct inbox_removed removed;
	struct totals t;

	put(f, "new", INBOX_CLASS_UNTRUSTED, NOW_S);
	put(f, "old", INBOX_CLASS_UNTRUSTED, NOW_S - 1);
	put(f, "other", INBOX_CLASS_UNAUTHENTICATED, NOW_S - 2);
	removed = evict(f, INBOX_CLASS_UNTRUSTED, 1);
	assert_int_equal(1, removed.intakes);
	assert_int_equal(110, removed.bytes);
	assert_int_equal(0, rows(f, "old"));
	assert_false(is_held(f, "old"));
	assert_int_equal(3, rows(f, "new"));
	assert_int_equal(3, rows(f, "other"));
	t = totals(f);
	assert_int_equal(1, t.n[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(110, t.bytes[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(1, t.events[INBOX_EVENT_EVICTED]);
	/* Put again under its name, its details are new ones. */
	put(f, "old", INBOX_CLASS_UNTRUSTED, NOW_S);
	assert_int_equal(3, rows(f, "old"));
}

static void
test_a_removal_ends_when_it_is_enough(void **state)
{
	struct fixture *f = *state;
	struct inbox_removed removed;
	char intake[16];

	for (int i = 0; i < INBOX_EXPIRE_INTAKES + 5; i++) {
		(void)snprintf(intake, sizeof(intake), "i%03d", i);
		hold(f, intake, INBOX_CLASS_UNUSABLE, NOW_S, 100, 10);
	}
	removed = evict(f, INBOX_CLASS_UNUSABLE, 221);
	assert_int_equal(3, removed.intakes);
	assert_true(removed.more);
	assert_false(is_held(f, "i002"));
	assert_true(is_held(f, "i003"));
	removed = evict(f, INBOX_CLASS_UNUSABLE, UINT64_MAX);
	assert_int_equal(INBOX_EXPIRE_INTAKES, removed.intakes);
	assert_true(removed.more);
	removed = evict(f, INBOX_CLASS_UNUSABLE, UINT64_MAX);
	assert_int_equal(2, removed.intakes);
	assert_false(removed.more);
	removed = evict(f, INBOX_CLASS_UNUSABLE, UINT64_MAX);
	assert_int_equal(0, removed.intakes);
	assert_int_equal(INBOX_EXPIRE_INTAKES + 5,
	    totals(f).events[INBOX_EVENT_EVICTED]);
}

static void
test_raw_bytes_go_by_age_and_the_rows_stay(void **state)
{
	struct inbox_removal r = removal(INBOX_CLASS_AUTHENTICATED, NOW_S,
	    UINT64_MAX);
	struct fixture *f = *state;
	struct inbox_removed removed;
	struct inbox_held held;
	struct totals t;

	put(f, "old", INBOX_CLASS_AUTHENTICATED, NOW_S - 1);
	put(f, "new", INBOX_CLASS_AUTHENTICATED, NOW_S);
	assert_ok(store_inbox_remove_raw(f->store, &r, &removed, NULL));
	assert_int_equal(1, removed.intakes);
	assert_int_equal(100, removed.bytes);
	assert_int_equal(2, rows(f, "old"));
	assert_int_equal(3, rows(f, "new"));
	assert_ok(store_inbox_held(f->store, T("old"), &held, NULL));
	assert_int_equal(NOW_S, held.raw_gone_s);
	assert_int_equal(0, held.raw_bytes);
	t = totals(f);
	assert_int_equal(2, t.n[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(120, t.bytes[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(1, t.events[INBOX_EVENT_RAW_EXPIRED]);
	/* Once. */
	assert_ok(store_inbox_remove_raw(f->store, &r, &removed, NULL));
	assert_int_equal(0, removed.intakes);
	r.before_s = NOW_S;
	assert_ok(store_inbox_remove(f->store, &r, INBOX_EVENT_EXPIRED,
	    &removed, NULL));
	assert_int_equal(1, removed.intakes);
	assert_int_equal(10, removed.bytes);
	assert_int_equal(0, rows(f, "old"));
	assert_int_equal(110, totals(f).bytes[INBOX_CLASS_AUTHENTICATED]);
}

/* What one machine is just removing, another passes over. */
static void
test_two_remove_at_once(void **state)
{
	struct fixture *f = *state;
	struct db *db = open_db(f);
	struct why why = { { 0 } };

	hold(f, "a", INBOX_CLASS_UNUSABLE, NOW_S, 100, 10);
	hold(f, "b", INBOX_CLASS_UNUSABLE, NOW_S, 100, 10);
	if (db->driver->backend == SQL_PGSQL) {
		assert_ok(db_begin(db, &why));
		assert_ok_why(db_script(db,
				  "DELETE FROM inbox_held "
				  "WHERE intake_id = 'a'",
				  &why),
		    &why);
		assert_int_equal(1,
		    evict(f, INBOX_CLASS_UNUSABLE, UINT64_MAX).intakes);
		assert_false(is_held(f, "b"));
		db_rollback(db);
		assert_true(is_held(f, "a"));
	}
	db_close(db);
}

/* Whatever comes, is judged anew and goes: accepted is what is held and what
 * went, and the sums are those of the rows. */
static void
test_the_books_balance(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 8460, held = 0, bytes = 0;
	struct totals t;

	for (int i = 0; i < 600; i++) {
		enum inbox_class class;
		char intake[16];

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		class = (enum inbox_class)(1 + (seed >> 33) % INBOX_CLASSES);
		(void)snprintf(intake, sizeof(intake), "i%d",
		    (int)((seed >> 40) % 300));
		switch ((seed >> 60) % 4) {
		case 0:
			(void)evict(f, class, (seed >> 50) % 1000);
			break;
		case 1: {
			struct inbox_removal r = removal(class, NOW_S + i - 100,
			    (seed >> 50) % 1000);
			struct inbox_removed removed;

			assert_ok(store_inbox_remove_raw(f->store, &r, &removed,
			    NULL));
			break;
		}
		default:
			hold(f, intake, class, NOW_S + i, seed >> 54, 50);
		}
	}
	t = totals(f);
	for (int i = 0; i < 300; i++) {
		struct inbox_held h;
		char intake[16];

		(void)snprintf(intake, sizeof(intake), "i%d", i);
		if (store_inbox_held(f->store, span_str(intake), &h, NULL) !=
		    E_OK)
			continue;
		held++;
		bytes += h.raw_bytes + h.row_bytes;
	}
	assert_true(held > 10);
	assert_int_equal(held, t.n[1] + t.n[2] + t.n[3] + t.n[4]);
	assert_int_equal(bytes,
	    t.bytes[1] + t.bytes[2] + t.bytes[3] + t.bytes[4]);
	assert_int_equal(t.events[INBOX_EVENT_ACCEPTED],
	    held + t.events[INBOX_EVENT_EVICTED]);
	for (int c = 1; c <= INBOX_CLASSES; c++)
		assert_int_equal(t.n[c], t.balance[c]);
}

static void
test_what_was_no_report_was_not_accepted(void **state)
{
	struct fixture *f = *state;
	struct totals t;

	hold(f, "a", INBOX_CLASS_UNTRUSTED, NOW_S, 100, 10);
	hold(f, "b", INBOX_CLASS_UNTRUSTED, NOW_S, 100, 10);
	assert_ok(store_inbox_unhold(f->store, ACCOUNT, T("a"), NULL));
	assert_err(E_ABSENT,
	    store_inbox_unhold(f->store, ACCOUNT, T("a"), NULL));
	t = totals(f);
	assert_int_equal(1, t.n[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(110, t.bytes[INBOX_CLASS_UNTRUSTED]);
	assert_int_equal(1, t.balance[INBOX_CLASS_UNTRUSTED]);
}

static enum err
note_signer(void *arg, struct span domain, int64_t last_s)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%.*s:%d ", SPAN_ARG(domain),
	    (int)(last_s - NOW_S));
	return E_OK;
}

static void
test_who_signed_first_is_told_first(void **state)
{
	struct fixture *f = *state;
	char text[256] = "";

	assert_ok(
	    store_inbox_signer_put(f->store, T("b.example"), NOW_S - 50, NULL));
	assert_ok(
	    store_inbox_signer_put(f->store, T("a.example"), NOW_S, NULL));
	assert_ok(store_inbox_signer_put(f->store, T("old.example"),
	    NOW_S - 100, NULL));
	assert_ok(
	    store_inbox_signer_put(f->store, T("b.example"), NOW_S + 1, NULL));
	assert_ok(
	    store_inbox_signer_put(f->store, T("b.example"), NOW_S - 9, NULL));
	assert_ok(store_inbox_signers(f->store, NOW_S - 60, 10, note_signer,
	    text, NULL));
	assert_string_equal("b.example:1 a.example:0 ", text);
	text[0] = '\0';
	assert_ok(store_inbox_signers(f->store, NOW_S - 60, 1, note_signer,
	    text, NULL));
	assert_string_equal("b.example:1 ", text);
	assert_ok(store_inbox_signers_expire(f->store, NOW_S - 60, NULL));
	text[0] = '\0';
	assert_ok(
	    store_inbox_signers(f->store, 0, 10, note_signer, text, NULL));
	assert_string_equal("b.example:1 a.example:0 ", text);
}

/* The step that brings the books. */
static void
add_up_anew(struct db *db)
{
	struct why why = { { 0 } };

	assert_ok_why(db_script(db,
			  "DROP TABLE inbox_held; DROP TABLE inbox_sum;"
			  "DROP TABLE inbox_count; DROP TABLE inbox_signer",
			  &why),
	    &why);
	for (size_t i = 0; i < schema_nsteps; i++)
		if (strstr(schema_steps[i].name, "inbox_held") != NULL)
			assert_ok_why(db_script(db,
					  schema_steps[i]
					      .sql[db->driver->backend],
					  &why),
			    &why);
}

/* A store of before has reports that nobody added up. */
static void
test_an_older_inbox_is_added_up(void **state)
{
	struct fixture *f = *state;
	struct inbox_held held;
	struct totals t;
	struct db *db;

	put_rows(f, "a", NOW_S);
	put_rows(f, "b", NOW_S);
	assert_ok(store_inbox_demote(f->store, T("b"), 0, INBOX_FOREIGN, T(""),
	    NULL));
	db = open_db(f);
	add_up_anew(db);
	db_close(db);
	t = totals(f);
	assert_int_equal(1, t.n[INBOX_CLASS_AUTHENTICATED]);
	assert_int_equal(1, t.n[INBOX_CLASS_UNUSABLE]);
	assert_int_equal(2, t.events[INBOX_EVENT_ACCEPTED]);
	assert_ok(store_inbox_held(f->store, T("a"), &held, NULL));
	assert_int_equal(3, held.raw_bytes);
	assert_int_equal(held.raw_bytes + held.row_bytes,
	    t.bytes[INBOX_CLASS_AUTHENTICATED]);
	/* Those are removed like others. */
	assert_int_equal(1, evict(f, INBOX_CLASS_UNUSABLE, UINT64_MAX).intakes);
	assert_int_equal(0, totals(f).n[INBOX_CLASS_UNUSABLE]);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_put_is_added_up),
		TEST(test_what_is_judged_anew_changes_its_class),
		TEST(test_what_counts_by_now_is_worth_more),
		TEST(test_the_oldest_of_a_class_goes_with_all_its_rows),
		TEST(test_a_removal_ends_when_it_is_enough),
		TEST(test_raw_bytes_go_by_age_and_the_rows_stay),
		TEST(test_two_remove_at_once),
		TEST(test_the_books_balance),
		TEST(test_what_was_no_report_was_not_accepted),
		TEST(test_who_signed_first_is_told_first),
		TEST(test_an_older_inbox_is_added_up),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
