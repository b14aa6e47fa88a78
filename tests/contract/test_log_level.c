/* The store contract: what the logs of our MTAs tell. */
#include "store_fixture.h"

#include "store/store_log_level.h"

#define HERE SPAN_LIT("0195536d-0000-7000-8000-000000000001")
#define PATH SPAN_LIT("/var/log/mail.log")
#define DAY_S ((int64_t)DAY * 86400)

static struct mta_session
session(int64_t time_s, const char *domain, enum tls_seen tls)
{
	return (struct mta_session){
		.time_s = time_s,
		.domain = span_str(domain),
		.mx_host = SPAN_LIT("mx.example"),
		.peer_ip = SPAN_LIT("192.0.2.1"),
		.tls = tls,
		.level = tls_seen_level(tls, true),
	};
}

static struct log_place
place(uint64_t inode, int64_t position)
{
	return (struct log_place){ 1, inode, position, 4, 0xfffffff0 };
}

static enum err
flush_log(struct fixture *f, struct log_place from, struct log_place to,
    const struct mta_session *v, size_t n, struct why *why)
{
	const struct log_flush flush = {
		.collector = HERE,
		.path = PATH,
		.from = from,
		.to = to,
		.sessions = v,
		.n = n,
		.now_s = NOW_S,
	};

	return store_log_flush(f->store, &flush, why);
}

/* Of nothing that has a place. */
static void
flush_all(struct fixture *f, const struct mta_session *v, size_t n)
{
	const struct log_flush flush = { .collector = HERE,
		.sessions = v,
		.n = n,
		.now_s = NOW_S };
	struct why why = { { 0 } };

	assert_ok_why(store_log_flush(f->store, &flush, &why), &why);
}

struct listing {
	char text[2048];
};

static enum err
note_level(void *arg, const struct log_level_row *l)
{
	struct listing *list = arg;
	size_t n = strlen(list->text);

	(void)snprintf(list->text + n, sizeof(list->text) - n,
	    "%lld %.*s %.*s %.*s %s %s %llu %llu %lld-%lld\n",
	    (long long)(l->day - DAY), SPAN_ARG(l->domain),
	    SPAN_ARG(l->mx_host), SPAN_ARG(l->peer_ip), tls_seen_text(l->tls),
	    level_text(l->level), (unsigned long long)l->sessions,
	    (unsigned long long)l->datagrams, (long long)(l->first_s - DAY_S),
	    (long long)(l->last_s - DAY_S));
	return E_OK;
}

static void
assert_levels(struct fixture *f, const char *domain, int64_t first_day,
    int64_t last_day, const char *want)
{
	struct listing list = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_log_levels(f->store, span_str(domain), first_day,
			  last_day, note_level, &list, &why),
	    &why);
	assert_string_equal(want, list.text);
}

static enum err
note_history(void *arg, const struct log_history *h)
{
	struct listing *list = arg;
	size_t n = strlen(list->text);
	const struct mta_history *s = &h->seen;

	(void)snprintf(list->text + n, sizeof(list->text) - n,
	    "%.*s %.*s run %llu best %d missing %llu since %lld\n",
	    SPAN_ARG(h->domain), SPAN_ARG(h->mx_host),
	    (unsigned long long)s->run, (int)s->best,
	    (unsigned long long)s->missing,
	    (long long)(s->missing_since_s == 0 ? 0
						: s->missing_since_s - DAY_S));
	return E_OK;
}

static void
assert_histories(struct fixture *f, const char *domain, int64_t since_s,
    const char *want)
{
	struct listing list = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_log_histories(f->store, span_str(domain), since_s,
			  note_history, &list, &why),
	    &why);
	assert_string_equal(want, list.text);
}

/* -- days -- */

