#include "support/test.h"

#include "codec/mail_field.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

static void
assert_name(struct span name, const char *want)
{
	struct buf out = BUF_INIT(10000);
	struct mail_field f = mail_field_begin(&out, "From");

	mail_field_display_name(&f, name);
	mail_field_end(&f);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

static void
assert_date(int64_t s, const char *want)
{
	struct buf out = BUF_INIT(100);
	struct mail_field f = mail_field_begin(&out, "Date");

	mail_field_date(&f, s);
	mail_field_end(&f);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

/* RFC 5322 s2.1.1: 78 bytes without the CRLF. */
static void
test_folding(void **state)
{
	struct buf out = BUF_INIT(1000);
	struct mail_field f;

	(void)state;
	f = mail_field_begin(&out, "X");
	mail_field_word(&f, SPAN_LIT(A60));
	mail_field_word(&f, SPAN_LIT("12345678901234"));
	mail_field_word(&f, SPAN_LIT("b"));
	mail_field_end(&f);
	f = mail_field_begin(&out, "X");
	mail_field_word(&f, SPAN_LIT(A60));
	mail_field_enclosed(&f, "<", SPAN_LIT("1234567890123"), ">");
	mail_field_end(&f);
	assert_string_equal("X: " A60 " 12345678901234\r\n"
			    " b\r\n"
			    "X: " A60 "\r\n"
			    " <1234567890123>\r\n",
	    buf_str(&out));
	buf_free(&out);
}

/* Python's email package takes a blank for the start of a value that has a line
 * of its own. */
static void
test_first_word_stays(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	mail_field_add(&out, "TLS-Report-Domain", SPAN_LIT(A60));
	mail_field_add(&out, "X", SPAN_LIT(A60 A60));
	assert_string_equal("TLS-Report-Domain: " A60 "\r\n"
			    "X: " A60 A60 "\r\n",
	    buf_str(&out));
	buf_free(&out);
}

/* Base64 by coreutils. */
static void
test_display_names(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		const char *want;
	} cases[] = {
		{ "none", SPAN_LIT(""), "From:\r\n" },
		{ "words", SPAN_LIT("Example Sender"),
		    "From: \"Example Sender\"\r\n" },
		{ "specials", SPAN_LIT("a@b <c>, (d); e:"),
		    "From: \"a@b <c>, (d); e:\"\r\n" },
		{ "quotes", SPAN_LIT("The \"Org\""),
		    "From: \"The \\\"Org\\\"\"\r\n" },
		{ "UTF-8", SPAN_LIT("\xc3\x9c"), "From: =?UTF-8?B?w5w=?=\r\n" },
		{ "another field", SPAN_LIT("a\r\nBcc: b@c.example"),
		    "From: \"a\\\\r\\\\nBcc: b@c.example\"\r\n" },
		{ "nul", SPAN_LIT("a\0b"), "From: \"a\\\\x00b\"\r\n" },
		{ "no UTF-8", SPAN_LIT("a\xff"), "From: \"a\\\\xff\"\r\n" },
		{ "direction", SPAN_LIT("a\xe2\x80\xae"),
		    "From: \"a\\\\xe2\\\\x80\\\\xae\"\r\n" },
		{ "encoded-word", SPAN_LIT("=?UTF-8?Q?=0D=0A?="),
		    "From: =?UTF-8?B?PT9VVEYtOD9RPz0wRD0wQT89?=\r\n" },
		{ "longest in quotes", SPAN_LIT(A60 A10),
		    "From: \"" A60 A10 "\"\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_name(cases[i].in, cases[i].want);
	}
}

/* One more than has room in quotes. 45 bytes a word: 60 letters. */
static void
test_long_display_name(void **state)
{
	(void)state;
	assert_name(SPAN_LIT(A60 A10 "a"),
	    "From: =?UTF-8?B?"
	    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh?="
	    "\r\n =?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?="
	    "\r\n");
}

/* RFC 2047 s5: a character of two bytes does not begin at the 45th. */
static void
test_no_character_is_split(void **state)
{
	(void)state;
	assert_name(SPAN_LIT("aaaa" A10 A10 A10 A10 "\xc3\xbc"),
	    "From: =?UTF-8?B?"
	    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?="
	    "\r\n =?UTF-8?B?w7w=?=\r\n");
}

/* date -ud @N '+%a, %d %b %Y %T %z' */
static void
test_dates(void **state)
{
	(void)state;
	assert_date(0, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n");
	assert_date(951868799, "Date: Tue, 29 Feb 2000 23:59:59 +0000\r\n");
	assert_date(1772452800, "Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n");
	assert_date(253402300799, "Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n");
}

static void
test_days_and_months(void **state)
{
	static const char *const want[] = { "Date: Sun, 04 Jan",
		"Date: Wed, 04 Feb", "Date: Wed, 04 Mar", "Date: Sat, 04 Apr",
		"Date: Mon, 04 May", "Date: Thu, 04 Jun", "Date: Sat, 04 Jul",
		"Date: Tue, 04 Aug", "Date: Fri, 04 Sep", "Date: Sun, 04 Oct",
		"Date: Wed, 04 Nov", "Date: Fri, 04 Dec" };
	static const int first_days[] = { 0, 31, 59, 90, 120, 151, 181, 212,
		243, 273, 304, 334 };

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		struct buf out = BUF_INIT(100);
		struct mail_field f = mail_field_begin(&out, "Date");

		mail_field_date(&f, (first_days[i] + 3) * S_PER_DAY);
		assert_memory_equal(want[i], buf_str(&out), strlen(want[i]));
		buf_free(&out);
	}
}

static void
test_ceiling(void **state)
{
	struct buf out = BUF_INIT(10);
	struct mail_field f = mail_field_begin(&out, "From");

	(void)state;
	mail_field_display_name(&f, SPAN_LIT("Example Sender"));
	assert_err(E_RANGE, out.err);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_first_word_stays),
		cmocka_unit_test(test_display_names),
		cmocka_unit_test(test_long_display_name),
		cmocka_unit_test(test_no_character_is_split),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_days_and_months),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
