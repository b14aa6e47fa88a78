#include "support/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "codec/destination.h"
#include "codec/tlsrpt_record.h"

#define BIT(note) (1U << NOTE_##note)

static struct arena arena = ARENA_INIT(1 << 20);

static int
free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

struct one_case {
	const char *name, *in;
	const char *want; /* URIs, a blank behind each */
	unsigned notes;
};

/* Parse, and look at what the header promises of every record. */
static const char *
uris(struct buf *out, struct span txt, struct tlsrpt_record *rec)
{
	assert_ok(tlsrpt_record_parse(txt, &arena, rec, NULL));
	assert_in_range(rec->nrua, 1, RUA_MAX);
	for (size_t i = 0; i < rec->nrua; i++) {
		bool mailto = rec->rua[i].scheme == RUA_MAILTO;
		struct span rest = rec->rua[i].uri;

		if (i > 0)
			assert_true(span_cmp(rec->rua[i - 1].uri, rest) < 0);
		buf_add(out, rest);
		buf_addc(out, ' ');
		assert_true(span_take(&rest,
		    mailto ? SPAN_LIT("mailto:") : SPAN_LIT("https://")));
	}
	return buf_str(out);
}

static void
check(const struct one_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf got = BUF_INIT(100000);
		struct tlsrpt_record rec = { .nrua = 0 };

		print_message("%s\n", cases[i].name);
		assert_string_equal(cases[i].want,
		    uris(&got, span_str(cases[i].in), &rec));
		assert_int_equal(cases[i].notes, rec.notes);
		buf_free(&got);
	}
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

/* -- the grammar of s3 -- */

static void
test_examples_of_the_rfc(void **state)
{
	static const struct one_case cases[] = {
		{ "s3.1.1, A.1", "v=TLSRPTv1;rua=mailto:reports@example.com",
		    "mailto:reports@example.com ", 0 },
		{ "s3.1.2, A.2",
		    "v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt",
		    "https://reporting.example.com/v1/tlsrpt ", 0 },
	};

	(void)state;
	CHECK(cases);
}

static void
test_white_space_and_delimiters(void **state)
{
	static const struct one_case cases[] = {
		{ "delimiter at the end", "v=TLSRPTv1;rua=mailto:r@a.example;",
		    "mailto:r@a.example ", 0 },
		{ "and white space behind",
		    "v=TLSRPTv1;rua=mailto:r@a.example ; \t",
		    "mailto:r@a.example ", 0 },
		{ "tabs and blanks",
		    "v=TLSRPTv1;\t rua=mailto:r@a.example\t ;\tx=y",
		    "mailto:r@a.example ", 0 },
		{ "blank before the first delimiter",
		    "v=TLSRPTv1 ;rua=mailto:r@a.example", "mailto:r@a.example ",
		    BIT(BLANK_BEFORE_DELIMITER) },
		{ "tab before the first delimiter",
		    "v=TLSRPTv1 \t; rua=mailto:r@a.example",
		    "mailto:r@a.example ", BIT(BLANK_BEFORE_DELIMITER) },
		{ "blank at the end without a delimiter",
		    "v=TLSRPTv1;rua=mailto:r@a.example ", "mailto:r@a.example ",
		    0 },
		{ "empty field", "v=TLSRPTv1; ;rua=mailto:r@a.example",
		    "mailto:r@a.example ", BIT(EMPTY_FIELD) },
		{ "empty field behind",
		    "v=TLSRPTv1;rua=mailto:r@a.example;;x=y",
		    "mailto:r@a.example ", BIT(EMPTY_FIELD) },
		{ "empty field at the end",
		    "v=TLSRPTv1;rua=mailto:r@a.example; ;",
		    "mailto:r@a.example ", BIT(EMPTY_FIELD) },
	};

	(void)state;
	CHECK(cases);
}

