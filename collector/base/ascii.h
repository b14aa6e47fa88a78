/* base/ascii.h -- ASCII classes that no locale changes. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>
#include <string.h>

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline bool
ascii_is_printable(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* One of the characters of set; never NUL. */
static inline bool
ascii_is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* What classes the bytes of s are of, each a bit, and what classes two bytes
 * side by side have in common; both or-ed over all of s. classes has those of
 * each byte. Without branches, four bytes at a time. */
struct ascii_found {
	unsigned any, twice;
};

static inline struct ascii_found
ascii_classify(const char *p, size_t len, const unsigned char classes[256])
{
	const unsigned char *at = (const unsigned char *)p;
	struct ascii_found found = { 0, 0 };
	unsigned before = 0, a, b, c, d;

	for (; len >= 4; len -= 4, at += 4) {
		a = classes[at[0]];
		b = classes[at[1]];
		c = classes[at[2]];
		d = classes[at[3]];
		found.any |= a | b | c | d;
		found.twice |= (before & a) | (a & b) | (b & c) | (c & d);
		before = d;
	}
	for (; len > 0; len--, at++) {
		a = classes[*at];
		found.any |= a;
		found.twice |= before & a;
		before = a;
	}
	return found;
}

/* 0 to 15, or -1. */
static inline int
ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
