/* One look after the other into a mailbox that is an array, and a sink that is
 * told what to do. */
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "intake/imap_facts.h"
#include "intake/imap_known.h"
#include "intake/imap_poll.h"
#include "intake/imap_poller.h"

#define MESSAGES_MAX 100000

struct message {
	enum err fetch; /* what comes of it */
	bool is_marked, is_refused, is_large;
	bool cannot_be_marked;
};

struct fixture {
	struct imap_poll *poll;
	struct receipt_sink sink;
	struct clock clock;

	/* The mailbox: the UID is 1 more than the place. */
	struct message *v;
	uint32_t n, uid_validity, pinned;
	bool is_away;
	unsigned nasked, nfetched, nmarks;
	size_t longest; /* command */

	/* The sink. */
	enum err refusal, outcome;
	unsigned nput;
	int64_t received_ns;
};

/* -- the mailbox -- */

static void
search(const struct fixture *f, const char *command, struct buf *lines)
{
	unsigned from, to;

	assert_int_equal(2, sscanf(command, "UID SEARCH %u:%u ", &from, &to));
	assert_true(from >= 1 && to <= f->n && to - from < IMAP_WINDOW);
	buf_adds(lines, "* SEARCH");
	/* In any order. */
	for (unsigned i = to; i >= from; i--)
		if (!f->v[i - 1].is_marked && !f->v[i - 1].is_refused)
			buf_addf(lines, " %u", i);
	buf_adds(lines, "\r\n");
}

static enum err
store(struct fixture *f, const char *uids, bool refused)
{
	struct span rest = span_str(uids), list = span_until(&rest, ' ');
	enum err e = E_OK;

	f->nmarks++;
	while (list.len > 0) {
		struct message *m = &f->v[atoi(list.p) - 1];

		(void)span_until(&list, ',');
		if (m->cannot_be_marked)
			e = E_CONFLICT;
	}
	for (list = span_str(uids); e == E_OK && list.len > 0;) {
		struct message *m = &f->v[atoi(list.p) - 1];

		m->is_refused |= refused;
		m->is_marked |= !refused;
		list = span_skip(list, strcspn(list.p, ", "));
		if (!span_take(&list, SPAN_LIT(",")))
			break;
	}
	return e;
}

static void
tell_sizes(const struct fixture *f, const char *uids, struct buf *lines)
{
	for (const char *p = uids;; p++) {
		unsigned uid = (unsigned)strtoul(p, (char **)&p, 10);

		buf_addf(lines,
		    "* %u FETCH (UID %u RFC822.SIZE %u INTERNALDATE "
		    "\"01-Jan-2026 00:00:00 +0000\")\r\n",
		    uid, uid, f->v[uid - 1].is_large ? 1001 : 10);
		if (*p != ',')
			break;
	}
}

static enum err
ask(void *arg, const char *command, struct buf *lines, struct why *why)
{
	struct fixture *f = arg;
	enum err e = E_OK;

	f->nasked++;
	if (strlen(command) > f->longest)
		f->longest = strlen(command);
	if (f->is_away)
		return why_set(why, E_AWAY, "away");
	if (f->pinned != 0 && f->pinned != f->uid_validity)
		return why_set(why, E_ABSENT, "another one");
	if (strcmp(command, "NOOP") == 0)
		buf_addf(lines,
		    "* %u EXISTS\r\n* OK [UIDVALIDITY %u] x\r\n"
		    "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n",
		    f->n, f->uid_validity);
	else if (strncmp(command, "UID SEARCH ", 11) == 0)
		search(f, command, lines);
	else if (strncmp(command, "UID FETCH ", 10) == 0)
		tell_sizes(f, command + 10, lines);
	else if (strncmp(command, "UID STORE ", 10) == 0)
		e = store(f, command + 10,
		    strstr(command, "TlsrptRefused") != NULL);
	else
		fail_msg("asked: %s", command);
	return e == E_OK ? E_OK : why_set(why, e, "no");
}

static enum err
fetch(void *arg, uint32_t uid, struct buf *body, struct why *why)
{
	struct fixture *f = arg;

	f->nfetched++;
	assert_true(f->pinned == f->uid_validity);
	buf_addf(body, "%u\r\n\r\nx", uid);
	return f->v[uid - 1].fetch == E_OK
	    ? E_OK
	    : why_set(why, f->v[uid - 1].fetch, "not this one");
}

