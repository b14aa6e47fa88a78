#include "support/test.h"

#include <stdlib.h>

#include "codec/dkim_sign.h"

#define BODY \
	"\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
/* RFC 8463 A.3. */
#define BODY_HASH "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
/* SHA-256 of nothing. */
#define EMPTY_HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define FROM "From: Joe SixPack <joe@football.example.com>\r\n"

static struct dkim_key *key;

static const struct dkim_signing signing = {
	.domain = SPAN_LIT("football.example.com"),
	.selector = SPAN_LIT("brisbane"),
	.now_s = 1528637909,
};

/* The field down to " b=". */
static void
sign_ok(const struct dkim_signing *s, const char *message, struct buf *out)
{
	struct why why = { { 0 } };
	char *b;

	assert_ok_why(dkim_sign(key, s, span_str(message), out, &why), &why);
	assert_string_equal("\r\n", out->p + out->len - 2);
	b = strstr(out->p, "\r\n b=");
	assert_non_null(b);
	/* 64 bytes are 88 letters: 75 in the first line, 13 in the next. */
	assert_int_equal(2 + 3 + 75 + 2 + 1 + 13 + 2,
	    out->len - (size_t)(b - out->p));
	assert_memory_equal("\r\n ", b + 2 + 3 + 75, 3);
	b[2 + 3] = '\0';
}

