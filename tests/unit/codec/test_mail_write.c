#include "support/test.h"

#include <stdlib.h>

#include "codec/dkim_sign.h"
#include "codec/mail_write.h"

#define A9 "aaaaaaaaa"
#define LABEL A9 A9 A9 A9 A9 A9 A9 /* 63 bytes */
#define LONG_DOMAIN LABEL "." LABEL "." LABEL "." A9 A9 A9 A9 A9 A9 "aaaaaaa"

static const struct report_summary summary = {
	.organization = SPAN_LIT("Example Sender"),
	.contact = SPAN_LIT("tls@sender.example"),
	.id = SPAN_LIT("abc234"),
	.start = SPAN_LIT("2026-03-02T00:00:00Z"),
	.end = SPAN_LIT("2026-03-02T23:59:59Z"),
};

static struct report_mail
mail_of(const struct report_summary *s)
{
	return (struct report_mail){
		.domain = SPAN_LIT("a.example"),
		.from = SPAN_LIT("noreply@sender.example"),
		.to = SPAN_LIT("reports@a.example"),
		.file_name = SPAN_LIT("sender.example!a.example!1!2!x.json"),
		.body = SPAN_LIT("hello"),
		.now_s = 1772452800,
		.summary = s,
	};
}

/* Nothing that a signer or a server would refuse or change. */
static void
check_lines(struct span message)
{
	while (message.len > 0) {
		struct span line = span_until(&message, '\n');

		assert_true(line.len > 0 && line.len <= 998 + 1);
		assert_int_equal('\r', line.p[line.len - 1]);
		for (size_t i = 0; i < line.len - 1; i++)
			assert_in_range((unsigned char)line.p[i], ' ', '~');
	}
}

static void
check_signing(struct span message)
{
	static const struct dkim_signing signing = {
		.domain = SPAN_LIT("sender.example"),
		.selector = SPAN_LIT("s"),
		.now_s = 1772452800,
	};
	struct span pem = support_file("support/keys/rfc8463.pem");
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	struct dkim_key *key = NULL;
	struct why why = { { 0 } };

	assert_ok_why(dkim_key_parse(pem, &key, &why), &why);
	assert_ok_why(dkim_sign(key, &signing, message, &field, &why), &why);
	dkim_key_free(key);
	buf_free(&field);
	free((char *)pem.p);
}

