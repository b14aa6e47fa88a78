#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "codec/json_read.h"
#include "fuzz/json_tree.h"

#define SCRATCH_MAX (1 << 20)
#define CASE_MAX 65536 /* bytes of a corpus file */

/* -- corpus -- */

static int
is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Reads each file of TESTS_DIR/folder; returns how many there were. */
static int
each_file(const char *folder, void (*one)(const char *name, struct span text))
{
	struct buf bytes = BUF_INIT(CASE_MAX);
	char path[1024];
	struct dirent **names;
	char *exact;
	int n;

	(void)snprintf(path, sizeof(path), TESTS_DIR "/%s", folder);
	n = scandir(path, &names, is_case, alphasort);
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), TESTS_DIR "/%s/%s", folder,
		    names[i]->d_name);
		buf_clear(&bytes);
		assert_ok(file_read(path, &bytes, NULL));
		/* Nothing behind it, so that a look past the end is seen. */
		exact = malloc(bytes.len + 1);
		memcpy(exact + 1, buf_str(&bytes), bytes.len);
		one(names[i]->d_name, (struct span){ exact + 1, bytes.len });
		free(exact);
		free(names[i]);
	}
	free(names);
	buf_free(&bytes);
	return n;
}

static enum err
read_whole(struct span text, bool repair)
{
	struct json_tree t;
	json_t *value;
	enum err e = json_tree_read(text, repair, &t, &value);

	json_decref(value);
	return e;
}

static enum err
skip_whole(struct span text, bool repair)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX);
	struct json_reader j;
	enum err e;

	json_read_begin(&j, text, &scratch, JSON_DEPTH_MAX, repair);
	json_read_skip(&j);
	e = json_read_end(&j, NULL);
	arena_free(&scratch);
	return e;
}

static void
check_valid(const char *name, struct span text)
{
	const char *difference;

	print_message("valid/%s\n", name);
	for (int repair = 0; repair < 2; repair++) {
		assert_ok(read_whole(text, repair));
		assert_ok(skip_whole(text, repair));
	}
	if ((difference = json_tree_compare(text)) != NULL)
		fail_msg("%s", difference);
}

/* "repairable-": only its characters are bad. */
static void
check_invalid(const char *name, struct span text)
{
	bool repairable = span_eq(span_head(span_str(name), 11),
	    SPAN_LIT("repairable-"));
	const char *difference;

	print_message("invalid/%s\n", name);
	assert_err(E_SYNTAX, read_whole(text, false));
	assert_err(E_SYNTAX, skip_whole(text, false));
	assert_err(repairable ? E_OK : E_SYNTAX, read_whole(text, true));
	assert_err(repairable ? E_OK : E_SYNTAX, skip_whole(text, true));
	if ((difference = json_tree_compare(text)) != NULL)
		fail_msg("%s", difference);
}

static void
test_valid_texts_are_read_as_jansson_does(void **state)
{
	(void)state;
	assert_true(each_file("corpus/json/valid", check_valid) > 40);
}

static void
test_invalid_texts_are_refused(void **state)
{
	(void)state;
	assert_true(each_file("corpus/json/invalid", check_invalid) > 90);
}

/* -- one value -- */

static struct arena scratch = ARENA_INIT(SCRATCH_MAX);

static struct json_reader
begin(const char *text)
{
	struct json_reader j;

	arena_reset(&scratch);
	json_read_begin(&j, span_str(text), &scratch, 8, false);
	return j;
}

static int
free_scratch(void **state)
{
	(void)state;
	arena_free(&scratch);
	return 0;
}

