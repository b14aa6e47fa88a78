/* What waits for keys, in a real SQLite store, with a clock that jumps and a
 * DNS of the test's. */
#include "support/intake_fixture.h"

#include <stdio.h>

#include "intake/retake.h"
#include "intake/taking_batch.h"
#include "model/trust.h"
#include "store/store_domain.h"

#define KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

#define BODY(organization, n)                                             \
	"{\"organization-name\":\"" organization                          \
	"\",\"date-range\":{\"start-datetime\":\"2026-03-01T00:00:00Z\"," \
	"\"end-datetime\":\"2026-03-01T23:59:59Z\"},"                     \
	"\"contact-info\":\"tls@reporter.example\",\"report-id\":\"1\","  \
	"\"policies\":[{\"policy\":{\"policy-type\":\"no-policy-found\"," \
	"\"policy-domain\":\"owned.example\"},\"summary\":{"              \
	"\"total-successful-session-count\":" n                           \
	",\"total-failure-session-count\":0}}]}\r\n"
/* bh= is of BODY("R", "5") by openssl dgst; b= was made by nobody. */
#define MAIL                                                                   \
	"DKIM-Signature: v=1; a=ed25519-sha256; d=reporter.example; s=e1;\r\n" \
	" h=From; bh=OpX0xZhtEXcNnj8RMkHTWpv/xO/737Lwz5k7/qeYMQA=;\r\n"        \
	" b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                       \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\r\n"                    \
	"From: tls@reporter.example\r\n"                                       \
	"Content-Type: application/tlsrpt+json\r\n\r\n" BODY("R", "5")

struct fixture {
	struct intake_fixture at;
	struct intake intake;
	/* The DNS. */
	enum txt_outcome outcome;
	struct span_list txts;
	size_t asked;
};

static void
answer(void *arg, struct keys *keys)
{
	struct fixture *f = arg;

	f->asked++;
	for (size_t i = 0; i < keys->n; i++) {
		assert_span("e1._domainkey.reporter.example", keys->v[i].name);
		keys_answer(keys, &keys->v[i],
		    &(const struct txt_answer){ .outcome = f->outcome,
			.txts = f->txts,
			.why = SPAN_LIT("") });
	}
}

static int
start(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	struct why why = { { 0 } };

	*f = (struct fixture){ .outcome = TXT_FAILED };
	intake_fixture_open(&f->at);
	assert_ok(store_domain_add(f->at.store,
	    &(const struct owned_domain){ .domain = SPAN_LIT("owned.example"),
		.token = SPAN_LIT(""),
		.added_s = NOW_S },
	    &why));
	f->intake = intake_of(f->at.config, &f->at.clock, answer, f);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	intake_fixture_close(&f->at);
	return 0;
}

static int64_t
now_s(const struct fixture *f)
{
	return clock_wall_s(&f->at.clock);
}

static enum err
storing(void *arg, size_t from, size_t to, struct why *why)
{
	(void)arg, (void)from, (void)to, (void)why;
	return E_OK;
}

static void
stored(void *arg, size_t from, size_t to)
{
	(void)arg, (void)from, (void)to;
}

/* Its id. The next one comes a second later. */
static struct uuid
take(struct fixture *f, enum receipt_way way, struct span body)
{
	struct taking t = {
		.id = uuid_new(clock_wall_ns(&f->at.clock)),
		.facts = { .way = way,
		    .received_ns = clock_wall_ns(&f->at.clock),
		    .is_mail = way == RECEIPT_LMTP },
		.body = body,
	};
	struct why why = { { 0 } };

	assert_ok_why(taking_batch_store(
			  &(const struct taking_batch){
			      .intake = &f->intake,
			      .store = f->at.store,
			      .v = &t,
			      .n = 1,
			      .storing = storing,
			      .stored = stored,
			  },
			  &why),
	    &why);
	f->at.now_ns += NS_PER_S;
	return t.id;
}

struct found {
	enum inbox_state state;
	int64_t verdict;
	char way[8], trust[300], like[UUID_TEXT_SIZE];
};

static enum err
note(void *arg, const struct inbox_row *r)
{
	struct found *found = arg;

	found->state = r->state;
	found->verdict = r->verdict;
	(void)snprintf(found->way, sizeof(found->way), "%.*s",
	    SPAN_ARG(r->way));
	(void)snprintf(found->trust, sizeof(found->trust), "%.*s",
	    SPAN_ARG(r->trust));
	(void)snprintf(found->like, sizeof(found->like), "%.*s",
	    SPAN_ARG(r->like));
	return E_OK;
}

