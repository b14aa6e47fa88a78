#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "intake/admission.h"
#include "intake/signers.h"

#define MAX 1000u
#define NOW_S INT64_C(1795300000)

/* -- the rule -- */

static void
test_the_rule(void **state)
{
	const struct {
		uint64_t waiting;
		const struct admission_standing *standing;
		uint64_t bytes;
		enum admission_answer want;
	} rows[] = {
		/* 750 for all. */
		{ 0, NULL, 750, ADMISSION_OPEN },
		{ 0, NULL, 751, ADMISSION_NO_ROOM },
		{ 740, NULL, 10, ADMISSION_OPEN },
		{ 740, NULL, 11, ADMISSION_NO_ROOM },
		/* 250 for those who are known, an eighth of it each. */
		{ 740, &(const struct admission_standing){ 0, 0, false }, 10,
		    ADMISSION_OPEN },
		{ 740, &(const struct admission_standing){ 0, 0, false }, 11,
		    ADMISSION_RESERVE },
		{ 990, &(const struct admission_standing){ 0, 0, false }, 10,
		    ADMISSION_RESERVE },
		{ 990, &(const struct admission_standing){ 0, 0, false }, 11,
		    ADMISSION_NO_ROOM },
		{ 750, &(const struct admission_standing){ 21, 0, false }, 10,
		    ADMISSION_RESERVE },
		{ 750, &(const struct admission_standing){ 22, 0, false }, 10,
		    ADMISSION_NO_ROOM },
		/* Claims that were false halve it. */
		{ 750, &(const struct admission_standing){ 5, 1, false }, 10,
		    ADMISSION_RESERVE },
		{ 750, &(const struct admission_standing){ 6, 1, false }, 10,
		    ADMISSION_NO_ROOM },
		/* One mail is always let in, and it may be a large one. */
		{ 750, &(const struct admission_standing){ 0, 99, false }, 200,
		    ADMISSION_RESERVE },
		{ 750, &(const struct admission_standing){ 1, 99, false }, 1,
		    ADMISSION_NO_ROOM },
		/* What is open for all is open for them. */
		{ 0, &(const struct admission_standing){ 900, 99, false }, 750,
		    ADMISSION_OPEN },
		{ 0, &(const struct admission_standing){ 0, 0, true }, 1,
		    ADMISSION_SPENT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(rows[i].want,
		    admission_decide(
			&(const struct admission_room){ rows[i].waiting, MAX,
			    25, false },
			rows[i].standing, rows[i].bytes));
	assert_int_equal(ADMISSION_STORE_FULL,
	    admission_decide(&(const struct admission_room){ 0, MAX, 25, true },
		&(const struct admission_standing){ 0, 0, false }, 1));
}

/* -- the door -- */

struct door {
	struct clock clock;
	int64_t now_s;
	uint64_t waiting;
	enum err sink_says;
	struct admission *admission;
	struct receipt_sink sink;
};

static int64_t
wall_ns(const struct clock *c)
{
	return ((const struct door *)c->arg)->now_s * NS_PER_S;
}

static enum err
keep(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct door *d = arg;

	(void)facts;
	(void)done;
	(void)done_arg;
	if (d->sink_says != E_OK)
		return why_set(why, d->sink_says, "no");
	d->waiting += body.len;
	return E_OK;
}

static uint64_t
waiting(void *arg)
{
	return ((const struct door *)arg)->waiting;
}

static void
open_door(struct door *d, uint64_t daily)
{
	*d = (struct door){ .now_s = NOW_S };
	d->clock = (struct clock){ wall_ns, wall_ns, 0, d };
	assert_ok(admission_open(
	    &(const struct admission_options){
		.sink = { keep, d },
		.waiting = waiting,
		.arg = d,
		.spool_max = MAX,
		.reserve = 25,
		.daily = daily,
		.sources_max = 100,
		.clock = &d->clock,
	    },
	    &d->admission));
	d->sink = admission_sink(d->admission);
}

static enum err
post(struct door *d, const char *peer)
{
	const struct receipt_facts facts = { .way = RECEIPT_HTTPS,
		.peer = span_str(peer) };

	return d->sink.put(d->sink.arg, &facts, SPAN_LIT("{}"), NULL, NULL,
	    NULL);
}

#define MAIL_BYTES 60

/* A mail of so many bytes that says a domain signed it. */
static struct span
mail_of(const char *domain, char ret[MAIL_BYTES + 1])
{
	int n = snprintf(ret, MAIL_BYTES + 1,
	    "DKIM-Signature: v=1; d=%s; s=x\r\n\r\n", domain);

	assert_true(n > 0 && n <= MAIL_BYTES);
	memset(ret + n, 'x', MAIL_BYTES - (size_t)n);
	return (struct span){ ret, MAIL_BYTES };
}

static enum err
give(struct door *d, const char *sender, const char *domain)
{
	const struct receipt_facts facts = { .way = RECEIPT_LMTP,
		.sender = span_str(sender),
		.is_mail = true };
	char text[MAIL_BYTES + 1];

	return d->sink.put(d->sink.arg, &facts, mail_of(domain, text), NULL,
	    NULL, NULL);
}

static bool
judge(struct door *d, const char *domain, enum admission_outcome outcome)
{
	struct claims claims;
	char text[MAIL_BYTES + 1];

	claims_read(mail_of(domain, text), &claims);
	d->waiting -= MAIL_BYTES;
	return admission_judged(d->admission, &claims, MAIL_BYTES, outcome,
	    outcome == ADMISSION_TRUE ? span_str(domain) : SPAN_LIT(""));
}

static void
test_a_source_has_its_share_of_the_day(void **state)
{
	struct door d;

	(void)state;
	open_door(&d, 3);
	for (int i = 0; i < 3; i++)
		assert_ok(post(&d, i < 2 ? "192.0.2.1:4711" : "192.0.2.1"));
	assert_err(E_BUSY, post(&d, "192.0.2.1:1"));
	assert_ok(post(&d, "192.0.2.2:1"));
	assert_ok(post(&d, "[2001:db8::1]:1"));
	assert_ok(post(&d, "[2001:db8::2]:1"));
	assert_ok(post(&d, "2001:db8::3"));
	assert_err(E_BUSY, post(&d, "[2001:db8::ffff]:1"));
	for (int i = 0; i < 3; i++)
		assert_ok(give(&d, "a@X.example", "s.example"));
	assert_err(E_BUSY, give(&d, "b@x.example", "t.example"));
	/* Those of nobody are not counted. */
	for (int i = 0; i < 9; i++)
		assert_ok(post(&d, "unix"));
	assert_int_equal(3,
	    admission_take_refused(d.admission, INBOX_EVENT_REFUSED_SOURCE));
	assert_int_equal(0,
	    admission_take_refused(d.admission, INBOX_EVENT_REFUSED_SOURCE));
	d.now_s += 86400;
	assert_ok(post(&d, "192.0.2.1:1"));
	admission_close(d.admission);
}

static void
test_a_known_signer_comes_in_when_others_do_not(void **state)
{
	struct door d;

	(void)state;
	open_door(&d, 0);
	admission_learn(d.admission, SPAN_LIT("known.example"), NOW_S - 9);
	admission_learn(d.admission, SPAN_LIT("gone.example"),
	    NOW_S - SIGNER_KNOWN_S - 1);
	d.waiting = 749;
	assert_err(E_FULL, post(&d, "192.0.2.1:1"));
	assert_err(E_FULL, give(&d, "a@known.example", "other.example"));
	assert_err(E_FULL, give(&d, "a@gone.example", "gone.example"));
	assert_ok(give(&d, "any@where.example", "mail.known.example"));
	assert_int_equal(3,
	    admission_take_refused(d.admission, INBOX_EVENT_REFUSED_ROOM));
	/* Its second waits until the first is judged: 250 / 8 is less. */
	assert_err(E_FULL, give(&d, "", "known.example"));
	assert_false(judge(&d, "known.example", ADMISSION_UNKNOWN));
	assert_ok(give(&d, "", "known.example"));
	admission_close(d.admission);
}

/* A forger makes a signer's share less, and never takes it away. */
static void
test_a_forger_does_not_shut_the_door(void **state)
{
	struct door d;

	(void)state;
	open_door(&d, 0);
	admission_learn(d.admission, SPAN_LIT("known.example"), NOW_S);
	admission_learn(d.admission, SPAN_LIT("second.example"), NOW_S);
	d.waiting = 700;
	for (int i = 0; i < 50; i++) {
		assert_ok(give(&d, "f@forger.example", "known.example"));
		assert_ok(give(&d, "s@second.example", "second.example"));
		assert_false(judge(&d, "known.example", ADMISSION_FALSE));
		(void)judge(&d, "second.example", ADMISSION_TRUE);
	}
	assert_ok(give(&d, "k@known.example", "known.example"));
	admission_close(d.admission);
}

static void
test_who_signs_is_news_once_a_day(void **state)
{
	struct door d;

	(void)state;
	open_door(&d, 2);
	assert_ok(give(&d, "", "new.example"));
	assert_true(judge(&d, "new.example", ADMISSION_TRUE));
	assert_ok(give(&d, "", "new.example"));
	assert_false(judge(&d, "new.example", ADMISSION_TRUE));
	/* Its share is counted by what was true, not by what claims it. */
	assert_err(E_BUSY, give(&d, "", "new.example"));
	d.now_s += 86400;
	assert_ok(give(&d, "", "new.example"));
	d.now_s++;
	assert_true(judge(&d, "new.example", ADMISSION_TRUE));
	admission_close(d.admission);
}

static void
test_what_the_spool_refuses_is_counted(void **state)
{
	struct door d;

	(void)state;
	open_door(&d, 0);
	admission_learn(d.admission, SPAN_LIT("known.example"), NOW_S);
	d.sink_says = E_FULL;
	assert_err(E_FULL, give(&d, "", "known.example"));
	assert_int_equal(1,
	    admission_take_refused(d.admission, INBOX_EVENT_REFUSED_ROOM));
	d.sink_says = E_IO;
	assert_err(E_IO, give(&d, "", "known.example"));
	/* What did not come in does not count against its share. */
	d.sink_says = E_OK;
	d.waiting = 800;
	assert_ok(give(&d, "", "known.example"));
	admission_store_is_full(d.admission, true);
	assert_err(E_FULL, give(&d, "", "known.example"));
	assert_int_equal(1,
	    admission_take_refused(d.admission, INBOX_EVENT_REFUSED_STORE));
	admission_close(d.admission);
}

/* -- a model -- */

#define SIGNERS 6
#define STEPS 20000

struct model {
	uint64_t mails[SIGNERS]; /* waiting, of each; 0: known to nobody */
	uint64_t open;		 /* bytes of all others */
	unsigned failed[SIGNERS];
};

static uint64_t
model_waiting(const struct model *m)
{
	uint64_t n = m->open;

	for (int i = 0; i < SIGNERS; i++)
		n += m->mails[i] * MAIL_BYTES;
	return n;
}

/* In words: all may fill three quarters. Behind them a signer may have one
 * mail, or what fits an eighth of the rest, halved by each that was false. */
static bool
model_may(const struct model *m, int signer)
{
	uint64_t held = model_waiting(m), share = MAX / 4 / 8;

	if (held + MAIL_BYTES <= MAX * 3 / 4)
		return true;
	if (signer == 0 || held + MAIL_BYTES > MAX)
		return false;
	for (unsigned i = 0; i < m->failed[signer]; i++)
		share /= 2;
	return m->mails[signer] == 0 ||
	    (m->mails[signer] + 1) * MAIL_BYTES <= share;
}

static void
test_any_sequence_goes_by_the_model(void **state)
{
	static const char *const names[SIGNERS] = { "nobody.example",
		"a.example", "b.example", "c.example", "d.example",
		"e.example" };
	struct model m = { .open = 0 };
	uint64_t seed = 1, refused = 0;
	struct door d;

	(void)state;
	open_door(&d, 0);
	for (int i = 1; i < SIGNERS; i++)
		admission_learn(d.admission, span_str(names[i]), NOW_S);
	for (int i = 0; i < STEPS; i++) {
		int g;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		g = (int)((seed >> 33) % SIGNERS);
		if ((seed >> 60) % 3 > 0) {
			bool may = model_may(&m, g);

			assert_int_equal(may ? E_OK : E_FULL,
			    give(&d, "", names[g]));
			m.mails[g] += may;
			refused += !may;
		} else if (m.mails[g] > 0) {
			bool is_true = g > 0 && (seed >> 50) % 2 == 0;

			m.mails[g]--;
			(void)judge(&d, names[g],
			    is_true ? ADMISSION_TRUE : ADMISSION_FALSE);
			m.failed[g] = is_true ? m.failed[g] / 2
					      : m.failed[g] + 1;
		}
		assert_int_equal(d.waiting, model_waiting(&m));
		assert_true(d.waiting <= MAX);
	}
	assert_true(refused > STEPS / 10);
	admission_close(d.admission);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rule),
		cmocka_unit_test(test_a_source_has_its_share_of_the_day),
		cmocka_unit_test(
		    test_a_known_signer_comes_in_when_others_do_not),
		cmocka_unit_test(test_a_forger_does_not_shut_the_door),
		cmocka_unit_test(test_who_signs_is_news_once_a_day),
		cmocka_unit_test(test_what_the_spool_refuses_is_counted),
		cmocka_unit_test(test_any_sequence_goes_by_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
