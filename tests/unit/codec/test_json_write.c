#include "support/test.h"

#include <jansson.h>
#include <stdio.h>

#include "codec/json_write.h"

/* {"t":…,"i":…,"c":…,"yes":true,"no":false,"none":null,"list":[…],"o":{}} */
static void
put_all(struct json_out *out)
{
	json_out_object(out, NULL);
	json_out_text(out, "t", SPAN_LIT("\"\\\n\x01\xc3\xa4/"));
	json_out_int(out, "i", -5);
	json_out_count(out, "c", 9007199254740991);
	json_out_bool(out, "yes", true);
	json_out_bool(out, "no", false);
	json_out_null(out, "none");
	json_out_array(out, "list");
	json_out_int(out, NULL, 1);
	json_out_text(out, NULL, SPAN_NONE);
	json_out_array(out, NULL);
	json_out_end(out);
	json_out_end(out);
	json_out_object(out, "o");
	json_out_end(out);
	json_out_end(out);
}

static void
test_compact(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(1000);

	(void)state;
	put_all(out);
	buf_adds(&text, "> ");
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_span("> {\"t\":\"\\\"\\\\\\n\\u0001\xc3\xa4/\",\"i\":-5,"
		    "\"c\":9007199254740991,\"yes\":true,\"no\":false,"
		    "\"none\":null,\"list\":[1,\"\",[]],\"o\":{}}",
	    buf_span(&text));
	json_out_free(out);
	buf_free(&text);
}

static void
test_pretty(void **state)
{
	struct json_out *out = json_out_new();
	struct buf pretty = BUF_INIT(1000), compact = BUF_INIT(1000);
	struct buf again = BUF_INIT(1000);

	(void)state;
	json_out_object(out, NULL);
	json_out_array(out, "a");
	json_out_int(out, NULL, 1);
	json_out_text(out, NULL, SPAN_LIT("x"));
	json_out_end(out);
	json_out_end(out);
	assert_ok(json_out_finish(out, JSON_PRETTY_STYLE, &pretty));
	assert_span("{\n  \"a\": [\n    1,\n    \"x\"\n  ]\n}",
	    buf_span(&pretty));
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &compact));
	assert_ok(json_prettify(buf_span(&compact), &again));
	assert_span(buf_str(&pretty), buf_span(&again));
	json_out_free(out);
	buf_free(&pretty);
	buf_free(&compact);
	buf_free(&again);
}

static void
test_outermost_may_be_any_value(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(100);

	(void)state;
	json_out_text(out, NULL, SPAN_LIT("x"));
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_span("\"x\"", buf_span(&text));
	json_out_free(out);
	buf_free(&text);
}

static void
test_counts_stay_integers(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(100);

	(void)state;
	json_out_array(out, NULL);
	json_out_count(out, NULL, 0);
	json_out_count(out, NULL, UINT64_MAX);
	json_out_int(out, NULL, INT64_MIN);
	json_out_end(out);
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_span("[0,9223372036854775807,-9223372036854775808]",
	    buf_span(&text));
	json_out_free(out);
	buf_free(&text);
}

static void
test_text_that_is_no_utf8(void **state)
{
	static const char *const texts[] = { "\xff", "\xc3", "\xed\xa0\x80",
		"\xc0\xaf", "\xf4\x90\x80\x80" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct json_out *out = json_out_new();
		struct buf text = BUF_INIT(1000);

		json_out_object(out, NULL);
		json_out_text(out, "t", span_str(texts[i]));
		json_out_int(out, "later", 1);
		json_out_array(out, "list");
		json_out_end(out);
		json_out_end(out);
		assert_err(E_SYNTAX,
		    json_out_finish(out, JSON_COMPACT_STYLE, &text));
		assert_int_equal(0, text.len);
		json_out_free(out);
		buf_free(&text);
	}
}

static void
test_ceiling_of_the_text(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(50);

	(void)state;
	put_all(out);
	assert_err(E_RANGE, json_out_finish(out, JSON_COMPACT_STYLE, &text));
	assert_true(text.len <= 50);
	json_out_free(out);
	buf_free(&text);
}

static void
test_nesting_has_a_ceiling(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(1000);

	(void)state;
	for (int i = 0; i < 1000; i++)
		json_out_array(out, NULL);
	for (int i = 0; i < 1000; i++)
		json_out_end(out);
	assert_err(E_RANGE, json_out_finish(out, JSON_COMPACT_STYLE, &text));
	json_out_free(out);
	buf_free(&text);
	json_out_free(NULL);
}

/* Unfinished, at whatever point: nothing leaks. */
static void
test_free_copes_with_half_a_document(void **state)
{
	struct json_out *out;

	(void)state;
	json_out_free(json_out_new());
	out = json_out_new();
	json_out_object(out, NULL);
	json_out_array(out, "list");
	json_out_text(out, NULL, SPAN_LIT("x"));
	json_out_free(out);
}

static void
test_prettify_refuses(void **state)
{
	static const char *const texts[] = { "", "{", "{]", "[1,]", "nul",
		"[\"\xff\"]" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf text = BUF_INIT(1000);

		assert_err(E_SYNTAX, json_prettify(span_str(texts[i]), &text));
		assert_int_equal(0, text.len);
		buf_free(&text);
	}
}

static void
test_every_character_comes_back(void **state)
{
	struct json_out *out = json_out_new();
	struct buf text = BUF_INIT(10000);
	char all[128];
	json_t *value;

	(void)state;
	for (int i = 0; i < 128; i++)
		all[i] = (char)i;
	json_out_array(out, NULL);
	json_out_text(out, NULL, (struct span){ all, sizeof(all) });
	json_out_end(out);
	assert_ok(json_out_finish(out, JSON_COMPACT_STYLE, &text));
	value = json_loadb(text.p, text.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(value);
	assert_int_equal(128, json_string_length(json_array_get(value, 0)));
	assert_memory_equal(all, json_string_value(json_array_get(value, 0)),
	    128);
	json_decref(value);
	json_out_free(out);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compact),
		cmocka_unit_test(test_pretty),
		cmocka_unit_test(test_outermost_may_be_any_value),
		cmocka_unit_test(test_counts_stay_integers),
		cmocka_unit_test(test_text_that_is_no_utf8),
		cmocka_unit_test(test_ceiling_of_the_text),
		cmocka_unit_test(test_nesting_has_a_ceiling),
		cmocka_unit_test(test_free_copes_with_half_a_document),
		cmocka_unit_test(test_prettify_refuses),
		cmocka_unit_test(test_every_character_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