static void
pin(void *arg, uint32_t uid_validity)
{
	struct fixture *f = arg;

	f->pinned = uid_validity;
}

/* -- the sink -- */

struct telling {
	void (*done)(void *done_arg, enum err, const struct uuid *id);
	void *arg;
	enum err e;
};

static void *
tell(void *arg)
{
	struct telling *t = arg;
	struct uuid id = uuid_new(0);

	t->done(t->arg, t->e, &id);
	free(t);
	return NULL;
}

static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct fixture *f = arg;
	struct telling *t;
	pthread_t thread;

	(void)body;
	if (f->refusal != E_OK)
		return why_set(why, f->refusal, "no room");
	assert_int_equal(RECEIPT_IMAP, facts->way);
	assert_span("imaps://u@h/x", facts->peer);
	f->received_ns = facts->received_ns;
	f->nput++;
	if ((t = malloc(sizeof(*t))) == NULL)
		abort();
	*t = (struct telling){ done, done_arg, f->outcome };
	if (pthread_create(&thread, NULL, tell, t) != 0 ||
	    pthread_detach(thread) != 0)
		abort();
	return E_OK;
}

/* -- looks -- */

static int
setup(void **state)
{
	static struct fixture f;
	struct imap_poll_options options = {
		.name = SPAN_LIT("imaps://u@h/x"),
		.message_max = 1000,
		.clock = &f.clock,
		.sink = &f.sink,
		.link = { ask, fetch, pin, &f },
	};

	f = (struct fixture){
		.sink = { put, &f },
		.clock = support_clock(INT64_C(1800000000) * NS_PER_S),
		.v = calloc(MESSAGES_MAX, sizeof(*f.v)),
		.n = 3,
		.uid_validity = 7,
	};
	assert_non_null(f.v);
	assert_ok(imap_poll_open(&options, &f.poll, NULL));
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	imap_poll_close(f->poll);
	free(f->v);
	return 0;
}

static enum err
look(struct fixture *f)
{
	struct why why = { { 0 } };
	bool more = false;
	enum err e = imap_poll_run(f->poll, &more, &why);

	assert_true(e == E_OK || why.text[0] != '\0');
	return e;
}

static unsigned
count_marked(const struct fixture *f)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < f->n; i++)
		n += f->v[i].is_marked;
	return n;
}

static void
test_taken_once(void **state)
{
	struct fixture *f = *state;

	assert_ok(look(f));
	assert_ok(look(f));
	assert_int_equal(3, f->nput);
	assert_int_equal(3, count_marked(f));
	assert_int_equal(1, f->nmarks);
	/* date -ud 2026-01-01 +%s */
	assert_true(f->received_ns == INT64_C(1767225600) * NS_PER_S);
}

static void
test_received_is_never_later_than_now(void **state)
{
	struct fixture *f = *state;

	f->clock = support_clock(INT64_C(1000) * NS_PER_S);
	assert_ok(look(f));
	assert_true(f->received_ns == INT64_C(1000) * NS_PER_S);
}

static void
test_poison_is_left_after_three_looks(void **state)
{
	static const enum err poisons[] = { E_AWAY, E_CONFLICT, E_UNCERTAIN };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(poisons) / sizeof(poisons[0]); i++) {
		memset(f->v, 0, 3 * sizeof(*f->v));
		f->uid_validity++;
		f->v[1].fetch = poisons[i];
		assert_ok(look(f));
		assert_int_equal(2, count_marked(f));
		assert_ok(look(f));
		assert_false(f->v[1].is_refused);
		assert_ok(look(f));
		assert_true(f->v[1].is_refused && !f->v[1].is_marked);
		f->nfetched = 0;
		assert_ok(look(f));
		assert_int_equal(0, f->nfetched);
	}
}

static void
test_many_in_a_row_end_the_look_and_come_last(void **state)
{
	struct fixture *f = *state;

	f->n = 20;
	for (unsigned i = 0; i < 12; i++)
		f->v[i].fetch = E_AWAY;
	assert_err(E_AWAY, look(f));
	assert_err(E_AWAY, look(f));
	assert_int_equal(2 * IMAP_STRIKES_MAX, f->nfetched);
	assert_err(E_AWAY, look(f));
	assert_int_equal(8, count_marked(f));
	for (int i = 0; i < 20; i++)
		(void)look(f);
	for (unsigned i = 0; i < 12; i++)
		assert_true(f->v[i].is_refused);
}