static void
test_sessions_are_added_up_by_day(void **state)
{
	struct fixture *f = *state;
	struct mta_session v[] = {
		session(DAY_S + 20, "b.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S + 10, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S + 30, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S + 40, "a.example", TLS_SEEN_NONE),
		session(DAY_S + 86400, "a.example", TLS_SEEN_ENCRYPTED),
	};

	v[2].has_datagram = true;
	flush_all(f, v, 5);
	assert_levels(f, "a.example", DAY, DAY + 1,
	    "0 a.example mx.example 192.0.2.1 encrypted encrypted 2 1 10-30\n"
	    "0 a.example mx.example 192.0.2.1 none cleartext-or-unknown 1 0 "
	    "40-40\n"
	    "1 a.example mx.example 192.0.2.1 encrypted encrypted 1 0 "
	    "86400-86400\n");
	assert_levels(f, "", DAY, DAY,
	    "0 a.example mx.example 192.0.2.1 encrypted encrypted 2 1 10-30\n"
	    "0 a.example mx.example 192.0.2.1 none cleartext-or-unknown 1 0 "
	    "40-40\n"
	    "0 b.example mx.example 192.0.2.1 encrypted encrypted 1 0 20-20\n");
	/* And to what is there. */
	flush_all(f, v, 2);
	assert_levels(f, "b.example", 0, DAY,
	    "0 b.example mx.example 192.0.2.1 encrypted encrypted 2 0 20-20\n");
}

static void
test_other_hosts_and_addresses_are_apart(void **state)
{
	struct fixture *f = *state;
	struct mta_session v[] = {
		session(DAY_S, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S, "a.example", TLS_SEEN_ENCRYPTED),
	};

	v[1].peer_ip = SPAN_LIT("2001:db8::1");
	v[2].mx_host = SPAN_LIT("mx2.example");
	flush_all(f, v, 3);
	assert_levels(f, "a.example", DAY, DAY,
	    "0 a.example mx.example 192.0.2.1 encrypted encrypted 1 0 0-0\n"
	    "0 a.example mx.example 2001:db8::1 encrypted encrypted 1 0 0-0\n"
	    "0 a.example mx2.example 192.0.2.1 encrypted encrypted 1 0 0-0\n");
	assert_histories(f, "a.example", 0,
	    "a.example mx.example run 2 best 3 missing 0 since 0\n"
	    "a.example mx2.example run 1 best 3 missing 0 since 0\n");
}

struct turn {
	struct listing list;
	struct log_level_cursor after;
	size_t n;
};

static enum err
note_turn(void *arg, const struct log_level_row *l)
{
	static char domain[64], host[64], ip[64];
	struct turn *turn = arg;

	(void)snprintf(domain, sizeof(domain), "%.*s", SPAN_ARG(l->domain));
	(void)snprintf(host, sizeof(host), "%.*s", SPAN_ARG(l->mx_host));
	(void)snprintf(ip, sizeof(ip), "%.*s", SPAN_ARG(l->peer_ip));
	turn->after = (struct log_level_cursor){ l->day, span_str(domain),
		span_str(host), span_str(ip), l->tls, l->level };
	turn->n++;
	return note_level(&turn->list, l);
}

/* All pages of max rows, one after the other. */
static void
assert_pages(struct fixture *f, const char *domain, const char *allowed,
    int64_t level, size_t max, const char *want)
{
	struct turn turn = { .after.day = DAY_MAX, .n = 1 };
	struct why why = { { 0 } };

	while (turn.n > 0) {
		const struct log_level_filter filter = { DAY - 1, DAY,
			span_str(domain), span_str(allowed), level, turn.after,
			max };

		turn.n = 0;
		assert_ok_why(store_log_page(f->store, &filter, note_turn,
				  &turn, &why),
		    &why);
		assert_true(turn.n <= max);
	}
	assert_string_equal(want, turn.list.text);
}

static void
test_pages_have_each_row_once(void **state)
{
	struct fixture *f = *state;
	struct mta_session v[] = {
		session(DAY_S - 2 * 86400, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S - 86400, "b.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S - 86400, "a.example", TLS_SEEN_NONE),
		session(DAY_S - 86400, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S, "c.example", TLS_SEEN_NONE),
		session(DAY_S + 86400, "a.example", TLS_SEEN_ENCRYPTED),
	};

	v[1].mx_host = v[1].peer_ip = SPAN_LIT("");
	flush_all(f, v, 6);
	for (size_t max = 1; max < 7; max++) {
		assert_pages(f, "", "", 0, max,
		    "0 c.example mx.example 192.0.2.1 none "
		    "cleartext-or-unknown 1 0 0-0\n"
		    "-1 a.example mx.example 192.0.2.1 encrypted encrypted "
		    "1 0 -86400--86400\n"
		    "-1 a.example mx.example 192.0.2.1 none "
		    "cleartext-or-unknown 1 0 -86400--86400\n"
		    "-1 b.example   encrypted encrypted 1 0 -86400--86400\n");
		assert_pages(f, "b.example", "", 0, max,
		    "-1 b.example   encrypted encrypted 1 0 -86400--86400\n");
		/* Others' rows take no room on a page. */
		assert_pages(f, "", "|b.example|x.example|", 0, max,
		    "-1 b.example   encrypted encrypted 1 0 -86400--86400\n");
		assert_pages(f, "a.example", "|b.example|", 0, max, "");
		assert_pages(f, "", "|", 0, max, "");
		assert_pages(f, "a.example", "", LEVEL_CLEARTEXT, max,
		    "-1 a.example mx.example 192.0.2.1 none "
		    "cleartext-or-unknown 1 0 -86400--86400\n");
	}
}

static void
test_days_go_with_their_tallies(void **state)
{
	struct fixture *f = *state;
	struct mta_session v[] = {
		session(DAY_S - 86400, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S - 86400, "old.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S, "a.example", TLS_SEEN_ENCRYPTED),
	};
	struct why why = { { 0 } };
	bool more = true;

	assert_ok_why(store_day_make(f->store, DAY, &why), &why);
	flush_all(f, v, 3);
	while (more)
		assert_ok_why(store_day_forget(f->store, DAY, &more, &why),
		    &why);
	assert_levels(f, "", 0, DAY_MAX,
	    "0 a.example mx.example 192.0.2.1 encrypted encrypted 1 0 0-0\n");
	/* What was seen of a host goes once nothing is sent there. */
	assert_histories(f, "", 0,
	    "a.example mx.example run 2 best 3 missing 0 since 0\n");
}

/* -- history -- */

static void
test_history_goes_on_from_flush_to_flush(void **state)
{
	struct fixture *f = *state;
	/* In the order of the log, which is not that of its times. */
	struct mta_session v[] = {
		session(DAY_S + 20, "a.example", TLS_SEEN_VERIFIED),
		session(DAY_S + 10, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S + 10, "b.example", TLS_SEEN_NONE),
		session(DAY_S + 30, "a.example", TLS_SEEN_ENCRYPTED),
		session(DAY_S + 50, "a.example", TLS_SEEN_NONE),
		session(DAY_S + 60, "a.example", TLS_SEEN_REFUSED),
	};

	flush_all(f, v, 3);
	flush_all(f, v + 3, 2);
	assert_histories(f, "", 0,
	    "a.example mx.example run 3 best 1 missing 1 since 50\n"
	    "b.example mx.example run 0 best 0 missing 0 since 0\n");
	flush_all(f, v + 5, 1);
	assert_histories(f, "", DAY_S + 60,
	    "a.example mx.example run 3 best 1 missing 2 since 50\n");
	assert_histories(f, "b.example", 0,
	    "b.example mx.example run 0 best 0 missing 0 since 0\n");
}

/* -- places -- */

static void
test_a_place_moves_with_its_sessions(void **state)
{
	struct fixture *f = *state;
	const struct mta_session one[] = { session(DAY_S, "a.example",
	    TLS_SEEN_ENCRYPTED) };
	struct log_place at = place(9, 9), first = { .device = 0 };
	struct why why = { { 0 } };

	assert_ok(store_log_place(f->store, HERE, PATH, &at, NULL));
	assert_int_equal(0, at.inode);
	assert_int_equal(0, at.position);
	assert_ok_why(flush_log(f, first, place(7, 100), one, 1, &why), &why);
	assert_ok(store_log_place(f->store, HERE, PATH, &at, NULL));
	assert_int_equal(1, at.device);
	assert_int_equal(7, at.inode);
	assert_int_equal(100, at.position);
	assert_int_equal(4, at.head_bytes);
	assert_int_equal(0xfffffff0, at.head_crc);
	assert_ok(
	    store_log_place(f->store, SPAN_LIT("another"), PATH, &at, NULL));
	assert_int_equal(0, at.inode);
}

/* Whoever read the same lines adds nothing, neither place nor sessions. */
static void
test_the_same_lines_count_once(void **state)
{
	struct fixture *f = *state;
	const struct mta_session one[] = { session(DAY_S, "a.example",
	    TLS_SEEN_ENCRYPTED) };
	struct log_place at, first = { .device = 0 };
	struct why why = { { 0 } };

	assert_ok_why(flush_log(f, first, place(7, 100), one, 1, &why), &why);
	assert_err(E_CONFLICT,
	    flush_log(f, first, place(7, 200), one, 1, &why));
	assert_string_equal("somebody else reads /var/log/mail.log too",
	    why.text);
	assert_err(E_CONFLICT,
	    flush_log(f, place(8, 100), place(8, 200), one, 1, NULL));
	assert_levels(f, "", DAY, DAY,
	    "0 a.example mx.example 192.0.2.1 encrypted encrypted 1 0 0-0\n");
	assert_histories(f, "", 0,
	    "a.example mx.example run 1 best 3 missing 0 since 0\n");
	assert_ok(store_log_place(f->store, HERE, PATH, &at, NULL));
	assert_int_equal(100, at.position);
	assert_ok(flush_log(f, place(7, 100), place(8, 0), NULL, 0, NULL));
	assert_ok(store_log_place(f->store, HERE, PATH, &at, NULL));
	assert_int_equal(8, at.inode);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sessions_are_added_up_by_day),
		TEST(test_other_hosts_and_addresses_are_apart),
		TEST(test_pages_have_each_row_once),
		TEST(test_days_go_with_their_tallies),
		TEST(test_history_goes_on_from_flush_to_flush),
		TEST(test_a_place_moves_with_its_sessions),
		TEST(test_the_same_lines_count_once),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
