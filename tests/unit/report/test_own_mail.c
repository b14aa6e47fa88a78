/* Domains without a report, on a real SQLite store: what the numbers of their
 * day say about our own mails, and what the configuration excludes. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "report/own_mail.h"
#include "report/report_build.h"
#include "store/store_delivery.h"

#define DAY 20778
#define NOON_S ((int64_t)DAY * 86400 + 43200)

struct fixture {
	char folder[256];
	struct store *store;
	struct uuid collector;
	struct position at;
	unsigned mails;
};

static const struct report_options options = {
	.reporter = { SPAN_LIT("Example"), SPAN_LIT("a@s.example"),
	    SPAN_LIT("s.example") },
	.max_bytes = 1 << 20,
	.max_details = 20,
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char url[300];
	struct store_schema schema;
	struct position got;
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	(void)snprintf(url, sizeof(url), "sqlite:%s/store.db", f->folder);
	assert_ok_why(store_make(url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	f->collector = uuid_new(0);
	f->at = (struct position){ uuid_new(0), 1, 0 };
	assert_ok_why(store_collector_register(f->store, &f->collector,
			  SPAN_LIT("one"), &f->at, 0, &got, &why),
	    &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* -- what is known of a day -- */

/* The results of a domain under each type of policy. */
struct results {
	uint64_t tlsa, sts, none, failed; /* failed: of no policy */
};

/* record tells two records apart. */
static void
flush(struct fixture *f, const char *domain, unsigned char record,
    const struct results *r)
{
	struct tally_policy v[] = {
		{ .key = { { 1 } }, .type = POLICY_TLSA, .succeeded = r->tlsa },
		{ .key = { { 2 } }, .type = POLICY_STS, .succeeded = r->sts },
		{ .key = { { 3 } },
		    .type = POLICY_NO_POLICY_FOUND,
		    .succeeded = r->none,
		    .failed = r->failed },
	};
	struct tally tally = {
		.day = DAY,
		.domain = span_str(domain),
		.record_key = { { record } },
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = v,
		.npolicies = sizeof(v) / sizeof(v[0]),
	};
	struct flush flush = {
		.collector = f->collector,
		.host = SPAN_LIT("one"),
		.from = f->at,
		.to = f->at,
		.tallies = { tally_of_array, &tally, 1 },
	};
	struct why why = { { 0 } };

	flush.to.offset++;
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	f->at = flush.to;
}

static void
mail(struct fixture *f, const char *host, int64_t done_s)
{
	char id[32];
	struct why why = { { 0 } };

	(void)snprintf(id, sizeof(id), "%u", f->mails++);
	assert_ok_why(store_delivery_add(f->store,
			  &(const struct delivery){ .id = span_str(id),
			      .report = span_str(id),
			      .uri = SPAN_LIT("mailto:tls@some.example"),
			      .host = span_str(host),
			      .state = DELIVERY_HANDED_OVER,
			      .done_s = done_s },
			  &why),
	    &why);
}

static void
close_day(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, DAY, 1, SPAN_LIT("test"),
			  SPAN_LIT(""), &why),
	    &why);
}

static size_t
build(struct fixture *f)
{
	struct why why = { { 0 } };
	size_t built;

	assert_ok_why(report_build_day(f->store, &options, DAY, true, 1, &built,
			  &why),
	    &why);
	return built;
}

static enum err
note_succeeded(void *arg, const struct report_row *r)
{
	*(uint64_t *)arg = r->succeeded;
	return E_OK;
}

/* Of the last report. */
static uint64_t
succeeded(struct fixture *f)
{
	struct why why = { { 0 } };
	uint64_t n = 0;

	assert_ok_why(store_report_list(f->store, DAY, DAY, note_succeeded, &n,
			  &why),
	    &why);
	return n;
}

/* -- tests -- */

