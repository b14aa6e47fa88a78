#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/tally_table.h"
#include "base/num.h"
#include "codec/datagram_read.h"
#include "store/store.h"

#define DAY 20778
#define PR "\"pr\":\"v=TLSRPTv1; rua=mailto:a@b.example\""

struct fixture {
	struct ceiling *ceiling;
	struct tally_limits limits;
	struct tally_table *table;
	struct arena arena;
	struct arena kept; /* of tallies */
	struct tally *tallies;
	size_t n;
	unsigned repeats;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
	f->kept = ARENA_INIT((size_t)1 << 28);
	f->limits = tally_limits_default();
	assert_ok(ceiling_new(100000, &f->ceiling));
	assert_ok(tally_table_new((size_t)1 << 28, &f->limits, f->ceiling,
	    &f->table));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	tally_table_free(f->table);
	ceiling_free(f->ceiling);
	arena_free(&f->arena);
	arena_free(&f->kept);
	free(f);
	return 0;
}

/* Tables take their ceilings when they are made. */
static void
limit(struct fixture *f, struct tally_limits limits)
{
	tally_table_free(f->table);
	assert_ok(
	    tally_table_new((size_t)1 << 28, &limits, f->ceiling, &f->table));
}

/* As the pipeline does. */
static void
add_on(struct fixture *f, int64_t day, const char *datagram)
{
	struct id key = repeat_key_of(day, span_str(datagram));
	struct why why = { { 0 } };
	struct session session;
	enum counter as;

	if (tally_table_repeat(f->table, &key)) {
		f->repeats++;
		return;
	}
	arena_reset(&f->arena);
	assert_ok_why(datagram_read(span_str(datagram), &f->arena, &session,
			  &as, &why),
	    &why);
	assert_ok(tally_table_add(f->table, day, &session,
	    session.marks == 0 ? &key : NULL));
}

static void PRINTF(2, 3) add(struct fixture *f, const char *fmt, ...)
{
	char datagram[8192];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(datagram, sizeof(datagram), fmt, ap);
	va_end(ap);
	add_on(f, DAY, datagram);
}

static void *
keep(struct fixture *f, const void *v, size_t n, size_t size)
{
	void *p = arena_grow(&f->kept, v, n, n + 1, size);

	assert_non_null(p);
	return p;
}

/* All tallies at once, although a flush gets one at a time. */
static void
batch(struct fixture *f)
{
	struct tally_source from;

	assert_ok(tally_table_sort(f->table, &from));
	f->n = from.n;
	f->tallies = keep(f, NULL, 0, (from.n + 1) * sizeof(*f->tallies));
	for (size_t i = 0; i < from.n; i++) {
		struct tally *t = &f->tallies[i];

		assert_ok(from.get(from.arg, i, t));
		t->policies = keep(f, t->policies, t->npolicies,
		    sizeof(*t->policies));
		for (size_t k = 0; k < t->npolicies; k++)
			t->policies[k].details = keep(f, t->policies[k].details,
			    t->policies[k].ndetails,
			    sizeof(struct tally_detail));
	}
}

static uint64_t
counted(struct fixture *f, enum counter which)
{
	return tally_table_counters(f->table, DAY)->n[which];
}

/* -- the counting rules -- */

static void
test_each_policy_counts_one_success_or_failure(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"policy-domain\":\"a.example\","
		    "\"f\":0},"
		    "{\"policy-type\":2,\"policy-domain\":\"a.example\","
		    "\"f\":%d,\"failure-details\":[{\"c\":204}]}]}",
		    i == 1);
	batch(f);
	assert_int_equal(1, f->n);
	assert_span("a.example", f->tallies[0].domain);
	assert_span("mailto:a@b.example\n", f->tallies[0].rua);
	assert_int_equal(2, f->tallies[0].npolicies);
	for (size_t i = 0; i < 2; i++) {
		const struct tally_policy *p = &f->tallies[0].policies[i];

		if (p->type == POLICY_NO_POLICY_FOUND) {
			assert_int_equal(3, p->succeeded);
			assert_int_equal(0, p->failed);
			assert_int_equal(0, p->ndetails);
			continue;
		}
		/* The result decides; the detail counts also where it is 0. */
		assert_int_equal(2, p->succeeded);
		assert_int_equal(1, p->failed);
		assert_int_equal(1, p->ndetails);
		assert_int_equal(3, p->details[0].sessions);
		assert_int_equal(RESULT_CERTIFICATE_EXPIRED,
		    p->details[0].detail.type);
	}
}

