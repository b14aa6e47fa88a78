#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/dsn_read.h"

/* Parsed by one arena, so that what is told has to last. */
static enum err
read_message(struct span message, struct arena *arena, struct dsn *ret)
{
	struct why why = { { 0 } };
	struct mime m;

	assert_ok_why(mime_parse(message, arena, &m, &why), &why);
	return dsn_read(&m, arena, ret, &why);
}

struct want {
	const char *file;
	enum dsn_verdict verdict;
	const char *status, *text;
};

static void
assert_file(const struct want *w)
{
	struct arena arena = ARENA_INIT(1 << 24);
	struct dsn dsn = { .verdict = DSN_OTHER };
	struct span message;
	char path[256];

	(void)snprintf(path, sizeof(path), "corpus/dsn/%s", w->file);
	message = support_file(path);
	assert_ok(read_message(message, &arena, &dsn));
	if (dsn.verdict != w->verdict)
		fail_msg("%s: verdict %d, want %d", w->file, (int)dsn.verdict,
		    (int)w->verdict);
	if (w->verdict != DSN_OTHER) {
		assert_span(w->status, dsn.status);
		assert_span(w->text, dsn.text);
		assert_span("tls@a.example", dsn.recipient);
	}
	free((char *)message.p);
	arena_free(&arena);
}

static void
assert_files(const struct want *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_file(&w[i]);
}

#define UNKNOWN                                                    \
	"5.1.1 <tls@a.example>: Recipient address rejected: User " \
	"unknown in virtual mailbox table"

static void
test_postfix(void **state)
{
	static const struct want files[] = {
		{ "postfix-failed.eml", DSN_FAILED_FOR_GOOD, "5.1.1", UNKNOWN },
		{ "postfix-delayed.eml", DSN_DELAYED, "4.4.1",
		    "4.4.1 connect to mx.a.example[192.0.2.25]:25: Connection "
		    "timed out" },
		{ "postfix-expired.eml", DSN_FAILED_FOR_NOW, "4.4.1",
		    "4.4.1 connect to mx.a.example[192.0.2.25]:25: Connection "
		    "timed out" },
		{ "postfix-relayed.eml", DSN_DELIVERED, "2.0.0",
		    "2.0.0 250 2.0.0 Ok: queued as 4F3Abc" },
		{ "postfix-delivered.eml", DSN_DELIVERED, "2.0.0",
		    "2.0.0 delivered to maildir" },
	};

	(void)state;
	assert_files(files, sizeof(files) / sizeof(files[0]));
}

static void
test_exim(void **state)
{
	static const struct want files[] = {
		{ "exim-report.eml", DSN_FAILED_FOR_GOOD, "5.0.0",
		    "5.0.0 5.1.1 User unknown" },
		{ "exim-text.eml", DSN_FAILED_FOR_GOOD, "5.1.1",
		    "5.1.1 User unknown" },
		{ "exim-text-local.eml", DSN_FAILED_FOR_GOOD, "",
		    "Unrouteable address" },
		{ "exim-text-expired.eml", DSN_FAILED_FOR_NOW, "",
		    "retry timeout exceeded" },
		{ "exim-text-greylisted.eml", DSN_FAILED_FOR_NOW, "4.2.0",
		    "4.2.0 Try later:" },
		/* It does not say so in a form for machines. */
		{ "exim-warning.eml", DSN_OTHER, "", "" },
	};

	(void)state;
	assert_files(files, sizeof(files) / sizeof(files[0]));
}

static void
test_others(void **state)
{
	static const struct want files[] = {
		{ "microsoft365.eml", DSN_FAILED_FOR_GOOD, "5.1.10",
		    "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient "
		    "tls@a.example not found by SMTP address lookup" },
		{ "gmail.eml", DSN_FAILED_FOR_GOOD, "5.1.1",
		    "5.1.1 The email account that you tried to reach does not "
		    "exist. Please try 550-5.1.1 double-checking the "
		    "recipient's email address for typos or 550 5.1.1 "
		    "unnecessary spaces." },
		{ "sendmail.eml", DSN_FAILED_FOR_GOOD, "5.1.1",
		    "5.1.1 <tls@a.example>... User unknown" },
		{ "qmail.eml", DSN_FAILED_FOR_GOOD, "5.1.1",
		    "5.1.1 User unknown" },
		{ "qmail-no-mailbox.eml", DSN_FAILED_FOR_GOOD, "5.1.1",
		    "5.1.1 Sorry, no mailbox here by that name. (#5.1.1)" },
		{ "qmail-expired.eml", DSN_FAILED_FOR_NOW, "4.4.1",
		    "4.4.1 Sorry, I wasn't able to establish an SMTP "
		    "connection. (#4.4.1)" },
	};

	(void)state;
	assert_files(files, sizeof(files) / sizeof(files[0]));
}

static void
test_what_is_no_notification(void **state)
{
	static const struct want files[] = {
		{ "vacation.eml", DSN_OTHER, "", "" },
		{ "read-receipt.eml", DSN_OTHER, "", "" },
		{ "no-action.eml", DSN_OTHER, "", "" },
		/* Somebody else's, in a mail to us. */
		{ "returned-bounce.eml", DSN_OTHER, "", "" },
	};

	(void)state;
	assert_files(files, sizeof(files) / sizeof(files[0]));
}

static void
test_odd_forms(void **state)
{
	static const struct want files[] = {
		{ "base64.eml", DSN_FAILED_FOR_GOOD, "5.1.1", UNKNOWN },
		/* Its reply tells. */
		{ "no-status.eml", DSN_FAILED_FOR_GOOD, "5.1.1", UNKNOWN },
		{ "cut.eml", DSN_FAILED_FOR_GOOD, "5.1.1", "5.1.1 <tls@a." },
	};

	(void)state;
	assert_files(files, sizeof(files) / sizeof(files[0]));
}