static struct found
look(struct fixture *f, const struct uuid *id)
{
	struct found found = { .verdict = -1 };
	char text[UUID_TEXT_SIZE];
	struct why why = { { 0 } };

	uuid_text(id, text);
	assert_ok_why(store_inbox_get(f->at.store, span_str(text), note, &found,
			  &why),
	    &why);
	return found;
}

static void
assert_state(struct fixture *f, const struct uuid *id, enum inbox_state state,
    int64_t verdict)
{
	struct found found = look(f, id);

	assert_string_equal(inbox_state_text(state),
	    inbox_state_text(found.state));
	assert_int_equal(verdict, found.verdict);
}

static void
again_at(struct fixture *f, int64_t s)
{
	struct why why = { { 0 } };

	f->at.now_ns = s * NS_PER_S;
	assert_ok_why(retake_due(&f->intake, f->at.store, &why), &why);
}

static enum err
note_any(void *arg, const struct inbox_row *r)
{
	size_t *n = arg;

	(void)r;
	++*n;
	return E_OK;
}

static size_t
count(struct fixture *f)
{
	size_t n = 0;

	assert_ok(
	    store_inbox_list(f->at.store, &INBOX_ALL, note_any, &n, NULL));
	return n;
}

/* -- time -- */

static void
test_dns_is_asked_again_later_and_later(void **state)
{
	struct fixture *f = *state;
	const struct uuid id = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));
	/* Seconds after receipt. */
	static const int64_t want[] = { 60, 120, 240, 480, 960, 1920, 3840,
		7440, 11040 };

	assert_state(f, &id, INBOX_WAITING, 0);
	assert_non_null(strstr(look(f, &id).trust, "key-unknown\n"));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		f->asked = 0;
		again_at(f, NOW_S + want[i] - 1);
		assert_int_equal(0, f->asked);
		again_at(f, NOW_S + want[i]);
		assert_int_equal(1, f->asked);
	}
	assert_state(f, &id, INBOX_WAITING, 0);
	assert_int_equal(1, count(f));
}

static void
test_after_three_days_nobody_can_tell(void **state)
{
	struct fixture *f = *state;
	const struct uuid id = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));

	again_at(f, NOW_S + 3 * S_PER_DAY - 1);
	assert_state(f, &id, INBOX_WAITING, 0);
	again_at(f, NOW_S + 3 * S_PER_DAY + 3600);
	assert_state(f, &id, INBOX_UNTRUSTED, TRUST_UNVERIFIABLE);
	f->asked = 0;
	again_at(f, NOW_S + 9 * S_PER_DAY);
	assert_int_equal(0, f->asked);
}

static void
test_an_answer_is_final(void **state)
{
	struct fixture *f = *state;
	struct span key = SPAN_LIT(KEY);
	const struct uuid id = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));

	f->outcome = TXT_FOUND;
	f->txts = (struct span_list){ &key, 1 };
	again_at(f, NOW_S + 60);
	assert_state(f, &id, INBOX_UNTRUSTED, TRUST_FAILED);
	assert_non_null(strstr(look(f, &id).trust,
	    "dkim=fail reason=signature d=reporter.example s=e1 "));
	assert_string_equal("lmtp", look(f, &id).way);
}

static void
test_a_key_that_is_gone(void **state)
{
	struct fixture *f = *state;
	const struct uuid late = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));
	char text[UUID_TEXT_SIZE];
	struct uuid soon;

	f->outcome = TXT_NONE;
	soon = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));
	assert_state(f, &soon, INBOX_UNTRUSTED, TRUST_FAILED);
	again_at(f, NOW_S + 8 * S_PER_DAY);
	assert_int_equal(TRUST_UNVERIFIABLE, look(f, &late).verdict);
	assert_non_null(strstr(look(f, &late).trust, "key-gone\n"));
	/* By hand, as it was received: the same. */
	uuid_text(&soon, text);
	assert_ok(retake(&f->intake, f->at.store, span_str(text), NULL));
	assert_int_equal(TRUST_UNVERIFIABLE, look(f, &soon).verdict);
	assert_int_equal(2, count(f));
}

