/* The store contract: reports of others, and domains of ours. */
#include "store_fixture.h"

#include "store/store_domain.h"
#include "store/store_inbox.h"
#include "store/store_posted.h"

#define T(text) SPAN_LIT(text)

static struct inbox_row
row(const char *intake, int64_t part, int64_t received_s)
{
	return (struct inbox_row){
		.intake = span_str(intake),
		.part = part,
		.received_s = received_s,
		.way = T("lmtp"),
		.peer = T("unix"),
		.route = T("token"),
		.sender = T("s@r.example"),
		.recipient = T("tls@o.example"),
		.state = INBOX_COUNTED,
		.reason = T(""),
		.verdict = 1,
		.trust = T("dkim\n"),
		.submitter = T("r.example"),
		.organization = T("R"),
		.contact = T("tls@r.example"),
		.report_id = T("id-1"),
		.start_s = 86400,
		.policies = 2,
		.succeeded = 5326,
		.failed = 303,
		.has_succeeded = true,
		.notes = T("NO_CONTACT\n"),
		.identity = key(1),
		.content = key(2),
		.like = T(""),
	};
}

static void
put(struct fixture *f, const struct inbox_row *r)
{
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_put(f->store, r, &why), &why);
}

/* Intakes and parts, "a.0 b.1", in the order they are told. */
static enum err
note(void *arg, const struct inbox_row *r)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%s%.*s.%d", n == 0 ? "" : " ",
	    SPAN_ARG(r->intake), (int)r->part);
	return E_OK;
}

static void
test_a_report_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	struct inbox_row r = row("a", 0, NOW_S);
	char text[256] = "";

	put(f, &r);
	assert_ok(store_inbox_get(f->store, T("a"), note, text, NULL));
	assert_string_equal("a.0", text);
	assert_err(E_ABSENT,
	    store_inbox_get(f->store, T("b"), note, text, NULL));
}

static enum err
expect_row(void *arg, const struct inbox_row *r)
{
	const struct inbox_row *want = arg;

	assert_true(span_eq(want->way, r->way));
	assert_true(span_eq(want->peer, r->peer));
	assert_true(span_eq(want->route, r->route));
	assert_true(span_eq(want->sender, r->sender));
	assert_true(span_eq(want->recipient, r->recipient));
	assert_int_equal(want->state, r->state);
	assert_int_equal(want->verdict, r->verdict);
	assert_true(span_eq(want->trust, r->trust));
	assert_true(span_eq(want->submitter, r->submitter));
	assert_true(span_eq(want->organization, r->organization));
	assert_true(span_eq(want->contact, r->contact));
	assert_true(span_eq(want->report_id, r->report_id));
	assert_int_equal(want->start_s, r->start_s);
	assert_int_equal(want->end_s, r->end_s);
	assert_int_equal(want->policies, r->policies);
	assert_int_equal(want->succeeded, r->succeeded);
	assert_int_equal(want->failed, r->failed);
	assert_int_equal(want->has_succeeded, r->has_succeeded);
	assert_int_equal(want->has_failed, r->has_failed);
	assert_true(span_eq(want->notes, r->notes));
	return E_OK;
}

static void
test_each_column_comes_back(void **state)
{
	struct fixture *f = *state;
	struct inbox_row r = row("a", 0, NOW_S);

	put(f, &r);
	assert_ok(store_inbox_get(f->store, T("a"), expect_row, &r, NULL));
	/* Judged anew. */
	r.state = INBOX_FOREIGN;
	r.verdict = 2;
	r.end_s = 172799;
	put(f, &r);
	assert_ok(store_inbox_get(f->store, T("a"), expect_row, &r, NULL));
}

static void
test_lists_go_by_the_time_of_receipt(void **state)
{
	struct fixture *f = *state;
	struct inbox_row first = row("b", 0, NOW_S - 1);
	struct inbox_row second = row("a", 0, NOW_S),
			 third = row("a", 1, NOW_S);
	char text[256] = "";

	third.state = INBOX_UNREADABLE;
	put(f, &third);
	put(f, &second);
	put(f, &first);
	assert_ok(store_inbox_list(f->store, &INBOX_ALL, note, text, NULL));
	assert_string_equal("b.0 a.0 a.1", text);
	text[0] = '\0';
	assert_ok(store_inbox_list(f->store,
	    &(const struct inbox_filter){ .state = INBOX_UNREADABLE,
		.reporter = T(""),
		.domain = T(""),
		.until_s = INT64_MAX },
	    note, text, NULL));
	assert_string_equal("a.1", text);
}

