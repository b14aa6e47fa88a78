#include "support/test.h"

#include <string.h>

#include "alert/message.h"

#define DAY 20778	  /* 2026-11-21 */
#define MADE_S 1795262400 /* 2026-11-21T12:00:00Z */

static struct alert
make(enum alert_event event, enum finding_severity severity, const char *domain,
    const char *subject)
{
	return (struct alert){ .id = SPAN_LIT("a-1"),
		.event = event,
		.made_s = MADE_S,
		.finding = { .id = SPAN_LIT("f-1"),
		    .kind = SPAN_LIT("starttls-gone"),
		    .domain = span_str(domain),
		    .subject = span_str(subject),
		    .severity = severity,
		    .conclusion = CONCLUSION_CONFIGURATION,
		    .confidence = CONFIDENCE_HIGH,
		    .first_day = DAY - 1,
		    .last_day = DAY } };
}

static void
assert_subject(const struct alert *alerts, size_t n, uint64_t left_out,
    const char *want)
{
	struct buf out = BUF_INIT(4096);

	alert_message_subject(&(const struct alert_message){ .alerts = alerts,
				  .nalerts = n,
				  .left_out = left_out },
	    &out);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

static void
test_subjects(void **state)
{
	const struct alert alerts[] = {
		make(ALERT_OPENED, SEVERITY_CRITICAL, "a.example", "x"),
		make(ALERT_CLOSED, SEVERITY_WARNING, "", "x"),
		make(ALERT_OPENED, SEVERITY_CRITICAL,
		    "a\r\nBcc: b@c.example \xc3\xa4", "x"),
	};

	(void)state;
	assert_subject(&alerts[0], 1, 0,
	    "[tlsrpt] critical opened starttls-gone at a.example");
	assert_subject(&alerts[1], 1, 0,
	    "[tlsrpt] warning closed starttls-gone");
	assert_subject(&alerts[2], 1, 0,
	    "[tlsrpt] critical opened starttls-gone at "
	    "a??Bcc:?b@c.example???");
	assert_subject(alerts, 3, 0,
	    "[tlsrpt] 3 alerts, 2 critical, 1 warning");
	assert_subject(alerts, 1, 7, "[tlsrpt] 8 alerts, 1 critical");
}

static void
test_json(void **state)
{
	const struct alert alert = make(ALERT_WORSENED, SEVERITY_CRITICAL,
	    "a.example", "mx\"\x1b[2J\n\xff");
	const struct alert_message m = { .id = SPAN_LIT("m-1"),
		.alerts = &alert,
		.nalerts = 1,
		.left_out = 2 };
	struct buf out = BUF_INIT(4096);

	(void)state;
	assert_ok(alert_message_json(&m, &out));
	assert_string_equal(
	    "{\"version\":1,\"id\":\"m-1\",\"alerts\":[{\"id\":\"a-1\","
	    "\"event\":\"worsened\",\"time\":\"2026-11-21T12:00:00Z\","
	    "\"finding-id\":\"f-1\",\"kind\":\"starttls-gone\","
	    "\"domain\":\"a.example\","
	    "\"subject\":\"mx\\\"\\u001B[2J\\n\xef\xbf\xbd\","
	    "\"severity\":\"critical\",\"conclusion\":\"configuration\","
	    "\"confidence\":\"high\",\"first-seen\":\"2026-11-20\","
	    "\"last-seen\":\"2026-11-21\"}],\"left-out\":2}",
	    buf_str(&out));
	buf_free(&out);
}

static void
test_mail(void **state)
{
	const struct alert alerts[] = {
		make(ALERT_OPENED, SEVERITY_CRITICAL, "a.example",
		    "mx.a.example"),
		make(ALERT_CLOSED, SEVERITY_WARNING, "b.example",
		    "evil\r\n.\r\n\x1b[2J=20"),
	};
	const struct alert_message m = { .id = SPAN_LIT("m-1"),
		.alerts = alerts,
		.nalerts = 2,
		.left_out = 3 };
	struct buf out = BUF_INIT(16384);

	(void)state;
	alert_message_mail(&(const struct alert_mail){ .message = &m,
			       .from = SPAN_LIT("tlsrpt@c.example"),
			       .to = SPAN_LIT("ops@c.example"),
			       .now_s = MADE_S },
	    &out);
	assert_int_equal(E_OK, out.err);
	assert_string_equal(
	    "From: <tlsrpt@c.example>\r\n"
	    "To: <ops@c.example>\r\n"
	    "Subject: [tlsrpt] 5 alerts, 1 critical, 1 warning\r\n"
	    "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
	    "Message-ID: <m-1@c.example>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain;charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "critical opened: starttls-gone\r\n"
	    "  it was found, 2026-11-21T12:00:00Z\r\n"
	    "  domain: a.example\r\n"
	    "  subject: mx.a.example\r\n"
	    "  seen from 2026-11-20 to 2026-11-21\r\n"
	    "  likely your configuration (confidence high)\r\n"
	    "  more: tlsrpt finding show f-1\r\n"
	    "\r\n"
	    "warning closed: starttls-gone\r\n"
	    "  what was received lately shows it no more, "
	    "2026-11-21T12:00:00Z\r\n"
	    "  domain: b.example\r\n"
	    "  subject: evil\\r\\n.\\r\\n\\x1b[2J=3D20\r\n"
	    "  seen from 2026-11-20 to 2026-11-21\r\n"
	    "  likely your configuration (confidence high)\r\n"
	    "  more: tlsrpt finding show f-1\r\n"
	    "\r\n"
	    "There were 3 more than could wait: see tlsrpt finding list.\r\n",
	    buf_str(&out));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