static void
write_ok(const struct report_mail *m, struct buf *out)
{
	struct why why = { { 0 } };

	*out = BUF_INIT(MAIL_MAX);
	assert_ok_why(mail_write(m, out, &why), &why);
	check_lines(buf_span(out));
	check_signing(buf_span(out));
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

static void
assert_part(const struct report_mail *m, const char *part)
{
	struct buf out;

	write_ok(m, &out);
	if (count(buf_str(&out), part) != 1)
		fail_msg("%s\nhas not once\n%s", buf_str(&out), part);
	buf_free(&out);
}

static void
assert_refused(const struct report_mail *m, const char *part)
{
	struct buf out = BUF_INIT(MAIL_MAX);
	struct why why = { { 0 } };

	assert_err(E_SYNTAX, mail_write(m, &out, &why));
	assert_int_equal(0, out.len);
	if (strstr(why.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, part);
}

/* -- the message -- */

static void
test_whole_message(void **state)
{
	struct report_mail m = mail_of(&summary);
	struct buf out;

	(void)state;
	write_ok(&m, &out);
	assert_string_equal(
	    "From: \"Example Sender\" <noreply@sender.example>\r\n"
	    "To: reports@a.example\r\n"
	    "Subject: Report Domain: a.example Submitter: sender.example "
	    "Report-ID:\r\n"
	    " <abc234@sender.example>\r\n"
	    "Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n"
	    "Message-ID: <abc234@sender.example>\r\n"
	    "TLS-Report-Domain: a.example\r\n"
	    "TLS-Report-Submitter: sender.example\r\n"
	    "TLS-Required: No\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n"
	    " boundary=\"=_tlsrpt_report\"\r\n"
	    "\r\n"
	    "--=_tlsrpt_report\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 7bit\r\n"
	    "\r\n"
	    "This is an aggregate report on the TLS security of mail to "
	    "a.example\r\n"
	    "(SMTP TLS Reporting, RFC 8460). It counts the sessions in which "
	    "the mail\r\n"
	    "servers of the reporter could use TLS as the policies of the "
	    "recipient\r\n"
	    "ask for, and those in which they could not.\r\n"
	    "\r\n"
	    "  Domain: a.example\r\n"
	    "  Reporter: Example Sender\r\n"
	    "  Contact: tls@sender.example\r\n"
	    "  Day (UTC): 2026-03-02\r\n"
	    "  Report-ID: abc234\r\n"
	    "\r\n"
	    "Sessions: 0 successful, 0 failed.\r\n"
	    "\r\n"
	    "The whole report is in the attachment, as JSON.\r\n"
	    "\r\n"
	    "Why you get this: the TXT record of _smtp._tls.a.example asks "
	    "for such\r\n"
	    "reports to be sent to reports@a.example. Once that address is "
	    "taken out\r\n"
	    "of the record, they end. A program wrote this mail; questions "
	    "can be\r\n"
	    "sent to tls@sender.example.\r\n"
	    "\r\n"
	    "--=_tlsrpt_report\r\n"
	    "Content-Type: application/tlsrpt+json;\r\n"
	    " name=\"sender.example!a.example!1!2!x.json\"\r\n"
	    "Content-Disposition: attachment;\r\n"
	    " filename=\"sender.example!a.example!1!2!x.json\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "\r\n"
	    "aGVsbG8=\r\n"
	    "--=_tlsrpt_report--\r\n",
	    buf_str(&out));
	buf_free(&out);
}

static void
test_gzip(void **state)
{
	struct report_mail m = mail_of(&summary);

	(void)state;
	m.is_gzip = true;
	m.file_name = SPAN_LIT("a!b!1!2.json.gz");
	assert_part(&m,
	    "Content-Type: application/tlsrpt+gzip; name=\"a!b!1!2.json.gz\""
	    "\r\n"
	    "Content-Disposition: attachment; filename=\"a!b!1!2.json.gz\""
	    "\r\n");
}

static void
test_report_id_with_a_domain(void **state)
{
	struct report_summary s = summary;
	struct report_mail m = mail_of(&s);

	(void)state;
	s.id = SPAN_LIT("735ff.e317+bf22029@mail.example");
	assert_part(&m,
	    " Report-ID:\r\n <735ff.e317+bf22029@mail.example>\r\n");
	assert_part(&m, "\r\nMessage-ID: <735ff.e317+bf22029@mail.example>");
}

/* RFC 2045 s6.7 for what is no ASCII, or has a "=", or is a long word. */
static void
test_text_that_needs_an_encoding(void **state)
{
	struct report_summary s = summary;
	struct report_mail m = mail_of(&s);

	(void)state;
	s.organization = SPAN_LIT("\xc3\x9c");
	assert_part(&m, "\r\n  Reporter: =C3=9C\r\n");
	assert_part(&m, "\r\nContent-Transfer-Encoding: quoted-printable\r\n");
	assert_part(&m, "From: =?UTF-8?B?w5w=?= <noreply@sender.example>\r\n");
	s.organization = SPAN_LIT("a=b");
	assert_part(&m, "\r\n  Reporter: a=3Db\r\n");
	s.organization = SPAN_LIT(A9 A9 A9 A9 A9 A9 A9 A9 A9);
	assert_part(&m, "\r\nContent-Transfer-Encoding: quoted-printable\r\n");
}

/* The three delimiters and the parameter are all. */
static void
test_boundary_is_nowhere_else(void **state)
{
	struct report_summary s = summary;
	struct report_mail m = mail_of(&s);
	struct buf out;

	(void)state;
	s.organization = SPAN_LIT("x --=_tlsrpt_report-- --=_tlsrpt_report");
	m.body = SPAN_LIT("\r\n--=_tlsrpt_report--\r\n");
	write_ok(&m, &out);
	/* The two of the display name are in the header, which ends before. */
	assert_int_equal(3, count(buf_str(&out), "\n--=_tlsrpt_report"));
	assert_int_equal(2 + 1 + 3, count(buf_str(&out), "=_tlsrpt_report"));
	assert_int_equal(1, count(buf_str(&out), "--=_tlsrpt_report--\r\n"));
	buf_free(&out);
}

static void
test_odd_organizations(void **state)
{
	static const struct span names[] = {
		SPAN_LIT(""),
		SPAN_LIT("The \"Org\", \\ <a@b.example>"),
		SPAN_LIT("a\r\nBcc: victim@b.example\r\n\r\n\r\n"),
		SPAN_LIT("a\0b\x1b[2J\x7f\xff\xc2\x85"),
		SPAN_LIT(LONG_DOMAIN "aa"),
		SPAN_LIT("\xf0\x9f\x94\x92\xf0\x9f\x94\x92\xf0\x9f\x94\x92"
			 "\xf0\x9f\x94\x92\xf0\x9f\x94\x92\xf0\x9f\x94\x92"
			 "\xf0\x9f\x94\x92\xf0\x9f\x94\x92\xf0\x9f\x94\x92"
			 "\xf0\x9f\x94\x92\xf0\x9f\x94\x92\xf0\x9f\x94\x92"),
	};
	struct report_summary s = summary;
	struct report_mail m = mail_of(&s);
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		s.organization = names[i];
		write_ok(&m, &out);
		assert_int_equal(0, count(buf_str(&out), "\r\nBcc:"));
		assert_int_equal(1,
		    count(buf_str(&out),
			"\"=_tlsrpt_report\"\r\n\r\n--=_tlsrpt_report\r\n"));
		assert_int_equal(1,
		    count(buf_str(&out), " <noreply@sender.example>\r\n"));
		buf_free(&out);
	}
}

static void
test_long_names(void **state)
{
	struct report_summary s = summary;
	struct report_mail m = mail_of(&s);
	char *name = malloc(MAIL_FILE_NAME_MAX);

	(void)state;
	memset(name, 'n', MAIL_FILE_NAME_MAX);
	s.contact = SPAN_LIT(LABEL "@" LONG_DOMAIN);
	s.id = SPAN_LIT(LABEL);
	m.domain = SPAN_LIT(LONG_DOMAIN);
	m.from = s.contact;
	m.to = s.contact;
	m.file_name = (struct span){ name, MAIL_FILE_NAME_MAX };
	assert_part(&m,
	    "\r\nSubject: Report Domain:\r\n " LONG_DOMAIN
	    "\r\n Submitter:\r\n " LONG_DOMAIN "\r\n Report-ID:\r\n <" LABEL
	    "@" LONG_DOMAIN ">\r\nDate: Mon, 02 Mar 2026 12:00:00 +0000\r\n"
	    "Message-ID: <" LABEL "@" LONG_DOMAIN
	    ">\r\nTLS-Report-Domain: " LONG_DOMAIN
	    "\r\nTLS-Report-Submitter: " LONG_DOMAIN "\r\n");
	free(name);
}

static void
test_body_of_many_lines(void **state)
{
	static char body[100000];
	struct report_mail m = mail_of(&summary);
	struct buf out;

	(void)state;
	m.body = (struct span){ body, sizeof(body) };
	write_ok(&m, &out);
	/* 1754 lines of 57 bytes, and 22. */
	assert_int_equal(1754,
	    count(buf_str(&out),
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"));
	assert_int_equal(1,
	    count(buf_str(&out),
		"\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\r\n"
		"--=_tlsrpt_report--\r\n"));
	buf_free(&out);
}

/* -- what is refused -- */

static void
test_refused(void **state)
{
	static const struct {
		const char *name;
		struct span text;
	} cases[] = {
		{ "empty", SPAN_LIT("") },
		{ "blank", SPAN_LIT("a b@a.example") },
		{ "line", SPAN_LIT("a\r\nBcc:b@a.example") },
		{ "nul", SPAN_LIT("a\0@a.example") },
		{ "no ASCII", SPAN_LIT("\xc3\xbc@\xc3\xbc.example") },
		{ "brackets", SPAN_LIT("<a@a.example>") },
		{ "quoted", SPAN_LIT("\"a\"@a.example") },
		{ "two", SPAN_LIT("a@a.example,b@a.example") },
		{ "two \"@\"", SPAN_LIT("a@b@a.example") },
		{ "no host", SPAN_LIT("a@") },
		{ "option", SPAN_LIT("-a@a.example") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report_summary s = summary;
		struct report_mail m = mail_of(&s);

		print_message("%s\n", cases[i].name);
		m.from = cases[i].text;
		assert_refused(&m, "no sender");
		m = mail_of(&s);
		m.to = cases[i].text;
		assert_refused(&m, "no recipient");
		m = mail_of(&s);
		m.domain = cases[i].text;
		assert_refused(&m, "no domain");
		s.contact = cases[i].text;
		m = mail_of(&s);
		assert_refused(&m, "no contact-info");
		s = summary;
		s.id = cases[i].text;
		assert_refused(&m, "no report-id");
	}
}

static void
test_report_ids_that_are_none(void **state)
{
	static const char *const ids[] = { "a:b", "2026-03-02T00:00:00Z_a",
		"a..b", ".a", "a.", "a<b>", "a@b@c", LABEL "aa" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct report_summary s = summary;
		struct report_mail m = mail_of(&s);

		print_message("%s\n", ids[i]);
		s.id = span_str(ids[i]);
		assert_refused(&m, "no report-id");
	}
}

static void
test_file_names_that_are_none(void **state)
{
	static const struct span names[] = { SPAN_LIT(""), SPAN_LIT("a b"),
		SPAN_LIT("a\"b"), SPAN_LIT("a\\b"), SPAN_LIT("a/b"),
		SPAN_LIT("a\r\nb"), SPAN_LIT("a\0b"), SPAN_LIT("\xc3\xbc") };
	struct report_mail m = mail_of(&summary);
	char *name = malloc(MAIL_FILE_NAME_MAX + 1);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		m.file_name = names[i];
		assert_refused(&m, "no file name");
	}
	memset(name, 'n', MAIL_FILE_NAME_MAX + 1);
	m.file_name = (struct span){ name, MAIL_FILE_NAME_MAX + 1 };
	assert_refused(&m, "no file name");
	free(name);
}

static void
test_times(void **state)
{
	struct report_mail m = mail_of(&summary);

	(void)state;
	m.now_s = -1;
	assert_refused(&m, "time");
	m.now_s = INT64_C(253402300800);
	assert_refused(&m, "time");
	m.now_s--;
	assert_part(&m, "\r\nDate: Fri, 31 Dec 9999 23:59:59 +0000\r\n");
}

static void
test_ceiling(void **state)
{
	struct report_mail m = mail_of(&summary);
	struct buf out = BUF_INIT(MAIL_MAX);
	struct why why = { { 0 } };
	size_t len;

	(void)state;
	assert_ok(mail_write(&m, &out, NULL));
	len = out.len;
	buf_clear(&out);
	out.max = len;
	assert_ok(mail_write(&m, &out, NULL));
	buf_clear(&out);
	out.max = len - 1;
	assert_err(E_RANGE, mail_write(&m, &out, &why));
	assert_true(why.text[0] != '\0');
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_message),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_report_id_with_a_domain),
		cmocka_unit_test(test_text_that_needs_an_encoding),
		cmocka_unit_test(test_boundary_is_nowhere_else),
		cmocka_unit_test(test_odd_organizations),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_body_of_many_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_report_ids_that_are_none),
		cmocka_unit_test(test_file_names_that_are_none),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
