#include "support/test.h"

#include <stdlib.h>
#include <zlib.h>

#include "codec/gzip.h"

/* printf 'hello, hello, hello\n' | gzip -9n */
static const unsigned char hello_gz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8,
	0x40, 0xa2, 0xb8, 0x00, 0xe7, 0x42, 0x6e, 0x52, 0x14, 0x00, 0x00,
	0x00 };
static const char hello[] = "hello, hello, hello\n";

static const struct span hello_member = { (const char *)hello_gz,
	sizeof(hello_gz) };

/* Bytes that do not repeat, made by a fixed rule. */
static void
fill(unsigned char *p, size_t n)
{
	uint32_t v = 1;

	for (size_t i = 0; i < n; i++) {
		v = v * 1664525 + 1013904223; /* Numerical Recipes */
		p[i] = (unsigned char)(v >> 24);
	}
}

/* Through zlib's own gzip reader, which is not our code. */
static void
assert_gunzips(struct span gz, struct span want)
{
	unsigned char *got = malloc(want.len + 1);
	z_stream z = { 0 };

	assert_non_null(got);
	assert_int_equal(Z_OK, inflateInit2(&z, 31));
	z.next_in = (Bytef *)(uintptr_t)gz.p;
	z.avail_in = (uInt)gz.len;
	z.next_out = got;
	z.avail_out = (uInt)want.len + 1;
	assert_int_equal(Z_STREAM_END, inflate(&z, Z_FINISH));
	assert_int_equal(0, z.avail_in);
	assert_int_equal(want.len, z.total_out);
	assert_memory_equal(want.p, got, want.len);
	(void)inflateEnd(&z);
	free(got);
}

static void assert_goes_round(enum err (*pack)(struct span, struct buf *))
{
	static const size_t lengths[] = { 0, 1, 2, 100, 65535, 65536, 65537,
		300000 };
	unsigned char *plain = malloc(300000);

	fill(plain, 300000);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct span in = { (const char *)plain, lengths[i] };
		struct buf gz = BUF_INIT(1 << 20), back = BUF_INIT(1 << 20);

		assert_ok(pack(in, &gz));
		assert_gunzips(buf_span(&gz), in);
		assert_ok(gzip_expand(buf_span(&gz), &back));
		assert_true(span_eq(in, buf_span(&back)));
		buf_free(&gz);
		buf_free(&back);
	}
	free(plain);
}

static void
test_compress_then_gunzip(void **state)
{
	(void)state;
	assert_goes_round(gzip_compress);
	assert_goes_round(gzip_wrap);
}

static void
test_wrapped_past_the_ceiling(void **state)
{
	struct buf gz = BUF_INIT(20);

	(void)state;
	assert_err(E_RANGE, gzip_wrap(SPAN_LIT("hello"), &gz));
	buf_free(&gz);
}

/* RFC 1952 s2.3: no name, no comment, no time. */
static void
test_header_tells_nothing(void **state)
{
	struct buf gz = BUF_INIT(1000);

	(void)state;
	buf_adds(&gz, "kept");
	assert_ok(gzip_compress(SPAN_LIT("{}"), &gz));
	assert_memory_equal("kept\x1f\x8b\x08\0\0\0\0\0", gz.p, 12);
	assert_gunzips(span_skip(buf_span(&gz), 4), SPAN_LIT("{}"));
	assert_int_equal('\0', gz.p[gz.len]);
	buf_free(&gz);
}

static void
test_compress_past_the_ceiling(void **state)
{
	unsigned char plain[1000];
	struct buf gz = BUF_INIT(500);

	(void)state;
	fill(plain, sizeof(plain));
	assert_err(E_RANGE,
	    gzip_compress((struct span){ (char *)plain, 1000 }, &gz));
	buf_free(&gz);
}

static void
test_expand_what_gzip_made(void **state)
{
	struct buf out = BUF_INIT(sizeof(hello) - 1 + 4);

	(void)state;
	buf_adds(&out, "say ");
	assert_ok(gzip_expand(hello_member, &out));
	assert_span("say hello, hello, hello\n", buf_span(&out));
	buf_free(&out);
}

static void
test_expand_several_members(void **state)
{
	struct buf gz = BUF_INIT(1000), out = BUF_INIT(1000);

	(void)state;
	for (int i = 0; i < 3; i++)
		buf_add(&gz, hello_member);
	assert_ok(gzip_expand(buf_span(&gz), &out));
	assert_span("hello, hello, hello\nhello, hello, hello\n"
		    "hello, hello, hello\n",
	    buf_span(&out));
	buf_free(&gz);
	buf_free(&out);
}

/* RFC 1952 FNAME; RFC 8460 s6.3 warns of it. */
static void
test_expand_ignores_the_name(void **state)
{
	struct buf gz = BUF_INIT(1000), out = BUF_INIT(1000);

	(void)state;
	buf_add(&gz, span_head(hello_member, 10));
	buf_add(&gz, (struct span){ "../../etc/passwd", 17 });
	buf_add(&gz, span_skip(hello_member, 10));
	gz.p[3] = 0x08;
	assert_ok(gzip_expand(buf_span(&gz), &out));
	assert_span(hello, buf_span(&out));
	buf_free(&gz);
	buf_free(&out);
}

