#include "support/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

void
support_assert_err(enum err got, enum err want, const char *expression,
    const struct why *why, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s: got \"%s\", want \"%s\"%s%s\n", expression,
	    err_text(got), err_text(want), why == NULL ? "" : ": ",
	    why == NULL ? "" : why->text);
	_fail(file, line);
}

void
support_assert_span(struct span got, const char *want, const char *expression,
    const char *file, int line)
{
	if (span_eq(got, span_str(want)))
		return;
	print_error("%s: got \"%.*s\", want \"%s\"\n", expression,
	    SPAN_ARG(got), want);
	_fail(file, line);
}

static int64_t
standing_ns(const struct clock *c)
{
	return c->offset_ns;
}

struct clock
support_clock(int64_t wall_ns)
{
	return (struct clock){ .wall_ns = standing_ns,
		.mono_ns = standing_ns,
		.offset_ns = wall_ns };
}

void
support_mkdtemp(char ret[256])
{
	(void)snprintf(ret, 256, "/tmp/tlsrptd-test.XXXXXX");
	assert_non_null(mkdtemp(ret));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
support_rmdir(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct span
support_file(const char *path)
{
	struct buf bytes = BUF_INIT((size_t)1 << 30);
	struct why why = { { 0 } };
	char whole[4096];

	(void)snprintf(whole, sizeof(whole), TESTS_DIR "/%s", path);
	assert_ok_why(file_read(whole, &bytes, &why), &why);
	return buf_span(&bytes);
}
