/* A date that is read is a time of RFC 3339, and that text is read as the same
 * time without a mark. What strptime(3) takes is read the same. */
#include "fuzz/fuzz.h"

#include <time.h>

#include "base/clock.h"
#include "codec/date_read.h"

static void
check_again(int64_t s)
{
	char text[TIME_TEXT_SIZE];
	unsigned marks;
	int64_t again;

	assert(s >= 0 && s <= day_end_s(DAY_MAX));
	time_text(s, text);
	assert(date_read(span_str(text), &again, &marks) == E_OK);
	assert(again == s && marks == 0);
}

static bool
is_shaped(struct span s)
{
	static const char shape[] = "0000-00-00T00:00:00Z";

	if (s.len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (shape[i] == '0' ? !ascii_is_digit(s.p[i])
				    : s.p[i] != shape[i])
			return false;
	return true;
}

static void
check_oracle(struct span in, enum err e, int64_t s)
{
	char text[TIME_TEXT_SIZE] = "", again[TIME_TEXT_SIZE];
	struct tm tm = { 0 };
	time_t t;

	if (!is_shaped(in))
		return;
	memcpy(text, in.p, in.len);
	if (strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL)
		return;
	t = timegm(&tm);
	if (t < 0)
		return;
	/* timegm makes days and seconds that there are of all others. */
	time_text(t, again);
	if (span_eq(in, span_str(again)))
		assert(e == E_OK && s == t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	unsigned marks = 0;
	int64_t s = -1;
	enum err e = date_read(in, &s, &marks);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	if (e == E_OK) {
		assert(marks < 2 * DATE_FORM);
		check_again(s);
	} else {
		assert(s == -1);
	}
	check_oracle(in, e, s);
	return 0;
}
