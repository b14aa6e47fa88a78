/* Which policy a session of a log had, RFC 8461 s5 and RFC 7672 s2.2: where it
 * is known, and where nobody can tell. */
#include "support/test.h"

#include "watch/log_policy.h"

#define TLSA_SPKI                                                     \
	"\3\1\1\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1" \
	"\2\3\4\5\6\7\10"
#define HEX8 "0102030405060708"
#define FILE_TEXT                                                       \
	"version: STSv1\r\nmode: enforce\r\nmx: mx.a.example\nmx: *.b." \
	"example\r\nmax_age: 86400\r\n"

/* What the domain publishes, in a word. */
enum publishing {
	NOTHING,
	MTA_STS,
	STS_OF_OTHERS, /* the host is an MX, and no mx of the policy */
	MODE_NONE,
	BAD_RECORD,
	BAD_FILE,
	NO_FILE,
	STS_AWAY,
	DANE,
	UNSIGNED_TLSA, /* where all is proven to be insecure */
	UNCHECKED_TLSA,
	UNUSABLE_TLSA,
	TLSA_AWAY,
	BOTH,
	MX_AWAY,
	OTHER_MX,
};

static struct span tlsa[1];
static struct published p; /* too large for a stack */

static void
set_policy(const char *text)
{
	buf_clear(&p.policy_file);
	buf_adds(&p.policy_file, text);
	p.sts.outcome = TXT_FOUND;
	p.sts_err = E_OK;
	p.is_fetched = true;
	p.fetch.outcome = POLICY_FETCHED;
	p.has_policy = sts_policy_parse(buf_span(&p.policy_file), &p.policy,
			   NULL) == E_OK;
}

static void
set_tlsa(enum dnssec dnssec, bool is_usable)
{
	struct published_host *h = &p.hosts[0];

	p.mx.dnssec = dnssec;
	h->a.dnssec = dnssec;
	h->tlsa.dnssec = dnssec;
	h->tlsa.outcome = TXT_FOUND;
	h->tlsa.records = (struct span_list){ tlsa, 1 };
	h->usable = (struct span_list){ tlsa, is_usable };
}

static void
publish(enum publishing what)
{
	struct published_host *h = &p.hosts[0];

	p.domain = SPAN_LIT("a.example");
	p.mx = (struct dns_question){ .outcome = TXT_FOUND };
	p.sts = (struct dns_question){ .outcome = TXT_NONE };
	p.sts_err = E_ABSENT;
	p.is_fetched = p.has_policy = false;
	*h = (struct published_host){ .name = SPAN_LIT("mx.a.example"),
		.base = SPAN_LIT("mx.a.example"),
		.a = { .outcome = TXT_FOUND },
		.tlsa = { .outcome = TXT_NONE } };
	p.nhosts = 1;
	tlsa[0] = (struct span){ TLSA_SPKI, sizeof(TLSA_SPKI) - 1 };
	if (what == MTA_STS || what == BOTH || what == NO_FILE)
		set_policy(FILE_TEXT);
	if (what == STS_OF_OTHERS)
		set_policy("version: STSv1\nmode: enforce\nmx: mx2.a.example\n"
			   "max_age: 86400\n");
	if (what == MODE_NONE)
		set_policy("version: STSv1\nmode: none\nmax_age: 1\n");
	if (what == BAD_FILE)
		set_policy("version: STSv2\n");
	if (what == NO_FILE)
		p.fetch.outcome = POLICY_AWAY;
	if (what == BAD_RECORD) {
		p.sts.outcome = TXT_FOUND;
		p.sts_err = E_SYNTAX;
	}
	if (what == STS_AWAY)
		p.sts.outcome = TXT_FAILED;
	if (what == DANE || what == BOTH || what == UNUSABLE_TLSA)
		set_tlsa(DNSSEC_SECURE, what != UNUSABLE_TLSA);
	if (what == UNSIGNED_TLSA)
		set_tlsa(DNSSEC_INSECURE, false);
	if (what == UNCHECKED_TLSA)
		set_tlsa(DNSSEC_UNKNOWN, false);
	if (what == TLSA_AWAY)
		h->tlsa.outcome = TXT_FAILED;
	if (what == MX_AWAY)
		p.mx.outcome = TXT_FAILED;
	if (what == OTHER_MX)
		h->name = SPAN_LIT("mx2.a.example");
}

static enum log_fate
fate(enum publishing what, enum tls_seen tls, struct log_outcome *ret)
{
	const struct log_level_row row = {
		.domain = SPAN_LIT("a.example"),
		.mx_host = SPAN_LIT("mx.a.example"),
		.peer_ip = SPAN_LIT("192.0.2.1"),
		.tls = tls,
	};

	publish(what);
	assert_int_equal(E_OK, log_outcome_of(&p, &row, ret));
	return ret->fate;
}

#define TLS_SEENS 10

/* For each of tls_seen.def, in its order: verified, verified-no-policy,
 * encrypted, not-told, none, off, not-offered, refused, handshake-failed,
 * not-verified. "+": a success, "-": a failure, ".": left out, "?": not
 * measured. */
