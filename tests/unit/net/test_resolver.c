#include "support/dns_fixture.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define MANY 1000
#define SIXTY "a123456789a123456789a123456789a123456789a123456789a123456789"
#define LONGEST SIXTY "." SIXTY "." SIXTY "." SIXTY ".a12345678"
#define SHORT_MS 300
/* libunbound itself gives a dead server longer. */
#define SOON_NS (10 * NS_PER_S)

static int64_t
now_ns(void)
{
	const struct clock clock = clock_machine(0);

	return clock_mono_ns(&clock);
}

/* -- answers -- */

static void
test_records(void **state)
{
	static const struct {
		const char *name, *txt; /* the first in byte order */
		size_t ntxts, bytes;
		enum dnssec dnssec;
	} cases[] = {
		{ "one.example", "v=one; of it", 1, 12, DNSSEC_SECURE },
		{ "ONE.Example", "v=one; of it", 1, 12, DNSSEC_SECURE },
		{ "strings.example", "joined without anything", 1, 23,
		    DNSSEC_SECURE },
		{ "several.example", "first", 3, 16, DNSSEC_SECURE },
		{ "alias.example", "v=one; of it", 1, 12, DNSSEC_SECURE },
		{ "alias-of-alias.example", "v=one; of it", 1, 12,
		    DNSSEC_SECURE },
		/* "record 0" to "record 99" */
		{ "hundred.example", "record 0", 100, 890, DNSSEC_SECURE },
		/* More than a datagram holds: eight of 700 times "1x". */
		{ "large.example",
		    "1010101010101010101010101010101"
		    "01010101010101010101010101010101",
		    8, 11200, DNSSEC_SECURE },
		{ "one.plain.example", "v=plain", 1, 7, DNSSEC_INSECURE },
		{ "alias-of-plain.example", "v=plain", 1, 7, DNSSEC_INSECURE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told t = told(cases[i].name);

		print_message("%s\n", cases[i].name);
		assert_int_equal(TXT_FOUND, t.outcome);
		assert_int_equal(cases[i].dnssec, t.dnssec);
		assert_int_equal(cases[i].ntxts, t.ntxts);
		assert_int_equal(cases[i].bytes, t.bytes);
		assert_string_equal(cases[i].txt, t.txt);
		assert_int_equal(300, t.ttl_s);
		assert_string_equal("", t.why);
	}
}

static void
test_no_records(void **state)
{
	static const struct {
		const char *name;
		enum txt_outcome want;
		enum dnssec dnssec;
		int64_t ttl_s;
		const char *part;
	} cases[] = {
		{ "nothing.example", TXT_NONE, DNSSEC_SECURE, 300, "no such" },
		{ "alias-of-nothing.example", TXT_NONE, DNSSEC_SECURE, 300,
		    "no such name" },
		{ "nothing.plain.example", TXT_NONE, DNSSEC_INSECURE, 300,
		    "no such name" },
		{ "address.example", TXT_NONE, DNSSEC_SECURE, 300,
		    "no TXT record" },
		{ "address.plain.example", TXT_NONE, DNSSEC_INSECURE, 300,
		    "no TXT record" },
		{ "a.broken.example", TXT_FAILED, DNSSEC_UNKNOWN, 0,
		    "SERVFAIL" },
		{ "refused.invalid-zone", TXT_FAILED, DNSSEC_UNKNOWN, 0,
		    "SERVFAIL" },
		{ "hundred-and-one.example", TXT_FAILED, DNSSEC_SECURE, 0,
		    "more records than 100" },
		{ "too-large.example", TXT_FAILED, DNSSEC_SECURE, 0,
		    "than 16384 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told t = told(cases[i].name);

		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want, t.outcome);
		assert_int_equal(cases[i].dnssec, t.dnssec);
		assert_int_equal(0, t.ntxts);
		assert_int_equal(cases[i].ttl_s, t.ttl_s);
		assert_why(cases[i].part, &t);
	}
}

/* What is not as it was signed counts neither as there nor as absent. */
static void
test_bogus_is_a_failure(void **state)
{
	static const char *const names[] = { "one.example", "alias.example",
		"address.example", "nothing.example", "one.plain.example",
		"nothing.plain.example" };
	struct resolver_options o = dns_options();

	(void)state;
	o.trust_anchor = name_server.wrong_anchor;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct told t = told_with(&o, names[i]);

		assert_int_equal(TXT_FAILED, t.outcome);
		assert_int_equal(DNSSEC_BOGUS, t.dnssec);
		assert_int_equal(0, t.ntxts);
		assert_why("DNSSEC: validation failure", &t);
	}
}

