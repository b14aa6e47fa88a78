/* The store contract: what was received is taken once more. */
#include "store_fixture.h"

#include "store/store_inbox.h"
#include "store/store_inbox_expire.h"
#include "store/store_retake.h"

#define T(text) SPAN_LIT(text)

/* One that waits if it has a due time. */
static void
put(struct fixture *f, const char *intake, int64_t part, enum inbox_state state,
    unsigned content, int64_t due_s)
{
	const struct inbox_row r = {
		.intake = span_str(intake),
		.part = part,
		.received_s = NOW_S,
		.way = T("lmtp"),
		.peer = T("unix"),
		.route = T("token"),
		.sender = T("s@r.example"),
		.recipient = T("tls@o.example"),
		.state = state,
		.reason = T(""),
		.verdict = 3,
		.trust = T(""),
		.submitter = T("r.example"),
		.organization = T("R"),
		.contact = T(""),
		.report_id = T("id-1"),
		.notes = T(""),
		.identity = key(1),
		.content = key(content),
		.like = T(""),
		.due_s = due_s,
	};
	const struct inbox_policy p = { .day = DAY,
		.domain = T("o.example"),
		.unknown_type = T(""),
		.policy_domain = T("o.example"),
		.type = POLICY_STS,
		.strings = T(""),
		.mx_hosts = T("") };
	struct inbox_detail d = { .detail = detail(RESULT_VALIDATION_FAILURE,
				      "h") };
	struct why why = { { 0 } };

	d.unknown_type = T("");
	assert_ok_why(store_inbox_put(f->store, &r, &why), &why);
	assert_ok_why(store_inbox_put_policy(f->store, &r, &p, &why), &why);
	assert_ok_why(store_inbox_put_detail(f->store, &r, &p, &d, &why), &why);
	assert_ok(store_inbox_put_raw(f->store, span_str(intake), T("raw"), 30,
	    true, NULL, NULL));
}

static void
add(char *text, const char *word, size_t len)
{
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%s%.*s", n == 0 ? "" : " ", (int)len,
	    word);
}

static enum err
note_due(void *arg, struct span intake, uint64_t raw_bytes)
{
	assert_int_equal(30, raw_bytes);
	add(arg, intake.p, intake.len);
	return E_OK;
}

static void
assert_due(struct fixture *f, const char *want, int64_t now_s, int64_t max)
{
	char text[256] = "";

	assert_ok(store_inbox_due(f->store, now_s, max, note_due, text, NULL));
	assert_string_equal(want, text);
}

static void
test_what_is_due_comes_in_its_order(void **state)
{
	struct fixture *f = *state;

	put(f, "a", 0, INBOX_WAITING, 2, NOW_S + 60);
	put(f, "b", 0, INBOX_WAITING, 2, NOW_S + 30);
	put(f, "b", 1, INBOX_WAITING, 2, NOW_S + 30);
	put(f, "c", 0, INBOX_COUNTED, 2, 0);
	assert_due(f, "", NOW_S + 29, 9);
	assert_due(f, "b b", NOW_S + 30, 9);
	assert_due(f, "b b a", NOW_S + 60, 9);
	assert_due(f, "b", NOW_S + 60, 1);
	assert_ok(store_inbox_postpone(f->store, T("b"), NOW_S + 90, NULL));
	/* It does not wait. */
	assert_ok(store_inbox_postpone(f->store, T("c"), NOW_S, NULL));
	assert_due(f, "a", NOW_S + 60, 9);
	assert_due(f, "a b b", NOW_S + 90, 9);
}

static enum err
expect_receipt(void *arg, const struct inbox_receipt *r)
{
	int *n = arg;

	assert_int_equal(NOW_S, r->received_s);
	assert_span("lmtp", r->way);
	assert_span("unix", r->peer);
	assert_span("token", r->route);
	assert_span("s@r.example", r->sender);
	assert_span("tls@o.example", r->recipient);
	assert_true(r->is_mail);
	assert_span("raw", r->raw);
	++*n;
	return E_OK;
}