static void
test_numbers_that_our_mails_explain(void **state)
{
	static const struct {
		const char *name;
		struct results results;
		unsigned mails;
		uint64_t sessions;
		bool all;
	} cases[] = {
		{ "a session and its mail", { 0, 0, 1, 0 }, 1, 1, true },
		{ "one session more", { 0, 0, 2, 0 }, 1, 2, false },
		{ "one session less", { 0, 0, 1, 0 }, 2, 1, true },
		{ "no mail", { 0, 0, 1, 0 }, 0, 0, false },
		{ "the mail failed", { 0, 0, 0, 1 }, 1, 1, false },
		{ "failed, and room for it", { 0, 0, 1, 1 }, 9, 2, false },
		{ "two policies, one session", { 1, 1, 0, 0 }, 1, 1, true },
		{ "two policies, two sessions", { 2, 1, 0, 0 }, 1, 2, false },
		{ "the same the other way", { 1, 2, 0, 0 }, 1, 2, false },
		{ "none found is a session of its own", { 1, 1, 1, 0 }, 1, 2,
		    false },
		{ "and so with its mail", { 1, 1, 1, 0 }, 2, 2, true },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char domain[32];
		struct own_mail own;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		(void)snprintf(domain, sizeof(domain), "d%zu.example", i);
		flush(f, domain, 1, &cases[i].results);
		for (unsigned m = 0; m < cases[i].mails; m++)
			mail(f, domain, NOON_S);
		assert_ok_why(own_mail_look(f->store, DAY, span_str(domain),
				  &own, &why),
		    &why);
		assert_int_equal(cases[i].mails, own.mails);
		assert_int_equal(cases[i].sessions, own.sessions);
		assert_int_equal(cases[i].all, own_mail_is_all(&own));
	}
}

static void
test_there_is_no_report_about_our_mails_alone(void **state)
{
	const struct results one = { .none = 1 }, two = { .none = 2 };
	struct fixture *f = *state;

	flush(f, "a.example", 1, &one);
	mail(f, "a.example", NOON_S);
	flush(f, "b.example", 1, &two);
	mail(f, "b.example", NOON_S);
	/* A mail of another day explains nothing. */
	flush(f, "c.example", 1, &one);
	mail(f, "c.example", NOON_S - 86400);
	mail(f, "c.example", NOON_S + 86400);
	flush(f, "d.example", 1, &one);
	close_day(f);
	assert_int_equal(3, build(f));
	assert_int_equal(0, build(f));
}

/* More domains than go into one transaction. */
static void
test_many_domains(void **state)
{
	const struct results one = { .none = 1 };
	struct fixture *f = *state;

	for (int i = 0; i < 300; i++) {
		char domain[32];

		(void)snprintf(domain, sizeof(domain), "d%03d.example", i);
		flush(f, domain, 1, &one);
		if (i % 3 != 0)
			mail(f, domain, NOON_S);
	}
	close_day(f);
	assert_int_equal(100, build(f));
	assert_int_equal(0, build(f));
}

static void
test_late_sessions_are_reported_with_all_the_others(void **state)
{
	const struct results one = { .none = 1 };
	struct fixture *f = *state;

	flush(f, "a.example", 1, &one);
	mail(f, "a.example", NOON_S);
	close_day(f);
	assert_int_equal(0, build(f));
	flush(f, "a.example", 1, &one);
	assert_int_equal(1, build(f));
	assert_int_equal(2, succeeded(f));
}

static void
test_all_records_of_a_domain_count_together(void **state)
{
	const struct results one = { .none = 1 };
	struct fixture *f = *state;

	flush(f, "a.example", 1, &one);
	flush(f, "a.example", 2, &one);
	mail(f, "a.example", NOON_S);
	flush(f, "b.example", 1, &one);
	flush(f, "b.example", 2, &one);
	mail(f, "b.example", NOON_S);
	mail(f, "b.example", NOON_S);
	close_day(f);
	assert_int_equal(2, build(f));
	/* A late session is news about both records of b.example. */
	flush(f, "b.example", 2, &one);
	assert_int_equal(2, build(f));
}

static void
test_excluded_domains_have_no_report(void **state)
{
	char *words[] = { (char[]){ "b.example" }, (char[]){ ".c.example" } };
	const struct results one = { .none = 1 }, failed = { .failed = 1 };
	struct report_options but = options;
	struct fixture *f = *state;
	struct why why = { { 0 } };
	size_t built;

	but.exclude = (struct list){ words, 2 };
	flush(f, "a.b.example", 1, &one);
	flush(f, "b.example", 1, &one);
	flush(f, "b.example", 2, &failed);
	flush(f, "c.example", 1, &one);
	flush(f, "d.c.example", 1, &one);
	close_day(f);
	assert_ok_why(report_build_day(f->store, &but, DAY, true, 1, &built,
			  &why),
	    &why);
	assert_int_equal(2, built);
	/* The day stays as it is when they are excluded no more, */
	assert_int_equal(0, build(f));
	/* but for one of which there is something new. */
	flush(f, "b.example", 1, &one);
	assert_int_equal(2, build(f));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_numbers_that_our_mails_explain),
		TEST(test_there_is_no_report_about_our_mails_alone),
		TEST(test_many_domains),
		TEST(test_late_sessions_are_reported_with_all_the_others),
		TEST(test_all_records_of_a_domain_count_together),
		TEST(test_excluded_domains_have_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