/* -- filters -- */

static void
assert_listed(struct fixture *f, struct inbox_filter filter, const char *want)
{
	char text[256] = "";

	assert_ok(store_inbox_list(f->store, &filter, note, text, NULL));
	assert_string_equal(want, text);
}

static void
test_lists_are_filtered(void **state)
{
	struct fixture *f = *state;
	struct inbox_row a = row("a", 0, NOW_S), b = row("b", 0, NOW_S),
			 c = row("c", 0, NOW_S);
	struct inbox_policy p = { .domain = T(""),
		.type = POLICY_STS,
		.unknown_type = T(""),
		.policy_domain = T("x.example"),
		.strings = T(""),
		.mx_hosts = T("") };
	struct inbox_filter filter = INBOX_ALL;

	a.end_s = 2 * 86400 - 1; /* day 1 */
	b.start_s = 2 * 86400;	 /* days 2 and 3 */
	b.end_s = 4 * 86400 - 1;
	b.verdict = 3;
	b.submitter = T("b.example");
	c.start_s = 0;
	c.organization = T("C");
	put(f, &a);
	put(f, &b);
	put(f, &c);
	assert_ok(store_inbox_put_policy(f->store, &b, &p, NULL));
	assert_listed(f, filter, "a.0 b.0 c.0");
	filter.verdict = 3;
	assert_listed(f, filter, "b.0");
	filter = INBOX_ALL;
	filter.reporter = T("b.example");
	assert_listed(f, filter, "b.0");
	filter.reporter = T("C");
	assert_listed(f, filter, "c.0");
	filter = INBOX_ALL;
	filter.domain = T("x.example");
	assert_listed(f, filter, "b.0");
	filter = INBOX_ALL;
	filter.until_s = 2 * 86400 - 1;
	assert_listed(f, filter, "a.0");
	filter.since_s = 3 * 86400;
	filter.until_s = 4 * 86400 - 1;
	assert_listed(f, filter, "b.0");
	/* Without a range: when it was received. */
	filter.since_s = filter.until_s = NOW_S;
	assert_listed(f, filter, "c.0");
}

/* -- what does not count -- */

static enum err
note_heap(void *arg, const struct inbox_heap *h)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%s%s/%d/%.*s=%d", n == 0 ? "" : " ",
	    inbox_state_text(h->state), (int)h->verdict, SPAN_ARG(h->text),
	    (int)h->reports);
	return E_OK;
}

static void
test_heaps(void **state)
{
	struct fixture *f = *state;
	struct inbox_row r = row("a", 0, NOW_S);
	struct inbox_policy p = { .domain = T(""),
		.type = POLICY_STS,
		.unknown_type = T(""),
		.policy_domain = T("x.example"),
		.strings = T(""),
		.mx_hosts = T("") };
	char text[256] = "";

	put(f, &r);
	r.intake = T("b");
	r.state = INBOX_FOREIGN;
	put(f, &r);
	/* Twice in one report is one report. */
	assert_ok(store_inbox_put_policy(f->store, &r, &p, NULL));
	p.number = 1;
	assert_ok(store_inbox_put_policy(f->store, &r, &p, NULL));
	p.number = 2;
	p.policy_domain = T("y.example");
	assert_ok(store_inbox_put_policy(f->store, &r, &p, NULL));
	r.intake = T("c");
	put(f, &r);
	assert_ok(store_inbox_put_policy(f->store, &r, &p, NULL));
	r.state = INBOX_UNREADABLE;
	r.verdict = 0;
	r.reason = T("no JSON");
	for (int i = 0; i < 3; i++) {
		r.intake = (struct span){ &"def"[i], 1 };
		put(f, &r);
	}
	assert_ok(store_inbox_heaps(f->store, note_heap, text, NULL));
	assert_string_equal("counted/1/=1 foreign/1/=2 unreadable/0/no JSON=3",
	    text);
	text[0] = '\0';
	assert_ok(store_inbox_foreign(f->store, 10, note_heap, text, NULL));
	assert_string_equal("foreign/0/y.example=2 foreign/0/x.example=1",
	    text);
	text[0] = '\0';
	assert_ok(store_inbox_foreign(f->store, 1, note_heap, text, NULL));
	assert_string_equal("foreign/0/y.example=2", text);
}