static void
test_a_detail_twice_in_a_session_counts_once(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;

	add(f,
	    "{\"d\":\"a.example\"," PR ",\"policies\":[{\"policy-type\":9,"
	    "\"f\":1,\"failure-details\":[{\"c\":201,\"n\":\"mx\"},"
	    "{\"c\":201,\"n\":\"MX.\"},{\"c\":201,\"n\":\"other\"}]}]}");
	batch(f);
	p = &f->tallies[0].policies[0];
	assert_int_equal(1, p->failed);
	assert_int_equal(2, p->ndetails);
	assert_int_equal(1, p->details[0].sessions);
	assert_int_equal(1, p->details[1].sessions);
}

static void
test_a_failure_without_a_detail_gets_one(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;

	add(f,
	    "{\"d\":\"a.example\"," PR
	    ",\"policies\":[{\"policy-type\":9,\"f\":1}]}");
	batch(f);
	p = &f->tallies[0].policies[0];
	assert_int_equal(1, p->failed);
	assert_int_equal(1, p->ndetails);
	assert_int_equal(RESULT_VALIDATION_FAILURE, p->details[0].detail.type);
	assert_span("unspecified", p->details[0].detail.reason);
}

static void
add_sum(struct fixture *f, const char *datagram, struct tally_sum sum)
{
	struct why why = { { 0 } };
	struct session session;
	enum counter as;

	arena_reset(&f->arena);
	assert_ok_why(datagram_read(span_str(datagram), &f->arena, &session,
			  &as, &why),
	    &why);
	assert_ok(tally_table_add_sum(f->table, DAY, &session, &sum));
}

static void
test_what_another_has_counted_is_added(void **state)
{
	static const char
	    one[] = "{\"d\":\"a.example\"," PR
		    ",\"policies\":[{\"policy-type\":9,\"f\":0}]}",
	    failed[] = "{\"d\":\"a.example\"," PR
		       ",\"policies\":[{\"policy-type\":9,\"f\":1,"
		       "\"failure-details\":[{\"c\":201}]}]}";
	struct fixture *f = *state;
	const struct tally_policy *p;

	add(f, "%s", failed);
	add_sum(f, one,
	    (struct tally_sum){ .succeeded = 5, .failed = 4, .details = 1 });
	add_sum(f, failed, (struct tally_sum){ .details = 3 });
	add_sum(f, one, (struct tally_sum){ .succeeded = COUNT_MAX });
	add(f, "%s", failed);
	batch(f);
	assert_int_equal(1, f->n);
	assert_int_equal(1, f->tallies[0].npolicies);
	p = &f->tallies[0].policies[0];
	assert_int_equal(COUNT_MAX, p->succeeded);
	assert_int_equal(6, p->failed);
	assert_int_equal(2, p->ndetails);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(p->details[i].detail.type ==
			    RESULT_STARTTLS_NOT_SUPPORTED
			? 5
			: 1,
		    p->details[i].sessions);
}

static void
test_days_are_kept_apart(void **state)
{
	static const char datagram[] = "{\"d\":\"a.example\"," PR
				       ",\"policies\":[{\"policy-type\":9,"
				       "\"f\":0}]}";
	struct fixture *f = *state;

	add_on(f, DAY + 1, datagram);
	add_on(f, DAY, datagram);
	add_on(f, DAY, datagram);
	batch(f);
	assert_int_equal(2, f->n);
	assert_int_equal(DAY, f->tallies[0].day);
	assert_int_equal(2, f->tallies[0].policies[0].succeeded);
	assert_int_equal(DAY + 1, f->tallies[1].day);
}