static void
test_without_anchors_nothing_is_validated(void **state)
{
	static const char *const none[] = { NULL, "" };
	struct resolver_options o = dns_options();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct told t;

		o.trust_anchor = none[i];
		t = told_with(&o, "one.example");
		assert_int_equal(TXT_FOUND, t.outcome);
		assert_int_equal(DNSSEC_UNKNOWN, t.dnssec);
		t = told_with(&o, "nothing.example");
		assert_int_equal(TXT_NONE, t.outcome);
		assert_int_equal(DNSSEC_UNKNOWN, t.dnssec);
	}
}

static void
test_a_change_of_records(void **state)
{
	struct told t = told("changing.example");

	(void)state;
	assert_string_equal("before", t.txt);
	name_server_do("change");
	t = told("changing.example");
	assert_int_equal(DNSSEC_SECURE, t.dnssec);
	assert_int_equal(2, t.ntxts);
	assert_string_equal("after", t.txt);
}

/* -- servers that do not answer -- */

static void
test_dead_server(void **state)
{
	char address[64];
	int fd = mute_server(address);
	struct resolver_options o = dns_options();
	int64_t start = now_ns();
	struct told t;

	(void)state;
	o.servers = address;
	o.timeout_ms = SHORT_MS;
	t = told_with(&o, "one.example");
	assert_int_equal(TXT_FAILED, t.outcome);
	assert_int_equal(DNSSEC_UNKNOWN, t.dnssec);
	assert_string_equal("no answer within 0.3 s", t.why);
	assert_in_range(now_ns() - start, SHORT_MS * NS_PER_MS, SOON_NS);
	(void)close(fd);
}

/* Each lookup has its time from when it is started, which is in order. */
static void
test_dead_server_with_a_queue(void **state)
{
	struct told t[RESOLVER_LOOKUPS_MAX + 1];
	char address[64];
	int fd = mute_server(address);
	struct resolver_options o = dns_options();
	struct resolver *r;
	int64_t start = now_ns();

	(void)state;
	o.servers = address;
	o.timeout_ms = SHORT_MS;
	r = open_resolver(&o);
	for (int i = 0; i <= RESOLVER_LOOKUPS_MAX; i++)
		ask(r, "one.example", &t[i]);
	run_resolver_until(r, 1);
	assert_int_equal(0, t[RESOLVER_LOOKUPS_MAX].n);
	run_resolver_until(r, 0);
	assert_in_range(now_ns() - start, 2 * SHORT_MS * NS_PER_MS, SOON_NS);
	for (int i = 0; i <= RESOLVER_LOOKUPS_MAX; i++) {
		assert_int_equal(1, t[i].n);
		assert_string_equal("no answer within 0.3 s", t[i].why);
	}
	resolver_close(r);
	(void)close(fd);
}

static void
test_second_server_is_asked_if_the_first_is_dead(void **state)
{
	char dead[64], both[140];
	int fd = mute_server(dead);
	struct resolver_options o = dns_options();
	struct told t;

	(void)state;
	(void)snprintf(both, sizeof(both), " %s , %s", dead,
	    name_server.address);
	o.servers = both;
	t = told_with(&o, "one.example");
	assert_int_equal(TXT_FOUND, t.outcome);
	(void)close(fd);
}

static void
test_server_that_comes_back(void **state)
{
	struct resolver_options o = dns_options();
	struct resolver *r;
	int64_t until;
	struct told t;

	(void)state;
	o.timeout_ms = SHORT_MS;
	r = open_resolver(&o);
	name_server_do("stop");
	for (int i = 0; i < 3; i++) {
		ask(r, "one.example", &t);
		run_resolver_until(r, 0);
		assert_int_equal(TXT_FAILED, t.outcome);
	}
	name_server_do("start");
	until = now_ns() + 30 * NS_PER_S;
	do {
		ask(r, "one.example", &t);
		run_resolver_until(r, 0);
	} while (t.outcome == TXT_FAILED && now_ns() < until);
	assert_int_equal(TXT_FOUND, t.outcome);
	resolver_close(r);
}

/* -- many at a time -- */

static void
test_a_thousand(void **state)
{
	static struct told t[MANY];
	struct resolver_options o = dns_options();
	struct resolver *r = open_resolver(&o);
	char name[32], want[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "n%d.example", i);
		ask(r, name, &t[i]);
	}
	assert_int_equal(MANY, resolver_pending(r));
	run_resolver_until(r, 0);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(want, sizeof(want), "number %d", i);
		assert_int_equal(1, t[i].n);
		assert_string_equal(want, t[i].txt);
		assert_int_equal(DNSSEC_SECURE, t[i].dnssec);
	}
	resolver_close(r);
}

struct chain {
	struct resolver *resolver;
	int left;
	struct told last;
};