static void
test_the_facts_of_the_arrival_come_back(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	put(f, "a", 0, INBOX_COUNTED, 2, 0);
	put(f, "a", 1, INBOX_COUNTED, 2, 0);
	assert_ok(
	    store_inbox_receipt(f->store, T("a"), expect_receipt, &n, NULL));
	assert_int_equal(1, n);
	assert_err(E_ABSENT,
	    store_inbox_receipt(f->store, T("b"), expect_receipt, &n, NULL));
	assert_ok(store_inbox_forget_raw(f->store, T("a"), NULL));
	assert_err(E_ABSENT,
	    store_inbox_receipt(f->store, T("a"), expect_receipt, &n, NULL));
}

static enum err
note_identity(void *arg, const struct content_key *identity)
{
	const struct content_key want = key(1);
	int *n = arg;

	assert_int_equal(0, content_key_cmp(&want, identity));
	++*n;
	return E_OK;
}

static void
test_identities_are_told_once(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	put(f, "a", 0, INBOX_COUNTED, 2, 0);
	put(f, "a", 1, INBOX_DUPLICATE, 2, 0);
	assert_ok(
	    store_inbox_identities(f->store, T("a"), note_identity, &n, NULL));
	assert_int_equal(1, n);
}

static enum err
note_row(void *arg, const struct inbox_row *r)
{
	char word[64];

	(void)snprintf(word, sizeof(word), "%.*s.%d=%s%s%.*s",
	    SPAN_ARG(r->intake), (int)r->part, inbox_state_text(r->state),
	    r->like.len > 0 ? "<" : "", SPAN_ARG(r->like));
	add(arg, word, strlen(word));
	return E_OK;
}

static void
assert_inbox(struct fixture *f, const char *want)
{
	char text[256] = "";

	assert_ok(store_inbox_list(f->store, &INBOX_ALL, note_row, text, NULL));
	assert_string_equal(want, text);
}

static enum err
count_policy(void *arg, const struct inbox_policy *p)
{
	int *n = arg;

	(void)p;
	++*n;
	return E_OK;
}

static enum err
count_detail(void *arg, const struct inbox_detail *d)
{
	int *n = arg;

	(void)d;
	++*n;
	return E_OK;
}

static int
count(struct fixture *f, struct span intake)
{
	int n = 0;

	assert_ok(
	    store_inbox_policies(f->store, intake, 0, count_policy, &n, NULL));
	assert_ok(
	    store_inbox_details(f->store, intake, 0, count_detail, &n, NULL));
	return n;
}

static void
test_forgetting_is_of_one_intake(void **state)
{
	struct fixture *f = *state;

	put(f, "a", 0, INBOX_COUNTED, 2, 0);
	put(f, "b", 0, INBOX_DUPLICATE, 2, 0);
	assert_ok(store_inbox_forget(f->store, T("a"), NULL));
	assert_inbox(f, "b.0=duplicate");
	assert_int_equal(0, count(f, T("a")));
	assert_int_equal(2, count(f, T("b")));
	/* Its details are gone as well, so that they can come anew. */
	put(f, "a", 0, INBOX_COUNTED, 2, 0);
	assert_int_equal(2, count(f, T("a")));
}

static void
test_one_is_preferred_to_the_others(void **state)
{
	struct fixture *f = *state;
	struct inbox_row b = { .intake = T("b"),
		.content = key(2),
		.state = INBOX_COUNTED };
	const struct content_key identity = key(1);
	char text[256] = "";

	put(f, "a", 0, INBOX_COUNTED, 3, 0);
	put(f, "b", 0, INBOX_CONTRADICTED, 2, 0);
	put(f, "c", 0, INBOX_DUPLICATE, 2, 0);
	put(f, "d", 0, INBOX_WAITING, 2, NOW_S);
	put(f, "e", 0, INBOX_FOREIGN, 2, 0);
	assert_ok(
	    store_inbox_rivals(f->store, &identity, note_row, text, NULL));
	assert_string_equal("a.0=counted b.0=contradicted c.0=duplicate", text);
	assert_ok(store_inbox_prefer(f->store, &identity, &b, NULL));
	assert_inbox(f,
	    "a.0=contradicted<b b.0=counted c.0=duplicate<b d.0=waiting "
	    "e.0=foreign");
}

