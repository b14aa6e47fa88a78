#include "support/smtp_fixture.h"

#include <stdio.h>

/* -- what is sent -- */

static void
test_accepted(void **state)
{
	int port;
	struct outcome o = send_to("", &port);
	char want[600], peer[64];
	struct buf log;

	(void)state;
	assert_int_equal(SMTP_ANSWERED, o.outcome);
	assert_int_equal(250, o.code);
	assert_string_equal("250 message taken", o.answer);
	assert_string_equal("SMTP reply 250 to the message", o.why);
	(void)snprintf(peer, sizeof(peer), "127.0.0.1:%d", port);
	assert_string_equal(peer, o.peer);
	assert_false(o.encrypted);
	assert_false(o.verified);
	support_smtp_await(&servers, port, "gone", 1);
	(void)snprintf(want, sizeof(want),
	    "1 connected\n1 > EHLO client.test\n"
	    "1 > MAIL FROM:<us@sender.test> SIZE=%zu\n"
	    "1 > RCPT TO:<them@good.test>\n1 > DATA\n1 message\n1 > QUIT\n"
	    "1 gone Gone\n",
	    strlen(MESSAGE));
	log = support_smtp_log(&servers, port);
	assert_span(want, buf_span(&log));
	buf_free(&log);
}

/* RFC 5321 s4.5.2: a dot at the begin of a line is doubled. */
static void
test_messages_byte_by_byte(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx\r\n" },
		{ ".\r\n", "..\r\n" },
		{ "A: b\r\n\r\n.\r\n..\r\n.x\r\nx.\r\n\r\n.\r\n",
		    "A: b\r\n\r\n..\r\n...\r\n..x\r\nx.\r\n\r\n..\r\n" },
		{ "A: b\r\n\r\nno end", "A: b\r\n\r\nno end\r\n" },
		{ "A: b\r\n\r\n.", "A: b\r\n\r\n..\r\n" },
		{ "A: b\r\n\r\nx\r", "A: b\r\n\r\nx\r\r\n" },
		{ "", "" },
	};
	int port = support_smtp_listen(&servers, "");
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);

	(void)state;
	for (int i = 0; i < (int)(sizeof(cases) / sizeof(cases[0])); i++) {
		const struct smtp_mail mail = { SPAN_LIT("us@sender.test"),
			SPAN_LIT("them@good.test"), span_str(cases[i].in) };
		struct outcome outcome;
		struct buf got;

		send_mail(c, &mail, &outcome);
		run_until(0);
		assert_int_equal(250, outcome.code);
		got = support_smtp_message(&servers, port, i + 1);
		assert_span(cases[i].want, buf_span(&got));
		buf_free(&got);
	}
	close_client(c);
}

static void
send_bytes(struct span message, struct span want, bool sized)
{
	int port = support_smtp_listen(&servers, "");
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);
	const struct smtp_mail mail = { SPAN_LIT("us@sender.test"),
		SPAN_LIT("them@good.test"), message };
	struct outcome outcome;
	struct buf got;
	char command[100];

	send_mail(c, &mail, &outcome);
	run_until(0);
	assert_int_equal(250, outcome.code);
	got = support_smtp_message(&servers, port, 1);
	assert_int_equal(want.len, got.len);
	assert_memory_equal(want.p, got.p, want.len);
	buf_free(&got);
	(void)snprintf(command, sizeof(command),
	    "> MAIL FROM:<us@sender.test> SIZE=%zu", message.len);
	assert_int_equal(sized, support_smtp_count(&servers, port, command));
	close_client(c);
}

static void
test_a_large_message(void **state)
{
	struct buf message = BUF_INIT((size_t)2 << 20);

	(void)state;
	for (int i = 0; message.len < (size_t)1 << 20; i++)
		buf_addf(&message, "line %d is as long as lines are\r\n", i);
	assert_ok(message.err);
	send_bytes(buf_span(&message), buf_span(&message), true);
	buf_free(&message);
}

/* libcurl 7.88 ends a message of known size once it has sent as many bytes,
 * with the dots that it doubles: here after its first 64 KiB. */