static void
ask_again(void *arg, const struct txt_answer *a)
{
	struct chain *c = arg;

	note_answer(&c->last, a);
	if (--c->left > 0)
		assert_ok(resolver_txt(c->resolver, "one.example", ask_again, c,
		    NULL));
}

static void
test_asking_anew_when_told(void **state)
{
	struct resolver_options o = dns_options();
	struct chain c = { open_resolver(&o), 20, { .n = 0 } };

	(void)state;
	assert_ok(resolver_txt(c.resolver, "one.example", ask_again, &c, NULL));
	run_resolver_until(c.resolver, 0);
	assert_int_equal(0, c.left);
	assert_int_equal(20, c.last.n);
	assert_int_equal(TXT_FOUND, c.last.outcome);
	resolver_close(c.resolver);
}

/* -- the end -- */

static void
test_closing_does_not_wait(void **state)
{
	struct told t[RESOLVER_LOOKUPS_MAX * 2];
	char address[64];
	int fd = mute_server(address);
	struct resolver_options o = dns_options();
	struct resolver *r;
	int64_t start = now_ns();

	(void)state;
	o.servers = address;
	r = open_resolver(&o);
	for (int i = 0; i < RESOLVER_LOOKUPS_MAX * 2; i++)
		ask(r, i % 2 == 0 ? "one.example" : "two.example", &t[i]);
	resolver_close(r);
	assert_in_range(now_ns() - start, 0, SOON_NS);
	for (int i = 0; i < RESOLVER_LOOKUPS_MAX * 2; i++) {
		assert_int_equal(1, t[i].n);
		assert_int_equal(TXT_ABANDONED, t[i].outcome);
		assert_int_equal(DNSSEC_UNKNOWN, t[i].dnssec);
		assert_true(t[i].why[0] != '\0');
	}
	(void)close(fd);
}

static void
test_what_is_given_up_is_told_and_others_can_be_asked(void **state)
{
	struct told t[RESOLVER_LOOKUPS_MAX + 1];
	struct resolver_options o = dns_options();
	struct resolver *r = open_resolver(&o);

	(void)state;
	for (int i = 0; i <= RESOLVER_LOOKUPS_MAX; i++)
		ask(r, "one.example", &t[i]);
	resolver_abandon(r);
	assert_int_equal(0, resolver_pending(r));
	for (int i = 0; i <= RESOLVER_LOOKUPS_MAX; i++) {
		assert_int_equal(1, t[i].n);
		assert_int_equal(TXT_ABANDONED, t[i].outcome);
	}
	ask(r, "one.example", &t[0]);
	run_resolver_until(r, 0);
	assert_int_equal(TXT_FOUND, t[0].outcome);
	resolver_close(r);
}

static void
test_closing_with_answers_not_told(void **state)
{
	struct resolver_options o = dns_options();
	struct resolver *r = open_resolver(&o);
	struct told first, second;

	(void)state;
	ask(r, "one.example", &first);
	ask(r, "nothing.example", &second);
	run_resolver_until(r, 1);
	resolver_close(r);
	assert_int_equal(1, first.n);
	assert_int_equal(1, second.n);
	resolver_close(NULL);
}

/* -- what is refused -- */

static void
test_names(void **state)
{
	static const char too_long[] = LONGEST "9"; /* RFC 1035 s2.3.4 */
	static const char *const cases[] = { "", ".", "a.", ".a", "a..b", "a b",
		"a\\.b", "\\097.example", "a/b", "m\xc3\xbcller.example",
		"a\nb", "*.example", "a@b", "[192.0.2.1]",
		SIXTY "1234.example" };
	struct resolver_options o = dns_options();
	struct resolver *r = open_resolver(&o);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		assert_err(E_SYNTAX,
		    resolver_txt(r, cases[i], note_answer, NULL, &why));
		assert_true(why.text[0] != '\0');
	}
	assert_int_equal(254, strlen(too_long));
	assert_err(E_SYNTAX,
	    resolver_txt(r, too_long, note_answer, NULL, NULL));
	assert_int_equal(0, resolver_pending(r));
	resolver_close(r);
}

static void
test_names_that_are_taken(void **state)
{
	static const char *const cases[] = { "_smtp._tls.one.example", "x",
		"s-1._domainkey.example", "xn--mller-kva.example",
		SIXTY "123.example", LONGEST };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_not_equal(TXT_FOUND, told(cases[i]).outcome);
}