static enum err
expect_raw(void *arg, struct span raw, uint64_t raw_bytes)
{
	const struct span *want = arg;

	assert_true(span_eq(*want, raw));
	assert_int_equal(1000, raw_bytes);
	return E_OK;
}

static void
test_what_claims_the_same_identity_is_found(void **state)
{
	struct fixture *f = *state;
	struct inbox_row a = row("a", 0, NOW_S), b = row("b", 0, NOW_S + 1);
	struct inbox_row other = row("c", 0, NOW_S);
	char text[256] = "";

	other.identity = key(9);
	b.state = INBOX_UNTRUSTED;
	put(f, &b);
	put(f, &a);
	put(f, &other);
	assert_ok(store_inbox_same(f->store, &a.identity, note, text, NULL));
	assert_string_equal("a.0 b.0", text);
	assert_ok(store_inbox_demote(f->store, T("a"), 0, INBOX_DUPLICATE,
	    T("b"), NULL));
	text[0] = '\0';
	assert_ok(store_inbox_same(f->store, &a.identity, note, text, NULL));
	assert_string_equal("b.0", text);
}

static void
test_raw_bytes_are_kept_once(void **state)
{
	struct span raw = { "a\0b", 3 };
	struct fixture *f = *state;

	assert_ok(
	    store_inbox_put_raw(f->store, T("a"), raw, 1000, true, NULL, NULL));
	assert_ok(store_inbox_put_raw(f->store, T("a"), T("x"), 1, false, NULL,
	    NULL));
	assert_ok(store_inbox_raw(f->store, T("a"), expect_raw, &raw, NULL));
	assert_err(E_ABSENT,
	    store_inbox_raw(f->store, T("b"), expect_raw, &raw, NULL));
}

static enum err
expect_policy(void *arg, const struct inbox_policy *p)
{
	size_t *n = arg;

	assert_int_equal(20000 + (int64_t)*n, p->day);
	assert_int_equal(*n, p->number);
	assert_int_equal(POLICY_STS, p->type);
	assert_true(span_eq(T("o.example"), p->domain));
	assert_true(span_eq(T("s1\ns2\n"), p->strings));
	assert_int_equal(7, p->succeeded);
	assert_true(p->has_succeeded);
	assert_false(p->has_failed);
	++*n;
	return E_OK;
}

static enum err
expect_detail(void *arg, const struct inbox_detail *d)
{
	size_t *n = arg;

	assert_int_equal(*n / 2, d->policy);
	assert_int_equal(*n % 2, d->number);
	assert_int_equal(*n % 2 == 0, d->has_sessions);
	assert_int_equal(d->has_sessions ? 3 : 0, d->sessions);
	assert_true(span_eq(T("192.0.2.1"), d->detail.sending_ip));
	++*n;
	return E_OK;
}

static void
test_policies_and_details_come_in_their_order(void **state)
{
	struct fixture *f = *state;
	struct inbox_row r = row("a", 0, NOW_S), other = row("b", 0, NOW_S);
	struct inbox_policy p = {
		.domain = T("o.example"),
		.type = POLICY_STS,
		.unknown_type = T(""),
		.policy_domain = T("o.example"),
		.strings = T("s1\ns2\n"),
		.mx_hosts = T(""),
		.succeeded = 7,
		.has_succeeded = true,
	};
	struct inbox_detail d = {
		.detail = { RESULT_CERTIFICATE_EXPIRED, T("192.0.2.1"), T(""),
		    T(""), T(""), T(""), T("") },
		.unknown_type = T(""),
		.sessions = 3,
	};
	size_t n = 0;

	for (p.number = 1; p.number >= 0; p.number--) {
		p.day = 20000 + p.number;
		assert_ok(store_inbox_put_policy(f->store, &r, &p, NULL));
		assert_ok(store_inbox_put_policy(f->store, &other, &p, NULL));
		for (d.number = 0; d.number < 2; d.number++) {
			d.has_sessions = d.number == 0;
			assert_ok(
			    store_inbox_put_detail(f->store, &r, &p, &d, NULL));
		}
	}
	assert_ok(
	    store_inbox_policies(f->store, T("a"), 0, expect_policy, &n, NULL));
	assert_int_equal(2, n);
	n = 0;
	assert_ok(
	    store_inbox_details(f->store, T("a"), 0, expect_detail, &n, NULL));
	assert_int_equal(4, n);
}

