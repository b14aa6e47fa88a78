#include "base/num.h"

#include "base/ascii.h"

enum err
num_parse(struct span s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = span_take(&s, SPAN_LIT("-"));
	int64_t v = 0;

	if (s.len == 0)
		return E_SYNTAX;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.p[i]))
			return E_SYNTAX;
	}
	for (size_t i = 0; i < s.len; i++) {
		int64_t digit = s.p[i] - '0';

		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, digit, &v))
			return E_RANGE;
	}
	/* Counted downwards, because INT64_MIN has no positive twin. */
	if (!negative && __builtin_sub_overflow(0, v, &v))
		return E_RANGE;
	if (v < min || v > max)
		return E_RANGE;
	*ret = v;
	return E_OK;
}