/* A mailbox that forwards to several: the mail was not lost. */
static void
test_one_of_three_recipients_has_it(void **state)
{
	struct span message = support_file("corpus/dsn/two-recipients.eml");
	struct arena arena = ARENA_INIT(1 << 24);
	struct dsn dsn;

	(void)state;
	assert_ok(read_message(message, &arena, &dsn));
	assert_int_equal(DSN_DELIVERED, dsn.verdict);
	assert_span("second@a.example", dsn.recipient);
	free((char *)message.p);
	arena_free(&arena);
}

/* -- one recipient's fields -- */

static void
assert_fields(enum dsn_verdict want, const char *status, const char *text,
    const char *fields)
{
	struct buf in = BUF_INIT(1 << 20);
	struct arena arena = ARENA_INIT(1 << 24);
	struct dsn dsn = { .verdict = DSN_OTHER };

	buf_adds(&in,
	    "Content-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example\n\n");
	buf_adds(&in, fields);
	assert_ok(read_message(buf_span(&in), &arena, &dsn));
	assert_int_equal(want, dsn.verdict);
	assert_span(status, dsn.status);
	assert_span(text, dsn.text);
	buf_free(&in);
	arena_free(&arena);
}

/* RFC 3464 s2.3.3 and RFC 3464 s2.3.4: comments may follow. */
static void
test_actions(void **state)
{
	(void)state;
	assert_fields(DSN_FAILED_FOR_GOOD, "5.0.0", "5.0.0",
	    "Action: FAILED (gone)\nStatus: 5.0.0 (no more)\n");
	assert_fields(DSN_FAILED_FOR_NOW, "4.4.7", "4.4.7",
	    "ACTION:failed\nSTATUS:4.4.7\n");
	assert_fields(DSN_DELIVERED, "2.1.5", "2.1.5",
	    "Action: expanded\nStatus: 2.1.5\n");
	/* What it was is not known: it does not count as for good. */
	assert_fields(DSN_FAILED_FOR_NOW, "", "", "Action: failed\n");
	assert_fields(DSN_FAILED_FOR_NOW, "2.0.0", "2.0.0",
	    "Action: failed\nStatus: 2.0.0\n");
	assert_fields(DSN_OTHER, NULL, NULL, "Action: eaten\nStatus: 5.0.0\n");
	assert_fields(DSN_OTHER, NULL, NULL, "Status: 5.0.0\n");
}

static void
test_statuses_that_are_none(void **state)
{
	static const char *const none[] = { "", "5", "5.1", "5.1.", "5..1",
		"3.1.1", "51.1.1", "5.1111.1", "5.1.1111", "5.1.1.1", "5.1.1x",
		"x5.1.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct buf in = BUF_INIT(1000);

		buf_addf(&in,
		    "Action: failed\nStatus: %s\n"
		    "Diagnostic-Code: smtp; 552 full\n",
		    none[i]);
		assert_fields(DSN_FAILED_FOR_GOOD, "", "552 full",
		    buf_str(&in));
		buf_free(&in);
	}
	assert_fields(DSN_FAILED_FOR_NOW, "", "450 5.1.1 later",
	    "Action: failed\nDiagnostic-Code: smtp; 450 5.1.1 later\n");
	assert_fields(DSN_FAILED_FOR_GOOD, "5.123.999", "5.123.999",
	    "Action: failed\nStatus: 5.123.999\n");
}

static void
test_text_is_one_harmless_line(void **state)
{
	(void)state;
	assert_fields(DSN_FAILED_FOR_GOOD, "5.1.1",
	    "5.1.1 a b \xef\xbf\xbd \xc3\xa9 [2J",
	    "Action: failed\nStatus: 5.1.1\n"
	    "Diagnostic-Code: smtp; 550-5.1.1 \ta\r\n \tb \xff \xc3\xa9\x7f"
	    "\x1b[2J \r\n");
}

static void
test_text_has_a_ceiling(void **state)
{
	struct buf in = BUF_INIT(10000), want = BUF_INIT(10000);

	(void)state;
	buf_adds(&in, "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;");
	buf_adds(&want, "5.1.1 ");
	for (int i = 0; i < 1000; i++)
		buf_adds(&in, "\xc3\xa9");
	while (want.len < DSN_TEXT_MAX)
		buf_adds(&want, "\xc3\xa9");
	assert_fields(DSN_FAILED_FOR_GOOD, "5.1.1", buf_str(&want),
	    buf_str(&in));
	buf_free(&in);
	buf_free(&want);
}

static void
test_encoding_that_nobody_knows(void **state)
{
	struct arena arena = ARENA_INIT(1 << 20);
	struct dsn dsn;

	(void)state;
	assert_ok(
	    read_message(SPAN_LIT("Content-Type: message/delivery-status\n"
				  "Content-Transfer-Encoding: x-other\n\n"
				  "\nAction: failed\nStatus: 5.1.1\n"),
		&arena, &dsn));
	assert_int_equal(DSN_OTHER, dsn.verdict);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postfix),
		cmocka_unit_test(test_exim),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_what_is_no_notification),
		cmocka_unit_test(test_odd_forms),
		cmocka_unit_test(test_one_of_three_recipients_has_it),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_statuses_that_are_none),
		cmocka_unit_test(test_text_is_one_harmless_line),
		cmocka_unit_test(test_text_has_a_ceiling),
		cmocka_unit_test(test_encoding_that_nobody_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
