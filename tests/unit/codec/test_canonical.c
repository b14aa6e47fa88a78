#include "support/test.h"

#include "codec/canonical.h"

#define LIST(v) ((struct span_list){ (v), sizeof(v) / sizeof((v)[0]) })

static struct arena arena = ARENA_INIT(1 << 20);

static int
free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void
assert_bytes(struct span want, struct buf *got)
{
	assert_ok(got->err);
	assert_int_equal(want.len, got->len);
	assert_memory_equal(want.p, buf_str(got), want.len);
	buf_free(got);
}

/* -- bytes: a version, a kind, then each field with its length before it -- */

static void
test_bytes_of_a_record(void **state)
{
	struct tlsrpt_record rec = {
		.rua = { { RUA_HTTPS, SPAN_LIT("https://a.example/") },
		    { RUA_MAILTO, SPAN_LIT("mailto:r@a.example") } },
		.nrua = 2,
		.notes = 7,
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	canonical_record(&out, &rec);
	assert_bytes(SPAN_LIT("\x01r"
			      "\x12\0\0\0https://a.example/"
			      "\x12\0\0\0mailto:r@a.example"),
	    &out);
	canonical_record(&out, NULL);
	assert_bytes(SPAN_LIT("\x01r"), &out);
}

static void
test_bytes_of_a_policy(void **state)
{
	struct span strings[] = { SPAN_LIT("3 1 1 cd"), SPAN_LIT("2 0 1 AB") };
	struct span mx_hosts[] = { SPAN_LIT("b"), SPAN_LIT("a") };
	struct policy p = { .type = POLICY_TLSA,
		.domain = SPAN_LIT("mx.example"),
		.strings = LIST(strings),
		.mx_hosts = LIST(mx_hosts) };
	struct policy bare = { .type = POLICY_NO_POLICY_FOUND };
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_ok(canonical_policy(&out, &p, &arena));
	assert_bytes(SPAN_LIT("\x01p\x01\0\0\0"
			      "\x0a\0\0\0mx.example"
			      "\x02\0\0\0"
			      "\x08\0\0\0002 0 1 AB"
			      "\x08\0\0\0003 1 1 CD"
			      "\x02\0\0\0"
			      "\x01\0\0\0a"
			      "\x01\0\0\0b"),
	    &out);
	/* What was given stays in its order. */
	assert_span("3 1 1 cd", strings[0]);
	assert_span("b", mx_hosts[0]);
	p.type = POLICY_STS;
	p.mx_hosts.n = 0;
	strings[0] = SPAN_LIT("\tMode : Enforce ");
	strings[1] = SPAN_LIT("No Colon");
	assert_ok(canonical_policy(&out, &p, &arena));
	assert_bytes(SPAN_LIT("\x01p\x02\0\0\0"
			      "\x0a\0\0\0mx.example"
			      "\x02\0\0\0"
			      "\x0c\0\0\0mode:enforce"
			      "\x08\0\0\0no colon"
			      "\0\0\0\0"),
	    &out);
	assert_ok(canonical_policy(&out, &bare, &arena));
	assert_bytes(SPAN_LIT("\x01p\x09\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0"),
	    &out);
}

static void
test_bytes_of_a_detail(void **state)
{
	struct failure_detail d = { .type = RESULT_TLSA_INVALID,
		.sending_ip = SPAN_LIT("192.0.2.1"),
		.mx_hostname = SPAN_LIT("mx"),
		.helo = SPAN_LIT("250-mx.example hello\r\n250 SIZE 99"),
		.receiving_ip = SPAN_LIT("::1"),
		.info = SPAN_LIT("u"),
		.reason = SPAN_LIT("all-unusable") };
	struct failure_detail bare = { .type = RESULT_STARTTLS_NOT_SUPPORTED };
	struct buf out = BUF_INIT(1000);

	(void)state;
	canonical_detail(&out, &d); /* 304 is 0x130 */
	assert_bytes(SPAN_LIT("\x01"
			      "d\x30\x01\0\0"
			      "\x09\0\0\000192.0.2.1"
			      "\x02\0\0\0mx"
			      "\x0a\0\0\0mx.example"
			      "\x03\0\0\0::1"
			      "\x01\0\0\0u"
			      "\x0c\0\0\0all-unusable"),
	    &out);
	canonical_detail(&out, &bare); /* 201 is 0xc9 */
	assert_bytes(SPAN_LIT("\x01"
			      "d\xc9\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0"),
	    &out);
}

/* -- what counts as the same policy -- */

static struct span
policy_bytes(struct buf *out, enum policy_type type, const char *domain,
    const char *a, const char *b)
{
	struct span strings[2] = { span_str(a), span_str(b) };
	struct policy p = { .type = type,
		.domain = span_str(domain),
		.strings = { strings, b == NULL ? 1 : 2 } };

	assert_ok(canonical_policy(out, &p, &arena));
	assert_ok(out->err);
	return buf_span(out);
}

static void
test_same_policy(void **state)
{
	static const struct {
		const char *name;
		enum policy_type type;
		const char *a[2], *b[2];
		bool same;
	} cases[] = {
		{ "order of TLSA records", POLICY_TLSA,
		    { "3 1 1 AB", "3 1 1 CD" }, { "3 1 1 CD", "3 1 1 AB" },
		    true },
		{ "case and blanks of a TLSA record", POLICY_TLSA,
		    { "3 1 1 ABCD", NULL }, { " 3\t1  1 ( ab cD ) ", NULL },
		    true },
		{ "the same record twice", POLICY_TLSA, { "3 1 1 AB", NULL },
		    { "3 1 1 AB", "3 1 1 ab" }, true },
		{ "another digest", POLICY_TLSA, { "3 1 1 AB", NULL },
		    { "3 1 1 AC", NULL }, false },
		{ "another usage", POLICY_TLSA, { "3 1 1 AB", NULL },
		    { "2 1 1 AB", NULL }, false },
		{ "one record more", POLICY_TLSA, { "3 1 1 AB", NULL },
		    { "3 1 1 AB", "3 1 1 AC" }, false },
		{ "order of lines", POLICY_STS,
		    { "version: STSv1", "mode: enforce" },
		    { "mode: enforce", "version: STSv1" }, true },
		{ "case and blanks of a line", POLICY_STS,
		    { "mx: mx.example", NULL }, { " MX :\t MX.Example ", NULL },
		    true },
		{ "another mode", POLICY_STS, { "mode: enforce", NULL },
		    { "mode: testing", NULL }, false },
		{ "blank inside a value", POLICY_STS, { "mx: a b", NULL },
		    { "mx: ab", NULL }, false },
		{ "colon moved", POLICY_STS, { "mx: a", NULL },
		    { "m: xa", NULL }, false },
		{ "no colon", POLICY_STS, { "mx", NULL }, { "mx:", NULL },
		    false },
		{ "two lines or one", POLICY_STS, { "a", "b" },
		    { "a\nb", NULL }, false },
		{ "empty line", POLICY_STS, { "a", NULL }, { "a", "" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf a = BUF_INIT(1000), b = BUF_INIT(1000);

		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].same,
		    span_eq(policy_bytes(&a, cases[i].type, "d", cases[i].a[0],
				cases[i].a[1]),
			policy_bytes(&b, cases[i].type, "d", cases[i].b[0],
			    cases[i].b[1])));
		buf_free(&a);
		buf_free(&b);
	}
}

static void
test_type_and_domain_count(void **state)
{
	struct buf a = BUF_INIT(1000), b = BUF_INIT(1000), c = BUF_INIT(1000);
	struct span sts = policy_bytes(&a, POLICY_STS, "d", "x", NULL);

	(void)state;
	assert_false(span_eq(sts,
	    policy_bytes(&b, POLICY_NO_POLICY_FOUND, "d", "x", NULL)));
	assert_false(
	    span_eq(sts, policy_bytes(&c, POLICY_STS, "e", "x", NULL)));
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
}

static void
test_strings_are_not_mx_hosts(void **state)
{
	struct span word[] = { SPAN_LIT("x") };
	struct policy p = { .type = POLICY_STS, .strings = LIST(word) };
	struct policy q = { .type = POLICY_STS, .mx_hosts = LIST(word) };
	struct buf a = BUF_INIT(1000), b = BUF_INIT(1000);

	(void)state;
	assert_ok(canonical_policy(&a, &p, &arena));
	assert_ok(canonical_policy(&b, &q, &arena));
	assert_false(span_eq(buf_span(&a), buf_span(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void
test_rest_of_an_ehlo_reply_does_not_count(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "250-mx hello [192.0.2.1]\r\n250 SIZE", "250 mx", true },
		{ "mx", "250-mx id=1234", true },
		{ "250-mx1", "250-mx2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure_detail d = { .type = RESULT_DNSSEC_INVALID,
			.helo = span_str(cases[i].a) };
		struct buf a = BUF_INIT(1000), b = BUF_INIT(1000);

		canonical_detail(&a, &d);
		d.helo = span_str(cases[i].b);
		canonical_detail(&b, &d);
		assert_int_equal(cases[i].same,
		    span_eq(buf_span(&a), buf_span(&b)));
		buf_free(&a);
		buf_free(&b);
	}
}

/* -- TLSA records -- */

static void
test_tlsa_presentation(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		/* RFC 8460 s4.5, where line and indentation break it up. */
		{ "of the RFC",
		    "3 0 1 1F850A337E6DB9C609C522D136A475638CC43E1ED424F8EEC85"
		    "13\t      D747D1D085D",
		    "3 0 1 1F850A337E6DB9C609C522D136A475638CC43E1ED424F8EEC85"
		    "13D747D1D085D" },
		{ "as it is", "3 0 1 1F85", "3 0 1 1F85" },
		{ "lower case", "3 1 1 abcdef09", "3 1 1 ABCDEF09" },
		{ "broken up", "3 1 1 AB CD\tEF", "3 1 1 ABCDEF" },
		{ "in parentheses", "3 1 1 ( AB CD )", "3 1 1 ABCD" },
		{ "parentheses without blanks", "3 1 1 (AB)", "3 1 1 AB" },
		{ "blanks around", "\t3  1\t1   AB ", "3 1 1 AB" },
		{ "large numbers", "255 255 255 00", "255 255 255 00" },
		{ "no record", " not a record ", "not a record" },
		{ "two numbers", "3 1 AB", "3 1 AB" },
		{ "no digits", "3 1 1", "3 1 1" },
		{ "nothing in parentheses", "3 1 1 (", "3 1 1 (" },
		{ "nothing in both", " 3  1 1 ( ) ", "3  1 1 ( )" },
		{ "no hex", "3 1 1 XY", "3 1 1 XY" },
		{ "hex, then none", "3 1 1 ab;", "3 1 1 ab;" },
		{ "four digits", "1234 1 1 ab", "1234 1 1 ab" },
		{ "negative", "-3 1 1 ab", "-3 1 1 ab" },
		{ "letters for a number", "3x 1 1 ab", "3x 1 1 ab" },
		{ "empty", "", "" },
		{ "blanks", "  ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in[] = { span_str(cases[i].in) };
		struct span_list got;

		print_message("%s\n", cases[i].name);
		assert_ok(canonical_tlsa_set(LIST(in), &arena, &got));
		assert_int_equal(1, got.n);
		assert_span(cases[i].want, got.v[0]);
	}
}

static void
test_tlsa_set_is_sorted_and_distinct(void **state)
{
	struct span in[] = { SPAN_LIT("3 1 1 cd"), SPAN_LIT("2 0 1 AB"),
		SPAN_LIT("3 1 1 CD"), SPAN_LIT("x"), SPAN_LIT("3 1 1 (CD)"),
		SPAN_LIT(" x ") };
	struct span_list got;

	(void)state;
	assert_ok(canonical_tlsa_set(LIST(in), &arena, &got));
	assert_int_equal(3, got.n);
	assert_span("2 0 1 AB", got.v[0]);
	assert_span("3 1 1 CD", got.v[1]);
	assert_span("x", got.v[2]);
	assert_ok(
	    canonical_tlsa_set((struct span_list){ NULL, 0 }, &arena, &got));
	assert_int_equal(0, got.n);
}

static void
test_scratch_has_a_ceiling(void **state)
{
	struct span strings[] = { SPAN_LIT("3 1 1 AB"), SPAN_LIT("3 1 1 CD") };
	struct policy p = { .type = POLICY_TLSA, .strings = LIST(strings) };
	struct buf out = BUF_INIT(1000);

	(void)state;
	for (size_t max = 0; max < 64; max += 16) {
		struct arena little = ARENA_INIT(max);

		assert_err(E_NOMEM, canonical_policy(&out, &p, &little));
		assert_int_equal(0, out.len);
		arena_free(&little);
	}
	buf_free(&out);
}

/* -- keys -- */

/* FIPS 180-4's examples, the first 128 bits of them. */
static void
test_content_key_is_sha256(void **state)
{
	struct content_key key;

	(void)state;
	assert_ok(content_key(SPAN_LIT("abc"), &key));
	assert_memory_equal("\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde"
			    "\x5d\xae\x22\x23",
	    key.b, 16);
	assert_ok(content_key(SPAN_LIT(""), &key));
	assert_memory_equal("\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8"
			    "\x99\x6f\xb9\x24",
	    key.b, 16);
	assert_ok(content_key(
	    SPAN_LIT(
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    &key));
	assert_memory_equal("\x24\x8d\x6a\x61\xd2\x06\x38\xb8\xe5\xc0\x26\x93"
			    "\x0c\x3e\x60\x39",
	    key.b, 16);
}

/* By Python's struct, hashlib and base64, from the bytes
 *	01 'R', day as 64 bits, length and domain, length and key,
 *	length and submitter, part as 64 bits. */
static void
test_report_id(void **state)
{
	struct content_key key, ones;
	char id[REPORT_ID_SIZE];

	(void)state;
	for (size_t i = 0; i < CONTENT_KEY_BYTES; i++) {
		key.b[i] = (unsigned char)i;
		ones.b[i] = 0xff;
	}
	assert_ok(canonical_report_id(20000, SPAN_LIT("example.com"), &key,
	    SPAN_LIT("reporter.example"), 0, id));
	assert_string_equal("hhjcd3p6ttv7sayvutkozgvqnqmqraj6", id);
	assert_ok(canonical_report_id(20000, SPAN_LIT("example.com"), &key,
	    SPAN_LIT("reporter.example"), 1, id));
	assert_string_equal("fkp3cuvvkq54aftruivqnn2dueifyh3k", id);
	assert_ok(canonical_report_id(0, SPAN_NONE, &ones, SPAN_NONE, 0, id));
	assert_string_equal("qnfu3ujjjuvghsveyvhwk6b43jkikx54", id);
}

static void
test_report_id_of_a_name_too_long(void **state)
{
	static char domain[5000];
	struct content_key key = { { 0 } };
	char id[REPORT_ID_SIZE];

	(void)state;
	assert_err(E_RANGE,
	    canonical_report_id(0, (struct span){ domain, sizeof(domain) },
		&key, SPAN_LIT("s"), 0, id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_of_a_record),
		cmocka_unit_test(test_bytes_of_a_policy),
		cmocka_unit_test(test_bytes_of_a_detail),
		cmocka_unit_test(test_same_policy),
		cmocka_unit_test(test_type_and_domain_count),
		cmocka_unit_test(test_strings_are_not_mx_hosts),
		cmocka_unit_test(test_rest_of_an_ehlo_reply_does_not_count),
		cmocka_unit_test(test_tlsa_presentation),
		cmocka_unit_test(test_tlsa_set_is_sorted_and_distinct),
		cmocka_unit_test(test_scratch_has_a_ceiling),
		cmocka_unit_test(test_content_key_is_sha256),
		cmocka_unit_test(test_report_id),
		cmocka_unit_test(test_report_id_of_a_name_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
