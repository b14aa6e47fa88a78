#include "support/test.h"

#include <stdlib.h>

#include "codec/mime_read.h"
#include "model/limits.h"

static struct arena arena;

static int
setup(void **state)
{
	(void)state;
	arena = ARENA_INIT(1 << 24);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct mime
parse(const char *message)
{
	struct why why = { { 0 } };
	struct mime m = { NULL, 0 };

	assert_ok_why(mime_parse(span_str(message), &arena, &m, &why), &why);
	return m;
}

static void
assert_part(const struct mime_part *part, size_t depth, const char *type,
    const char *subtype, const char *body)
{
	assert_int_equal(depth, part->depth);
	assert_span(type, part->type);
	assert_span(subtype, part->subtype);
	assert_span(body, part->body);
}

static void
assert_unfolded(const char *want, const struct mime_field *f)
{
	struct buf out = BUF_INIT(10000);

	assert_non_null(f);
	mime_unfold(f->value, &out);
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

/* -- header and body -- */

static void
test_fields_and_body(void **state)
{
	struct mime m = parse("Subject: hello\r\n"
			      "X-Folded: one\r\n"
			      "\t two\r\n"
			      " three \r\n"
			      "subject: again\r\n"
			      "X-Empty:\r\n"
			      "\r\n"
			      "Body: no field\r\n"
			      "\r\n"
			      "end");
	const struct mime_header *h = &m.v[0].header;

	(void)state;
	assert_int_equal(1, m.n);
	assert_int_equal(4, h->n);
	assert_unfolded("hello", mime_field(h, "SUBJECT"));
	assert_unfolded("one\t two three", mime_field(h, "x-folded"));
	assert_unfolded("", mime_field(h, "X-Empty"));
	assert_null(mime_field(h, "Body"));
	assert_span("X-Folded: one\r\n\t two\r\n three \r\n", h->v[1].raw);
	assert_span(" one\r\n\t two\r\n three ", h->v[1].value);
	assert_span("subject", h->v[2].name);
	assert_part(&m.v[0], 0, "text", "plain", "Body: no field\r\n\r\nend");
	assert_int_equal(MIME_IDENTITY, m.v[0].encoding);
}

static void
test_lines_that_end_with_lf(void **state)
{
	struct mime m = parse("A: 1\n 2\nB: 3\n\nbody\n");

	(void)state;
	assert_int_equal(2, m.v[0].header.n);
	assert_unfolded("1 2", mime_field(&m.v[0].header, "A"));
	assert_span("body\n", m.v[0].body);
}

static void
test_line_of_a_mailbox_file(void **state)
{
	struct mime m = parse("From MAILER-DAEMON Sun Nov 22 14:57:00 2026\n"
			      "To: a@b.example\n\nbody");

	(void)state;
	assert_int_equal(1, m.v[0].header.n);
	assert_span("body", m.v[0].body);
}

static void
test_header_ends_where_a_line_is_no_field(void **state)
{
	static const struct {
		const char *in;
		size_t nfields;
		const char *body;
	} cases[] = {
		{ "", 0, "" },
		{ "\n", 0, "" },
		{ "\r\n\r\n", 0, "\r\n" },
		{ "no field", 0, "no field" },
		{ "A: 1\nno field\n\nx", 1, "no field\n\nx" },
		{ "A: 1\n: 2\n", 1, ": 2\n" },
		{ "A: 1\nB\xc3\xa9: 2\n", 1, "B\xc3\xa9: 2\n" },
		{ " A: 1\n", 0, " A: 1\n" },
		{ "A : 1\n\n", 1, "" }, /* RFC 5322 s4.5 */
		{ "A: 1", 1, "" },
		{ "A: 1\n", 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mime m = parse(cases[i].in);

		assert_int_equal(cases[i].nfields, m.v[0].header.n);
		assert_span(cases[i].body, m.v[0].body);
	}
}

/* -- type and encoding -- */

static void
test_types(void **state)
{
	static const struct {
		const char *field, *type, *subtype;
	} cases[] = {
		{ "text/html; charset=utf-8", "text", "html" },
		{ "APPLICATION/TLSRPT+gzip", "APPLICATION", "TLSRPT+gzip" },
		{ " (a (nested\\)) comment) text\r\n /\r\n\tx-y ;", "text",
		    "x-y" },
		/* RFC 2045 s5.2 */
		{ "", "text", "plain" },
		{ "text", "text", "plain" },
		{ "/plain", "text", "plain" },
		{ "image/", "text", "plain" },
		{ "(image/png", "text", "plain" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = BUF_INIT(1000);
		struct mime m;

		buf_addf(&in, "Content-Type: %s\r\n\r\n", cases[i].field);
		m = parse(buf_str(&in));
		assert_part(&m.v[0], 0, cases[i].type, cases[i].subtype, "");
		buf_free(&in);
	}
}

static void
test_type_in_any_case(void **state)
{
	struct mime m = parse("content-type: Message/Delivery-STATUS\n\n");

	(void)state;
	assert_true(mime_is(&m.v[0], "message", "delivery-status"));
	assert_false(mime_is(&m.v[0], "message", "delivery"));
}

static void
assert_decoded(const char *want, size_t len, const char *encoding,
    const char *body)
{
	struct buf in = BUF_INIT(1000), out = BUF_INIT(1000);
	struct mime m;

	buf_addf(&in, "Content-Transfer-Encoding: %s\n\n%s", encoding, body);
	m = parse(buf_str(&in));
	assert_ok(mime_decode(&m.v[0], &out));
	assert_int_equal(len, out.len);
	assert_memory_equal(want, buf_str(&out), len);
	buf_free(&in);
	buf_free(&out);
}

/* RFC 4648 s10; then with what is ignored, RFC 2045 s6.8. */
static void
test_base64(void **state)
{
	(void)state;
	assert_decoded("", 0, "base64", "");
	assert_decoded("f", 1, "base64", "Zg==");
	assert_decoded("fo", 2, "base64", "Zm8=\r\n");
	assert_decoded("foo", 3, "BASE64", "Zm9v");
	assert_decoded("foob", 4, "base64 (comment)", "Zm9vYg==");
	assert_decoded("fooba", 5, "base64", "Zm9vYmE=");
	assert_decoded("foobar", 6, "base64", "Zm9v\r\nYmFy\r\n");
	assert_decoded("\xfb\xff\x00", 3, "base64", "+/8A");
	assert_decoded("foobar", 6, "base64", " Z m!9v-_\tYmFy");
	assert_decoded("ffoo", 4, "base64", "Zg==\nZm9v\n");
	assert_decoded("foo", 3, "base64", "Zm9vY");
}

/* RFC 2045 s6.7 and its example. */
static void
test_quoted_printable(void **state)
{
	(void)state;
	assert_decoded("Now's the time for all folk to come to the aid of "
		       "their country.",
	    64, "quoted-printable",
	    "Now's the time =\r\nfor all folk to come=\r\n"
	    " to the aid of their country.");
	assert_decoded("a=b\xc3\xa9\r\n", 7, "Quoted-Printable",
	    "a=3Db=c3=A9 \t\r\n");
	assert_decoded("a \nb", 4, "quoted-printable", "a=20\nb=");
	/* What is none stays. */
	assert_decoded("=x=3 =zz=", 9, "quoted-printable", "=x=3 =zz=3D");
	assert_decoded("=3", 2, "quoted-printable", "=3");
	assert_decoded("ab", 2, "quoted-printable", "a= \t\nb");
}

static void
test_other_encodings(void **state)
{
	struct buf out = BUF_INIT(100);
	struct mime m;

	(void)state;
	assert_decoded("=3D\n", 4, "8bit", "=3D\n");
	assert_decoded("=3D\n", 4, "Binary", "=3D\n");
	m = parse("Content-Transfer-Encoding: x-uuencode\n\nabc");
	assert_int_equal(MIME_OTHER_ENCODING, m.v[0].encoding);
	assert_err(E_SYNTAX, mime_decode(&m.v[0], &out));
	assert_int_equal(0, out.len);
	buf_free(&out);
}

static void
test_decoding_has_a_ceiling(void **state)
{
	struct mime m = parse("Content-Transfer-Encoding: base64\n\nZm9vYmFy");
	struct buf out = BUF_INIT(5);

	(void)state;
	assert_err(E_RANGE, mime_decode(&m.v[0], &out));
	buf_free(&out);
}

/* -- parameters -- */

static void
assert_parameter(const char *want, const char *value, const char *name)
{
	struct buf out = BUF_INIT(1000);
	enum err e = mime_parameter(span_str(value), name, &out);

	assert_err(want == NULL ? E_ABSENT : E_OK, e);
	assert_string_equal(want == NULL ? "" : want, buf_str(&out));
	buf_free(&out);
}

static void
test_parameters(void **state)
{
	(void)state;
	assert_parameter("b", "multipart/mixed; boundary=b", "boundary");
	assert_parameter("b", "multipart/mixed ; BOUNDARY = \"b\" ; a=c",
	    "boundary");
	assert_parameter("a \"b\" \\c", "x/y; name=\"a \\\"b\\\" \\\\c\"",
	    "name");
	assert_parameter("v", "x/y (; name=c); name=\"v\"", "name");
	assert_parameter("v", "x/y; a=\"; name=w\"; name=v", "name");
	assert_parameter("folded name", "x/y;\r\n name=\"folded\r\n name\"",
	    "name");
	assert_parameter("", "x/y; name=\"\"", "name");
	assert_parameter("first", "x/y; name=first; name=second", "name");
	assert_parameter(NULL, "x/y; name", "name");
	assert_parameter(NULL, "x/y; filename=a", "name");
	assert_parameter(NULL, "", "name");
}

/* They are common, although RFC 2045 s5.1 wants quotes. */
static void
test_parameters_that_are_no_tokens(void **state)
{
	(void)state;
	assert_parameter("----=_Part_1", "x/y; boundary=----=_Part_1; a=b",
	    "boundary");
	assert_parameter("s.example!d.example!1!2.json.gz",
	    "attachment; filename=s.example!d.example!1!2.json.gz", "filename");
	assert_parameter("v", "x/y; ; =; a b=c; name=v", "name");
	assert_parameter("no end", "x/y; name=\"no end", "name");
	assert_parameter("no end\\", "x/y; name=\"no end\\", "name");
}

/* The examples of RFC 2231 s3, RFC 2231 s4 and RFC 2231 s4.1. */
static void
test_parameters_of_rfc_2231(void **state)
{
	(void)state;
	assert_parameter("ftp://cs.utk.edu/pub/moore/bulk-mailer/"
			 "bulk-mailer.tar",
	    "message/external-body; access-type=URL;\n"
	    " URL*0=\"ftp://\";\n"
	    " URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
	    "url");
	assert_parameter("This is ***fun***",
	    "application/x-stuff;\n"
	    " title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
	    "title");
	assert_parameter("This is even more ***fun*** isn't it!",
	    "application/x-stuff;\n"
	    " title*0*=us-ascii'en'This%20is%20even%20more%20;\n"
	    " title*1*=%2A%2A%2Afun%2A%2A%2A%20;\n"
	    " title*2=\"isn't it!\"",
	    "title");
	/* RFC 2231 s3: in any order. A gap ends it. */
	assert_parameter("ab", "x/y; n*1=b; n*0=a; n*3=d", "n");
	assert_parameter(NULL, "x/y; n*1=b", "n");
	/* Of both forms the extended one. */
	assert_parameter("\xe2\x82\xac", "x/y; n=EUR; n*=UTF-8''%e2%82%ac",
	    "n");
	assert_parameter("100%", "x/y; n*=us-ascii''100%", "n");
	assert_parameter("%4", "x/y; n*=us-ascii''%4", "n");
}

/* -- parts -- */

static void
test_multipart(void **state)
{
	struct mime m = parse("MIME-Version: 1.0\r\n"
			      "Content-Type: multipart/mixed;\r\n"
			      " boundary=\"simple boundary\"\r\n"
			      "\r\n"
			      "This is the preamble.\r\n"
			      "--simple boundary\r\n"
			      "\r\n"
			      "It does NOT end with a linebreak.\r\n"
			      "--simple boundary \t\r\n"
			      "Content-type: text/html\r\n"
			      "\r\n"
			      "It DOES end with a linebreak.\r\n"
			      "\r\n"
			      "--simple boundary--\r\n"
			      "\r\n"
			      "--simple boundary\r\n"
			      "This is the epilogue.\r\n");

	(void)state;
	assert_int_equal(3, m.n);
	assert_true(m.v[0].is_multipart);
	assert_int_equal(0, m.v[0].depth);
	assert_false(m.v[1].is_multipart);
	assert_part(&m.v[1], 1, "text", "plain",
	    "It does NOT end with a linebreak.");
	assert_part(&m.v[2], 1, "text", "html",
	    "It DOES end with a linebreak.\r\n");
}

static void
test_multipart_in_multipart(void **state)
{
	struct mime m = parse("Content-Type: multipart/report; boundary=a\n\n"
			      "--a\n"
			      "Content-Type: multipart/alternative; "
			      "boundary=aa\n\n"
			      "--aa\n\none\n"
			      "--aa\n\ntwo\n"
			      "--aa--\n"
			      "--a\n"
			      "Content-Type: message/rfc822\n\n"
			      "Content-Type: multipart/mixed; boundary=c\n\n"
			      "--c\n\nthree\n"
			      "--a--\n");

	(void)state;
	assert_int_equal(5, m.n);
	assert_true(m.v[1].is_multipart);
	assert_int_equal(1, m.v[1].depth);
	assert_part(&m.v[2], 2, "text", "plain", "one");
	assert_part(&m.v[3], 2, "text", "plain", "two");
	/* A message in it is one part: the caller may parse that. */
	assert_part(&m.v[4], 1, "message", "rfc822",
	    "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nthree");
	assert_false(m.v[4].is_multipart);
}

/* What it stands in ends it. */
static void
test_multipart_without_its_end(void **state)
{
	struct mime m = parse("Content-Type: multipart/mixed; boundary=a\n\n"
			      "--a\n"
			      "Content-Type: multipart/mixed; boundary=b\n\n"
			      "--b\n\none\n"
			      "--a\n\ntwo\n--ab\n");

	(void)state;
	assert_int_equal(4, m.n);
	assert_part(&m.v[2], 2, "text", "plain", "one");
	assert_part(&m.v[3], 1, "text", "plain", "two\n--ab\n");
}

static void
test_multipart_that_is_none(void **state)
{
	struct mime m = parse("Content-Type: multipart/mixed\n\n--\n\nx\n----");

	(void)state;
	assert_int_equal(1, m.n);
	assert_false(m.v[0].is_multipart);
	m = parse("Content-Type: multipart/mixed; boundary=a\n\n--b\n\nx\n");
	assert_int_equal(1, m.n);
	m = parse("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n");
	assert_int_equal(1, m.n);
	m = parse("Content-Type: text/plain; boundary=a\n\n--a\n\nx\n--a--");
	assert_int_equal(1, m.n);
}

static void
test_parts_without_header_or_body(void **state)
{
	struct mime m = parse("Content-Type: multipart/mixed; boundary=a\n\n"
			      "--a\n--a\nno header\n--a\nA: 1\n--a\n\n--a--");

	(void)state;
	assert_int_equal(5, m.n);
	assert_part(&m.v[1], 1, "text", "plain", "");
	assert_part(&m.v[2], 1, "text", "plain", "no header");
	assert_int_equal(1, m.v[3].header.n);
	assert_part(&m.v[3], 1, "text", "plain", "");
	assert_part(&m.v[4], 1, "text", "plain", "");
}

/* RFC 2045 s6.4 */
static void
test_encoding_of_a_multipart_does_not_count(void **state)
{
	struct mime m = parse("Content-Transfer-Encoding: base64\n"
			      "Content-Type: multipart/mixed; boundary=a\n\n"
			      "--a\n\nx\n--a--\n");

	(void)state;
	assert_int_equal(2, m.n);
	assert_int_equal(MIME_IDENTITY, m.v[0].encoding);
}

/* -- ceilings -- */

static void
assert_parse(enum err want, struct buf *in)
{
	struct mime m = { NULL, 7 };
	struct why why = { { 0 } };

	assert_err(want, mime_parse(buf_span(in), &arena, &m, &why));
	assert_true((want == E_OK) == (why.text[0] == '\0'));
	assert_true((want == E_OK) == (m.n != 7));
	buf_free(in);
}

static void
parts(enum err want, int n)
{
	struct buf in = BUF_INIT(1 << 20);

	buf_adds(&in, "Content-Type: multipart/mixed; boundary=a\n\n");
	for (int i = 0; i < n - 1; i++)
		buf_adds(&in, "--a\n\nx\n");
	assert_parse(want, &in);
}

static void
nested(enum err want, int depth)
{
	struct buf in = BUF_INIT(1 << 20);

	for (int i = 0; i < depth; i++)
		buf_addf(&in,
		    "Content-Type: multipart/mixed; boundary=%d\n\n--%d\n", i,
		    i);
	assert_parse(want, &in);
}

static void
fields(enum err want, int n)
{
	struct buf in = BUF_INIT(1 << 20);

	for (int i = 0; i < n; i++)
		buf_adds(&in, "A: 1\n");
	assert_parse(want, &in);
}

static void
header(enum err want, size_t bytes)
{
	struct buf in = BUF_INIT(1 << 20);

	buf_adds(&in, "A: ");
	while (in.len < bytes - 2)
		buf_addc(&in, 'x');
	buf_adds(&in, "\n\n");
	assert_parse(want, &in);
}

static void
test_ceilings(void **state)
{
	(void)state;
	parts(E_OK, MIME_PARTS_MAX);
	parts(E_RANGE, MIME_PARTS_MAX + 1);
	parts(E_RANGE, 20 * MIME_PARTS_MAX);
	nested(E_OK, MIME_DEPTH_MAX);
	nested(E_RANGE, MIME_DEPTH_MAX + 1);
	nested(E_RANGE, 1000);
	fields(E_OK, MIME_FIELDS_MAX);
	fields(E_RANGE, MIME_FIELDS_MAX + 1);
	header(E_OK, MIME_HEADER_MAX);
	header(E_RANGE, MIME_HEADER_MAX + 1);
	header(E_RANGE, 4 * MIME_HEADER_MAX);
}

/* Not each part for itself. */
static void
test_ceilings_hold_for_all_headers_together(void **state)
{
	struct buf in = BUF_INIT(1 << 20);

	(void)state;
	buf_adds(&in, "Content-Type: multipart/mixed; boundary=a\n\n");
	for (int i = 0; i < 3; i++) {
		buf_adds(&in, "--a\nA: ");
		for (int k = 0; k < MIME_HEADER_MAX / 3; k++)
			buf_addc(&in, 'x');
		buf_adds(&in, "\n\n");
	}
	assert_parse(E_RANGE, &in);
}

static void
test_arena_that_is_full(void **state)
{
	struct arena small = ARENA_INIT(100);
	struct mime m;

	(void)state;
	assert_err(E_NOMEM, mime_parse(SPAN_LIT("A: 1\n\n"), &small, &m, NULL));
	arena_free(&small);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fields_and_body),
		TEST(test_lines_that_end_with_lf),
		TEST(test_line_of_a_mailbox_file),
		TEST(test_header_ends_where_a_line_is_no_field),
		TEST(test_types),
		TEST(test_type_in_any_case),
		TEST(test_base64),
		TEST(test_quoted_printable),
		TEST(test_other_encodings),
		TEST(test_decoding_has_a_ceiling),
		TEST(test_parameters),
		TEST(test_parameters_that_are_no_tokens),
		TEST(test_parameters_of_rfc_2231),
		TEST(test_multipart),
		TEST(test_multipart_in_multipart),
		TEST(test_multipart_without_its_end),
		TEST(test_multipart_that_is_none),
		TEST(test_parts_without_header_or_body),
		TEST(test_encoding_of_a_multipart_does_not_count),
		TEST(test_ceilings),
		TEST(test_ceilings_hold_for_all_headers_together),
		TEST(test_arena_that_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
