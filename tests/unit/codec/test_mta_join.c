/* Lines as MTAs write them, and the sessions that a person reads out of them:
 * each want is "level tls domain mx ip [datagram]". */
#include "support/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "codec/mta_join.h"
#include "model/limits.h"

#define NOON 1772452800 /* date -ud "2026-03-02 12:00" +%s */
#define MX "mx.a.example[192.0.2.1]"
#define SMTP "Mar  2 12:00:00 out1 postfix/smtp[12]: "
#define OTHER "Mar  2 12:00:00 out1 postfix/smtp[13]: "
#define PROXY "Mar  2 12:00:00 out1 postfix/tlsproxy[14]: "
#define DELAYS "delay=0.1, delays=0/0/0.1/0, "
#define TO(id, rcpt) id ": to=<" rcpt ">, relay=" MX ":25, " DELAYS
#define SENT "dsn=2.0.0, status=sent (250 2.0.0 ok)"
#define TLS(grade)                                 \
	grade " TLS connection established to " MX \
	      ":25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
#define REPORTED(status)                                \
	"TLSRPT: status=" status ", domain=a.example, " \
	"receiving_mx=" MX
#define A_MX " a.example mx.a.example 192.0.2.1"
#define EXIM "2026-03-02 12:00:00 1rABCD-123456-78 "
#define ROUTE " R=dnslookup T=remote_smtp "
#define HOST "H=mx.a.example [192.0.2.1]"

struct talk {
	struct mta_join *join;
	struct buf got;
};

static enum err
note(void *arg, const struct mta_session *s)
{
	struct talk *t = arg;

	buf_addf(&t->got, "%s%s %s %.*s %.*s %.*s%s",
	    t->got.len == 0 ? "" : "\n", level_text(s->level),
	    tls_seen_text(s->tls), SPAN_ARG(s->domain), SPAN_ARG(s->mx_host),
	    SPAN_ARG(s->peer_ip), s->has_datagram ? " datagram" : "");
	return E_OK;
}

static void
hear(struct talk *t, const char *text)
{
	const struct mta_log_clock clock = { NOON, 0 };
	struct mta_log_head head;
	struct mta_line line;

	if (!mta_log_head(span_str(text), &clock, &head))
		return;
	mta_log_line(&head, &line);
	assert_ok(mta_join_take(t->join, &line, note, t));
}

#define LINES_MAX 8

static void
assert_sessions(const char *const *lines, const char *want)
{
	struct talk t = { mta_join_new(), BUF_INIT(65536) };

	assert_non_null(t.join);
	for (size_t i = 0; i < LINES_MAX && lines[i] != NULL; i++)
		hear(&t, lines[i]);
	assert_string_equal(want, buf_str(&t.got));
	mta_join_free(t.join);
	buf_free(&t.got);
}

struct scene {
	const char *name;
	const char *lines[LINES_MAX];
	const char *want;
};

static void
play(const struct scene *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		print_message("%s\n", scenes[i].name);
		assert_sessions(scenes[i].lines, scenes[i].want);
	}
}

#define PLAY(scenes) play((scenes), sizeof(scenes) / sizeof((scenes)[0]))

/* RFC 7435 s3. "Trusted" says that some certificate authority knows some name;
 * "Verified" says it was the right one, as far as somebody had asked. */
