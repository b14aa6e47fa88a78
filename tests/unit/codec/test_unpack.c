#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/gzip.h"
#include "codec/unpack.h"

/* The files in corpus/unpack were made with Python's gzip and zipfile. */
#define TEXT                                                      \
	"{\"organization-name\":\"Example\",\"report-id\":\"1\"," \
	"\"policies\":[]}\n"

static const struct unpack_limits wide = {
	.input_max = 1 << 20,
	.output_max = 1 << 20,
	.ratio_max = 1000,
};

static struct span
corpus_file(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "corpus/unpack/%s", name);
	return support_file(path);
}

static void
test_what_is_taken(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "plain.json", TEXT },
		{ "bom.json", " \r\n" TEXT },
		{ "report.json.gz", TEXT },
		{ "bom.json.gz", TEXT },
		{ "members.json.gz", TEXT },
		{ "stored.zip", TEXT },
		{ "deflated.zip", TEXT TEXT TEXT },
		{ "streamed.zip", TEXT TEXT TEXT },
		{ "comment.zip", TEXT TEXT TEXT },
	};
	struct buf out = BUF_INIT(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = corpus_file(cases[i].file), text;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].file);
		assert_ok_why(unpack(in, &wide, &out, &text, &why), &why);
		assert_span(cases[i].want, text);
		free((char *)(uintptr_t)in.p);
	}
	buf_free(&out);
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "utf-16le.json", "UTF-16, not UTF-8" },
		{ "utf-16be.json", "UTF-16, not UTF-8" },
		{ "twice.gz", "packed twice" },
		{ "report.xml.gz", "XML or HTML, not a TLS report" },
		{ "cut.json.gz", "gzip: malformed" },
		{ "empty.zip", "zip: 0 entries, where one is expected" },
		{ "two.zip", "zip: 2 entries, where one is expected" },
		{ "bzip2.zip", "zip: method 12 is not taken" },
		{ "folder.zip", "empty" },
		{ "zip64-entry.zip", "zip: zip64 is not taken" },
		{ "zip64-sizes.zip", "zip: zip64 is not taken" },
		{ "encrypted.zip", "zip: encrypted" },
		{ "names-differ.zip",
		    "zip: the entry and the directory disagree" },
		{ "wrong-crc.zip", "zip: damaged" },
		{ "size-lies.zip", "zip: damaged" },
		{ "cut.zip", "zip: no end, or cut short" },
		{ "past-the-end.zip", "zip: entry past the end" },
		{ "volumes.zip", "zip: of several volumes" },
	};
	struct buf out = BUF_INIT(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = corpus_file(cases[i].file), text = SPAN_NONE;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].file);
		assert_err(E_SYNTAX, unpack(in, &wide, &out, &text, &why));
		assert_string_equal(cases[i].want, why.text);
		assert_null(text.p);
		free((char *)(uintptr_t)in.p);
	}
	buf_free(&out);
}

static enum err
unpack_text(struct span in, const struct unpack_limits *limits)
{
	struct buf out = BUF_INIT(0);
	struct span text;
	enum err e = unpack(in, limits, &out, &text, NULL);

	buf_free(&out);
	return e;
}

static void
test_neither_is_refused(void **state)
{
	(void)state;
	assert_err(E_SYNTAX, unpack_text(SPAN_NONE, &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT(" \n"), &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT("[{}]"), &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT("\xef\xbb\xbf"), &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT("\x1f\x8b"), &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT("PK\3\4"), &wide));
	assert_err(E_SYNTAX, unpack_text(SPAN_LIT("%PDF-1.7"), &wide));
}

/* Each cut of an archive is refused; none is read past its end. */
static void
test_no_cut_of_an_archive(void **state)
{
	struct span in = corpus_file("comment.zip");
	char *cut;

	(void)state;
	for (size_t n = 0; n < in.len; n++) {
		cut = malloc(n + 1);
		memcpy(cut, in.p, n);
		cut = realloc(cut, n == 0 ? 1 : n);
		assert_err(E_SYNTAX,
		    unpack_text((struct span){ cut, n }, &wide));
		free(cut);
	}
	free((char *)(uintptr_t)in.p);
}

static void
test_bombs_stop_at_the_ceiling(void **state)
{
	static const char *const files[] = { "bomb.gz", "bomb.zip" };
	struct unpack_limits limits = wide;
	struct buf out = BUF_INIT(0);
	struct span text;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct span in = corpus_file(files[i]);

		limits.ratio_max = 5000;
		assert_err(E_RANGE, unpack(in, &limits, &out, &text, NULL));
		assert_true(out.cap <= 2 * limits.output_max);
		buf_free(&out);
		limits.output_max = (size_t)20 << 20;
		limits.ratio_max = 100;
		assert_err(E_RANGE, unpack(in, &limits, &out, &text, NULL));
		assert_true(out.cap <= 2 * 100 * in.len);
		limits.ratio_max = 5000;
		assert_ok(unpack(in, &limits, &out, &text, NULL));
		assert_int_equal((10 << 20) + 1, text.len);
		limits = wide;
		buf_free(&out);
		free((char *)(uintptr_t)in.p);
	}
}

/* A few bytes that say that they hold 4 GB get no room for it. */
static void
test_a_size_is_not_believed(void **state)
{
	const struct unpack_limits huge = { 1 << 20, (size_t)8 << 30,
		SIZE_MAX };
	struct buf gz = BUF_INIT(1000), out = BUF_INIT(0);
	struct span text;

	(void)state;
	assert_ok(gzip_compress(SPAN_LIT(TEXT), &gz));
	memset(gz.p + gz.len - 4, 0xff, 4);
	assert_err(E_SYNTAX, unpack(buf_span(&gz), &huge, &out, &text, NULL));
	assert_true(out.cap <= 2 * 1032 * gz.len);
	buf_free(&gz);
	buf_free(&out);
}

static void
test_ceilings_are_reached_exactly(void **state)
{
	static const char *const files[] = { "plain.json", "report.json.gz",
		"stored.zip" };
	struct unpack_limits limits;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct span in = corpus_file(files[i]);

		limits = (struct unpack_limits){ in.len, sizeof(TEXT) - 1, 1 };
		assert_ok(unpack_text(in, &limits));
		limits.input_max--;
		assert_err(E_RANGE, unpack_text(in, &limits));
		limits.input_max++;
		limits.output_max--;
		assert_err(E_RANGE, unpack_text(in, &limits));
		free((char *)(uintptr_t)in.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_taken),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_neither_is_refused),
		cmocka_unit_test(test_no_cut_of_an_archive),
		cmocka_unit_test(test_bombs_stop_at_the_ceiling),
		cmocka_unit_test(test_a_size_is_not_believed),
		cmocka_unit_test(test_ceilings_are_reached_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