/* -- one thing, several spellings -- */

static void
test_spellings_of_one_policy_are_one(void **state)
{
	/* Postfix gives TLSA records in another order by process. */
	static const char *const tlsa[] = {
		"[\"3 1 1 ABCD\",\"2 0 1 EF01\"]",
		"[\"2 0 1 ef01\",\"3 1 1 abcd\"]",
		"[\"2  0 1 EF 01\",\"3 1 1 ( AB CD )\",\"3 1 1 ABCD\"]",
	};
	static const char *const sts[] = {
		"[\"version: STSv1\",\"mode: enforce\",\"mx: *.a.example\"]",
		"[\"mode:enforce\",\"Version:STSv1\",\"mx:   *.A.example \"]",
	};
	struct fixture *f = *state;
	const struct tally_policy *p;

	for (size_t i = 0; i < 3; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":1,\"policy-domain\":\"MX.a.example.\","
		    "\"policy-string\":%s,\"f\":0}]}",
		    tlsa[i]);
	for (size_t i = 0; i < 2; i++)
		add(f,
		    "{\"d\":\"A.example.\",\"pr\":\"v=TLSRPTv1;rua=mailto:"
		    "a@B.example\",\"policies\":[{\"policy-type\":2,"
		    "\"policy-domain\":\"a.example\",\"mx-host\":[%s],"
		    "\"policy-string\":%s,\"f\":0}]}",
		    i == 0 ? "\"*.a.example\",\"mx\""
			   : "\"MX.\",\"*.A.example\"",
		    sts[i]);
	batch(f);
	assert_int_equal(1, f->n);
	assert_int_equal(2, f->tallies[0].npolicies);
	for (size_t i = 0; i < 2; i++) {
		p = &f->tallies[0].policies[i];
		if (p->type == POLICY_TLSA) {
			assert_int_equal(3, p->succeeded);
			assert_span("mx.a.example", p->domain);
			assert_span("2 0 1 EF01\n3 1 1 ABCD\n", p->strings);
			continue;
		}
		/* As published, and the least of the two. */
		assert_int_equal(2, p->succeeded);
		assert_span("mode:enforce\nVersion:STSv1\n"
			    "mx:   *.A.example \n",
		    p->strings);
		assert_span("*.a.example\nmx\n", p->mx_hosts);
	}
}