static void
test_only_a_known_policy_authenticates(void **state)
{
	static const struct scene scenes[] = {
		{ "trusted",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX },
		{ "untrusted",
		    { SMTP TLS("Untrusted"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX },
		{ "verified, the policy is told",
		    { SMTP TLS("Verified"),
			SMTP TO("05F", "x@a.example") "tls=secure, " SENT },
		    "authenticated verified" A_MX },
		{ "verified by DANE",
		    { SMTP TLS("Verified"),
			SMTP TO("05F", "x@a.example") "tls=dane, " SENT },
		    "authenticated verified" A_MX },
		{ "verified, before Postfix 3.11",
		    { SMTP TLS("Verified"),
			SMTP TO("05F", "x@a.example") SENT },
		    "encrypted verified-no-policy" A_MX },
		{ "verified, where anything would have done",
		    { SMTP TLS("Verified"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT },
		    "encrypted verified-no-policy" A_MX },
		{ "DANE with no usable record",
		    { SMTP TLS("Untrusted"),
			SMTP TO("05F",
			    "x@a.example") "tls=dane:encrypt, " SENT },
		    "encrypted encrypted" A_MX },
		{ "trusted under DANE",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=halfdane, " SENT },
		    "encrypted encrypted" A_MX },
	};

	(void)state;
	PLAY(scenes);
}

/* A line that is missing is not evidence: reuse and smtp_tls_loglevel = 0 look
 * the same. */
static void
test_clear_text_needs_evidence(void **state)
{
	static const struct scene scenes[] = {
		{ "no line of TLS", { SMTP TO("05F", "x@a.example") SENT },
		    "cleartext-or-unknown not-told" A_MX },
		{ "no line of TLS, though the level is told",
		    { SMTP TO("05F", "x@a.example") "tls=may, " SENT },
		    "cleartext-or-unknown not-told" A_MX },
		{ "fallen to plain text",
		    { SMTP TO("05F", "x@a.example") "tls=may:none, " SENT },
		    "cleartext-or-unknown none" A_MX },
		{ "STARTTLS refused, before Postfix 3.11",
		    { SMTP REPORTED("failure") ", failure_type="
					       "starttls_not_supported",
			SMTP TO("05F", "x@a.example") SENT },
		    "cleartext-or-unknown starttls-refused" A_MX " datagram" },
		{ "STARTTLS refused",
		    { SMTP REPORTED("failure") ", failure_type="
					       "starttls_not_supported",
			SMTP TO("05F", "x@a.example") "tls=may:none, " SENT },
		    "cleartext-or-unknown starttls-refused" A_MX " datagram" },
		{ "the handshake failed, and it was sent in clear text",
		    { SMTP REPORTED(
			  "failure") ", failure_type="
				     "validation_failure, failure_reason="
				     "tls-handshake-failure",
			SMTP TO("05F", "x@a.example") "tls=may:none, " SENT },
		    "cleartext-or-unknown handshake-failed" A_MX " datagram" },
		{ "TLS is switched off here",
		    { SMTP TO("05F", "x@a.example") "tls=none, " SENT },
		    "cleartext-or-unknown off" A_MX },
		{ "the line of TLS is of another process",
		    { OTHER TLS("Trusted"),
			SMTP TO("05F", "x@a.example") SENT },
		    "cleartext-or-unknown not-told" A_MX },
		{ "the line of TLS is of another host",
		    { SMTP "Trusted TLS connection established to "
			   "mx2.a.example[192.0.2.2]:25: TLSv1.3",
			SMTP TO("05F", "x@a.example") SENT },
		    "cleartext-or-unknown not-told" A_MX },
		{ "the line of TLS is of hours ago",
		    { "Mar  2 09:00:00 out1 postfix/smtp[12]: " TLS("Trusted"),
			SMTP TO("05F", "x@a.example") SENT },
		    "cleartext-or-unknown not-told" A_MX },
	};

	(void)state;
	PLAY(scenes);
}

static void
test_what_is_not_sent(void **state)
{
	static const struct scene scenes[] = {
		{ "not offered",
		    { SMTP TO("05F",
			"x@a.example") "tls=!encrypt, dsn=4.7.4, "
				       "status=deferred (TLS is required, but was not "
				       "offered by host " MX ")" },
		    "not-sent starttls-not-offered" A_MX },
		{ "refused",
		    { SMTP TO("05F",
			"x@a.example") "dsn=4.7.0, "
				       "status=deferred (TLS is required, but host " MX
				       " refused to start TLS: 454 4.7.0 no)" },
		    "not-sent starttls-refused" A_MX },
		{ "handshake",
		    { SMTP TO("05F",
			"x@a.example") "tls=may?, dsn=4.7.5, "
				       "status=deferred (Cannot start TLS: handshake "
				       "failure)" },
		    "not-sent handshake-failed" A_MX },
		{ "not who it must be",
		    { SMTP REPORTED("failure") ", failure_type="
					       "certificate_expired",
			SMTP TLS("Untrusted"),
			SMTP TO("05F",
			    "x@a.example") "tls=!secure, dsn=4.7.5, "
					   "status=deferred (Server certificate not verified)" },
		    "not-sent not-verified" A_MX " datagram" },
		{ "the next host took it",
		    { SMTP REPORTED("failure") ", failure_type="
					       "certificate_not_trusted",
			SMTP "Verified TLS connection established to "
			     "mx2.a.example[192.0.2.2]:25: TLSv1.3",
			SMTP "05F: to=<x@a.example>, "
			     "relay=mx2.a.example[192.0.2.2]:25, " DELAYS
			     "tls=dane, " SENT },
		    "not-sent not-verified" A_MX " datagram\n"
		    "authenticated verified a.example mx2.a.example "
		    "192.0.2.2" },
		{ "refused for another reason, over TLS",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=may, dsn=5.1.1, "
						      "status=bounced (host " MX
						      " said: 550 5.1.1 no)" },
		    "encrypted encrypted" A_MX },
		{ "a server's words are not Postfix's",
		    { SMTP TO("05F",
			"x@a.example") "dsn=4.0.0, "
				       "status=deferred (host " MX
				       " said: 450 (TLS is "
				       "required, but was not offered by host x)" },
		    "" },
		{ "no connection",
		    { SMTP
			"05F: to=<x@a.example>, relay=none, " DELAYS
			"tls=secure?, dsn=4.4.1, status=deferred (connect to " MX
			":25: Connection refused)" },
		    "" },
	};

	(void)state;
	PLAY(scenes);
}

/* A session is told of once, whatever number of recipients it had; a datagram's
 * domain is what the tallies have it under. */
static void
test_a_session_is_one(void **state)
{
	static const struct scene scenes[] = {
		{ "two recipients",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT,
			SMTP TO("05F", "y@A.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX },
		{ "recipients of two domains",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT,
			SMTP TO("05F", "y@b.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX
		    "\ncleartext-or-unknown not-told b.example mx.a.example "
		    "192.0.2.1" },
		{ "of two domains, and the second connection tells of TLS",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT,
			SMTP TLS("Untrusted"),
			SMTP TO("05F", "y@b.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX
		    "\nencrypted encrypted b.example mx.a.example 192.0.2.1" },
		{ "a failure at one domain is none at the next",
		    { EXIM
			"TLS session failure: delivering unencrypted to " HOST
			" (not in hosts_require_tls)",
			EXIM "=> x@a.example" ROUTE HOST " C=\"250 ok\"",
			EXIM "=> y@b.example" ROUTE HOST " C=\"250 ok\"" },
		    "cleartext-or-unknown handshake-failed" A_MX
		    "\ncleartext-or-unknown not-told b.example mx.a.example "
		    "192.0.2.1" },
		{ "the datagram is about the next hop",
		    { SMTP TLS("Trusted"), SMTP REPORTED("success"),
			SMTP TO("05F", "x@relayed.example") "tls=may, " SENT,
			SMTP TO("05F", "x@other.example") "tls=may, " SENT },
		    "encrypted encrypted" A_MX " datagram" },
		{ "the next mail over the same connection",
		    { SMTP TLS("Trusted"), SMTP REPORTED("success"),
			SMTP TO("05F", "x@a.example") "tls=may, " SENT,
			SMTP "06F: to=<x@a.example>, relay=" MX
			     ":25, conn_use=2, " DELAYS "tls=may, " SENT },
		    "encrypted encrypted" A_MX " datagram\n"
		    "cleartext-or-unknown not-told" A_MX },
		{ "the same, where the log tells of TLS",
		    { SMTP TLS("Verified"),
			SMTP TO("05F", "x@a.example") "tls=secure, " SENT,
			SMTP "Verified TLS connection reused to " MX
			     ":25: TLSv1.3",
			SMTP "06F: to=<x@a.example>, relay=" MX
			     ":25, conn_use=2, " DELAYS "tls=secure?, " SENT },
		    "authenticated verified" A_MX
		    "\nauthenticated verified" A_MX },
		{ "the datagram is another process's",
		    { PROXY REPORTED("failure") ", failure_type="
						"certificate_expired",
			PROXY TLS("Untrusted"), SMTP TLS("Untrusted"),
			SMTP TO("05F",
			    "x@a.example") "tls=!secure, dsn=4.7.5, "
					   "status=deferred (Server certificate not verified)",
			OTHER TLS("Untrusted"),
			OTHER TO("06F", "x@a.example") "tls=may, " SENT },
		    "not-sent not-verified" A_MX " datagram\n"
		    "encrypted encrypted" A_MX },
	};

	(void)state;
	PLAY(scenes);
}

#define FORGED_TAIL                                    \
	">, relay=mx.b.example[192.0.2.9]:25, " DELAYS \
	"tls=may:none, dsn=2.0.0, status=sent"

/* Addresses before Postfix 3.5, or with info_log_address_format=internal, have
 * no quotes. */
static void
test_an_address_is_no_relay(void **state)
{
	static const struct scene scenes[] = {
		{ "a whole line in an address",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F",
			    "x@c.example" FORGED_TAIL
			    " (y@a.example") "tls=may, " SENT },
		    "" },
		{ "nothing is known of its connection then",
		    { SMTP TLS("Trusted"),
			SMTP TO("05F",
			    "x@c.example" FORGED_TAIL
			    " (y@a.example") "tls=may, " SENT,
			SMTP TO("06F", "x@a.example") "tls=may, " SENT },
		    "cleartext-or-unknown not-told" A_MX },
		{ "with quotes in it",
		    { SMTP TO("05F",
			"\"a\"@c.example" FORGED_TAIL
			" (y@a.example") "tls=may, " SENT },
		    "" },
		{ "the line goes on in the address",
		    { SMTP TO("05F",
			"x@c.example" FORGED_TAIL
			"@a.example") "tls=may:none, " SENT },
		    "cleartext-or-unknown none" A_MX },
		{ "some of a line",
		    { SMTP TO("05F",
			"x>, relay=mx.b.example[192.0.2.9]:25, delay=1"
			"@a.example") "tls=may:none, " SENT },
		    "cleartext-or-unknown none" A_MX },
		{ "without a relay",
		    { SMTP "05F: to=<x@c.example" FORGED_TAIL
			   " (y@a.example>, relay=none, " DELAYS
			   "dsn=4.4.1, status=deferred (connect to " MX ")" },
		    "" },
		{ "in what a server said",
		    { SMTP TO("05F", "x@a.example") "tls=may:none, dsn=2.0.0, "
						    "status=sent (250 "
						    "ok" FORGED_TAIL " (x)" },
		    "" },
	};

	(void)state;
	PLAY(scenes);
}

/* What stands behind a long address may have been cut off. */
static void
test_an_address_that_hides_the_relay(void **state)
{
	static char rest[900];
	struct talk t = { mta_join_new(), BUF_INIT(65536) };
	struct buf text = BUF_INIT(65536);

	(void)state;
	memset(rest, ')', sizeof(rest) - 1);
	buf_addf(&text, SMTP "05F: to=<x@c.example" FORGED_TAIL " (%s", rest);
	hear(&t, buf_str(&text));
	assert_string_equal("", buf_str(&t.got));
	mta_join_free(t.join);
	buf_free(&text);
	buf_free(&t.got);
}

/* Filters of one's own, smarthosts, mailboxes, and lines that strangers had a
 * hand in. */
static void
test_what_is_no_session_of_an_mx_host(void **state)
{
	static const struct scene scenes[] = {
		{ "another port",
		    { SMTP "05F: to=<x@a.example>, relay=127.0.0.1[127.0.0.1]"
			   ":10024, " DELAYS SENT },
		    "" },
		{ "a mailbox",
		    { "Mar  2 12:00:00 out1 postfix/lmtp[12]: 05F: "
		      "to=<x@a.example>, relay=in.a.example[private/lmtp], " DELAYS
			    SENT },
		    "" },
		{ "an MTA that comes to us",
		    { "Mar  2 12:00:00 out1 postfix/smtpd[12]: Trusted TLS "
		      "connection established from " MX ": TLSv1.3" },
		    "" },
		{ "a recipient that looks like a relay",
		    { SMTP
			"05F: to=<\"x>, relay=mx.b.example[192.0.2.9]:25, "
			"tls=secure, status=sent \\\"\"@a.example>, relay=" MX
			":25, " DELAYS "tls=may:none, " SENT },
		    "cleartext-or-unknown none" A_MX },
		{ "a name that is none",
		    { SMTP TO("05F", "x@a b.example") SENT },
		    "cleartext-or-unknown not-told a%20b.example mx.a.example "
		    "192.0.2.1" },
		{ "a recipient without a domain", { SMTP TO("05F", "x") SENT },
		    "" },
		{ "IPv6, and a forwarded recipient",
		    { SMTP "05F: to=<x@A.Example>, orig_to=<y@b.example>, "
			   "relay=MX.a.example[2001:db8:0::1]:25, " DELAYS
			   "tls=may:none, " SENT },
		    "cleartext-or-unknown none a.example mx.a.example "
		    "2001:db8::1" },
	};

	(void)state;
	PLAY(scenes);
}

static void
test_exim(void **state)
{
	static const struct scene scenes[] = {
		{ "TLS",
		    { EXIM "=> x@a.example" ROUTE HOST
			   " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no "
			   "DN=\"/CN=x CV=dane\" C=\"250 ok X=y\"",
			EXIM "-> y@a.example" ROUTE HOST " X=TLS1.3:x:256" },
		    "encrypted encrypted" A_MX },
		{ "a good certificate",
		    { EXIM "=> x@a.example" ROUTE HOST
			   " X=TLS1.3:x:256 CV=yes" },
		    "encrypted verified-no-policy" A_MX },
		{ "DANE",
		    { EXIM "=> x@a.example" ROUTE HOST
			   " X=TLS1.3:x:256 CV=dane K C=\"250 ok\"" },
		    "authenticated verified" A_MX },
		{ "nothing of TLS, as its log may be without",
		    { EXIM "=> x@a.example" ROUTE HOST " C=\"250 X=TLS\"" },
		    "cleartext-or-unknown not-told" A_MX },
		{ "sent in clear text",
		    { EXIM "TLS session failure: delivering unencrypted to "
			   "mx.a.example [192.0.2.1] (not in hosts_require_"
			   "tls)",
			EXIM "=> x@a.example" ROUTE HOST " C=\"250 ok\"" },
		    "cleartext-or-unknown handshake-failed" A_MX },
		{ "the same, since 4.9x",
		    { EXIM "TLS session: (certificate verification failed): "
			   "certificate invalid: delivering unencrypted to "
			   "H=mx.a.example [192.0.2.1] (not in hosts_require_"
			   "tls)",
			EXIM "=> x@a.example" ROUTE HOST " C=\"250 ok\"" },
		    "cleartext-or-unknown handshake-failed" A_MX },
		{ "not offered",
		    { EXIM "== x@a.example" ROUTE "defer (-38) " HOST
			   ": a TLS session is required, but the server did "
			   "not offer TLS support",
			EXIM "== y@a.example" ROUTE "defer (-38) " HOST
			     ": a TLS session is required, but the server did "
			     "not offer TLS support" },
		    "not-sent starttls-not-offered" A_MX },
		{ "refused for another reason, over TLS",
		    { EXIM "** x@a.example" ROUTE HOST
			   " X=TLS1.3:x:256 CV=yes: SMTP error from remote "
			   "mail server after RCPT TO:<x@a.example>: 550 no" },
		    "encrypted verified-no-policy" A_MX },
		{ "a server's words are not Exim's",
		    { EXIM "** x@a.example" ROUTE HOST
			   ": SMTP error: a TLS session is required, but the "
			   "server did not offer TLS support" },
		    "" },
		{ "a local part with a host in it",
		    { EXIM "=> \"x H=mx.b.example [192.0.2.9]\"@a.example" ROUTE
			    HOST " X=TLS1.3:x:256" },
		    "encrypted encrypted" A_MX },
		{ "by syslog, with the number of the process",
		    { "Mar  2 12:00:00 out1 exim[12]: 2026-03-02 12:00:00 "
		      "[12] 1rABCD-00000123456-78Zz => x@a.example" ROUTE
		      "H=mx.a.example [192.0.2.1]:25* X=TLS1.3:x:256" },
		    "encrypted encrypted" A_MX },
		{ "another port",
		    { EXIM "=> x@a.example" ROUTE
			   "H=mx.a.example [192.0.2.1]:587 X=TLS1.3:x:256" },
		    "" },
		{ "a filter of one's own",
		    { EXIM "=> x@a.example" ROUTE "H=localhost [127.0.0.1]" },
		    "" },
		{ "arrivals, local deliveries",
		    { EXIM "<= x@a.example " HOST " P=esmtps X=TLS1.3:x:256",
			EXIM "=> x <x@a.example> R=local T=mailbox",
			EXIM "Completed" },
		    "" },
	};

	(void)state;
	PLAY(scenes);
}

#define SMTPD "Mar  2 12:00:00 out1 smtpd[12]: "
#define SESSION SMTPD "5df87c9ffd0e785d mta "
#define DELIVERY(id, rcpt, result)                                             \
	SESSION "delivery evpid=" id " from=<f@b.example> to=<" rcpt           \
		"> rcpt=<-> source=\"192.0.2.9\" "                             \
		"relay=\"192.0.2.1 (mx.a.example)\" delay=1s result=\"" result \
		"\" stat=\"250 2.0.0 relay=\\\"x\""

static void
test_opensmtpd(void **state)
{
	static const struct scene scenes[] = {
		{ "TLS, with two mails",
		    { SESSION "connecting address=smtp://192.0.2.1:25 "
			      "host=mx.a.example",
			SESSION "connected",
			SESSION "tls ciphers=TLSv1.3:x:256",
			DELIVERY("f6e94209918f7e7b", "x@a.example", "Ok"),
			DELIVERY("06e94209918f7e7b", "y@a.example", "Ok"),
			SESSION "disconnected reason=quit messages=2" },
		    "encrypted encrypted" A_MX },
		{ "nothing of TLS",
		    { SESSION "connecting address=smtp://192.0.2.1:25 "
			      "host=mx.a.example",
			DELIVERY("f6e94209918f7e7b", "x@a.example", "Ok") },
		    "cleartext-or-unknown not-told" A_MX },
		{ "sent in clear text",
		    { SESSION "connecting address=smtp://192.0.2.1:25 "
			      "host=mx.a.example",
			SMTPD "smtp-out: Error on session 5df87c9ffd0e785d: "
			      "opportunistic TLS failed, downgrading to plain",
			SESSION "connecting address=smtp+notls://192.0.2.1:25 "
				"host=mx.a.example",
			DELIVERY("f6e94209918f7e7b", "x@a.example", "Ok") },
		    "cleartext-or-unknown handshake-failed" A_MX },
		{ "TLS is switched off here",
		    { SESSION "connecting address=smtp+notls://192.0.2.1:25 "
			      "host=mx.a.example",
			DELIVERY("f6e94209918f7e7b", "x@a.example", "Ok") },
		    "cleartext-or-unknown off" A_MX },
		{ "refused",
		    { SESSION "connecting address=smtp+tls://192.0.2.1:25 "
			      "host=mx.a.example",
			SESSION "error reason=STARTTLS rejected: 454 no",
			DELIVERY("f6e94209918f7e7b", "x@a.example",
			    "TempFail") },
		    "not-sent starttls-refused" A_MX },
		{ "an address without a name",
		    { SESSION "delivery evpid=f6e94209918f7e7b from=<> "
			      "to=<x@a.example> rcpt=<-> source=\"-\" "
			      "relay=\"192.0.2.1 (<unknown>)\" delay=1s "
			      "result=\"Ok\" stat=\"250\"" },
		    "cleartext-or-unknown not-told a.example 192.0.2.1 "
		    "192.0.2.1" },
		{ "a filter of one's own",
		    { SESSION "connecting address=smtp://127.0.0.1:10027 "
			      "host=localhost",
			DELIVERY("f6e94209918f7e7b", "x@a.example", "Ok") },
		    "" },
	};

	(void)state;
	PLAY(scenes);
}

/* Past the ceiling the oldest connections are forgotten, and nothing else
 * happens. */
static void
test_very_many_connections(void **state)
{
	struct talk t = { mta_join_new(), BUF_INIT(65536) };
	char line[512];

	(void)state;
	for (int i = 0; i < 4 * MTA_JOIN_LINKS; i++) {
		(void)snprintf(line, sizeof(line),
		    "Mar  2 12:00:00 out1 postfix/smtp[%d]: %s", 100 + i,
		    TLS("Trusted"));
		hear(&t, line);
	}
	hear(&t, SMTP TLS("Trusted"));
	hear(&t, SMTP TO("05F", "x@a.example") SENT);
	hear(&t,
	    "Mar  2 12:00:00 out1 postfix/smtp[100]: " TO("06F", "x@a.example")
		SENT);
	assert_string_equal("encrypted encrypted" A_MX
			    "\ncleartext-or-unknown not-told" A_MX,
	    buf_str(&t.got));
	mta_join_free(t.join);
	buf_free(&t.got);
}

static enum err
note_sizes(void *arg, const struct mta_session *s)
{
	(*(int *)arg)++;
	assert_true(s->mta.len <= DOMAIN_TEXT_MAX);
	assert_int_equal(MTA_QUEUE_ID_MAX, s->queue_id.len);
	assert_true(s->domain.len > 0 && s->domain.len <= DOMAIN_TEXT_MAX);
	return E_OK;
}

/* Whoever may write to the log may write this. */
static void
test_very_long_names(void **state)
{
	static char host[5000], id[5000], domain[16200];
	const struct mta_log_clock clock = { NOON, 0 };
	struct mta_join *join = mta_join_new();
	struct buf text = BUF_INIT(65536);
	struct mta_log_head head;
	struct mta_line line;
	int told = 0;

	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	memset(id, '0', sizeof(id) - 1);
	memset(domain, '\xe4', sizeof(domain) - 1);
	buf_addf(&text,
	    "Mar  2 12:00:00 %s smtpd[12]: 0123456789abcdef mta delivery "
	    "evpid=%s from=<> to=<x@%s> rcpt=<-> source=\"192.0.2.2\" "
	    "relay=\"192.0.2.1 (mx.a.example)\" delay=1s result=\"Ok\" "
	    "stat=\"250 ok\"",
	    host, id, domain);
	assert_true(mta_log_head(buf_span(&text), &clock, &head));
	mta_log_line(&head, &line);
	assert_ok(mta_join_take(join, &line, note_sizes, &told));
	assert_int_equal(1, told);
	mta_join_free(join);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_a_known_policy_authenticates),
		cmocka_unit_test(test_clear_text_needs_evidence),
		cmocka_unit_test(test_what_is_not_sent),
		cmocka_unit_test(test_a_session_is_one),
		cmocka_unit_test(test_an_address_is_no_relay),
		cmocka_unit_test(test_an_address_that_hides_the_relay),
		cmocka_unit_test(test_what_is_no_session_of_an_mx_host),
		cmocka_unit_test(test_exim),
		cmocka_unit_test(test_opensmtpd),
		cmocka_unit_test(test_very_many_connections),
		cmocka_unit_test(test_very_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
