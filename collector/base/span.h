/* base/span.h -- a view of bytes that somebody else owns; the parse cursor. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* p may be NULL only with len 0, which is how "absent" is written where
 * absent and empty differ. */
struct span {
	const char *p;
	size_t len;
};

struct span_list {
	struct span *v;
	size_t n;
};

#define SPAN_LIT(s) ((struct span){ "" s, sizeof(s) - 1 })
#define SPAN_NONE ((struct span){ NULL, 0 })

/* For printf's "%.*s". */
#define SPAN_ARG(s) (int)(s).len, (s).p == NULL ? "" : (s).p

static inline struct span
span_str(const char *s)
{
	return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

static inline struct span
span_skip(struct span s, size_t n)
{
	/* NULL + 0 is undefined before C23. */
	return (struct span){ n == 0 ? s.p : s.p + n, s.len - n };
}

static inline struct span
span_head(struct span s, size_t max)
{
	return (struct span){ s.p, s.len < max ? s.len : max };
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Byte order, shorter first on a tie: <0, 0, >0. */
int span_cmp(struct span a, struct span b);
/* span_cmp for qsort over struct span. */
int span_qsort_cmp(const void *a, const void *b);

/* ASCII case does not count. */
bool span_eq_nocase(struct span a, struct span b);

/* Drop prefix from the front of *s if it is there. */
bool span_take(struct span *s, struct span prefix);

/* Cut everything up to the first c off *s and return it; c itself goes too.
 * Without c all of *s is returned and *s is empty with p at its end. */
struct span span_until(struct span *s, char c);

/* Without SP and HTAB (WSP of RFC 5234) at both ends. */
struct span span_trim(struct span s);

bool span_has(struct span s, char c);

#endif