static void
test_a_spool_is_read_from_where_it_was_left(void **state)
{
	struct fixture *f = *state;
	struct intake_place place = { 3, 4096 }, found;

	assert_err(E_ABSENT,
	    store_intake_place(f->store, &f->journal, &found, NULL));
	assert_ok(store_intake_move(f->store, &f->journal, &place, NULL));
	place.offset = 5000;
	assert_ok(store_intake_move(f->store, &f->journal, &place, NULL));
	assert_ok(store_intake_place(f->store, &f->journal, &found, NULL));
	assert_int_equal(3, found.segment);
	assert_int_equal(5000, found.offset);
}

/* Intakes' ids to the hour, by their keys: "1=01933f50 2=...". */
static enum err
note_posted(void *arg, const struct uuid *intake, const struct content_key *k)
{
	char *text = arg, id[UUID_TEXT_SIZE];
	size_t n = strlen(text);
	struct content_key one = key(1), two = key(2);
	int number = content_key_cmp(k, &one) == 0 ? 1
	    : content_key_cmp(k, &two) == 0	   ? 2
						   : 3;

	uuid_text(intake, id);
	(void)snprintf(text + n, 256 - n, "%s%d=%.13s", n == 0 ? "" : " ",
	    number, id);
	return E_OK;
}

static void
put_posted(struct fixture *f, const char *intake, unsigned number)
{
	const struct content_key k = key(number);

	assert_ok(store_inbox_put_raw(f->store, span_str(intake), T("x"), 1,
	    false, number == 0 ? NULL : &k, NULL));
}

/* 1,700,000,000 s are 0x018bcfe56800 ms. */
static void
test_what_was_posted_is_listed_from_the_last_on(void **state)
{
	struct fixture *f = *state;
	char text[256] = "", some[256] = "";

	put_posted(f, "018bcfe5-67ff-7000-8000-000000000001", 3);
	put_posted(f, "018bcfe5-6800-7000-8000-000000000001", 1);
	put_posted(f, "018bcfe5-6801-7000-8000-000000000001", 0);
	put_posted(f, "018bcfe5-6802-7000-8000-000000000001", 2);
	assert_ok(store_posted_list(f->store, 1700000000, 10, note_posted, text,
	    NULL));
	assert_string_equal("2=018bcfe5-6802 1=018bcfe5-6800", text);
	assert_ok(store_posted_list(f->store, 0, 1, note_posted, some, NULL));
	assert_string_equal("2=018bcfe5-6802", some);
}

static enum err
note_count(void *arg, struct span counter, uint64_t n)
{
	char *text = arg;
	size_t len = strlen(text);

	(void)snprintf(text + len, 256 - len, "%.*s=%d", SPAN_ARG(counter),
	    (int)n);
	return E_OK;
}

static void
test_posts_that_came_again_are_counted(void **state)
{
	struct fixture *f = *state;
	char text[256] = "";

	assert_ok(store_posted_count(f->store, DAY, &f->journal, 2, NULL));
	assert_ok(store_posted_count(f->store, DAY, &f->journal, 3, NULL));
	assert_ok(
	    store_counter_list(f->store, DAY, DAY, note_count, text, NULL));
	assert_string_equal("posted-again=5", text);
}

static enum err
note_domain(void *arg, const struct owned_domain *d)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%.*s=%.*s;", SPAN_ARG(d->domain),
	    SPAN_ARG(d->token));
	return E_OK;
}