static void
test_nothing_is_asked(void **state)
{
	struct fixture *f = *state;
	struct uuid id;

	f->intake = intake_of(f->at.config, &f->at.clock, answer, NULL);
	id = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL));
	assert_state(f, &id, INBOX_UNTRUSTED, TRUST_UNVERIFIABLE);
	assert_int_equal(0, f->asked);
}

/* -- others of the same identity -- */

static void
own(struct fixture *f, bool is_owned)
{
	if (is_owned)
		assert_ok(store_domain_add(f->at.store,
		    &(const struct owned_domain){
			.domain = SPAN_LIT("owned.example"),
			.token = SPAN_LIT(""),
			.added_s = now_s(f) },
		    NULL));
	else
		assert_ok(store_domain_remove(f->at.store,
		    SPAN_LIT("owned.example"), NULL));
}

static void
again(struct fixture *f, const struct uuid *id)
{
	struct why why = { { 0 } };
	char text[UUID_TEXT_SIZE];

	uuid_text(id, text);
	assert_ok_why(retake(&f->intake, f->at.store, span_str(text), &why),
	    &why);
}

static void
test_another_one_counts_when_the_first_does_not(void **state)
{
	struct fixture *f = *state;
	const struct uuid a = take(f, RECEIPT_HTTPS, SPAN_LIT(BODY("R", "5"))),
			  b = take(f, RECEIPT_HTTPS, SPAN_LIT(BODY("R", "6"))),
			  c = take(f, RECEIPT_HTTPS, SPAN_LIT(BODY("R", "6")));
	char text[UUID_TEXT_SIZE];

	assert_state(f, &a, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	assert_state(f, &b, INBOX_CONTRADICTED, TRUST_UNAUTHENTICATED);
	own(f, false);
	again(f, &a);
	assert_state(f, &a, INBOX_FOREIGN, TRUST_UNAUTHENTICATED);
	assert_state(f, &b, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	assert_state(f, &c, INBOX_DUPLICATE, TRUST_UNAUTHENTICATED);
	uuid_text(&b, text);
	assert_string_equal(text, look(f, &c).like);
	/* And back. */
	own(f, true);
	again(f, &a);
	again(f, &b);
	assert_state(f, &a, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	assert_state(f, &b, INBOX_CONTRADICTED, TRUST_UNAUTHENTICATED);
	assert_state(f, &c, INBOX_CONTRADICTED, TRUST_UNAUTHENTICATED);
}

static void
test_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const struct uuid a = take(f, RECEIPT_HTTPS, SPAN_LIT(BODY("R", "5"))),
			  b = take(f, RECEIPT_HTTPS, SPAN_LIT(BODY("R", "5")));

	again(f, &a);
	again(f, &b);
	again(f, &a);
	assert_state(f, &a, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	assert_string_equal("", look(f, &a).like);
	assert_state(f, &b, INBOX_DUPLICATE, TRUST_UNAUTHENTICATED);
	assert_int_equal(2, count(f));
}

static void
test_one_that_waits_stands_in_nobodys_way(void **state)
{
	struct fixture *f = *state;
	const struct uuid mail = take(f, RECEIPT_LMTP, SPAN_LIT(MAIL)),
			  post = take(f, RECEIPT_HTTPS,
			      SPAN_LIT(BODY("R", "5")));

	assert_state(f, &mail, INBOX_WAITING, 0);
	assert_state(f, &post, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
	again_at(f, NOW_S + 4 * S_PER_DAY);
	assert_state(f, &mail, INBOX_DUPLICATE, TRUST_UNVERIFIABLE);
	assert_state(f, &post, INBOX_COUNTED, TRUST_UNAUTHENTICATED);
}

static void
test_what_is_not_there(void **state)
{
	struct fixture *f = *state;

	assert_err(E_SYNTAX,
	    retake(&f->intake, f->at.store, SPAN_LIT("x"), NULL));
	assert_err(E_ABSENT,
	    retake(&f->intake, f->at.store,
		SPAN_LIT("0195f2b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"), NULL));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_dns_is_asked_again_later_and_later),
		TEST(test_after_three_days_nobody_can_tell),
		TEST(test_an_answer_is_final),
		TEST(test_a_key_that_is_gone),
		TEST(test_nothing_is_asked),
		TEST(test_another_one_counts_when_the_first_does_not),
		TEST(test_again_changes_nothing),
		TEST(test_one_that_waits_stands_in_nobodys_way),
		TEST(test_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