static void
test_another_policy_is_another(void **state)
{
	static const char *const policies[] = {
		"{\"policy-type\":2,\"policy-string\":[\"mode: enforce\"],"
		"\"f\":0}",
		"{\"policy-type\":2,\"policy-string\":[\"mode: testing\"],"
		"\"f\":0}",
		"{\"policy-type\":2,\"f\":0}",
		"{\"policy-type\":2,\"mx-host\":[\"mx\"],\"f\":0}",
		"{\"policy-type\":2,\"policy-domain\":\"x\",\"f\":0}",
		"{\"policy-type\":1,\"f\":0}",
		"{\"policy-type\":9,\"f\":0}",
		/* Only a policy has a text, only STS has patterns. */
		"{\"policy-type\":9,\"policy-string\":[\"x\"],\"f\":0}",
		"{\"policy-type\":1,\"mx-host\":[\"mx\"],\"f\":0}",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		add(f, "{\"d\":\"a.example\"," PR ",\"policies\":[%s]}",
		    policies[i]);
	batch(f);
	assert_int_equal(7, f->tallies[0].npolicies);
}

static void
test_the_rua_set_is_the_key_of_a_record(void **state)
{
	static const char *const records[] = {
		"v=TLSRPTv1; rua=mailto:a@b.example,https://r.example/x",
		"v=TLSRPTv1;rua=https://R.example/x , mailto:a@B.example; e=1",
		"v=TLSRPTv1;rua=mailto:a@b.example;rua=https://r.example/x",
		"v=TLSRPTv1;rua=mailto:a@b.example",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++)
		add(f,
		    "{\"d\":\"a.example\",\"pr\":\"%s\",\"policies\":["
		    "{\"policy-type\":9,\"f\":0}]}",
		    records[i]);
	batch(f);
	assert_int_equal(2, f->n);
	for (size_t i = 0; i < 2; i++) {
		if (f->tallies[i].policies[0].succeeded == 1)
			continue;
		assert_int_equal(3, f->tallies[i].policies[0].succeeded);
		assert_span("https://r.example/x\nmailto:a@b.example\n",
		    f->tallies[i].rua);
		assert_span(records[0], f->tallies[i].record);
	}
}

static void
test_a_record_without_rua_still_counts(void **state)
{
	struct fixture *f = *state;

	add(f,
	    "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1;\",\"policies\":["
	    "{\"policy-type\":9,\"f\":0}]}");
	add(f,
	    "{\"d\":\"a.example\",\"pr\":null,\"policies\":["
	    "{\"policy-type\":9,\"f\":0}]}");
	batch(f);
	assert_int_equal(1, f->n);
	assert_span("", f->tallies[0].rua);
	assert_int_equal(2, f->tallies[0].policies[0].succeeded);
	assert_int_equal(2, counted(f, COUNTER_REPAIRED_RECORD));
}

static void
test_of_an_ehlo_reply_the_name_is_the_key(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;

	for (int i = 9; i >= 0; i--)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"failure-details\":[{"
		    "\"c\":201,\"h\":\"250-mx.a.example hello %d\\r\\n"
		    "250 SIZE\"}]}]}",
		    i);
	batch(f);
	p = &f->tallies[0].policies[0];
	assert_int_equal(1, p->ndetails);
	assert_int_equal(10, p->details[0].sessions);
	assert_span("250-mx.a.example hello 0\r\n250 SIZE",
	    p->details[0].detail.helo);
}

/* -- ceilings -- */

static uint64_t
sum_failed(const struct fixture *f)
{
	uint64_t sum = 0;

	for (size_t t = 0; t < f->n; t++)
		for (size_t p = 0; p < f->tallies[t].npolicies; p++)
			sum += f->tallies[t].policies[p].failed;
	return sum;
}

static void
test_too_many_details_are_folded_helo_first(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;
	uint64_t sum = 0;
	size_t whole = 0, no_helo = 0, no_reason = 0, bare = 0;

	limit(f, (struct tally_limits){ 10, 10, 10, 8 });
	for (int i = 0; i < 1000; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"failure-details\":[{"
		    "\"c\":%d,\"h\":\"helo%d\",\"f\":\"reason%d\","
		    "\"n\":\"mx%d\"}]}]}",
		    201 + i % 2, i, i, i);
	batch(f);
	p = &f->tallies[0].policies[0];
	assert_int_equal(1000, p->failed);
	for (size_t i = 0; i < p->ndetails; i++) {
		const struct failure_detail *d = &p->details[i].detail;

		sum += p->details[i].sessions;
		assert_true(d->type == RESULT_STARTTLS_NOT_SUPPORTED ||
		    d->type == RESULT_CERTIFICATE_HOST_MISMATCH);
		whole += d->helo.len > 0;
		no_helo += d->helo.len == 0 && d->reason.len > 0;
		no_reason += d->reason.len == 0 && d->mx_hostname.len > 0;
		bare += d->mx_hostname.len == 0;
	}
	assert_int_equal(1000, sum);
	assert_int_equal(8, whole);
	assert_int_equal(4, no_helo);
	assert_int_equal(2, no_reason);
	assert_int_equal(2, bare); /* one a result type */
	assert_int_equal(1000 - 8, counted(f, COUNTER_FOLDED_DETAIL));
}