static void
test_fates(void **state)
{
	static const struct {
		enum publishing what;
		const char *want, *name;
	} rows[] = {
		{ NOTHING, "+++.-.---.", "nothing is published" },
		{ MTA_STS, "+........-", "MTA-STS" },
		{ STS_OF_OTHERS, ".........-", "MTA-STS of other hosts" },
		{ MODE_NONE, "+++.-.---.", "MTA-STS with mode none" },
		{ BAD_RECORD, "+++.-.---.", "a bad _mta-sts is none" },
		{ BAD_FILE, "..........", "a bad policy file" },
		{ NO_FILE, "???.?.????", "a policy file that is away" },
		{ STS_AWAY, "???.?.????", "_mta-sts was not answered" },
		{ DANE, "+........-", "DANE" },
		{ UNSIGNED_TLSA, "+++.-.---.", "TLSA records without DNSSEC" },
		{ UNCHECKED_TLSA, "..........", "nobody validated" },
		{ UNUSABLE_TLSA, "..........", "unusable TLSA records" },
		{ TLSA_AWAY, "???.?.????", "TLSA was not answered" },
		{ BOTH, "..........", "both" },
		{ MX_AWAY, "???.?.????", "MX was not answered" },
		{ OTHER_MX, "..........", "it is no MX host" },
	};
	static const char marks[] = { [LOG_NOT_MEASURED] = '?',
		[LOG_LEFT_OUT] = '.',
		[LOG_SUCCEEDED] = '+',
		[LOG_FAILED] = '-' };
	struct log_outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[TLS_SEENS + 1] = { 0 };

		for (int tls = 1; tls <= TLS_SEENS; tls++)
			got[tls - 1] =
			    marks[fate(rows[i].what, (enum tls_seen)tls, &o)];
		if (strcmp(rows[i].want, got) != 0)
			fail_msg("%s: %s instead of %s", rows[i].name, got,
			    rows[i].want);
	}
}

static void
assert_list(struct span_list list, const char *const *want, size_t n)
{
	assert_int_equal(n, list.n);
	for (size_t i = 0; i < n; i++)
		assert_true(span_eq(list.v[i], span_str(want[i])));
}

static void
test_policies(void **state)
{
	static const char *const lines[] = { "version: STSv1", "mode: enforce",
		"mx: mx.a.example", "mx: *.b.example", "max_age: 86400" };
	static const char *const hosts[] = { "mx.a.example", "*.b.example" };
	static const char *const records[] = { "3 1 1 " HEX8 HEX8 HEX8 HEX8 };
	struct log_outcome o;

	(void)state;
	(void)fate(MTA_STS, TLS_SEEN_VERIFIED, &o);
	assert_int_equal(POLICY_STS, o.policy.type);
	assert_true(span_eq(o.policy.domain, SPAN_LIT("a.example")));
	assert_list(o.policy.strings, lines, 5);
	assert_list(o.policy.mx_hosts, hosts, 2);
	(void)fate(DANE, TLS_SEEN_VERIFIED, &o);
	assert_int_equal(POLICY_TLSA, o.policy.type);
	assert_true(span_eq(o.policy.domain, SPAN_LIT("mx.a.example")));
	assert_list(o.policy.strings, records, 1);
	(void)fate(NOTHING, TLS_SEEN_ENCRYPTED, &o);
	assert_int_equal(POLICY_NO_POLICY_FOUND, o.policy.type);
	assert_int_equal(0, o.policy.strings.n + o.policy.mx_hosts.n);
}

static void
test_details(void **state)
{
	static const struct {
		enum publishing what;
		enum tls_seen tls;
		enum result_type type;
		const char *reason;
	} rows[] = {
		{ NOTHING, TLS_SEEN_NONE, RESULT_STARTTLS_NOT_SUPPORTED, "" },
		{ NOTHING, TLS_SEEN_NOT_OFFERED, RESULT_STARTTLS_NOT_SUPPORTED,
		    "" },
		{ NOTHING, TLS_SEEN_REFUSED, RESULT_STARTTLS_NOT_SUPPORTED,
		    "starttls-refused" },
		{ NOTHING, TLS_SEEN_HANDSHAKE, RESULT_VALIDATION_FAILURE,
		    "handshake-failed" },
		{ MTA_STS, TLS_SEEN_NOT_VERIFIED, RESULT_VALIDATION_FAILURE,
		    "not-verified" },
	};
	struct log_outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(LOG_FAILED,
		    fate(rows[i].what, rows[i].tls, &o));
		assert_int_equal(rows[i].type, o.detail.type);
		assert_true(span_eq(o.detail.reason, span_str(rows[i].reason)));
		assert_true(
		    span_eq(o.detail.mx_hostname, SPAN_LIT("mx.a.example")));
		assert_true(
		    span_eq(o.detail.receiving_ip, SPAN_LIT("192.0.2.1")));
	}
}

static int
start(void **state)
{
	(void)state;
	p.arena = ARENA_INIT((size_t)1 << 20);
	p.policy_file = BUF_INIT(POLICY_FETCH_MAX);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	published_free(&p);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_details),
	};

	return cmocka_run_group_tests(tests, start, end);
}