static void
hold(struct fixture *f, const char *intake, enum inbox_class class,
    int64_t received_s)
{
	(void)store_inbox_hold(f->store, T("a1"),
	    &(const struct inbox_held){ span_str(intake), class, received_s,
		T(""), 100, 10, 0 },
	    NULL);
}

static enum inbox_class
class_of(struct fixture *f, const char *intake)
{
	struct inbox_held held;

	assert_ok(store_inbox_held(f->store, span_str(intake), &held, NULL));
	return held.class;
}

static void
note_gone(void *arg, const struct uuid *intake,
    const struct content_key *posted)
{
	char text[UUID_TEXT_SIZE];
	const struct content_key want = key(7);

	uuid_text(intake, text);
	add(arg, text, strlen(text));
	assert_int_equal(0, content_key_cmp(&want, posted));
}

/* n bytes of those that nobody vouches for, the oldest first. */
static void
remove_oldest(struct fixture *f, uint64_t enough, char gone[256])
{
	const struct inbox_removal r = { T("a1"), INBOX_CLASS_UNAUTHENTICATED,
		INT64_MAX, NOW_S, enough, note_gone, gone };
	struct inbox_removed removed;
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_remove(f->store, &r, INBOX_EVENT_EXPIRED,
			  &removed, &why),
	    &why);
}

/* What counts was removed: the best of those that it had the better of counts
 * in its place. */
static void
test_the_next_one_counts_when_the_first_is_removed(void **state)
{
	static const char posted[] = "01890000-0000-7000-8000-000000000001";
	const struct content_key body = key(7);
	struct fixture *f = *state;
	char gone[256] = "";

	assert_ok(store_inbox_put_raw(f->store, span_str(posted), T("raw"), 30,
	    false, &body, NULL));
	put(f, posted, 0, INBOX_COUNTED, 2, 0);
	put(f, "b", 0, INBOX_CONTRADICTED, 3, 0);
	put(f, "c", 0, INBOX_DUPLICATE, 2, 0);
	put(f, "d", 0, INBOX_DUPLICATE, 3, 0);
	put(f, "e", 0, INBOX_WAITING, 2, NOW_S);
	hold(f, posted, INBOX_CLASS_UNAUTHENTICATED, NOW_S);
	hold(f, "b", INBOX_CLASS_UNUSABLE, NOW_S + 1);
	hold(f, "c", INBOX_CLASS_UNUSABLE, NOW_S + 2);
	remove_oldest(f, 1, gone);
	assert_string_equal(posted, gone);
	assert_inbox(f,
	    "b.0=counted c.0=contradicted<b d.0=duplicate<b e.0=waiting");
	assert_int_equal(INBOX_CLASS_UNAUTHENTICATED, class_of(f, "b"));
	assert_int_equal(INBOX_CLASS_UNUSABLE, class_of(f, "c"));
	/* One that counts for nothing leaves the others as they are. */
	hold(f, "d", INBOX_CLASS_UNAUTHENTICATED, NOW_S - 1);
	remove_oldest(f, 1, gone);
	assert_inbox(f, "b.0=counted c.0=contradicted<b e.0=waiting");
	/* Those that go together count in nobody's place. */
	hold(f, "c", INBOX_CLASS_UNAUTHENTICATED, NOW_S + 2);
	remove_oldest(f, UINT64_MAX, gone);
	assert_inbox(f, "e.0=waiting");
	assert_string_equal(posted, gone);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_due_comes_in_its_order),
		TEST(test_the_facts_of_the_arrival_come_back),
		TEST(test_identities_are_told_once),
		TEST(test_forgetting_is_of_one_intake),
		TEST(test_one_is_preferred_to_the_others),
		TEST(test_the_next_one_counts_when_the_first_is_removed),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
