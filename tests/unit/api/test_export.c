#include "support/test.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/export.h"

/* A list of so many rows, of so many bytes each, by cursors or counted. */
static struct {
	size_t rows, bytes, asked;
	bool by_count, is_cut;
} source;

static const struct api_column columns[] = { { "n", API_COUNT },
	{ "text", API_TEXT }, { NULL, API_END } };

static enum err
get_rows(const struct api_request *r, struct api_answer *a, struct why *why)
{
	static char text[65536];
	struct api_list *list = api_list(a, columns);
	size_t first = 0, end = source.rows;
	char cursor[24];

	(void)why;
	source.asked++;
	memset(text, 'x', sizeof(text));
	if (!source.by_count) {
		first = r->query->cursor.p == NULL
		    ? 0
		    : strtoul(r->query->cursor.p, NULL, 10) + 1;
		if (end > first + r->query->limit + 1)
			end = first + r->query->limit + 1;
	}
	for (size_t i = first; i < end; i++) {
		(void)snprintf(cursor, sizeof(cursor), "%zu", i);
		if (!api_row(list, SPAN_NONE,
			source.by_count ? SPAN_NONE : span_str(cursor)))
			continue;
		api_count(list, i);
		api_text(list, (struct span){ text, source.bytes });
	}
	if (source.is_cut)
		api_list_cut(list);
	return E_OK;
}

/* Asks for the table; its lines, of which each but the first and what
 * stands behind the rows has its number. */
static void export(const char *cursor, size_t first, struct api_answer *a,
    size_t *ret_n)
{
	static struct arena arena = ARENA_INIT(1 << 20);
	struct api_query query = { .csv = true,
		.is_whole = true,
		.limit = API_EXPORT_ROWS,
		.cursor = span_str(cursor) };
	struct api_account account = { .is_bound = false };
	struct api_request request = { .query = &query,
		.account = &account,
		.arena = &arena };
	struct why why = { { 0 } };
	struct span rest, line;
	size_t n = 0;
	char want[32];

	source.asked = 0;
	assert_true(api_answer_init(a, &request, true));
	api_answer_finish(a, api_export(get_rows, &request, a, &why), &why);
	assert_int_equal(200, a->status);
	rest = buf_span(&a->body);
	line = span_until(&rest, '\n');
	assert_true(span_eq(line, SPAN_LIT("n,text\r")));
	while (rest.len > 0 && isdigit((unsigned char)rest.p[0])) {
		line = span_until(&rest, '\n');
		(void)snprintf(want, sizeof(want), "%zu,", first + n++);
		assert_true(span_take(&line, span_str(want)));
	}
	*ret_n = n;
}

#define NOT_ALL "\n\"NOT ALL ROWS: "

static bool
says_that_rows_are_missing(const struct api_answer *a)
{
	return strstr(a->body.p, NOT_ALL) != NULL;
}

static void
test_each_row_stands_there_once(void **state)
{
	static const struct {
		size_t rows;
		bool by_count;
		size_t pages;
	} cases[] = {
		{ 0, false, 1 },
		{ 1, true, 1 },
		{ API_EXPORT_ROWS, false, 1 },
		{ API_EXPORT_ROWS, true, 1 },
		{ API_EXPORT_ROWS + 1, false, 2 },
		{ API_EXPORT_ROWS + 1, true, 2 },
		{ 20001, false, 5 },
		{ 123456, false, 25 },
		{ 12345, true, 3 },
	};
	struct api_answer a;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		source.rows = cases[i].rows;
		source.by_count = cases[i].by_count;
		source.bytes = 3;
		source.is_cut = false;
		export(NULL, 0, &a, &n);
		assert_int_equal(cases[i].rows, n);
		assert_int_equal(cases[i].pages, source.asked);
		assert_false(says_that_rows_are_missing(&a));
		assert_string_equal("", a.next);
		api_answer_free(&a);
	}
}

/* 60,000 bytes each: about 420 are 24 MiB. */
static void
test_what_does_not_fit_is_behind_the_cursor(void **state)
{
	struct buf cursor = BUF_INIT(64);
	struct api_answer a;
	size_t n, all = 0;

	(void)state;
	source.rows = 1000;
	source.bytes = 60000;
	source.by_count = source.is_cut = false;
	export(NULL, 0, &a, &n);
	assert_in_range(n, 400, 440);
	assert_true(says_that_rows_are_missing(&a));
	for (all = n; a.next[0] != '\0'; all += n) {
		api_answer_free(&a);
		buf_clear(&cursor); /* as it is before it is written */
		buf_addf(&cursor, "%zu", all - 1);
		export(buf_str(&cursor), all, &a, &n);
	}
	assert_int_equal(1000, all);
	assert_false(says_that_rows_are_missing(&a));
	api_answer_free(&a);
	buf_free(&cursor);
}

static void
test_what_the_store_was_not_asked_for_is_said(void **state)
{
	struct api_answer a;
	size_t n;

	(void)state;
	source.rows = 10;
	source.bytes = 3;
	source.by_count = source.is_cut = true;
	export(NULL, 0, &a, &n);
	assert_int_equal(10, n);
	assert_true(says_that_rows_are_missing(&a));
	assert_string_equal("", a.next);
	api_answer_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_row_stands_there_once),
		cmocka_unit_test(test_what_does_not_fit_is_behind_the_cursor),
		cmocka_unit_test(test_what_the_store_was_not_asked_for_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
