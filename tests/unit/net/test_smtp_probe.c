/* What mail servers say before TLS, RFC 5321 s4.2 and RFC 3207; handshakes
 * are tried by tests/system/test_check.py. */
#include "support/test.h"

#include <assert.h>
#include <stdlib.h>

#include "net/smtp_probe.h"
#include "support/one_answer.h"

static enum smtp_probe_outcome
probe(struct span answer, struct smtp_probe *ret)
{
	static const char *const addresses[] = { "127.0.0.1" };
	struct why why = { { 0 } };
	struct one_answer server;
	struct smtp_probe_options o = { .host = "mx.a.example",
		.tlsa_base = "mx.a.example",
		.domain = "a.example",
		.addresses = addresses,
		.naddresses = 1,
		.helo = "probe.example",
		.timeout_ms = 60000 };

	one_answer_start(&server, answer);
	o.port = server.port;
	assert_ok_why(smtp_probe_run(&o, ret, &why), &why);
	one_answer_stop(&server);
	return ret->outcome;
}

#define GREETING "220 mx ESMTP\r\n"
#define OFFER GREETING "250-mx\r\n250 STARTTLS\r\n"

static void
test_what_servers_say(void **state)
{
	static const struct {
		const char *name, *says;
		enum smtp_probe_outcome want;
	} rows[] = {
		{ "nothing", "", PROBE_AWAY },
		{ "half a line", "220 mx", PROBE_AWAY },
		{ "no mail", "554 go away\r\n", PROBE_AWAY },
		{ "no SMTP", "SSH-2.0-OpenSSH\r\n", PROBE_AWAY },
		{ "a code below 200", "120 mx\r\n", PROBE_AWAY },
		{ "only a greeting", GREETING, PROBE_AWAY },
		{ "a greeting of two lines",
		    "220-mx\r\n220 is here\r\n"
		    "250 mx\r\n",
		    PROBE_NO_STARTTLS },
		{ "EHLO put off", GREETING "421 later\r\n", PROBE_AWAY },
		{ "EHLO not known", GREETING "502 what?\r\n",
		    PROBE_NO_STARTTLS },
		{ "no STARTTLS", GREETING "250-mx\r\n250 SIZE 1000\r\n",
		    PROBE_NO_STARTTLS },
		{ "STARTTLS in a greeting",
		    "220-mx\r\n220 STARTTLS\r\n"
		    "250 mx\r\n",
		    PROBE_NO_STARTTLS },
		{ "a longer word", GREETING "250-mx\r\n250 STARTTLSX\r\n",
		    PROBE_NO_STARTTLS },
		{ "a reply that goes on for ever",
		    GREETING "250-mx\r\n250-STARTTLS\r\n", PROBE_AWAY },
		{ "offered, in any case",
		    GREETING "250-mx\r\n250-starttls\r\n250 SIZE\r\n"
			     "454 not now\r\n",
		    PROBE_NO_STARTTLS },
		{ "refused", OFFER "501 no\r\n", PROBE_NO_STARTTLS },
		{ "gone when asked", OFFER, PROBE_AWAY },
		{ "accepted, and gone", OFFER "220 go\r\n",
		    PROBE_NO_HANDSHAKE },
		/* RFC 3207: nothing of before counts after. */
		{ "more in clear", OFFER "220 go\r\n250 mx\r\n",
		    PROBE_NO_HANDSHAKE },
		{ "without CR", "220 mx\n250-mx\n250 STARTTLS\n220 go\n",
		    PROBE_NO_HANDSHAKE },
	};
	struct smtp_probe p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum smtp_probe_outcome got = probe(span_str(rows[i].says), &p);

		if (got != rows[i].want || p.why.text[0] == '\0')
			fail_msg("%s: %d, \"%s\"", rows[i].name, (int)got,
			    p.why.text);
	}
}

static void
test_a_flood_is_no_talk(void **state)
{
	static char flood[PROBE_REPLY_BYTES_MAX * 4];
	struct smtp_probe p;

	(void)state;
	memset(flood, 'x', sizeof(flood));
	assert_int_equal(PROBE_AWAY,
	    probe((struct span){ flood, sizeof(flood) }, &p));
	assert_string_equal("it says more than a mail server does", p.why.text);
}

static void
test_nobody_is_there(void **state)
{
	static const char *const addresses[] = { "127.0.0.1", "no address" };
	struct smtp_probe_options o = { .host = "mx.a.example",
		.domain = "a.example",
		.addresses = addresses,
		.port = 1,
		.helo = "probe.example",
		.timeout_ms = 60000 };
	struct smtp_probe p;

	(void)state;
	for (o.naddresses = 0; o.naddresses <= 2; o.naddresses++) {
		assert_ok(smtp_probe_run(&o, &p, NULL));
		assert_int_equal(PROBE_AWAY, p.outcome);
		assert_string_not_equal("", p.why.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_servers_say),
		cmocka_unit_test(test_a_flood_is_no_talk),
		cmocka_unit_test(test_nobody_is_there),
	};

	/* It takes longer to read the system's than to talk. */
	assert(setenv("SSL_CERT_FILE", "/dev/null", 1) == 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