static enum err
expand(struct span gz)
{
	struct buf out = BUF_INIT(1000);
	enum err e = gzip_expand(gz, &out);

	buf_free(&out);
	return e;
}

static void
test_expand_refuses_what_is_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < hello_member.len; n++)
		assert_err(E_SYNTAX, expand(span_head(hello_member, n)));
	assert_err(E_SYNTAX, expand(SPAN_NONE));
}

static void
test_expand_refuses_damage(void **state)
{
	char gz[sizeof(hello_gz)];

	(void)state;
	memcpy(gz, hello_gz, sizeof(gz));
	/* The CRC-32 and the length at the end. */
	for (size_t i = sizeof(gz) - 8; i < sizeof(gz); i++) {
		gz[i] ^= 0x10;
		assert_err(E_SYNTAX, expand((struct span){ gz, sizeof(gz) }));
		gz[i] ^= 0x10;
	}
	/* Magic and method. */
	for (size_t i = 0; i < 3; i++) {
		gz[i] ^= 0x10;
		assert_err(E_SYNTAX, expand((struct span){ gz, sizeof(gz) }));
		gz[i] ^= 0x10;
	}
	assert_ok(expand((struct span){ gz, sizeof(gz) }));
	assert_err(E_SYNTAX, expand(SPAN_LIT("{\"organization-name\":1}")));
	/* zlib's framing is not gzip's. */
	assert_err(E_SYNTAX, expand(SPAN_LIT("\x78\x9c\x03\x00\0\0\0\x01")));
}

static void
test_expand_refuses_what_stands_behind(void **state)
{
	struct buf gz = BUF_INIT(1000);

	(void)state;
	buf_add(&gz, hello_member);
	buf_addc(&gz, '\n');
	assert_err(E_SYNTAX, expand(buf_span(&gz)));
	buf_free(&gz);
}

static void
test_bomb_stops_at_the_ceiling(void **state)
{
	const size_t plain_len = (size_t)64 << 20;
	char *plain = calloc(1, plain_len);
	struct buf gz = BUF_INIT((size_t)128 << 20), out = BUF_INIT(100000);

	(void)state;
	assert_ok(gzip_compress((struct span){ plain, plain_len }, &gz));
	free(plain);
	assert_true(gz.len < 100000);
	assert_err(E_RANGE, gzip_expand(buf_span(&gz), &out));
	assert_true(out.len <= 100000);
	buf_free(&gz);
	buf_free(&out);
}

static void
test_ceiling_is_reached_exactly(void **state)
{
	struct buf out = BUF_INIT(sizeof(hello) - 1);

	(void)state;
	assert_ok(gzip_expand(hello_member, &out));
	assert_span(hello, buf_span(&out));
	buf_free(&out);
	out = BUF_INIT(sizeof(hello) - 2);
	assert_err(E_RANGE, gzip_expand(hello_member, &out));
	buf_free(&out);
}

static void
test_crc_is_that_of_zlib(void **state)
{
	unsigned char bytes[700];

	(void)state;
	fill(bytes, sizeof(bytes));
	for (size_t from = 0; from < 17; from++)
		for (size_t n = 0; n < sizeof(bytes) - 17; n++)
			assert_int_equal(crc32_z(0, bytes + from, n),
			    gzip_crc((struct span){ (char *)bytes + from, n }));
	assert_int_equal(0, gzip_crc(SPAN_NONE));
}

/* hello_gz without its frame. */
static void
test_expand_without_a_frame(void **state)
{
	struct span raw = { hello_member.p + 10, hello_member.len - 18 };
	struct buf out = BUF_INIT(sizeof(hello) - 1);

	(void)state;
	assert_ok(gzip_expand_raw(raw, 0, &out));
	assert_span(hello, buf_span(&out));
	buf_clear(&out);
	assert_err(E_SYNTAX,
	    gzip_expand_raw(span_head(raw, raw.len - 1), 0, &out));
	buf_clear(&out);
	assert_err(E_SYNTAX,
	    gzip_expand_raw((struct span){ raw.p, raw.len + 1 }, 0, &out));
	buf_free(&out);
	out = BUF_INIT(sizeof(hello) - 2);
	assert_err(E_RANGE, gzip_expand_raw(raw, 1000000, &out));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compress_then_gunzip),
		cmocka_unit_test(test_wrapped_past_the_ceiling),
		cmocka_unit_test(test_header_tells_nothing),
		cmocka_unit_test(test_compress_past_the_ceiling),
		cmocka_unit_test(test_expand_what_gzip_made),
		cmocka_unit_test(test_expand_several_members),
		cmocka_unit_test(test_expand_ignores_the_name),
		cmocka_unit_test(test_expand_refuses_what_is_cut),
		cmocka_unit_test(test_expand_refuses_damage),
		cmocka_unit_test(test_expand_refuses_what_stands_behind),
		cmocka_unit_test(test_bomb_stops_at_the_ceiling),
		cmocka_unit_test(test_ceiling_is_reached_exactly),
		cmocka_unit_test(test_crc_is_that_of_zlib),
		cmocka_unit_test(test_expand_without_a_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