static void
test_too_large_is_not_fetched(void **state)
{
	struct fixture *f = *state;

	f->v[0].is_large = true;
	f->v[2].fetch = E_RANGE; /* it lied */
	assert_ok(look(f));
	assert_int_equal(2, f->nfetched);
	assert_true(f->v[0].is_refused && f->v[2].is_refused);
	assert_int_equal(1, count_marked(f));
}

static void
test_gone_meanwhile(void **state)
{
	struct fixture *f = *state;

	f->v[1].fetch = E_ABSENT;
	assert_ok(look(f));
	assert_int_equal(2, count_marked(f));
	assert_false(f->v[1].is_refused);
}

static void
test_no_room_in_the_spool_ends_the_look(void **state)
{
	struct fixture *f = *state;

	f->refusal = E_FULL;
	for (int i = 0; i < 5; i++)
		assert_err(E_FULL, look(f));
	assert_int_equal(5, f->nfetched);
	f->refusal = E_OK;
	assert_ok(look(f));
	assert_int_equal(3, count_marked(f));
}

static void
test_what_the_spool_did_not_keep_is_not_marked(void **state)
{
	struct fixture *f = *state;

	f->outcome = E_IO;
	assert_err(E_IO, look(f));
	assert_int_equal(0, f->nmarks);
	f->outcome = E_OK;
	assert_ok(look(f));
	assert_int_equal(3, count_marked(f));
}

static void
test_refused_by_the_spool(void **state)
{
	struct fixture *f = *state;

	f->refusal = E_RANGE;
	assert_ok(look(f));
	for (unsigned i = 0; i < 3; i++)
		assert_true(f->v[i].is_refused);
}

static void
test_one_mark_that_cannot_be(void **state)
{
	struct fixture *f = *state;

	f->v[1].cannot_be_marked = true;
	assert_err(E_CONFLICT, look(f));
	assert_int_equal(2, count_marked(f));
	/* It is not taken again, and others are. */
	f->n = 5;
	assert_err(E_CONFLICT, look(f));
	assert_int_equal(4, count_marked(f));
	f->v[1].cannot_be_marked = false;
	assert_ok(look(f));
	assert_int_equal(5, count_marked(f));
	assert_int_equal(5, f->nput);
}

static void
test_no_mark_that_can_be(void **state)
{
	struct fixture *f = *state;

	f->n = 1000;
	for (uint32_t i = 0; i < f->n; i++)
		f->v[i].cannot_be_marked = true;
	for (int i = 0; i < 10; i++)
		assert_err(E_CONFLICT, look(f));
	assert_int_equal(IMAP_KNOWN_MAX, f->nput);
	for (uint32_t i = 0; i < f->n; i++)
		f->v[i].cannot_be_marked = false;
	assert_ok(look(f));
	assert_int_equal(1000, f->nput);
	assert_int_equal(1000, count_marked(f));
}

static void
test_made_anew(void **state)
{
	struct fixture *f = *state;

	assert_ok(look(f));
	memset(f->v, 0, 3 * sizeof(*f->v));
	f->uid_validity = 8;
	assert_ok(look(f));
	assert_int_equal(6, f->nput);
	assert_int_equal(3, count_marked(f));
}

static void
test_away(void **state)
{
	struct fixture *f = *state;

	f->is_away = true;
	assert_err(E_AWAY, look(f));
	f->uid_validity = 0;
	f->is_away = false;
	assert_err(E_SYNTAX, look(f));
}

static void
test_a_hundred_thousand(void **state)
{
	struct fixture *f = *state;
	bool more = true;
	int looks = 0;

	f->n = MESSAGES_MAX;
	for (uint32_t i = 0; i < f->n; i++)
		f->v[i].is_marked = i % 5 != 0;
	for (; more; looks++)
		assert_ok(imap_poll_run(f->poll, &more, NULL));
	assert_int_equal(MESSAGES_MAX / 5, f->nput);
	assert_int_equal(MESSAGES_MAX, count_marked(f));
	assert_true(looks <= 4);
	assert_true(f->longest < 1000);
	f->nasked = 0;
	assert_ok(look(f));
	assert_int_equal(1 + MESSAGES_MAX / IMAP_WINDOW, f->nasked);
}