static void
test_domains_of_ours(void **state)
{
	struct fixture *f = *state;
	char text[256] = "";
	bool owned;

	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ T("b.example"), T(""), NOW_S },
	    NULL));
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ T("a.example"), T("x"), NOW_S },
	    NULL));
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ T("b.example"), T("y"), NOW_S },
	    NULL));
	assert_ok(store_domain_list(f->store, note_domain, text, NULL));
	assert_string_equal("a.example=x;b.example=y;", text);
	assert_ok(
	    store_domain_is_owned(f->store, T("a.example"), &owned, NULL));
	assert_true(owned);
	assert_ok(store_domain_remove(f->store, T("a.example"), NULL));
	assert_err(E_ABSENT,
	    store_domain_remove(f->store, T("a.example"), NULL));
	assert_ok(
	    store_domain_is_owned(f->store, T("a.example"), &owned, NULL));
	assert_false(owned);
}

static enum err
note_host(void *arg, struct span host)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, "%.*s;", SPAN_ARG(host));
	return E_OK;
}

static void
set_hosts(struct fixture *f, const char *domain, struct span_list hosts)
{
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ span_str(domain), T(""), NOW_S },
	    NULL));
	assert_ok(store_begin(f->store, NULL));
	(void)store_domain_set_hosts(f->store, span_str(domain), hosts, NULL);
	assert_ok(store_commit(f->store, NULL));
}

static void
test_hosts_of_our_domains(void **state)
{
	struct span a[] = { T("mx2.x"), T("mx1.x") }, b[] = { T("mx1.x") };
	struct arena arena = ARENA_INIT(4096);
	struct fixture *f = *state;
	struct span domain = SPAN_NONE;
	char text[256] = "";
	bool has;

	set_hosts(f, "a.example", (struct span_list){ a, 2 });
	set_hosts(f, "b.example", (struct span_list){ b, 1 });
	assert_ok(store_domain_hosts(f->store, T("a.example"), note_host, text,
	    NULL));
	assert_string_equal("mx1.x;mx2.x;", text);
	assert_ok(store_domain_has_host(f->store, T("b.example"), T("mx2.x"),
	    &has, NULL));
	assert_false(has);
	assert_err(E_ABSENT,
	    store_domain_of_host(f->store, T("mx1.x"), &arena, &domain, NULL));
	assert_ok(
	    store_domain_of_host(f->store, T("mx2.x"), &arena, &domain, NULL));
	assert_span("a.example", domain);
	assert_ok(store_domain_remove(f->store, T("a.example"), NULL));
	assert_err(E_ABSENT,
	    store_domain_of_host(f->store, T("mx2.x"), &arena, &domain, NULL));
	assert_ok(
	    store_domain_of_host(f->store, T("mx1.x"), &arena, &domain, NULL));
	assert_span("b.example", domain);
	arena_free(&arena);
}

static void
test_a_token_names_one_domain(void **state)
{
	struct arena arena = ARENA_INIT(4096);
	struct fixture *f = *state;
	struct span domain = SPAN_NONE;

	for (const char *d = "abc"; *d != '\0'; d++)
		assert_ok(store_domain_add(f->store,
		    &(const struct owned_domain){ { d, 1 },
			*d == 'a' ? T("one") : T("two"), NOW_S },
		    NULL));
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ T("d"), T(""), NOW_S }, NULL));
	assert_ok(
	    store_domain_of_token(f->store, T("one"), &arena, &domain, NULL));
	assert_span("a", domain);
	assert_err(E_ABSENT,
	    store_domain_of_token(f->store, T("two"), &arena, &domain, NULL));
	assert_err(E_ABSENT,
	    store_domain_of_token(f->store, T(""), &arena, &domain, NULL));
	arena_free(&arena);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_report_is_kept_whole),
		TEST(test_each_column_comes_back),
		TEST(test_lists_go_by_the_time_of_receipt),
		TEST(test_lists_are_filtered),
		TEST(test_heaps),
		TEST(test_what_claims_the_same_identity_is_found),
		TEST(test_raw_bytes_are_kept_once),
		TEST(test_what_was_posted_is_listed_from_the_last_on),
		TEST(test_posts_that_came_again_are_counted),
		TEST(test_policies_and_details_come_in_their_order),
		TEST(test_a_spool_is_read_from_where_it_was_left),
		TEST(test_domains_of_ours),
		TEST(test_hosts_of_our_domains),
		TEST(test_a_token_names_one_domain),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
