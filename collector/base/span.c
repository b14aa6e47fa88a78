#include "base/span.h"

#include "base/ascii.h"

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

int
span_qsort_cmp(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

bool
span_eq_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool
span_take(struct span *s, struct span prefix)
{
	if (s->len < prefix.len || !span_eq(span_head(*s, prefix.len), prefix))
		return false;
	*s = span_skip(*s, prefix.len);
	return true;
}

struct span
span_until(struct span *s, char c)
{
	const char *at = s->len == 0 ? NULL : memchr(s->p, c, s->len);
	struct span head = *s;

	if (at == NULL) {
		*s = span_skip(*s, s->len);
		return head;
	}
	head.len = (size_t)(at - s->p);
	*s = span_skip(*s, head.len + 1);
	return head;
}

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && is_wsp(s.p[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && is_wsp(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool
span_has(struct span s, char c)
{
	return s.len > 0 && memchr(s.p, c, s.len) != NULL;
}