static void
test_peek_tells_the_kind(void **state)
{
	static const struct {
		const char *in;
		enum json_kind want;
	} cases[] = {
		{ "{}", JSON_KIND_OBJECT },
		{ "[]", JSON_KIND_ARRAY },
		{ "\"\"", JSON_KIND_STRING },
		{ "0", JSON_KIND_NUMBER },
		{ "9", JSON_KIND_NUMBER },
		{ "-1", JSON_KIND_NUMBER },
		{ "true", JSON_KIND_BOOL },
		{ "false", JSON_KIND_BOOL },
		{ "null", JSON_KIND_NULL },
		{ " \t\r\n{", JSON_KIND_OBJECT },
		{ "", JSON_KIND_NONE },
		{ " ", JSON_KIND_NONE },
		{ "]", JSON_KIND_NONE },
		{ "+1", JSON_KIND_NONE },
		{ "x", JSON_KIND_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader j = begin(cases[i].in);

		print_message("%s\n", cases[i].in);
		assert_int_equal(cases[i].want, json_read_peek(&j));
		assert_int_equal(cases[i].want, json_read_peek(&j));
		assert_ok(j.err);
	}
}

static void
test_document_is_read_in_order(void **state)
{
	struct json_reader j = begin("{ \"d\": \"a.example\", \"n\": -7,"
				     " \"list\": [true, false, null, []],"
				     " \"more\": {\"deep\": {}}, \"e\": 1e3 }");
	struct span key, text = SPAN_NONE;
	int64_t n = 0;
	bool yes = false, no = true;

	(void)state;
	json_read_object(&j);
	assert_true(json_read_member(&j, &key));
	assert_span("d", key);
	json_read_string(&j, &text);
	assert_span("a.example", text);
	assert_true(json_read_member(&j, &key));
	assert_span("n", key);
	json_read_int(&j, &n);
	assert_int_equal(-7, n);
	assert_true(json_read_member(&j, &key));
	json_read_array(&j);
	assert_true(json_read_element(&j));
	json_read_bool(&j, &yes);
	assert_true(yes);
	assert_true(json_read_element(&j));
	json_read_bool(&j, &no);
	assert_false(no);
	assert_true(json_read_element(&j));
	json_read_null(&j);
	assert_true(json_read_element(&j));
	json_read_array(&j);
	assert_false(json_read_element(&j));
	assert_false(json_read_element(&j));
	assert_true(json_read_member(&j, &key));
	assert_span("more", key);
	json_read_skip(&j);
	assert_true(json_read_member(&j, &key));
	assert_span("e", key);
	json_read_skip(&j);
	assert_false(json_read_member(&j, &key));
	assert_ok(json_read_end(&j, NULL));
}

static void
test_string_without_escapes_is_a_view(void **state)
{
	const char *text = "[\"plain \xc3\xa4\",\"esc\\u0061ped\"]";
	struct json_reader j = begin(text);
	struct span s = SPAN_NONE;

	(void)state;
	json_read_array(&j);
	assert_true(json_read_element(&j));
	json_read_string(&j, &s);
	assert_span("plain \xc3\xa4", s);
	assert_ptr_equal(text + 2, s.p);
	assert_int_equal(0, scratch.used);
	assert_true(json_read_element(&j));
	json_read_string(&j, &s);
	assert_span("escaped", s);
	assert_true(scratch.used > 0);
	assert_false(json_read_element(&j));
	assert_ok(json_read_end(&j, NULL));
}

static void
test_strings_are_decoded(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "all letters", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		    "\"\\/\b\f\n\r\t" },
		{ "one to three bytes", "\"\\u0041\\u00e4\\u20AC\"",
		    "A\xc3\xa4\xe2\x82\xac" },
		{ "pair", "\"\\uD83D\\ude00\"", "\xf0\x9f\x98\x80" },
		{ "first pair", "\"\\ud800\\udc00\"", "\xf0\x90\x80\x80" },
		{ "last pair", "\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf" },
		{ "beside UTF-8", "\"\xc3\xa4\\n\xe2\x82\xac\"",
		    "\xc3\xa4\n\xe2\x82\xac" },
		{ "last of three", "\"\\uffff\"", "\xef\xbf\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader j = begin(cases[i].in);
		struct span s = SPAN_NONE;

		print_message("%s\n", cases[i].name);
		json_read_string(&j, &s);
		assert_span(cases[i].want, s);
		assert_ok(json_read_end(&j, NULL));
		assert_false(j.repaired);
	}
}

#define U_FFFD "\xef\xbf\xbd"

