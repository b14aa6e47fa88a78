/* tests/support/test.h -- cmocka and what our tests add. Include it first. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"

/* Both say expression, got and want. */
#define assert_ok(e) support_assert_err((e), E_OK, #e, NULL, __FILE__, __LINE__)
#define assert_err(want, e) \
	support_assert_err((e), (want), #e, NULL, __FILE__, __LINE__)
/* The same, with the reason that the call gave. */
#define assert_ok_why(e, why) \
	support_assert_err((e), E_OK, #e, (why), __FILE__, __LINE__)
#define assert_span(want, s) \
	support_assert_span((s), (want), #s, __FILE__, __LINE__)

void support_assert_err(enum err got, enum err want, const char *expression,
    const struct why *, const char *file, int line);
void support_assert_span(struct span got, const char *want,
    const char *expression, const char *file, int line);

/* A clock that stands still until it is moved: clock.offset_ns is the wall
 * time. mono_ns moves with it. */
struct clock support_clock(int64_t wall_ns);

/* A folder that is empty and lasts until support_rmdir. */
void support_mkdtemp(char ret[256]);
void support_rmdir(const char *path);

/* The bytes of TESTS_DIR/path; p is NULL-terminated and lasts until free. */
struct span support_file(const char *path);

#endif