static void
test_many_dots_cut_nothing_off(void **state)
{
	struct buf message = BUF_INIT((size_t)1 << 20), want = message;

	(void)state;
	for (int i = 0; i < 100; i++) {
		buf_adds(&message, ".\r\n");
		buf_adds(&want, "..\r\n");
	}
	while (message.len < (size_t)64 * 1024 - 2) {
		buf_addc(&message, 'x');
		buf_addc(&want, 'x');
	}
	for (int i = 0; i < 51; i++) {
		buf_adds(&message, "\r\n");
		buf_adds(&want, "\r\n");
	}
	assert_int_equal(64 * 1024 + 100, message.len);
	assert_ok(message.err);
	assert_ok(want.err);
	send_bytes(buf_span(&message), buf_span(&want), false);
	buf_free(&message);
	buf_free(&want);
}

static void
test_an_empty_sender(void **state)
{
	int port = support_smtp_listen(&servers, "");
	struct smtp_client_options o = options(port);
	struct smtp_client *c = open_client(&o);
	const struct smtp_mail mail = { SPAN_NONE, SPAN_LIT("them@good.test"),
		SPAN_LIT(MESSAGE) };
	struct outcome outcome;

	(void)state;
	send_mail(c, &mail, &outcome);
	run_until(0);
	assert_int_equal(250, outcome.code);
	assert_int_equal(1,
	    support_smtp_count(&servers, port, "> MAIL FROM:<> SIZE="));
	close_client(c);
}

static void
not_told(void *arg, const struct smtp_result *r)
{
	(void)arg;
	(void)r;
	fail();
}