static void
test_strings_are_repaired(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "U+0000", "\"a\\u0000b\"", "a" U_FFFD "b" },
		{ "lone high", "\"\\ud800x\"", U_FFFD "x" },
		{ "lone low", "\"\\udfffx\"", U_FFFD "x" },
		{ "high before a letter", "\"\\ud800\\n\"", U_FFFD "\n" },
		{ "high before a pair", "\"\\ud83d\\ud83d\\ude00\"",
		    U_FFFD "\xf0\x9f\x98\x80" },
		{ "pair the wrong way", "\"\\udc00\\ud800\"", U_FFFD U_FFFD },
		{ "each byte", "\"\xff\xfe\"", U_FFFD U_FFFD },
		{ "latin-1",
		    "\"gr\xfc\xdf"
		    "e\"",
		    "gr" U_FFFD U_FFFD "e" },
		{ "beside good UTF-8", "\"\xc3\xa4\xc3\"", "\xc3\xa4" U_FFFD },
		{ "encoded surrogate", "\"\xed\xa0\x80\"",
		    U_FFFD U_FFFD U_FFFD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader j = begin(cases[i].in);
		struct span s = SPAN_NONE;

		print_message("%s\n", cases[i].name);
		j.repair = true;
		json_read_string(&j, &s);
		assert_span(cases[i].want, s);
		assert_ok(json_read_end(&j, NULL));
		assert_true(j.repaired);
		/* Without leave to repair it is a fault. */
		j = begin(cases[i].in);
		s = SPAN_NONE;
		json_read_string(&j, &s);
		assert_null(s.p);
		assert_err(E_SYNTAX, json_read_end(&j, NULL));
		assert_false(j.wrong_type);
	}
}

static void
test_integers(void **state)
{
	static const struct {
		const char *in;
		bool ok;
		int64_t want;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "42", true, 42 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999999", false, 0 },
		{ "1.0", false, 0 },
		{ "1e2", false, 0 },
		{ "1E-2", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader j = begin(cases[i].in);
		int64_t got = 4711;

		print_message("%s\n", cases[i].in);
		json_read_int(&j, &got);
		assert_err(cases[i].ok ? E_OK : E_SYNTAX,
		    json_read_end(&j, NULL));
		assert_int_equal(!cases[i].ok, j.wrong_type);
		assert_int_equal(cases[i].ok ? cases[i].want : 4711, got);
	}
}

/* -- faults -- */

static void
take(struct json_reader *j, enum json_kind kind)
{
	struct span text = SPAN_LIT("untouched");
	int64_t n = 4711;
	bool yes = true;

	switch (kind) {
	case JSON_KIND_OBJECT:
		json_read_object(j);
		break;
	case JSON_KIND_ARRAY:
		json_read_array(j);
		break;
	case JSON_KIND_STRING:
		json_read_string(j, &text);
		break;
	case JSON_KIND_NUMBER:
		json_read_int(j, &n);
		break;
	case JSON_KIND_BOOL:
		json_read_bool(j, &yes);
		break;
	case JSON_KIND_NULL:
		json_read_null(j);
		break;
	case JSON_KIND_NONE:
		break;
	}
	if (j->err == E_OK)
		return;
	assert_span("untouched", text);
	assert_int_equal(4711, n);
	assert_true(yes);
}

static void
test_wrong_type_is_told_from_malformed(void **state)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} values[] = {
		{ "{}", JSON_KIND_OBJECT },
		{ "[]", JSON_KIND_ARRAY },
		{ "\"x\"", JSON_KIND_STRING },
		{ "1", JSON_KIND_NUMBER },
		{ "false", JSON_KIND_BOOL },
		{ "null", JSON_KIND_NULL },
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		for (size_t k = 0; k < 6; k++) {
			struct json_reader j = begin(values[i].text);

			take(&j, values[k].kind);
			assert_err(i == k ? E_OK : E_SYNTAX, j.err);
			assert_int_equal(i != k, j.wrong_type);
		}
	}
	for (size_t k = 0; k < 6; k++) {
		for (size_t i = 0; i < 6; i++) {

			static const char *const malformed[] = { "x", "[x",
				"{\"a\":x", "-x", "\"x", "trux" };
			struct json_reader j = begin(malformed[i]);

			if (values[k].kind == json_read_peek(&j))
				continue;
			take(&j, values[k].kind);
			assert_err(E_SYNTAX, j.err);
			assert_false(j.wrong_type);
		}
	}
}

