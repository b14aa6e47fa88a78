#include "support/test.h"

#include "deliver/report_body.h"

/* printf '{"a":1}' | gzip -n | od -An -tx1 */
static const unsigned char gz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x03, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05, 0x00,
	0xaf, 0xac, 0x1b, 0x56, 0x07, 0x00, 0x00, 0x00 };

static const struct span packed = { (const char *)gz, sizeof(gz) };

static enum err
format(enum deliver_format how, int64_t max_bytes, struct span in,
    struct buf *body)
{
	const struct config c = {
		.deliver_format = how,
		.report_max_size_bytes = max_bytes,
	};

	*body = BUF_INIT(1000);
	buf_add(body, in);
	return report_body_format(&c, body);
}

static void
test_gzip_stays_as_it_is(void **state)
{
	struct buf body;

	(void)state;
	assert_ok(format(DELIVER_GZIP, 1, packed, &body));
	assert_true(span_eq(packed, buf_span(&body)));
	buf_free(&body);
}

static void
test_json_is_unpacked(void **state)
{
	struct buf body;

	(void)state;
	assert_ok(format(DELIVER_JSON, 7, packed, &body));
	assert_span("{\"a\":1}", buf_span(&body));
	buf_free(&body);
}

static void
test_what_cannot_be_unpacked_stays(void **state)
{
	struct buf body;

	(void)state;
	assert_err(E_RANGE, format(DELIVER_JSON, 6, packed, &body));
	assert_true(span_eq(packed, buf_span(&body)));
	buf_free(&body);
	assert_err(E_SYNTAX,
	    format(DELIVER_JSON, 7, span_head(packed, 20), &body));
	buf_free(&body);
}

/* s6.4, s6.5 */
static void
test_media_types(void **state)
{
	struct config c = { .deliver_format = DELIVER_GZIP };

	(void)state;
	assert_string_equal("application/tlsrpt+gzip", report_body_type(&c));
	c.deliver_format = DELIVER_JSON;
	assert_string_equal("application/tlsrpt+json", report_body_type(&c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip_stays_as_it_is),
		cmocka_unit_test(test_json_is_unpacked),
		cmocka_unit_test(test_what_cannot_be_unpacked_stays),
		cmocka_unit_test(test_media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
