/* Whatever comes back, what is told of it is one short line of UTF-8 that a
 * database takes. */
#include "fuzz/fuzz.h"

#include "codec/dsn_read.h"

static void
check_text(struct span s)
{
	assert(s.p != NULL && s.len <= DSN_TEXT_MAX);
	fuzz_assert_utf8(s);
	for (size_t i = 0; i < s.len; i++)
		assert((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f);
}

static void
check_status(struct span s)
{
	size_t dots = 0;

	assert(s.len == 0 || (s.len >= 5 && s.len <= 9));
	assert(s.len == 0 || ascii_is_one_of(s.p[0], "245"));
	for (size_t i = 0; i < s.len; i++) {
		assert(ascii_is_digit(s.p[i]) || s.p[i] == '.');
		dots += s.p[i] == '.';
	}
	assert(s.len == 0 || dots == 2);
}

static void
check(const struct dsn *dsn)
{
	if (dsn->verdict == DSN_OTHER) {
		assert(dsn->text.len == 0 && dsn->status.len == 0);
		return;
	}
	check_text(dsn->text);
	check_text(dsn->recipient);
	check_status(dsn->status);
	if (dsn->status.len > 0 && dsn->status.p[0] != '5')
		assert(dsn->verdict != DSN_FAILED_FOR_GOOD);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = { (const char *)data, size };
	struct arena arena = ARENA_INIT(1 << 26);
	struct dsn dsn;
	struct mime m;
	enum err e = mime_parse(message, &arena, &m, NULL);

	if (e == E_OK && (e = dsn_read(&m, &arena, &dsn, NULL)) == E_OK)
		check(&dsn);
	assert(e == E_OK || e == E_RANGE);
	arena_free(&arena);
	return 0;
}