static void
test_first_fault_sticks(void **state)
{
	struct json_reader j = begin("[5, \"x\"]");
	struct span s = SPAN_LIT("untouched");
	struct why why = { { 0 } };
	int64_t n = 0;
	bool yes = false;

	(void)state;
	json_read_array(&j);
	assert_true(json_read_element(&j));
	json_read_string(&j, &s);
	assert_err(E_SYNTAX, j.err);
	json_read_int(&j, &n);
	json_read_bool(&j, &yes);
	json_read_null(&j);
	json_read_skip(&j);
	json_read_object(&j);
	json_read_array(&j);
	json_read_fail(&j, E_RANGE, "a later fault");
	assert_int_equal(0, n);
	assert_false(json_read_element(&j));
	assert_false(json_read_member(&j, &s));
	assert_int_equal(JSON_KIND_NONE, json_read_peek(&j));
	assert_span("untouched", s);
	assert_err(E_SYNTAX, json_read_end(&j, &why));
	assert_string_equal("byte 1: string expected", why.text);
}

static void
test_faults_of_the_caller(void **state)
{
	struct json_reader j = begin("[1,2]");
	struct why why = { { 0 } };
	int64_t n = 0;

	(void)state;
	json_read_array(&j);
	assert_true(json_read_element(&j));
	json_read_int(&j, &n);
	json_read_fail(&j, E_RANGE, "not this one");
	assert_false(json_read_element(&j));
	assert_err(E_RANGE, json_read_end(&j, &why));
	assert_false(j.wrong_type);
	assert_string_equal("byte 2: not this one", why.text);
}

static void
test_place_of_a_fault(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "byte 0: " },
		{ "  x", "byte 2: " },
		{ "[1] x", "byte 4: " },
		{ "[1 2]", "byte 3: " },
		{ "{\"a\" 1}", "byte 5: " },
		{ "{1}", "byte 1: " },
		{ "[\"abc\n\"]", "byte 5: " },
		{ "[tru]", "byte 1: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader j = begin(cases[i].in);
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].in);
		json_read_skip(&j);
		assert_err(E_SYNTAX, json_read_end(&j, &why));
		assert_memory_equal(cases[i].want, why.text,
		    strlen(cases[i].want));
	}
}

/* -- ceilings -- */

static void
test_depth_has_a_ceiling(void **state)
{
	char text[200];

	(void)state;
	for (unsigned max = 0; max <= 70; max++) {
		unsigned ceiling = max < 63 ? max : 63;

		for (unsigned depth = 1; depth <= 70; depth++) {
			struct json_reader j;

			memset(text, '[', depth);
			memset(text + depth, ']', depth);
			json_read_begin(&j, (struct span){ text, 2 * depth },
			    &scratch, max, false);
			json_read_skip(&j);
			assert_err(depth <= ceiling ? E_OK : E_RANGE,
			    json_read_end(&j, NULL));
		}
	}
}

/* Objects and arrays in turns, so that each level must be remembered. */
static void
test_deepest_mixture(void **state)
{
	struct buf text = BUF_INIT(1000);
	const char *difference;

	(void)state;
	for (int i = 0; i < 31; i++)
		buf_adds(&text, "[{\"k\":");
	buf_adds(&text, "[]");
	for (int i = 0; i < 31; i++)
		buf_adds(&text, "}]");
	if ((difference = json_tree_compare(buf_span(&text))) != NULL)
		fail_msg("%s", difference);
	assert_ok(skip_whole(buf_span(&text), false));
	buf_clear(&text);
	for (int i = 0; i < 31; i++)
		buf_adds(&text, "[{\"k\":");
	buf_adds(&text, "[]");
	for (int i = 0; i < 31; i++)
		buf_adds(&text, "]}");
	assert_err(E_SYNTAX, skip_whole(buf_span(&text), false));
	buf_free(&text);
}

static void
test_sixty_thousand_brackets(void **state)
{
	static char text[60000];

	(void)state;
	memset(text, '[', sizeof(text));
	assert_err(E_RANGE, skip_whole((struct span){ text, 60000 }, false));
	for (size_t i = 0; i + 5 <= sizeof(text); i += 5)
		memcpy(text + i, "{\"k\":", 5);
	assert_err(E_RANGE, skip_whole((struct span){ text, 60000 }, false));
}

static void
test_scratch_has_a_ceiling(void **state)
{
	struct arena small = ARENA_INIT(64);
	struct json_reader j;
	struct span s = SPAN_NONE;

	(void)state;
	json_read_begin(&j,
	    SPAN_LIT("\"0123456789012345678901234567890123456789"
		     "01234567890123456789\\n\""),
	    &small, 8, false);
	json_read_string(&j, &s);
	assert_null(s.p);
	assert_err(E_NOMEM, json_read_end(&j, NULL));
	arena_free(&small);
}