/* What a detail does not have cannot be left out of it: no room is gained by
 * that, and what has only a type is as it was. */
static void
test_folding_away_nothing_is_no_folding(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;
	size_t whole = 0;

	limit(f, (struct tally_limits){ 10, 10, 10, 8 });
	for (int i = 0; i < 100; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"failure-details\":[{"
		    "\"c\":201,\"n\":\"mx%d\"}]}]}",
		    i);
	for (int i = 0; i < 100; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"failure-details\":[{"
		    "\"c\":202}]}]}");
	batch(f);
	p = &f->tallies[0].policies[0];
	for (size_t i = 0; i < p->ndetails; i++)
		whole += p->details[i].detail.mx_hostname.len > 0;
	assert_int_equal(8, whole);
	assert_int_equal(8 + 2, p->ndetails);
	assert_int_equal(100 - 8, counted(f, COUNTER_FOLDED_DETAIL));
}

static void
test_folding_goes_on_after_a_flush(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;

	limit(f, (struct tally_limits){ 10, 10, 10, 2 });
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 10; i++)
			add(f,
			    "{\"d\":\"a.example\"," PR ",\"policies\":["
			    "{\"policy-type\":9,\"f\":1,"
			    "\"failure-details\":[{\"c\":201,"
			    "\"h\":\"helo%d\"}]}]}",
			    i);
		batch(f);
		p = &f->tallies[0].policies[0];
		/* The two that were first, and the rest. */
		assert_int_equal(3, p->ndetails);
		assert_int_equal(10, p->failed);
		tally_table_clear(f->table);
	}
}

static void
test_too_many_policies_lose_their_text(void **state)
{
	struct fixture *f = *state;
	uint64_t names = 0, bare = 0, whole = 0;

	limit(f, (struct tally_limits){ 10, 10, 4, 100 });
	for (int i = 0; i < 100; i++)
		add(f,
		    "{\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":2,\"policy-domain\":\"d%d\","
		    "\"policy-string\":[\"s%d\"],\"f\":1}]}",
		    i, i);
	batch(f);
	assert_int_equal(100, sum_failed(f));
	for (size_t i = 0; i < f->tallies[0].npolicies; i++) {
		const struct tally_policy *p = &f->tallies[0].policies[i];

		assert_int_equal(POLICY_STS, p->type);
		whole += p->strings.len > 0;
		names += p->strings.len == 0 && p->domain.len > 0;
		bare += p->domain.len == 0;
	}
	assert_int_equal(4, whole);
	assert_int_equal(2, names);
	assert_int_equal(1, bare);
	assert_int_equal(96, counted(f, COUNTER_FOLDED_POLICY));
}

static void
test_too_many_records_are_reported_to_nobody(void **state)
{
	struct fixture *f = *state;
	size_t nobody = 0;

	limit(f, (struct tally_limits){ 10, 3, 10, 10 });
	for (int i = 0; i < 50; i++)
		add(f,
		    "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1;rua=mailto:"
		    "a%d@b.example\",\"policies\":[{\"policy-type\":9,"
		    "\"f\":1}]}",
		    i);
	batch(f);
	assert_int_equal(50, sum_failed(f));
	assert_int_equal(4, f->n);
	for (size_t i = 0; i < f->n; i++) {
		if (f->tallies[i].rua.len > 0)
			continue;
		nobody++;
		assert_int_equal(47, f->tallies[i].policies[0].failed);
	}
	assert_int_equal(1, nobody);
	assert_int_equal(47, counted(f, COUNTER_FOLDED_RECORD));
}

static void
test_too_many_domains_lose_their_name(void **state)
{
	struct fixture *f = *state;

	limit(f, (struct tally_limits){ 5, 10, 10, 10 });
	for (int i = 0; i < 40; i++)
		add(f,
		    "{\"d\":\"d%d.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1}]}",
		    i);
	batch(f);
	assert_int_equal(40, sum_failed(f));
	assert_int_equal(6, f->n);
	assert_span("", f->tallies[0].domain);
	assert_span("", f->tallies[0].rua);
	assert_int_equal(35, f->tallies[0].policies[0].failed);
	assert_int_equal(35, counted(f, COUNTER_FOLDED_DOMAIN));
}