static void
assert_signed(const struct dkim_signing *s, const char *message,
    const char *want)
{
	struct buf out = BUF_INIT(DKIM_FIELD_MAX);

	sign_ok(s, message, &out);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

static void
assert_names(const char *message, const char *names)
{
	struct buf want = BUF_INIT(1000), out = BUF_INIT(DKIM_FIELD_MAX);

	buf_addf(&want, "\r\n h=%s;\r\n bh=", names);
	sign_ok(&signing, message, &out);
	if (strstr(buf_str(&out), buf_str(&want)) == NULL)
		fail_msg("%s has no %s", buf_str(&out), buf_str(&want));
	buf_free(&want);
	buf_free(&out);
}

static void
assert_refused(enum err want, const struct dkim_signing *s, struct span message)
{
	struct buf out = BUF_INIT(DKIM_FIELD_MAX);
	struct why why = { { 0 } };

	assert_err(want, dkim_sign(key, s, message, &out, &why));
	assert_int_equal(0, out.len);
	assert_true(why.text[0] != '\0');
	buf_free(&out);
}

/* -- the field -- */

static void
test_message_of_the_rfc(void **state)
{
	(void)state;
	assert_signed(&signing,
	    FROM "To: Suzie Q <suzie@shopping.example.net>\r\n"
		 "Subject: Is dinner ready?\r\n"
		 "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
		 "Message-ID: <20030712040037.46341.5F8J@football.example.com>"
		 "\r\n" BODY,
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	    " d=football.example.com; s=brisbane; t=1528637909;\r\n"
	    " h=From:From:To:Subject:Date:Message-ID;\r\n"
	    " bh=" BODY_HASH ";\r\n"
	    " b=");
}

/* 78 bytes a line at most, RFC 5322 s2.1.1. */
static void
test_all_that_can_be_signed(void **state)
{
	struct dkim_signing s = signing;

	(void)state;
	s.expires_s = s.now_s + 1;
	s.domain = SPAN_LIT("e.d");
	assert_signed(&s,
	    "Auto-Submitted: auto-generated\r\n"
	    "TLS-Required: No\r\n"
	    "X-Other: x\r\n"
	    "Content-Type: text/plain\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Received: by x\r\n"
	    "TLS-Report-Submitter: e.d\r\n"
	    "TLS-Report-Domain: a.b\r\n"
	    "Message-ID: <a@e.d>\r\n"
	    "Date: x\r\n"
	    "SUBJECT: x\r\n"
	    "to: x@a.b\r\n"
	    "From: y@e.d\r\n",
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=e.d; "
	    "s=brisbane;\r\n"
	    " t=1528637909; x=1528637910;\r\n"
	    " h=From:From:To:Subject:Date:Message-ID:TLS-Report-Domain:\r\n"
	    " TLS-Report-Submitter:MIME-Version:Content-Type:TLS-Required:"
	    "Auto-Submitted;\r\n"
	    " bh=" EMPTY_HASH ";\r\n"
	    " b=");
}

/* RFC 6376 s5.4.2: a name for each; From once more. */
static void
test_names(void **state)
{
	(void)state;
	assert_names("From: a\r\n\r\n", "From:From");
	assert_names("from: a\r\nFROM: b\r\n\r\n", "From:From:From");
	assert_names("To: a\r\nFrom: b\r\nTo: c\r\nDate: d\r\n\r\n",
	    "From:From:To:To:Date");
	/* Behind the empty line is the body. */
	assert_names("From: a\r\n\r\nTo: b\r\n", "From:From");
	/* A fold is no field, and a name is not the front of another. */
	assert_names("From: a\r\n To: b\r\n\tDate: c\r\nTo-Day: d\r\n\r\n",
	    "From:From");
	assert_names("From:\r\n a\r\nTo:b\r\n", "From:From:To");
}

static void
test_bodies(void **state)
{
	static const struct {
		const char *name, *message, *hash;
	} cases[] = {
		{ "none", FROM, EMPTY_HASH },
		{ "empty", FROM "\r\n", EMPTY_HASH },
		{ "empty lines", FROM "\r\n\r\n\r\n", EMPTY_HASH },
		{ "a line", FROM BODY, BODY_HASH },
		{ "empty lines behind", FROM BODY "\r\n\r\n", BODY_HASH },
		{ "blanks behind", FROM BODY " \t\r\n \r\n", BODY_HASH },
		{ "no CRLF at the end",
		    FROM "\r\nHi.\r\n\r\nWe lost the game. Are you hungry yet?"
			 "\r\n\r\nJoe.",
		    BODY_HASH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(DKIM_FIELD_MAX);

		print_message("%s\n", cases[i].name);
		sign_ok(&signing, cases[i].message, &out);
		assert_non_null(strstr(buf_str(&out), cases[i].hash));
		buf_free(&out);
	}
}

static void
test_appended_behind_what_is_there(void **state)
{
	struct buf out = BUF_INIT(DKIM_FIELD_MAX);

	(void)state;
	buf_adds(&out, "X: y\r\n");
	assert_ok(dkim_sign(key, &signing, SPAN_LIT(FROM), &out, NULL));
	assert_memory_equal("X: y\r\nDKIM-Signature: v=1;", out.p, 26);
	buf_free(&out);
}

/* -- what is refused -- */

static void
test_messages_that_are_none(void **state)
{
	static const struct {
		const char *name;
		struct span in;
	} cases[] = {
		{ "nothing", SPAN_LIT("") },
		{ "absent", SPAN_NONE },
		{ "no header", SPAN_LIT("\r\nFrom: a\r\n") },
		{ "no From", SPAN_LIT("To: a\r\n\r\nFrom: b\r\n") },
		{ "LF alone", SPAN_LIT("From: a\nTo: b\r\n\r\n") },
		{ "LF alone in the body", SPAN_LIT("From: a\r\n\r\nb\n") },
		{ "CR alone", SPAN_LIT("From: a\rb\r\n\r\n") },
		{ "CR at the end", SPAN_LIT("From: a\r\n\r\nb\r") },
		{ "CR twice", SPAN_LIT("From: a\r\r\n\r\n") },
		{ "no field", SPAN_LIT("From: a\r\nx\r\n\r\n") },
		{ "no name", SPAN_LIT("From: a\r\n: x\r\n\r\n") },
		{ "blank in a name", SPAN_LIT("From: a\r\nX Y: x\r\n\r\n") },
		{ "a fold first", SPAN_LIT(" x\r\nFrom: a\r\n\r\n") },
		{ "NUL in a name", SPAN_LIT("From: a\r\nX\0: x\r\n\r\n") },
		{ "8-bit in a name", SPAN_LIT("From: a\r\nX\xff: x\r\n\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_refused(E_SYNTAX, &signing, cases[i].in);
	}
}

static void
test_signings_that_are_none(void **state)
{
	struct dkim_signing s = signing;
	static const char *const names[] = { "", "a..b", "a b", "a;b",
		"a\r\n b", ".a", "a.", "a@b", "\xc3\xa4.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		s = signing;
		s.domain = span_str(names[i]);
		assert_refused(E_SYNTAX, &s, SPAN_LIT(FROM));
		s = signing;
		s.selector = span_str(names[i]);
		assert_refused(E_SYNTAX, &s, SPAN_LIT(FROM));
	}
	s = signing;
	s.expires_s = s.now_s;
	assert_refused(E_SYNTAX, &s, SPAN_LIT(FROM));
	s.expires_s = -1;
	assert_refused(E_SYNTAX, &s, SPAN_LIT(FROM));
	s = signing;
	s.now_s = -1;
	assert_refused(E_SYNTAX, &s, SPAN_LIT(FROM));
}

/* -- ceilings -- */

static void
test_most_fields(void **state)
{
	struct buf message = BUF_INIT(100000), out = BUF_INIT(DKIM_FIELD_MAX);

	(void)state;
	for (int i = 0; i < 128; i++)
		buf_adds(&message, "From: a\r\n");
	assert_ok(dkim_sign(key, &signing, buf_span(&message), &out, NULL));
	buf_adds(&message, "X: a\r\n");
	assert_refused(E_RANGE, &signing, buf_span(&message));
	buf_free(&message);
	buf_free(&out);
}

static void
test_largest_header(void **state)
{
	struct buf message = BUF_INIT(100000), out = BUF_INIT(DKIM_FIELD_MAX);

	(void)state;
	buf_addf(&message, "From: %065528d\r\n", 0);
	assert_int_equal(65536, message.len);
	assert_ok(dkim_sign(key, &signing, buf_span(&message), &out, NULL));
	buf_clear(&message);
	buf_addf(&message, "From: %065529d\r\n", 0);
	assert_refused(E_RANGE, &signing, buf_span(&message));
	buf_free(&message);
	buf_free(&out);
}

static void
test_ceiling_of_the_field(void **state)
{
	struct buf out = BUF_INIT(100);

	(void)state;
	assert_err(E_RANGE,
	    dkim_sign(key, &signing, SPAN_LIT(FROM), &out, NULL));
	buf_free(&out);
}

static int
read_key(void **state)
{
	struct span pem = support_file("support/keys/rfc8463.pem");

	(void)state;
	assert_ok(dkim_key_parse(pem, &key, NULL));
	free((char *)pem.p);
	return 0;
}

static int
free_key(void **state)
{
	(void)state;
	dkim_key_free(key);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_of_the_rfc),
		cmocka_unit_test(test_all_that_can_be_signed),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_appended_behind_what_is_there),
		cmocka_unit_test(test_messages_that_are_none),
		cmocka_unit_test(test_signings_that_are_none),
		cmocka_unit_test(test_most_fields),
		cmocka_unit_test(test_largest_header),
		cmocka_unit_test(test_ceiling_of_the_field),
	};

	return cmocka_run_group_tests(tests, read_key, free_key);
}