/* Each front of a document is refused, wherever it ends. */
static void
test_no_front_is_a_document(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e+3,true,null,\"x\\ud83d"
				   "\\ude00\xc3\xa4\"],\"b\":{\"c\":false}}";

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char *front = malloc(len + 1);
		struct span s = { front, len };

		memcpy(front, text, len);
		assert_err(E_SYNTAX, read_whole(s, true));
		assert_err(E_SYNTAX, skip_whole(s, true));
		free(front);
	}
	assert_ok(read_whole(span_str(text), false));
}

static void
test_values_if_they_come(void **state)
{
	struct json_reader j;

	(void)state;
	json_read_begin(&j,
	    SPAN_LIT("[ \"a\\u0062\" , -1.5e3,\"\",null,0, \"x"), &scratch,
	    JSON_DEPTH_MAX, false);
	json_read_array(&j);
	assert_true(json_read_element(&j));
	assert_null(json_read_if_number(&j).p);
	assert_span("ab", json_read_if_string(&j));
	assert_true(json_read_element(&j));
	assert_null(json_read_if_string(&j).p);
	assert_span("-1.5e3", json_read_if_number(&j));
	assert_true(json_read_element(&j));
	assert_non_null(json_read_if_string(&j).p);
	assert_true(json_read_element(&j));
	assert_null(json_read_if_string(&j).p);
	assert_null(json_read_if_number(&j).p);
	json_read_null(&j);
	assert_true(json_read_element(&j));
	assert_span("0", json_read_if_number(&j));
	assert_true(json_read_element(&j));
	assert_null(json_read_if_string(&j).p); /* without end */
	assert_err(E_SYNTAX, json_read_end(&j, NULL));
}

/* A memo is used where the text is the same, and never elsewhere. */
static void
test_objects_that_are_alike(void **state)
{
	static const struct {
		const char *key;
		bool again;
	} want[] = { { "one", false }, { "second-member", false },
		{ "one", true }, { "second-member", true }, { "one", false },
		{ "second-membeR", false }, { "one", true },
		{ "third", false } };
	struct json_memo memos[3] = { { SPAN_NONE, SPAN_NONE } };
	struct json_reader j;
	size_t n = 0;

	(void)state;
	json_read_begin(&j,
	    SPAN_LIT("[{\"one\": 1, \"second-member\": 2},"
		     "{\"one\": 1, \"second-member\": 2},"
		     "{ \"one\": 1, \"second-membeR\": 2},"
		     "{ \"one\": 1, \"third\": 2}, {}]"),
	    &scratch, JSON_DEPTH_MAX, false);
	json_read_array(&j);
	while (json_read_element(&j)) {
		size_t place = 0;
		bool again;

		json_read_object(&j);
		for (; json_read_member_alike(&j, &memos[place], &again); n++) {
			assert_span(want[n].key, memos[place].key);
			assert_int_equal(want[n].again, again);
			assert_int_equal(1, json_read_if_number(&j).len);
			place++;
		}
	}
	assert_int_equal(8, n);
	assert_ok(json_read_end(&j, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid_texts_are_read_as_jansson_does),
		cmocka_unit_test(test_invalid_texts_are_refused),
		cmocka_unit_test(test_peek_tells_the_kind),
		cmocka_unit_test(test_document_is_read_in_order),
		cmocka_unit_test(test_string_without_escapes_is_a_view),
		cmocka_unit_test(test_strings_are_decoded),
		cmocka_unit_test(test_strings_are_repaired),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_wrong_type_is_told_from_malformed),
		cmocka_unit_test(test_first_fault_sticks),
		cmocka_unit_test(test_faults_of_the_caller),
		cmocka_unit_test(test_place_of_a_fault),
		cmocka_unit_test(test_depth_has_a_ceiling),
		cmocka_unit_test(test_deepest_mixture),
		cmocka_unit_test(test_sixty_thousand_brackets),
		cmocka_unit_test(test_scratch_has_a_ceiling),
		cmocka_unit_test(test_no_front_is_a_document),
		cmocka_unit_test(test_values_if_they_come),
		cmocka_unit_test(test_objects_that_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, free_scratch);
}