static void
test_addresses_that_are_none(void **state)
{
	static const struct {
		const char *sender, *recipient;
	} cases[] = {
		{ "us@sender.test", "" },
		{ "us@sender.test", "them" },
		{ "us@sender.test", "<them@good.test>" },
		{ "us@sender.test", "them@good.test> SIZE=1" },
		{ "us@sender.test", "them@good.test\r\nDATA" },
		{ "us@sender.test", "them@good.test\n" },
		{ "us@sender.test", "them @good.test" },
		{ "us@sender.test", "\"them\"@good.test" },
		{ "us@sender.test", "them@good.test,us@good.test" },
		{ "us@sender.test", "th\xc3\xa9m@good.test" },
		{ "us", "them@good.test" },
		{ "<>", "them@good.test" },
		{ "us@sender.test\r\n", "them@good.test" },
		{ " ", "them@good.test" },
	};
	struct smtp_client_options o = options(1);
	struct smtp_client *c = open_client(&o);
	struct smtp_mail mail = { SPAN_LIT("us@sender.test"),
		SPAN_LIT("them@good.test\0x"), SPAN_LIT(MESSAGE) };

	(void)state;
	assert_err(E_SYNTAX, smtp_client_send(c, &mail, not_told, NULL, NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		mail.sender = span_str(cases[i].sender);
		mail.recipient = span_str(cases[i].recipient);
		assert_err(E_SYNTAX,
		    smtp_client_send(c, &mail, not_told, NULL, &why));
		assert_non_null(strstr(why.text, "no address"));
	}
	assert_int_equal(0, transfers_pending(transfers));
	close_client(c);
}

/* -- what is answered -- */

static void
test_refusals(void **state)
{
	static const struct {
		const char *script;
		int code;
		const char *answer, *why;
	} cases[] = {
		{ "greeting=@say 421 too busy", 421, "421 too busy",
		    "SMTP reply 421 to the connection" },
		{ "greeting=554 no mail here", 554, "554 no mail here",
		    "to the connection" },
		{ "ehlo=550 not you;helo=550 nor so", 550, "550 nor so",
		    "to EHLO" },
		{ "mail=552 too large", 552, "552 too large", "to MAIL" },
		{ "mail=@say 421 later", 421, "421 later", "to MAIL" },
		{ "rcpt=450 later", 450, "450 later", "to RCPT" },
		{ "rcpt=550 5.1.1 no such user", 550, "550 5.1.1 no such user",
		    "to RCPT" },
		{ "rcpt=550 no such user;quit=@silent", 550, "550 no such user",
		    "to RCPT" },
		{ "rcpt=550 no such user;quit=@close", 550, "550 no such user",
		    "to RCPT" },
		{ "rcpt=550 no such user\\n550 nor was there", 550,
		    "550-no such user\r\n550 nor was there", "to RCPT" },
		{ "data=554 no valid recipients", 554,
		    "554 no valid recipients", "to DATA" },
		{ "end=554 spam", 554, "554 spam", "to the message" },
		{ "end=452 disk full", 452, "452 disk full", "to the message" },
		{ "end=@say 421 goodbye", 421, "421 goodbye",
		    "to the message" },
		{ "end=251 forwarded", 251, "251 forwarded", "to the message" },
		{ "end=250 taken;after=@close", 250, "250 taken",
		    "to the message" },
		{ "end=250 taken;quit=@silent", 250, "250 taken",
		    "to the message" },
		{ "end=@say 250 taken", 250, "250 taken", "to the message" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome o = send_to(cases[i].script, NULL);

		print_message("%s: %s\n", cases[i].script, o.why);
		assert_int_equal(SMTP_ANSWERED, o.outcome);
		assert_int_equal(cases[i].code, o.code);
		assert_string_equal(cases[i].answer, o.answer);
		assert_why(cases[i].why, &o);
	}
}

/* RFC 5321 s3.2: a server that knows no EHLO. */
static void
test_helo(void **state)
{
	int port;
	struct outcome o = send_to("ehlo=502 what?", &port);

	(void)state;
	assert_int_equal(250, o.code);
	assert_int_equal(1,
	    support_smtp_count(&servers, port, "> HELO client.test"));
}

static void
test_long_replies(void **state)
{
	struct outcome o = send_to("rcpt=@lines 100 512 550", NULL);

	(void)state;
	assert_int_equal(SMTP_ANSWERED, o.outcome);
	assert_int_equal(550, o.code);
	assert_int_equal(512, o.answer_len);
	assert_memory_equal("550-xxx", o.answer, 7);
	assert_memory_equal("\r\n", o.answer + 510, 2);
	o = send_to("end=@lines 100 512 250", NULL);
	assert_int_equal(SMTP_ANSWERED, o.outcome);
	assert_int_equal(250, o.code);
}

/* Past the ceiling too the code of the first line holds. */
static void
test_replies_past_the_ceiling(void **state)
{
	struct outcome o = send_to("rcpt=@lines 100 1000 550", NULL);

	(void)state;
	assert_int_equal(SMTP_ANSWERED, o.outcome);
	assert_int_equal(550, o.code);
	o = send_to("end=@endless 250", NULL);
	assert_int_equal(SMTP_ANSWERED, o.outcome);
	assert_int_equal(250, o.code);
	o = send_to("rcpt=@endless 250", NULL);
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
	assert_int_equal(0, o.code);
	assert_why("too long", &o);
	o = send_to("greeting=@endless 220", NULL);
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
	o = send_to("ehlo=@endless 250", NULL);
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
}

static void
test_what_is_no_reply(void **state)
{
	struct outcome o = send_to("greeting=@say SSH-2.0-x", NULL);
	int port;

	(void)state;
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
	o = send_to("mail=@say hello", &port);
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
	assert_int_equal(0, o.code);
	o = send_to("mail=354 what?", &port);
	assert_int_equal(SMTP_UNREACHABLE, o.outcome);
	assert_int_equal(0, o.code);
	assert_int_equal(0, support_smtp_count(&servers, port, "> RCPT"));
}

/* -- no answer -- */

static void
test_ends_at_each_stage(void **state)
{
	static const char *const stages[] = { "greeting", "ehlo", "mail",
		"rcpt", "data" };
	static const char *const ends[] = { "close", "reset", "silent" };
	char script[64];

	(void)state;
	for (size_t i = 0; i < 15; i++) {
		int port;
		struct smtp_client_options options_;
		struct outcome o;

		(void)snprintf(script, sizeof(script), "%s=@%s", stages[i / 3],
		    ends[i % 3]);
		port = support_smtp_listen(&servers, script);
		options_ = options(port);
		options_.total_ms = i % 3 == 2 ? 300 : options_.total_ms;
		o = send_with(&options_);
		print_message("%s: %s\n", script, o.why);
		assert_int_equal(SMTP_UNREACHABLE, o.outcome);
		assert_int_equal(0, o.code);
		assert_string_equal("", o.answer);
		assert_true(strlen(o.why) > 10);
		/* A reset may come before the connection was seen to be there.
		 */
		if (strcmp(script, "greeting=@reset") != 0 || o.peer[0] != '\0')
			assert_memory_equal("127.0.0.1:", o.peer, 10);
	}
}

/* The dot was sent: who knows. */
static void
test_ends_behind_the_message(void **state)
{
	static const char *const scripts[] = { "end=@close", "end=@reset",
		"end=@silent", "end=@say hello" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int port = support_smtp_listen(&servers, scripts[i]);
		struct smtp_client_options options_ = options(port);
		struct outcome o;

		options_.total_ms = i == 2 ? 300 : options_.total_ms;
		o = send_with(&options_);
		print_message("%s: %s\n", scripts[i], o.why);
		assert_int_equal(SMTP_UNCERTAIN, o.outcome);
		assert_int_equal(0, o.code);
		assert_why("no reply to the message: ", &o);
		assert_int_equal(1,
		    support_smtp_count(&servers, port, "message"));
	}
}

/* More than fits into sockets: the dot was not sent. */
static void
test_ends_within_the_message(void **state)
{
	static char text[32 << 20];
	static const char *const scripts[] = { "body=100000 @close",
		"body=100000 @reset", "body=100000 @silent",
		"data=@say 354 go on" };
	const struct smtp_mail mail = { SPAN_LIT("us@sender.test"),
		SPAN_LIT("them@good.test"), { text, sizeof(text) } };

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < 4; i++) {
		int port = support_smtp_listen(&servers, scripts[i]);
		struct smtp_client_options options_ = options(port);
		struct smtp_client *c;
		struct outcome o;

		options_.total_ms = i == 2 ? 1000 : options_.total_ms;
		c = open_client(&options_);
		send_mail(c, &mail, &o);
		run_until(0);
		print_message("%s: %s\n", scripts[i], o.why);
		assert_int_equal(SMTP_UNREACHABLE, o.outcome);
		assert_int_equal(0, o.code);
		close_client(c);
	}
}

static void
test_nobody_is_there(void **state)
{
	struct smtp_client_options o = options(1);
	struct outcome outcome = send_with(&o);

	(void)state;
	assert_int_equal(SMTP_UNREACHABLE, outcome.outcome);
	assert_string_equal("", outcome.peer);
	o.host = "none.test";
	outcome = send_with(&o);
	assert_int_equal(SMTP_UNREACHABLE, outcome.outcome);
	assert_why("none.test", &outcome);
}

/* -- TLS -- */

static struct outcome
send_tls(enum smtp_tls tls, const char *script, int *ret_port)
{
	int port = support_smtp_listen(&servers, script);
	struct smtp_client_options o = options(port);

	if (ret_port != NULL)
		*ret_port = port;
	o.tls = tls;
	return send_with(&o);
}

static void
test_tls(void **state)
{
	static const struct {
		enum smtp_tls tls;
		const char *script;
		enum smtp_outcome want;
		int code;
		bool encrypted, verified;
	} cases[] = {
		{ SMTP_TLS_REQUIRED, "tls=starttls", SMTP_ANSWERED, 250, true,
		    true },
		{ SMTP_TLS_REQUIRED, "tls=starttls;cert=selfsigned",
		    SMTP_UNTRUSTED, 0, false, false },
		{ SMTP_TLS_REQUIRED, "tls=starttls;cert=misnamed",
		    SMTP_UNTRUSTED, 0, false, false },
		{ SMTP_TLS_REQUIRED, "tls=none", SMTP_NO_TLS, 0, false, false },
		{ SMTP_TLS_REQUIRED, "tls=starttls;starttls=454 not now",
		    SMTP_NO_TLS, 454, false, false },
		{ SMTP_TLS_REQUIRED, "tls=starttls;starttls=@close",
		    SMTP_UNREACHABLE, 0, false, false },
		{ SMTP_TLS_REQUIRED, "ehlo=502 what?", SMTP_ANSWERED, 502,
		    false, false },
		{ SMTP_TLS_REQUIRED, "tls=starttls;rcpt=550 no", SMTP_ANSWERED,
		    550, true, true },
		{ SMTP_TLS_OPPORTUNISTIC, "tls=starttls", SMTP_ANSWERED, 250,
		    true, false },
		{ SMTP_TLS_OPPORTUNISTIC, "tls=starttls;cert=selfsigned",
		    SMTP_ANSWERED, 250, true, false },
		{ SMTP_TLS_OPPORTUNISTIC, "tls=starttls;cert=misnamed",
		    SMTP_ANSWERED, 250, true, false },
		{ SMTP_TLS_OPPORTUNISTIC, "tls=none", SMTP_ANSWERED, 250, false,
		    false },
		{ SMTP_TLS_OPPORTUNISTIC, "tls=starttls;starttls=454 not now",
		    SMTP_ANSWERED, 250, false, false },
		{ SMTP_TLS_IMPLICIT, "tls=implicit", SMTP_ANSWERED, 250, true,
		    true },
		{ SMTP_TLS_IMPLICIT, "tls=implicit;greeting=554 no",
		    SMTP_ANSWERED, 554, true, true },
		{ SMTP_TLS_IMPLICIT, "tls=implicit;cert=selfsigned",
		    SMTP_UNTRUSTED, 0, false, false },
		{ SMTP_TLS_IMPLICIT, "tls=implicit;cert=misnamed",
		    SMTP_UNTRUSTED, 0, false, false },
		{ SMTP_TLS_IMPLICIT, "tls=none", SMTP_UNREACHABLE, 0, false,
		    false },
		{ SMTP_TLS_NONE, "tls=starttls", SMTP_ANSWERED, 250, false,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int port;
		struct outcome o = send_tls(cases[i].tls, cases[i].script,
		    &port);

		print_message("%d %s: %s\n", (int)cases[i].tls, cases[i].script,
		    o.why);
		assert_int_equal(cases[i].want, o.outcome);
		assert_int_equal(cases[i].code, o.code);
		assert_int_equal(cases[i].encrypted, o.encrypted);
		assert_int_equal(cases[i].verified, o.verified);
		if (o.encrypted)
			assert_int_equal(1,
			    support_smtp_count(&servers, port, "tls"));
		if (o.outcome != SMTP_ANSWERED)
			assert_int_equal(0,
			    support_smtp_count(&servers, port, "> MAIL"));
	}
}

/* Without ca_file the system's CAs hold, and ours is none of them. */
static void
test_the_ca_file_is_what_is_trusted(void **state)
{
	int port = support_smtp_listen(&servers, "tls=starttls");
	struct smtp_client_options o = options(port);

	(void)state;
	o.tls = SMTP_TLS_REQUIRED;
	o.ca_file = NULL;
	assert_int_equal(SMTP_UNTRUSTED, send_with(&o).outcome);
	/* Our fault is not said of the peer: nothing goes out unverified. */
	o.ca_file = TESTS_DIR "/support/smtp_server.py";
	assert_int_equal(SMTP_UNREACHABLE, send_with(&o).outcome);
	o = options(port);
	o.tls = SMTP_TLS_REQUIRED;
	o.host = "localhost";
	assert_int_equal(SMTP_UNTRUSTED, send_with(&o).outcome);
	o.host = "good.test";
	assert_true(send_with(&o).verified);
}

static void
test_a_certificate_of_ours(void **state)
{
	int port = support_smtp_listen(&servers,
	    "tls=starttls;client=required");
	struct smtp_client_options o = options(port);
	char cert[300], key[300];
	struct outcome outcome;

	(void)state;
	(void)snprintf(cert, sizeof(cert), "%s/client.pem", servers.dir);
	(void)snprintf(key, sizeof(key), "%s/client.key", servers.dir);
	o.tls = SMTP_TLS_REQUIRED;
	assert_int_equal(SMTP_UNREACHABLE, send_with(&o).outcome);
	o.cert_file = cert;
	o.key_file = key;
	outcome = send_with(&o);
	assert_int_equal(250, outcome.code);
	assert_true(outcome.verified);
	assert_int_equal(1,
	    support_smtp_count(&servers, port, "tls with a certificate"));
	o.key_file = TESTS_DIR "/support/smtp_server.py";
	assert_int_equal(SMTP_UNREACHABLE, send_with(&o).outcome);
}

/* -- AUTH -- */

#define ACCOUNT "user=jo@good.test;password=s3cret \xc3\xa9"

static struct outcome
send_login(enum smtp_tls tls, const char *host, const char *password,
    const char *script, int *ret_port)
{
	int port = support_smtp_listen(&servers, script);
	struct smtp_client_options o = options(port);

	*ret_port = port;
	o.tls = tls;
	o.host = host;
	o.user = "jo@good.test";
	o.password = password;
	return send_with(&o);
}

static void
test_login(void **state)
{
	static const struct {
		enum smtp_tls tls;
		const char *host, *script;
		enum smtp_outcome want;
		int code, logins;
	} cases[] = {
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=PLAIN;" ACCOUNT, SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=LOGIN;" ACCOUNT, SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=GSSAPI NTLM CRAM-MD5 LOGIN PLAIN;" ACCOUNT,
		    SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_IMPLICIT, "good.test",
		    "tls=implicit;auth=PLAIN;" ACCOUNT, SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_OPPORTUNISTIC, "good.test",
		    "tls=starttls;cert=selfsigned;auth=PLAIN;" ACCOUNT,
		    SMTP_ANSWERED, 250, 1 },
		/* Refused. */
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=PLAIN LOGIN;user=jo@good.test;"
		    "password=other",
		    SMTP_LOGIN, 535, 1 },
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=PLAIN;login=454 4.7.0 later;" ACCOUNT,
		    SMTP_LOGIN, 454, 1 },
		/* Not offered, or not in a way of ours. */
		{ SMTP_TLS_REQUIRED, "good.test", "tls=starttls", SMTP_LOGIN, 0,
		    0 },
		{ SMTP_TLS_REQUIRED, "good.test",
		    "tls=starttls;auth=CRAM-MD5 GSSAPI NTLM", SMTP_LOGIN, 0,
		    0 },
		{ SMTP_TLS_OPPORTUNISTIC, "127.0.0.1", "ehlo=502 what?",
		    SMTP_LOGIN, 0, 0 },
		/* In clear to loopback alone. */
		{ SMTP_TLS_NONE, "127.0.0.1", "auth=PLAIN;" ACCOUNT,
		    SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_NONE, "localhost", "auth=LOGIN;" ACCOUNT,
		    SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_OPPORTUNISTIC, "127.0.0.1", "auth=PLAIN;" ACCOUNT,
		    SMTP_ANSWERED, 250, 1 },
		{ SMTP_TLS_OPPORTUNISTIC, "good.test", "auth=PLAIN;" ACCOUNT,
		    SMTP_NO_TLS, 0, 0 },
		{ SMTP_TLS_OPPORTUNISTIC, "good.test",
		    "tls=starttls;starttls=454 no;auth=PLAIN;" ACCOUNT,
		    SMTP_NO_TLS, 454, 0 },
		{ SMTP_TLS_OPPORTUNISTIC, "good.test",
		    "ehlo=502 what?;auth=PLAIN;" ACCOUNT, SMTP_ANSWERED, 502,
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int port;
		struct outcome o = send_login(cases[i].tls, cases[i].host,
		    "s3cret \xc3\xa9", cases[i].script, &port);

		print_message("%d %s %s: %s\n", (int)cases[i].tls,
		    cases[i].host, cases[i].script, o.why);
		assert_int_equal(cases[i].want, o.outcome);
		assert_int_equal(cases[i].code, o.code);
		assert_int_equal(cases[i].logins,
		    support_smtp_count(&servers, port,
			"login jo@good.test s3cret "));
		assert_int_equal(cases[i].logins,
		    support_smtp_count(&servers, port, "> AUTH"));
		if (o.outcome != SMTP_ANSWERED)
			assert_int_equal(0,
			    support_smtp_count(&servers, port, "> RCPT"));
	}
}

/* RFC 4954 s6 */
static void
test_login_is_wanted(void **state)
{
	struct outcome o = send_to("mail=530 5.7.0 log in first", NULL);

	(void)state;
	assert_int_equal(SMTP_LOGIN, o.outcome);
	assert_int_equal(530, o.code);
	assert_string_equal("530 5.7.0 log in first", o.answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_messages_byte_by_byte),
		cmocka_unit_test(test_a_large_message),
		cmocka_unit_test(test_many_dots_cut_nothing_off),
		cmocka_unit_test(test_an_empty_sender),
		cmocka_unit_test(test_addresses_that_are_none),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_helo),
		cmocka_unit_test(test_long_replies),
		cmocka_unit_test(test_replies_past_the_ceiling),
		cmocka_unit_test(test_what_is_no_reply),
		cmocka_unit_test(test_ends_at_each_stage),
		cmocka_unit_test(test_ends_behind_the_message),
		cmocka_unit_test(test_ends_within_the_message),
		cmocka_unit_test(test_nobody_is_there),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_the_ca_file_is_what_is_trusted),
		cmocka_unit_test(test_a_certificate_of_ours),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_is_wanted),
	};

	return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
