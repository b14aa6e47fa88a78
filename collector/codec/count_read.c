#include "codec/count_read.h"

#include "base/ascii.h"
#include "base/num.h"

#define EXPONENT_MAX INT64_C(1000000000000)

/* digits without the point, which stands before digit number point */
struct decimal {
	bool negative;
	struct span whole, fraction;
	int64_t point;
};

static struct span
take_digits(struct span *s)
{
	struct span digits = { s->p, 0 };

	while (digits.len < s->len && ascii_is_digit(s->p[digits.len]))
		digits.len++;
	*s = span_skip(*s, digits.len);
	return digits;
}

/* The sign, if there is one; true for '-'. */
static bool
take_sign(struct span *s)
{
	bool negative = span_take(s, SPAN_LIT("-"));

	if (!negative)
		(void)span_take(s, SPAN_LIT("+"));
	return negative;
}

static bool
take_exponent(struct span *s, int64_t *ret)
{
	bool negative = take_sign(s);
	struct span digits = take_digits(s);
	int64_t v = 0;

	for (size_t i = 0; i < digits.len && v < EXPONENT_MAX; i++)
		v = v * 10 + (digits.p[i] - '0');
	*ret = negative ? -v : v;
	return digits.len > 0;
}

static bool
split(struct span s, struct decimal *d)
{
	int64_t exponent = 0;

	*d = (struct decimal){ .negative = take_sign(&s) };
	d->whole = take_digits(&s);
	if (d->whole.len == 0)
		return false;
	if (span_take(&s, SPAN_LIT("."))) {
		d->fraction = take_digits(&s);
		if (d->fraction.len == 0)
			return false;
	}
	if (span_take(&s, SPAN_LIT("e")) || span_take(&s, SPAN_LIT("E")))
		if (!take_exponent(&s, &exponent))
			return false;
	d->point = (int64_t)d->whole.len + exponent;
	return s.len == 0;
}

static unsigned
digit_at(const struct decimal *d, size_t i)
{
	char c = '0';

	if (i < d->whole.len)
		c = d->whole.p[i];
	else if (i - d->whole.len < d->fraction.len)
		c = d->fraction.p[i - d->whole.len];
	return (unsigned)(c - '0');
}

/* False: not whole. Past COUNT_MAX zeros need not be counted to the end. */
static bool
add_up(const struct decimal *d, uint64_t *ret, bool *ret_too_large)
{
	size_t n = d->whole.len + d->fraction.len;
	bool too_large = false;
	uint64_t v = 0;

	for (size_t i = 0;
	     i < n || (v > 0 && !too_large && (int64_t)i < d->point); i++) {
		unsigned digit = digit_at(d, i);

		if ((int64_t)i >= d->point) {
			if (digit != 0)
				return false;
		} else if (v > (COUNT_MAX - digit) / 10) {
			too_large = true;
		} else {
			v = v * 10 + digit;
		}
	}
	*ret = too_large ? COUNT_MAX : v;
	*ret_too_large = too_large;
	return true;
}

/* As nearly all counts are: so few digits that COUNT_MAX is far. */
static bool
read_short(struct span s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0 || s.len > 15)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

enum err
count_read(struct span text, uint64_t *ret_n, unsigned *ret_marks)
{
	struct decimal d;
	bool too_large;
	uint64_t n;

	if (read_short(text, ret_n)) {
		*ret_marks = 0;
		return E_OK;
	}
	if (!split(text, &d))
		return E_SYNTAX;
	if (!add_up(&d, &n, &too_large) || (d.negative && n > 0))
		return E_RANGE;
	*ret_n = n;
	*ret_marks = (too_large ? COUNT_TOO_LARGE : 0) |
	    (d.whole.len < text.len ? COUNT_FORM : 0);
	return E_OK;
}