/* -- batches -- */

static void
test_a_batch_is_sorted(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 300; i++)
		add(f,
		    "{\"d\":\"d%d.example\",\"pr\":\"v=TLSRPTv1;rua="
		    "mailto:a%d@b.example\",\"policies\":[{\"policy-type\":"
		    "2,\"policy-domain\":\"p%d\",\"f\":1,\"failure-details\""
		    ":[{\"c\":201,\"n\":\"m%d\"}]}]}",
		    i * 7 % 10, i * 3 % 4, i * 5 % 6, i % 11);
	batch(f);
	assert_int_equal(20, f->n);
	for (size_t t = 0; t < f->n; t++) {
		const struct tally *x = &f->tallies[t], *y = x + 1;

		if (t + 1 < f->n)
			assert_true(span_cmp(x->domain, y->domain) < 0 ||
			    (span_eq(x->domain, y->domain) &&
				content_key_cmp(&x->record_key,
				    &y->record_key) < 0));
		for (size_t p = 0; p + 1 < x->npolicies; p++)
			assert_true(content_key_cmp(&x->policies[p].key,
					&x->policies[p + 1].key) < 0);
		for (size_t p = 0; p < x->npolicies; p++)
			for (size_t d = 0; d + 1 < x->policies[p].ndetails; d++)
				assert_true(
				    content_key_cmp(&x->policies[p]
							 .details[d]
							 .key,
					&x->policies[p].details[d + 1].key) <
				    0);
	}
	tally_table_clear(f->table);
	assert_int_equal(0, tally_table_rows(f->table));
	batch(f);
	assert_int_equal(0, f->n);
}

/* -- repeats -- */

#define TWICE                                                          \
	"{\"dpv\":\"1\",\"d\":\"a.example\"," PR ",\"policies\":["     \
	"{\"policy-type\":2,\"policy-domain\":\"a.example\",\"f\":0}," \
	"{\"policy-type\":9,\"f\":1,\"t\":3,\"failure-details\":["     \
	"{\"c\":204},{\"c\":201},{\"c\":204}]}]}"

static void
test_the_same_bytes_again_count_the_same(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		add_on(f, DAY, TWICE);
	assert_int_equal(4, f->repeats);
	batch(f);
	assert_int_equal(1, f->n);
	assert_int_equal(2, f->tallies[0].npolicies);
	for (size_t i = 0; i < 2; i++) {
		const struct tally_policy *p = &f->tallies[0].policies[i];
		bool sts = p->type == POLICY_STS;

		assert_int_equal(sts ? 5 : 0, p->succeeded);
		assert_int_equal(sts ? 0 : 5, p->failed);
		assert_int_equal(sts ? 0 : 2, p->ndetails);
		for (size_t d = 0; d < p->ndetails; d++)
			assert_int_equal(5, p->details[d].sessions);
	}
}

static void
test_a_repeat_is_of_its_day_and_its_table(void **state)
{
	struct fixture *f = *state;

	add_on(f, DAY, TWICE);
	add_on(f, DAY + 1, TWICE);
	tally_table_clear(f->table);
	add_on(f, DAY, TWICE);
	assert_int_equal(0, f->repeats);
	batch(f);
	assert_int_equal(1, f->n);
	assert_int_equal(DAY, f->tallies[0].day);
}

/* One byte less, one more, one other. */
static void
test_other_bytes_are_no_repeat(void **state)
{
	struct fixture *f = *state;

	add(f, TWICE);
	add(f, " " TWICE);
	add(f, TWICE " ");
	add(f, TWICE "\n");
	assert_int_equal(0, f->repeats);
	batch(f);
	assert_int_equal(4,
	    f->tallies[0].policies[0].succeeded +
		f->tallies[0].policies[1].succeeded);
}