/* -- beside -- */

static void
test_known_has_a_ceiling(void **state)
{
	static struct imap_known k;
	uint32_t uids[2];

	(void)state;
	k = (struct imap_known){ .n = 0 };
	for (uint32_t i = 1; i <= IMAP_KNOWN_MAX; i++)
		assert_non_null(imap_known_note(&k, i,
		    i == 100 ? IMAP_FAILED : IMAP_TAKEN));
	assert_true(imap_known_has_room(&k, 1));
	assert_false(imap_known_has_room(&k, 2));
	assert_non_null(imap_known_note(&k, 5000, IMAP_REFUSED));
	assert_null(imap_known_find(&k, 100));
	assert_null(imap_known_note(&k, 5001, IMAP_FAILED));
	assert_int_equal(2, imap_known_note(&k, 7, IMAP_TAKEN)->tries);
	imap_known_forget(&k, 1);
	assert_int_equal(2, imap_known_list(&k, IMAP_TAKEN, uids, 2));
	assert_int_equal(2, uids[0]);
	assert_int_equal(1, imap_known_list(&k, IMAP_REFUSED, uids, 2));
}

static void
test_facts(void **state)
{
	static const struct {
		const char *in, *sender, *recipient, *route;
	} cases[] = {
		{ "Return-Path: <s@a.example>\r\nDelivered-To: tls@b.example"
		  "\r\nX-Original-To: tls+t@b.example\r\n\r\nx",
		    "s@a.example", "tls+t@b.example", "t" },
		{ "Return-Path: <>\nDelivered-To: <tls+u@b.example>\n\nx", "",
		    "tls+u@b.example", "u" },
		{ "X-Original-To: list@b.example\n"
		  "Delivered-To: tls+u@b.example\n"
		  "Delivered-To: other+v@b.example\n\n",
		    "", "list@b.example", "u" },
		{ "", "", "", "" },
		{ "\nDelivered-To: tls+u@b.example\n", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT((size_t)1 << 20);
		struct receipt_facts f = { .is_mail = true };

		imap_facts_read(span_str(cases[i].in), &arena, &f);
		assert_span(cases[i].sender, f.sender);
		assert_span(cases[i].recipient, f.recipient);
		assert_span(cases[i].route, f.route);
		arena_free(&arena);
	}
}

static void
test_backoff(void **state)
{
	static const struct {
		int64_t period_s;
		unsigned failed;
		int64_t want_s;
	} cases[] = {
		{ 300, 1, 30 },
		{ 300, 2, 60 },
		{ 300, 5, 480 },
		{ 300, 6, 900 },
		{ 300, 4000000000, 900 },
		{ 10, 1, 10 },
		{ 86400, 1, 30 },
		{ 86400, 50, 86400 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t least = INT64_MAX, most = 0;
		int64_t want = cases[i].want_s * NS_PER_S;

		for (uint64_t r = 0; r < 1000; r++) {
			int64_t ns = imap_poller_backoff_ns(cases[i].period_s *
				NS_PER_S,
			    cases[i].failed, r * (UINT64_MAX / 1000));

			least = ns < least ? ns : least;
			most = ns > most ? ns : most;
		}
		assert_true(least >= want - want / 5 && least < want);
		assert_true(most <= want + want / 5 && most > want);
	}
}

int
main(void)
{
#define POLL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		POLL_TEST(test_taken_once),
		POLL_TEST(test_received_is_never_later_than_now),
		POLL_TEST(test_poison_is_left_after_three_looks),
		POLL_TEST(test_many_in_a_row_end_the_look_and_come_last),
		POLL_TEST(test_too_large_is_not_fetched),
		POLL_TEST(test_gone_meanwhile),
		POLL_TEST(test_no_room_in_the_spool_ends_the_look),
		POLL_TEST(test_what_the_spool_did_not_keep_is_not_marked),
		POLL_TEST(test_refused_by_the_spool),
		POLL_TEST(test_one_mark_that_cannot_be),
		POLL_TEST(test_no_mark_that_can_be),
		POLL_TEST(test_made_anew),
		POLL_TEST(test_away),
		POLL_TEST(test_a_hundred_thousand),
		cmocka_unit_test(test_known_has_a_ceiling),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_backoff),
	};

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