static void
test_servers_that_are_refused(void **state)
{
	static const char *const cases[] = { "", " , ", "localhost",
		"192.0.2.256", "192.0.2.1@", "192.0.2.1@0", "192.0.2.1@65536",
		"192.0.2.1@53x", "192.0.2.1:53", "192.0.2.1,x", "System",
		"192.0.2.1#name", "[2001:db8::1]", "2001:db8::1%" SIXTY SIXTY };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct resolver_options o = dns_options();
		struct resolver *r = NULL;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i]);
		o.servers = cases[i];
		assert_err(E_USAGE, resolver_open(&o, &r, &why));
		assert_null(r);
		assert_non_null(strstr(why.text, "name server"));
	}
}

static void
test_servers_that_are_taken(void **state)
{
	static const char *const cases[] = { "system", "192.0.2.1",
		"192.0.2.1@5353", "2001:db8::1", "2001:db8::1@53",
		"192.0.2.1 192.0.2.2", "192.0.2.1,2001:db8::1,\t::1" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct resolver_options o = dns_options();

		o.servers = cases[i];
		resolver_close(open_resolver(&o));
	}
}

static const char *
write_anchors(char path[300], const char *dir, const char *text)
{
	FILE *f;

	(void)snprintf(path, 300, "%s/anchors", dir);
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(strlen(text), fwrite(text, 1, strlen(text), f));
	assert_int_equal(0, fclose(f));
	return path;
}

/* A file without any would mean that nothing is validated. */
static void
test_anchors_that_are_refused(void **state)
{
	static const char *const cases[] = { "", "\n", "; . IN DS 1 13 2 00\n",
		"example. IN A 192.0.2.1\n", "DSX\n",
		"example. IN DS what is this\n" };
	struct resolver_options o = dns_options();
	char dir[256], path[300];
	struct resolver *r = NULL;

	(void)state;
	support_mkdtemp(dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		o.trust_anchor = write_anchors(path, dir, cases[i]);
		assert_err(E_USAGE, resolver_open(&o, &r, &why));
		assert_null(r);
		assert_non_null(strstr(why.text, path));
	}
	support_rmdir(dir);
	assert_err(E_USAGE, resolver_open(&o, &r, NULL));
	o.trust_anchor = "/usr/share/dns/root.key";
	resolver_close(open_resolver(&o));
}

/* -- its thread -- */

static uint64_t
blocked_signals(int task)
{
	char path[100], line[200];
	uint64_t mask = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/status", task);
	assert_non_null(f = fopen(path, "r"));
	while (fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "SigBlk: %" SCNx64, &mask);
	(void)fclose(f);
	return mask;
}

/* All but KILL and STOP, which cannot be blocked, and the two of libc. */
static void
test_signals_are_not_for_its_thread(void **state)
{
	const uint64_t all = UINT64_MAX & ~(UINT64_C(1) << (SIGKILL - 1)) &
	    ~(UINT64_C(1) << (SIGSTOP - 1)) & ~(UINT64_C(3) << (32 - 1));
	const uint64_t before = blocked_signals(getpid());
	struct resolver_options o = dns_options();
	struct resolver *r = open_resolver(&o);
	const struct dirent *entry;
	struct told t;
	int others = 0;
	DIR *dir;

	(void)state;
	ask(r, "one.example", &t);
	assert_int_equal(before, blocked_signals(getpid()));
	assert_non_null(dir = opendir("/proc/self/task"));
	while ((entry = readdir(dir)) != NULL) {
		int task = atoi(entry->d_name);

		if (task == 0 || task == getpid())
			continue;
		assert_int_equal(all, blocked_signals(task) & all);
		others++;
	}
	(void)closedir(dir);
	assert_int_equal(1, others);
	run_resolver_until(r, 0);
	resolver_close(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_no_records),
		cmocka_unit_test(test_bogus_is_a_failure),
		cmocka_unit_test(test_without_anchors_nothing_is_validated),
		cmocka_unit_test(test_a_change_of_records),
		cmocka_unit_test(test_dead_server),
		cmocka_unit_test(test_dead_server_with_a_queue),
		cmocka_unit_test(
		    test_second_server_is_asked_if_the_first_is_dead),
		cmocka_unit_test(test_server_that_comes_back),
		cmocka_unit_test(test_a_thousand),
		cmocka_unit_test(test_asking_anew_when_told),
		cmocka_unit_test(test_closing_does_not_wait),
		cmocka_unit_test(
		    test_what_is_given_up_is_told_and_others_can_be_asked),
		cmocka_unit_test(test_closing_with_answers_not_told),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_that_are_taken),
		cmocka_unit_test(test_servers_that_are_refused),
		cmocka_unit_test(test_servers_that_are_taken),
		cmocka_unit_test(test_anchors_that_are_refused),
		cmocka_unit_test(test_signals_are_not_for_its_thread),
	};

	return cmocka_run_group_tests(tests, start_name_server,
	    stop_name_server);
}