/* What is folded is counted each time, beside the rows. */
static void
test_a_folded_session_is_no_repeat(void **state)
{
	struct fixture *f = *state;
	struct tally_limits limits = f->limits;

	limits.policy_details = 0;
	limit(f, limits);
	for (int i = 0; i < 3; i++)
		add(f,
		    "{\"dpv\":\"1\",\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"t\":2,"
		    "\"failure-details\":[{\"c\":204,\"h\":\"mx1\"},"
		    "{\"c\":201,\"h\":\"mx1\"}]}]}");
	assert_int_equal(0, f->repeats);
	assert_int_equal(6, counted(f, COUNTER_FOLDED_DETAIL));
}

static void
test_more_counts_than_can_be_kept_are_no_repeat(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++)
		add(f,
		    "{\"dpv\":\"1\",\"d\":\"a.example\"," PR ",\"policies\":["
		    "{\"policy-type\":9,\"f\":1,\"t\":8,"
		    "\"failure-details\":[{\"c\":201},{\"c\":202},"
		    "{\"c\":203},{\"c\":204},{\"c\":205},{\"c\":301},"
		    "{\"c\":302},{\"c\":303}]}]}");
	assert_int_equal(0, f->repeats);
	batch(f);
	assert_int_equal(3, f->tallies[0].policies[0].failed);
	assert_int_equal(8, f->tallies[0].policies[0].ndetails);
	for (size_t d = 0; d < 8; d++)
		assert_int_equal(3,
		    f->tallies[0].policies[0].details[d].sessions);
}

static void
test_a_full_table_says_so(void **state)
{
	struct fixture *f = *state;
	struct session session;
	enum counter as;
	enum err e = E_OK;

	tally_table_free(f->table);
	assert_ok(tally_table_new(100000, &f->limits, f->ceiling, &f->table));
	for (int i = 0; i < 10000 && e == E_OK; i++) {
		char datagram[256];

		(void)snprintf(datagram, sizeof(datagram),
		    "{\"d\":\"d%d\"," PR ",\"policies\":[{\"policy-type\":9,"
		    "\"f\":0}]}",
		    i);
		arena_reset(&f->arena);
		assert_ok(datagram_read(span_str(datagram), &f->arena, &session,
		    &as, NULL));
		e = tally_table_add(f->table, DAY, &session, NULL);
	}
	assert_err(E_NOMEM, e);
	/* Beside the rows two tables find them. */
	assert_in_range(tally_table_bytes(f->table), 50000,
	    100000 + 2 * 1024 * sizeof(struct id_slot));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_each_policy_counts_one_success_or_failure),
		TEST(test_a_detail_twice_in_a_session_counts_once),
		TEST(test_a_failure_without_a_detail_gets_one),
		TEST(test_what_another_has_counted_is_added),
		TEST(test_days_are_kept_apart),
		TEST(test_spellings_of_one_policy_are_one),
		TEST(test_another_policy_is_another),
		TEST(test_the_rua_set_is_the_key_of_a_record),
		TEST(test_a_record_without_rua_still_counts),
		TEST(test_of_an_ehlo_reply_the_name_is_the_key),
		TEST(test_too_many_details_are_folded_helo_first),
		TEST(test_folding_away_nothing_is_no_folding),
		TEST(test_folding_goes_on_after_a_flush),
		TEST(test_too_many_policies_lose_their_text),
		TEST(test_too_many_records_are_reported_to_nobody),
		TEST(test_too_many_domains_lose_their_name),
		TEST(test_a_batch_is_sorted),
		TEST(test_the_same_bytes_again_count_the_same),
		TEST(test_a_repeat_is_of_its_day_and_its_table),
		TEST(test_other_bytes_are_no_repeat),
		TEST(test_a_folded_session_is_no_repeat),
		TEST(test_more_counts_than_can_be_kept_are_no_repeat),
		TEST(test_a_full_table_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