static void
test_extensions_are_passed_over(void **state)
{
	static const struct one_case cases[] = {
		{ "before rua", "v=TLSRPTv1;ext=1;rua=mailto:r@a.example",
		    "mailto:r@a.example ", 0 },
		{ "behind rua", "v=TLSRPTv1;rua=mailto:r@a.example;0=!,:<>~",
		    "mailto:r@a.example ", 0 },
		{ "of 32 characters",
		    "v=TLSRPTv1;a_-.567890123456789012345678901Z=1;"
		    "rua=mailto:r@a.example",
		    "mailto:r@a.example ", 0 },
		{ "of 33 characters",
		    "v=TLSRPTv1;a_-.5678901234567890123456789012Z=1;"
		    "rua=mailto:r@a.example",
		    "mailto:r@a.example ", BIT(MALFORMED_FIELD) },
		{ "version twice", "v=TLSRPTv1;v=TLSRPTv1;rua=mailto:r@a.b",
		    "mailto:r@a.b ", 0 },
		{ "no value", "v=TLSRPTv1;ext=;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "no sign", "v=TLSRPTv1;ext;rua=mailto:r@a.b", "mailto:r@a.b ",
		    BIT(MALFORMED_FIELD) },
		{ "no name", "v=TLSRPTv1;=1;rua=mailto:r@a.b", "mailto:r@a.b ",
		    BIT(MALFORMED_FIELD) },
		{ "name of a dash", "v=TLSRPTv1;-a=1;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "name with a plus", "v=TLSRPTv1;a+=1;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "blank in the value", "v=TLSRPTv1;a=b c;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "blank before the sign", "v=TLSRPTv1;a =b;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "sign in the value", "v=TLSRPTv1;a=b=c;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
		{ "no ASCII in the value",
		    "v=TLSRPTv1;a=\xc3\xa4;rua=mailto:r@a.b", "mailto:r@a.b ",
		    BIT(MALFORMED_FIELD) },
		{ "rua in capitals",
		    "v=TLSRPTv1;RUA=mailto:x@a.b;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(FIELD_CASE) },
		{ "blank behind rua",
		    "v=TLSRPTv1;rua =mailto:x@a.b;rua=mailto:r@a.b",
		    "mailto:r@a.b ", BIT(MALFORMED_FIELD) },
	};

	(void)state;
	CHECK(cases);
}

static void
test_several_destinations(void **state)
{
	static const struct one_case cases[] = {
		{ "a list", "v=TLSRPTv1;rua=mailto:r@a.b,https://c.d/e",
		    "https://c.d/e mailto:r@a.b ", 0 },
		{ "white space around the comma",
		    "v=TLSRPTv1;rua=mailto:r@a.b \t,\t https://c.d/e",
		    "https://c.d/e mailto:r@a.b ", 0 },
		{ "rua twice", "v=TLSRPTv1;rua=mailto:r@a.b;rua=mailto:q@a.b",
		    "mailto:q@a.b mailto:r@a.b ", BIT(SEVERAL_RUA) },
		{ "the same in both rua",
		    "v=TLSRPTv1;rua=mailto:r@a.b;x=y;rua=mailto:r@A.B",
		    "mailto:r@a.b ", BIT(SEVERAL_RUA) | BIT(REPEATED_URI) },
		{ "comma at the end", "v=TLSRPTv1;rua=mailto:r@a.b,",
		    "mailto:r@a.b ", 0 },
		{ "comma in front", "v=TLSRPTv1;rua=,mailto:r@a.b",
		    "mailto:r@a.b ", BIT(URI_MALFORMED) },
		{ "two commas", "v=TLSRPTv1;rua=mailto:r@a.b,,mailto:q@a.b",
		    "mailto:q@a.b mailto:r@a.b ", BIT(URI_MALFORMED) },
		{ "a bad one does not spoil the good one",
		    "v=TLSRPTv1;rua=http://a.b,mailto:,mailto:r@a.b",
		    "mailto:r@a.b ", BIT(URI_SCHEME) | BIT(URI_MALFORMED) },
	};

	(void)state;
	CHECK(cases);
}

/* -- mailto, RFC 6068 -- */

static void
test_mailto(void **state)
{
	static const struct one_case cases[] = {
		{ "case", "v=TLSRPTv1;rua=MAILTO:TLS.Reports@Example.COM",
		    "mailto:TLS.Reports@example.com ", 0 },
		{ "header fields",
		    "v=TLSRPTv1;rua=mailto:r@a.b?subject=x&cc=evil@c.d",
		    "mailto:r@a.b ", BIT(MAILTO_HEADERS) },
		{ "percent encoding", "v=TLSRPTv1;rua=mailto:a%2Bb%2fc@a.b",
		    "mailto:a+b/c@a.b ", 0 },
		{ "comma, exclamation mark and semicolon may be encoded",
		    "v=TLSRPTv1;rua=mailto:a%21b@a.b", "mailto:a!b@a.b ", 0 },
		{ "a percent sign", "v=TLSRPTv1;rua=mailto:a%25b@a.b",
		    "mailto:a%b@a.b ", 0 },
		{ "decoded once", "v=TLSRPTv1;rua=mailto:a%252Bb@a.b",
		    "mailto:a%2Bb@a.b ", 0 },
		{ "a question mark", "v=TLSRPTv1;rua=mailto:a%3Fb@a.b",
		    "mailto:a?b@a.b ", 0 },
		{ "an encoded at sign", "v=TLSRPTv1;rua=mailto:r%40a.b",
		    "mailto:r@a.b ", 0 },
		{ "several addresses",
		    "v=TLSRPTv1;rua=mailto:r@a.b%2Cq@a.b%2cp@a.b",
		    "mailto:p@a.b mailto:q@a.b mailto:r@a.b ", 0 },
		{ "an address twice", "v=TLSRPTv1;rua=mailto:r@a.b%2Cr@A.b",
		    "mailto:r@a.b ", BIT(REPEATED_URI) },
		{ "one of them bad", "v=TLSRPTv1;rua=mailto:r@a.b%2Cx",
		    "mailto:r@a.b ", BIT(URI_MALFORMED) },
		{ "all of atext",
		    "v=TLSRPTv1;rua=mailto:a#$%25&'*+-/=%3F%5E_%60%7B%7C%7D~@a"
		    ".b",
		    "mailto:a#$%&'*+-/=?^_`{|}~@a.b ", 0 },
		{ "bare exclamation mark", "v=TLSRPTv1;rua=mailto:a!b@a.b",
		    "mailto:a!b@a.b ", BIT(URI_UNENCODED) },
		{ "size as in DMARC",
		    "v=TLSRPTv1;rua=mailto:r@a.b!10m,"
		    "mailto:q@a.b",
		    "mailto:q@a.b ", BIT(URI_UNENCODED) | BIT(URI_MALFORMED) },
		{ "local part of 64",
		    "v=TLSRPTv1;rua=mailto:"
		    "0123456789012345678901234567890123456789012345678901234567"
		    "890123@a.b",
		    "mailto:"
		    "0123456789012345678901234567890123456789012345678901234567"
		    "890123@a.b ",
		    0 },
		{ "A-labels", "v=TLSRPTv1;rua=mailto:r@XN--BCHER-KVA.example",
		    "mailto:r@xn--bcher-kva.example ", 0 },
	};

	(void)state;
	CHECK(cases);
}

/* Each is left out with a note, beside one that is kept. */
static void
test_hostile_addresses(void **state)
{
	static const struct {
		const char *name, *in;
	} cases[] = {
		{ "no address", "mailto:" },
		{ "no domain", "mailto:r" },
		{ "empty domain", "mailto:r@" },
		{ "empty local part", "mailto:@a.b" },
		{ "two at signs", "mailto:r@a.b@c.d" },
		{ "line", "mailto:r%0D%0ABcc:x@a.b" },
		{ "line behind", "mailto:r@a.b%0D%0A" },
		{ "line feed alone", "mailto:r%0a@a.b" },
		{ "nul", "mailto:r%00@a.b" },
		{ "nul in the domain", "mailto:r@a.b%00" },
		{ "blank", "mailto:r%20s@a.b" },
		{ "blank in the domain", "mailto:r@a%20b" },
		{ "option", "mailto:-oQ/tmp@a.b" },
		{ "encoded option", "mailto:%2doQ@a.b" },
		{ "domain as an option", "mailto:r@-a.b" },
		{ "dot in front", "mailto:.r@a.b" },
		{ "dot behind", "mailto:r.@a.b" },
		{ "two dots", "mailto:r..s@a.b" },
		{ "two dots in the domain", "mailto:r@a..b" },
		{ "domain of a dot", "mailto:r@.a.b" },
		{ "wildcard", "mailto:r@*.a.b" },
		{ "quoted", "mailto:%22r%20s%22@a.b" },
		{ "angles", "mailto:%3Cr@a.b%3E" },
		{ "pipe", "mailto:r@a.b%7Csh" },
		{ "path", "mailto:r@a/b" },
		{ "group", "mailto:list:r@a.b" },
		{ "address literal", "mailto:r@%5B127.0.0.1%5D" },
		{ "no ASCII", "mailto:r%C3%A4@a.b" },
		{ "domain of no ASCII", "mailto:r@b%C3%BCcher.example" },
		{ "no UTF-8", "mailto:%FF@a.b" },
		{ "delete", "mailto:r%7F@a.b" },
		{ "percent sign alone", "mailto:r%@a.b" },
		{ "one digit", "mailto:r@a.b%4" },
		{ "no digits", "mailto:r%zz@a.b" },
		{ "only header fields", "mailto:?to=r@a.b" },
		{ "local part of 65",
		    "mailto:012345678901234567890123456789012345678901234567890"
		    "12345678901234@a.b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsrpt_record rec = { .nrua = 0 };
		struct buf txt = BUF_INIT(1000), got = BUF_INIT(1000);
		struct destination to;

		print_message("%s\n", cases[i].name);
		buf_addf(&txt, "v=TLSRPTv1;rua=%s", cases[i].in);
		assert_err(E_ABSENT,
		    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
		assert_int_equal(BIT(URI_MALFORMED),
		    rec.notes & ~BIT(MAILTO_HEADERS));
		/* Somebody is told of it; nobody takes it for a destination. */
		assert_int_equal(1, rec.nrefused);
		assert_err(E_SYNTAX,
		    destination_parse(rec.refused[0], &to, NULL));
		buf_adds(&txt, ",https://a.b/");
		assert_string_equal("https://a.b/ ",
		    uris(&got, buf_span(&txt), &rec));
		buf_free(&txt);
		buf_free(&got);
	}
}

static void
test_what_is_refused_is_kept_encoded(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "mailto:tls%0D%0ARCPT@a.b", "mailto:tls%0D%0ARCPT@a.b" },
		{ "MAILTO:t\xc3\xa4st@A.b", "mailto:t%C3%A4st@A.b" },
		{ "mailto:%22a%20b%22@a.b", "mailto:\"a%20b\"@a.b" },
		{ "mailto:r%zz@a.b?subject=x", "mailto:r%25zz@a.b" },
		{ "mailto:a@b@c.d", "mailto:a@b@c.d" },
		{ "mailto:r@a.b?subject=\x01", "mailto:r@a.b?subject=%01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsrpt_record rec = { .nrua = 0 };
		struct buf txt = BUF_INIT(1000);

		buf_addf(&txt, "v=TLSRPTv1;rua=%s,https://a.b/,%s", cases[i].in,
		    cases[i].in);
		assert_ok(
		    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
		assert_int_equal(1, rec.nrua);
		assert_int_equal(1, rec.nrefused);
		assert_span(cases[i].want, rec.refused[0]);
		buf_free(&txt);
	}
}

static void
test_an_address_that_is_no_uri_is_not_refused_as_one(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };

	(void)state;
	assert_err(E_ABSENT,
	    tlsrpt_record_parse(SPAN_LIT("v=TLSRPTv1;rua=mailto:a^b@c.example"),
		&arena, &rec, NULL));
	assert_int_equal(BIT(URI_MALFORMED), rec.notes);
	assert_int_equal(0, rec.nrefused);
}

/* An address that is cut could be another one. */
static void
test_what_is_refused_and_long_stays_refused(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(8000);
	struct why why = { { 0 } };
	struct destination to;

	(void)state;
	buf_adds(&txt, "v=TLSRPTv1;rua=mailto:r@");
	for (int i = 0; i < 1500; i++)
		buf_adds(&txt, "a.");
	buf_adds(&txt, "\xff");
	assert_err(E_ABSENT,
	    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	assert_int_equal(1, rec.nrefused);
	assert_in_range(rec.refused[0].len, 1900, URI_TEXT_MAX);
	assert_err(E_SYNTAX, destination_parse(rec.refused[0], &to, &why));
	assert_string_equal("mailto: an address of more than 254 bytes",
	    why.text);
	buf_free(&txt);
}

static void
test_what_is_refused_takes_nobodys_place(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(8000);

	(void)state;
	buf_adds(&txt, "v=TLSRPTv1;rua=mailto:a");
	for (int i = 0; i < 20; i++)
		buf_addf(&txt, ",mailto:%d", i);
	for (int i = 0; i < 6; i++)
		buf_addf(&txt, ",mailto:r%d@a.b", i);
	assert_ok(tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	assert_int_equal(6, rec.nrua);
	assert_int_equal(RUA_MAX - 6, rec.nrefused);
	buf_free(&txt);
}

static void
test_longest_domain(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(1000);

	(void)state;
	buf_addf(&txt, "v=TLSRPTv1;rua=mailto:r@%0255d", 0);
	assert_ok(tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	buf_addc(&txt, '0');
	assert_err(E_ABSENT,
	    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	buf_free(&txt);
}

/* -- https, and other schemes -- */

static void
test_https(void **state)
{
	static const struct one_case cases[] = {
		/* RFC 3986 s6.2.2.1: scheme and host have no case, the rest
		 * has. */
		{ "case", "v=TLSRPTv1;rua=HTTPS://Host.Example/Path?Q=R",
		    "https://host.example/Path?Q=R ", 0 },
		{ "port", "v=TLSRPTv1;rua=https://Host.Example:8443/P",
		    "https://host.example:8443/P ", 0 },
		{ "no path", "v=TLSRPTv1;rua=https://Host.Example",
		    "https://host.example ", 0 },
		{ "query at once", "v=TLSRPTv1;rua=https://Host?Q",
		    "https://host?Q ", 0 },
		{ "fragment at once", "v=TLSRPTv1;rua=https://Host#F",
		    "https://host#F ", 0 },
		{ "user", "v=TLSRPTv1;rua=https://User:Pass@Host/P",
		    "https://User:Pass@host/P ", 0 },
		{ "at sign in the path", "v=TLSRPTv1;rua=https://Host/P@Q",
		    "https://host/P@Q ", 0 },
		{ "percent encoding stays",
		    "v=TLSRPTv1;rua=https://h/a%2Cb%3B%21",
		    "https://h/a%2Cb%3B%21 ", 0 },
		{ "IPv6", "v=TLSRPTv1;rua=https://[2001:DB8::1]/P",
		    "https://[2001:db8::1]/P ", 0 },
		{ "bare exclamation mark", "v=TLSRPTv1;rua=https://h/a!b",
		    "https://h/a!b ", BIT(URI_UNENCODED) },
		{ "twice, but for the host's case",
		    "v=TLSRPTv1;rua=https://h/a,https://H/a", "https://h/a ",
		    BIT(REPEATED_URI) },
		{ "two paths", "v=TLSRPTv1;rua=https://h/a,https://h/A",
		    "https://h/A https://h/a ", 0 },
	};

	(void)state;
	CHECK(cases);
}

static void
test_destinations_that_are_none(void **state)
{
	static const struct {
		const char *name, *in;
		unsigned notes;
	} cases[] = {
		{ "empty", "", BIT(URI_MALFORMED) },
		{ "http", "http://a.b/", BIT(URI_SCHEME) },
		{ "ftp", "ftp://a.b/", BIT(URI_SCHEME) },
		{ "bare address", "reports@example.com", BIT(URI_SCHEME) },
		{ "bare host", "a.b", BIT(URI_SCHEME) },
		{ "path", "/tmp/x", BIT(URI_SCHEME) },
		{ "file", "file:///etc/passwd", BIT(URI_SCHEME) },
		{ "relative", "//a.b/", BIT(URI_SCHEME) },
		{ "scheme alone", "https:", BIT(URI_MALFORMED) },
		{ "no slashes", "https:a.b", BIT(URI_MALFORMED) },
		{ "one slash", "https:/a.b", BIT(URI_MALFORMED) },
		{ "no host", "https://", BIT(URI_MALFORMED) },
		{ "no host, path", "https:///a", BIT(URI_MALFORMED) },
		{ "no host, query", "https://?a", BIT(URI_MALFORMED) },
		/* RFC 9110 s4.2.2: an empty host MUST be rejected. */
		{ "no host, port", "https://:443/a", BIT(URI_MALFORMED) },
		{ "no host, user", "https://u@/a", BIT(URI_MALFORMED) },
		{ "two users", "https://u@v@h/a", BIT(URI_MALFORMED) },
		{ "blank inside", "https://a.b/c d", BIT(URI_MALFORMED) },
		{ "control byte", "https://a.b/\x01", BIT(URI_MALFORMED) },
		{ "delete", "https://a.b/\x7f", BIT(URI_MALFORMED) },
		{ "quote", "https://a.b/\"", BIT(URI_MALFORMED) },
		{ "angle", "<https://a.b/>", BIT(URI_MALFORMED) },
		{ "backslash", "https://a.b\\c", BIT(URI_MALFORMED) },
		{ "no ASCII",
		    "https://b\xc3\xbc"
		    "cher/",
		    BIT(URI_MALFORMED) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsrpt_record rec = { .nrua = 0 };
		struct buf txt = BUF_INIT(1000);

		print_message("%s\n", cases[i].name);
		buf_addf(&txt, "v=TLSRPTv1;rua=%s", cases[i].in);
		assert_err(E_ABSENT,
		    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
		assert_int_equal(cases[i].notes, rec.notes);
		assert_int_equal(0, rec.nrua);
		buf_free(&txt);
	}
}

/* -- ceilings -- */

static void
test_ninth_uri_is_ignored(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(1000), got = BUF_INIT(1000);

	(void)state;
	buf_adds(&txt, "v=TLSRPTv1;rua=mailto:r9@a.b");
	for (int i = 8; i > 1; i--)
		buf_addf(&txt, ",mailto:r%d@a.b", i);
	(void)uris(&got, buf_span(&txt), &rec);
	assert_int_equal(8, rec.nrua);
	assert_int_equal(0, rec.notes);
	buf_adds(&txt, ",mailto:r5@a.b");
	(void)uris(&got, buf_span(&txt), &rec);
	assert_int_equal(BIT(REPEATED_URI), rec.notes);
	buf_adds(&txt, ",mailto:r1@a.b");
	buf_clear(&got);
	assert_string_equal("mailto:r2@a.b mailto:r3@a.b mailto:r4@a.b "
			    "mailto:r5@a.b mailto:r6@a.b mailto:r7@a.b "
			    "mailto:r8@a.b mailto:r9@a.b ",
	    uris(&got, buf_span(&txt), &rec));
	assert_int_equal(BIT(REPEATED_URI) | BIT(TOO_MANY_URIS), rec.notes);
	buf_free(&txt);
	buf_free(&got);
}

static void
test_uri_of_2000_bytes(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(5000);

	(void)state;
	buf_addf(&txt, "v=TLSRPTv1;rua=https://a.b/%01988d", 0);
	assert_int_equal(strlen("v=TLSRPTv1;rua=") + 2000, txt.len);
	assert_ok(tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	assert_int_equal(2000, rec.rua[0].uri.len);
	buf_addc(&txt, '0');
	assert_err(E_ABSENT,
	    tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	assert_int_equal(BIT(URI_MALFORMED), rec.notes);
	buf_free(&txt);
}

static void
test_largest_mailto_list(void **state)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	struct buf txt = BUF_INIT(5000);

	(void)state;
	buf_adds(&txt, "v=TLSRPTv1;rua=mailto:");
	for (int i = 0; i < 200; i++)
		buf_addf(&txt, "r%03d@a%%2C", i);
	assert_ok(tlsrpt_record_parse(buf_span(&txt), &arena, &rec, NULL));
	assert_int_equal(8, rec.nrua);
	assert_span("mailto:r007@a", rec.rua[7].uri);
	assert_int_equal(BIT(TOO_MANY_URIS), rec.notes);
	buf_free(&txt);
}

static void
test_without_memory(void **state)
{
	static const char *const txts[] = { "v=TLSRPTv1;rua=mailto:r@a.example",
		"v=TLSRPTv1;rua=https://a.example/" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena little = ARENA_INIT(16);
		struct tlsrpt_record rec = { .nrua = 0 };

		assert_err(E_NOMEM,
		    tlsrpt_record_parse(span_str(txts[i]), &little, &rec,
			NULL));
		assert_int_equal(0, rec.nrua);
		arena_free(&little);
	}
}

/* -- no record at all -- */

static void
test_what_is_no_record(void **state)
{
	static const struct {
		const char *name, *in;
		enum err want;
	} cases[] = {
		{ "empty", "", E_SYNTAX },
		{ "absent", NULL, E_SYNTAX },
		{ "version alone", "v=TLSRPTv1", E_SYNTAX },
		{ "version and blank", "v=TLSRPTv1 ", E_SYNTAX },
		{ "blank before", " v=TLSRPTv1;rua=mailto:r@a.b", E_SYNTAX },
		{ "lower case", "v=tlsrptv1;rua=mailto:r@a.b", E_SYNTAX },
		{ "upper case", "V=TLSRPTv1;rua=mailto:r@a.b", E_SYNTAX },
		{ "version 2", "v=TLSRPTv2;rua=mailto:r@a.b", E_SYNTAX },
		{ "version 11", "v=TLSRPTv11;rua=mailto:r@a.b", E_SYNTAX },
		{ "blank in the version", "v =TLSRPTv1;rua=mailto:r@a.b",
		    E_SYNTAX },
		{ "no delimiter", "v=TLSRPTv1 rua=mailto:r@a.b", E_SYNTAX },
		{ "comma for a delimiter", "v=TLSRPTv1,rua=mailto:r@a.b",
		    E_SYNTAX },
		{ "rua first", "rua=mailto:r@a.b;v=TLSRPTv1;", E_SYNTAX },
		{ "another record", "v=STSv1; id=1", E_SYNTAX },
		{ "quoted", "\"v=TLSRPTv1;rua=mailto:r@a.b\"", E_SYNTAX },
		{ "no field", "v=TLSRPTv1;", E_ABSENT },
		{ "no rua", "v=TLSRPTv1;x=y", E_ABSENT },
		{ "empty rua", "v=TLSRPTv1;rua=", E_ABSENT },
		{ "rua in capitals", "v=TLSRPTv1;RUA=mailto:r@a.b", E_ABSENT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tlsrpt_record rec = { .nrua = 0 };
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		assert_err(cases[i].want,
		    tlsrpt_record_parse(span_str(cases[i].in), &arena, &rec,
			&why));
		assert_int_equal(0, rec.nrua);
		assert_true(strlen(why.text) > 0);
	}
}

/* -- several TXT records, s3 -- */

static void
test_select(void **state)
{
	static const struct {
		const char *name;
		const char *in[4];
		size_t n;
		enum err err;
		const char *want;
	} cases[] = {
		{ "none", { NULL }, 0, E_ABSENT, "untouched" },
		{ "one", { "v=TLSRPTv1;rua=mailto:r@a.b" }, 1, E_OK,
		    "v=TLSRPTv1;rua=mailto:r@a.b" },
		{ "beside others",
		    { "v=spf1 -all", "v=TLSRPTv1; x", "v=STSv1;", "" }, 4, E_OK,
		    "v=TLSRPTv1; x" },
		{ "blank before the delimiter", { "x", "v=TLSRPTv1 ;y" }, 2,
		    E_OK, "v=TLSRPTv1 ;y" },
		{ "two", { "v=TLSRPTv1;a", "v=TLSRPTv1;b" }, 2, E_CONFLICT,
		    NULL },
		{ "the same twice", { "v=TLSRPTv1;a", "v=TLSRPTv1;a" }, 2,
		    E_CONFLICT, NULL },
		{ "two and another", { "v=TLSRPTv1;a", "x", "v=TLSRPTv1\t;b" },
		    3, E_CONFLICT, NULL },
		{ "only others",
		    { "v=tlsrptv1;a", "v=TLSRPTv1", "v=TLSRPTv2;",
			" v=TLSRPTv1;" },
		    4, E_ABSENT, "untouched" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span got = SPAN_LIT("untouched"), txts[4];
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		for (size_t k = 0; k < cases[i].n; k++)
			txts[k] = span_str(cases[i].in[k]);
		assert_err(cases[i].err,
		    tlsrpt_record_select((struct span_list){ txts, cases[i].n },
			&got, &why));
		if (cases[i].want != NULL)
			assert_span(cases[i].want, got);
		assert_int_equal(cases[i].err != E_OK, why.text[0] != '\0');
	}
}

static void
test_each_note_has_a_sentence(void **state)
{
	(void)state;
	for (enum record_note a = 0; a < NRECORD_NOTES; a++) {
		assert_true(strlen(record_note_sentence(a)) > 20);
		for (enum record_note b = 0; b < a; b++)
			assert_string_not_equal(record_note_sentence(a),
			    record_note_sentence(b));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_of_the_rfc),
		cmocka_unit_test(test_white_space_and_delimiters),
		cmocka_unit_test(test_extensions_are_passed_over),
		cmocka_unit_test(test_several_destinations),
		cmocka_unit_test(test_mailto),
		cmocka_unit_test(test_hostile_addresses),
		cmocka_unit_test(test_what_is_refused_is_kept_encoded),
		cmocka_unit_test(
		    test_an_address_that_is_no_uri_is_not_refused_as_one),
		cmocka_unit_test(test_what_is_refused_and_long_stays_refused),
		cmocka_unit_test(test_what_is_refused_takes_nobodys_place),
		cmocka_unit_test(test_longest_domain),
		cmocka_unit_test(test_https),
		cmocka_unit_test(test_destinations_that_are_none),
		cmocka_unit_test(test_ninth_uri_is_ignored),
		cmocka_unit_test(test_uri_of_2000_bytes),
		cmocka_unit_test(test_largest_mailto_list),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_what_is_no_record),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_each_note_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
