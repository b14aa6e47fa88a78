#include "codec/json_read.h"

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"

void
json_read_begin(struct json_reader *j, struct span text, struct arena *scratch,
    unsigned depth_max, bool repair)
{
	*j = (struct json_reader){
		.rest = text,
		.start = text.p,
		.scratch = scratch,
		.depth_max = depth_max < JSON_DEPTH_MAX ? depth_max
							: JSON_DEPTH_MAX,
		.repair = repair,
	};
}

static size_t
place(const struct json_reader *j)
{
	return (size_t)(j->rest.p - j->start);
}

void
json_read_fail(struct json_reader *j, enum err e, const char *fault)
{
	if (j->err != E_OK)
		return;
	j->err = e;
	j->fault = fault;
	j->fault_at = place(j);
}

static void
wrong_type(struct json_reader *j, size_t at, const char *fault)
{
	if (j->err != E_OK)
		return;
	j->wrong_type = true;
	json_read_fail(j, E_SYNTAX, fault);
	j->fault_at = at;
}

/* Another value than was asked for; one that is malformed is said to be that.
 */
static void
expected(struct json_reader *j, enum json_kind found, const char *fault)
{
	size_t at = place(j);

	if (found == JSON_KIND_NONE) {
		json_read_fail(j, E_SYNTAX, "value expected");
		return;
	}
	json_read_skip(j);
	wrong_type(j, at, fault);
}

static void
skip_space(struct json_reader *j)
{
	struct span s = j->rest;

	while (s.len > 0 &&
	    (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' ||
		s.p[0] == '\r'))
		s = span_skip(s, 1);
	j->rest = s;
}

static bool
next_is(struct json_reader *j, char c)
{
	return j->rest.len > 0 && j->rest.p[0] == c;
}

/* Take c if it comes next. */
static bool
take(struct json_reader *j, char c)
{
	if (j->err != E_OK || !next_is(j, c))
		return false;
	j->rest = span_skip(j->rest, 1);
	return true;
}

enum json_kind
json_read_peek(struct json_reader *j)
{
	skip_space(j);
	if (j->err != E_OK || j->rest.len == 0)
		return JSON_KIND_NONE;
	switch (j->rest.p[0]) {
	case '{':
		return JSON_KIND_OBJECT;
	case '[':
		return JSON_KIND_ARRAY;
	case '"':
		return JSON_KIND_STRING;
	case 't':
	case 'f':
		return JSON_KIND_BOOL;
	case 'n':
		return JSON_KIND_NULL;
	case '-':
		return JSON_KIND_NUMBER;
	default:
		return ascii_is_digit(j->rest.p[0]) ? JSON_KIND_NUMBER
						    : JSON_KIND_NONE;
	}
}

static void
enter(struct json_reader *j, bool object)
{
	uint64_t bit;

	if (j->depth == j->depth_max) {
		json_read_fail(j, E_RANGE, "nested too deeply");
		return;
	}
	j->rest = span_skip(j->rest, 1);
	bit = UINT64_C(1) << ++j->depth;
	j->begun &= ~bit;
	j->objects = object ? j->objects | bit : j->objects & ~bit;
}

void
json_read_object(struct json_reader *j)
{
	enum json_kind t = json_read_peek(j);

	if (t == JSON_KIND_OBJECT)
		enter(j, true);
	else
		expected(j, t, "object expected");
}

void
json_read_array(struct json_reader *j)
{
	enum json_kind t = json_read_peek(j);

	if (t == JSON_KIND_ARRAY)
		enter(j, false);
	else
		expected(j, t, "array expected");
}

/* At '}' or ']' leave and say no; else take the comma that belongs before all
 * but the first, and say yes. */
static bool
more(struct json_reader *j, char close)
{
	uint64_t bit = UINT64_C(1) << j->depth;

	skip_space(j);
	if (take(j, close)) {
		j->depth--;
		return false;
	}
	if (j->err != E_OK)
		return false;
	if ((j->begun & bit) == 0) {
		j->begun |= bit;
		return true;
	}
	if (!take(j, ',')) {
		json_read_fail(j, E_SYNTAX, "',' or the end expected");
		return false;
	}
	skip_space(j);
	return true;
}

bool
json_read_element(struct json_reader *j)
{
	return j->err == E_OK && more(j, ']');
}

static inline uint64_t
difference(const char *a, const char *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x ^ y;
}

/* As memcmp, which costs more to call than to do for texts this short. */
static inline bool
same_bytes(const char *a, const char *b, size_t n)
{
	uint64_t differ = 0;

	if (n < 16)
		return memcmp(a, b, n) == 0;
	for (size_t i = 0; i + 16 < n; i += 16)
		differ |= difference(a + i, b + i) |
		    difference(a + i + 8, b + i + 8);
	return (differ | difference(a + n - 16, b + n - 16) |
		   difference(a + n - 8, b + n - 8)) == 0;
}

bool
json_read_member_alike(struct json_reader *j, struct json_memo *memo,
    bool *ret_again)
{
	struct span before = j->rest, raw = memo->raw;

	if (raw.len > 0 && j->err == E_OK && raw.len <= before.len &&
	    same_bytes(raw.p, before.p, raw.len)) {
		j->rest = span_skip(before, raw.len);
		j->begun |= UINT64_C(1) << j->depth;
		*ret_again = true;
		return true;
	}
	*ret_again = false;
	if (!json_read_member(j, &memo->key))
		return false;
	skip_space(j);
	memo->raw = (struct span){ before.p, (size_t)(j->rest.p - before.p) };
	return true;
}

bool
json_read_member(struct json_reader *j, struct span *ret_key)
{
	if (j->err != E_OK || !more(j, '}'))
		return false;
	if (!next_is(j, '"')) {
		json_read_fail(j, E_SYNTAX, "key expected");
		return false;
	}
	json_read_string(j, ret_key);
	skip_space(j);
	if (j->err == E_OK && !take(j, ':'))
		json_read_fail(j, E_SYNTAX, "':' expected");
	return j->err == E_OK;
}

/* -- strings -- */

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* A top bit for each byte below n; right up to the first such byte. */
static uint64_t
bytes_below(uint64_t v, unsigned char n)
{
	return (v - EACH_BYTE(n)) & ~v & EACH_BYTE(0x80);
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Bytes that need no look: ASCII but control bytes, '"' and '\'. Many at a
 * time: strings are most of what is read. */
static inline __attribute__((always_inline)) size_t
plain_run(struct span s)
{
	size_t n = 0;
	uint64_t v, found;

#ifdef __SSE2__
	for (; s.len - n >= 16; n += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(s.p + n));
		/* From 0x80 on bytes are negative. */
		__m128i odd = _mm_or_si128(_mm_cmplt_epi8(x,
					       _mm_set1_epi8(' ')),
		    _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')),
			_mm_cmpeq_epi8(x, _mm_set1_epi8('\\'))));
		unsigned mask = (unsigned)_mm_movemask_epi8(odd);

		if (mask != 0)
			return n + (size_t)__builtin_ctz(mask);
	}
#endif
	for (; s.len - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		v = le64toh(v); /* the first byte is the lowest */
		found = bytes_below(v, 0x20) | (v & EACH_BYTE(0x80)) |
		    bytes_below(v ^ EACH_BYTE('"'), 1) |
		    bytes_below(v ^ EACH_BYTE('\\'), 1);
		if (found != 0)
			return n + (size_t)__builtin_ctzll(found) / 8;
	}
	while (n < s.len && is_plain((unsigned char)s.p[n]))
		n++;
	return n;
}

struct raw_string {
	struct span text; /* between the quotes */
	bool escaped;
	bool invalid; /* UTF-8 */
};

/* Find the closing quote; the reader stands behind the opening one. */
static bool
scan_string(struct json_reader *j, struct raw_string *raw)
{
	struct span s = j->rest;
	size_t n;

	*raw = (struct raw_string){ .text = { s.p, 0 } };
	for (;;) {
		s = span_skip(s, plain_run(s));
		if (s.len == 0 || (unsigned char)s.p[0] < 0x20)
			break;
		if (s.p[0] == '"') {
			raw->text.len = (size_t)(s.p - raw->text.p);
			j->rest = span_skip(s, 1);
			return true;
		}
		if (s.p[0] == '\\') {
			raw->escaped = true;
			/* The next byte cannot end the string. */
			n = s.len > 1 && (unsigned char)s.p[1] >= 0x20 ? 2 : 1;
		} else if ((n = utf8_char(s)) == 0) {
			raw->invalid = true;
			n = 1;
		}
		s = span_skip(s, n);
	}
	j->rest = s;
	json_read_fail(j, E_SYNTAX,
	    s.len == 0 ? "string without end" : "control byte in a string");
	return false;
}

static bool
read_hex4(struct span s, uint32_t *ret)
{
	uint32_t v = 0;

	if (s.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = ascii_hex_value(s.p[i]);

		if (digit < 0)
			return false;
		v = v << 4 | (uint32_t)digit;
	}
	*ret = v;
	return true;
}

/* \uXXXX, or two of them for a character past U+FFFF; s stands behind the u.
 * 0 is returned for U+0000 and lone surrogates. */
static bool
read_unicode(struct span *s, uint32_t *ret)
{
	uint32_t high, low;

	if (!read_hex4(*s, &high))
		return false;
	*s = span_skip(*s, 4);
	*ret = high >= 0xd800 && high <= 0xdfff ? 0 : high;
	if (high < 0xd800 || high > 0xdbff || s->len < 6 || s->p[0] != '\\' ||
	    s->p[1] != 'u' || !read_hex4(span_skip(*s, 2), &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return true;
	*s = span_skip(*s, 6);
	*ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static size_t
put_replacement(struct json_reader *j, char *at)
{
	if (!j->repair) {
		json_read_fail(j, E_SYNTAX, "no valid character");
		return 0;
	}
	j->repaired = true;
	memcpy(at, UTF8_REPLACEMENT, sizeof(UTF8_REPLACEMENT) - 1);
	return sizeof(UTF8_REPLACEMENT) - 1;
}

/* One escape, s standing behind the '\'. Returns the bytes written. */
static size_t
decode_escape(struct json_reader *j, struct span *s, char *at)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	uint32_t c;

	if (s->len == 0) {
		json_read_fail(j, E_SYNTAX, "escape expected");
		return 0;
	}
	letter = memchr(letters, s->p[0], sizeof(letters) - 1);
	if (letter != NULL) {
		*s = span_skip(*s, 1);
		*at = meanings[letter - letters];
		return 1;
	}
	if (s->p[0] != 'u') {
		json_read_fail(j, E_SYNTAX, "unknown escape");
		return 0;
	}
	*s = span_skip(*s, 1);
	if (!read_unicode(s, &c)) {
		json_read_fail(j, E_SYNTAX, "four hexadecimal digits expected");
		return 0;
	}
	return c == 0 ? put_replacement(j, at) : utf8_encode(c, at);
}

static void
decode_string(struct json_reader *j, const struct raw_string *raw,
    struct span *ret)
{
	/* An escape only shrinks; an invalid byte becomes three. */
	size_t room = raw->invalid ? raw->text.len * 3 : raw->text.len;
	char *start = arena_alloc(j->scratch, room + UTF8_MAX), *at = start;
	struct span s = raw->text;
	size_t n;

	if (start == NULL) {
		json_read_fail(j, E_NOMEM, "out of memory");
		return;
	}
	while (s.len > 0 && j->err == E_OK) {
		n = plain_run(s);
		memcpy(at, s.p, n);
		at += n;
		s = span_skip(s, n);
		if (s.len == 0)
			break;
		if (s.p[0] == '\\') {
			s = span_skip(s, 1);
			at += decode_escape(j, &s, at);
		} else if ((n = utf8_char(s)) > 0) {
			memcpy(at, s.p, n);
			at += n;
			s = span_skip(s, n);
		} else {
			at += put_replacement(j, at);
			s = span_skip(s, 1);
		}
	}
	if (j->err == E_OK)
		*ret = (struct span){ start, (size_t)(at - start) };
}

/* The reader stands behind the opening quote. */
static struct span
take_odd_string(struct json_reader *j)
{
	struct span decoded = SPAN_NONE;
	struct raw_string raw;

	if (!scan_string(j, &raw))
		return SPAN_NONE;
	if (!raw.escaped && !raw.invalid)
		return raw.text;
	decode_string(j, &raw, &decoded);
	return decoded;
}

/* The reader stands at the opening quote. SPAN_NONE on a fault. */
static struct span
take_string(struct json_reader *j)
{
	struct span s = span_skip(j->rest, 1);
	size_t n = plain_run(s);

	if (n == s.len || s.p[n] != '"') {
		j->rest = s;
		return take_odd_string(j);
	}
	j->rest = span_skip(s, n + 1); /* as nearly all end */
	return span_head(s, n);
}

void
json_read_string(struct json_reader *j, struct span *ret)
{
	enum json_kind t = json_read_peek(j);
	struct span s;

	if (t != JSON_KIND_STRING)
		expected(j, t, "string expected");
	else if ((s = take_string(j)).p != NULL)
		*ret = s;
}

struct span
json_read_if_string(struct json_reader *j)
{
	if (!next_is(j, '"'))
		skip_space(j);
	if (j->err != E_OK || !next_is(j, '"'))
		return SPAN_NONE;
	return take_string(j);
}

/* -- numbers and words -- */

static size_t
digits(struct span s)
{
	size_t n = 0;

	while (n < s.len && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* Take a number by the grammar; ret is its text, ret_integer whether it has
 * neither fraction nor exponent. */
static bool
take_number(struct json_reader *j, struct span *ret, bool *ret_integer)
{
	struct span s = j->rest;
	size_t n;

	if (s.p[0] == '-')
		s = span_skip(s, 1);
	n = digits(s);
	if (n == 0 || (n > 1 && s.p[0] == '0'))
		goto malformed;
	s = span_skip(s, n);
	*ret_integer = true;
	if (s.len > 0 && s.p[0] == '.') {
		*ret_integer = false;
		s = span_skip(s, 1);
		if ((n = digits(s)) == 0)
			goto malformed;
		s = span_skip(s, n);
	}
	if (s.len > 0 && (s.p[0] == 'e' || s.p[0] == 'E')) {
		*ret_integer = false;
		s = span_skip(s, 1);
		if (s.len > 0 && (s.p[0] == '+' || s.p[0] == '-'))
			s = span_skip(s, 1);
		if ((n = digits(s)) == 0)
			goto malformed;
		s = span_skip(s, n);
	}
	*ret = (struct span){ j->rest.p, (size_t)(s.p - j->rest.p) };
	j->rest = s;
	return true;
malformed:
	json_read_fail(j, E_SYNTAX, "malformed number");
	return false;
}

void
json_read_int(struct json_reader *j, int64_t *ret)
{
	enum json_kind t = json_read_peek(j);
	size_t at = place(j);
	bool integer = false;
	struct span text;

	if (t != JSON_KIND_NUMBER)
		expected(j, t, "integer expected");
	else if (take_number(j, &text, &integer) &&
	    (!integer || num_parse(text, INT64_MIN, INT64_MAX, ret) != E_OK))
		wrong_type(j, at, "integer expected");
}

struct span
json_read_if_number(struct json_reader *j)
{
	struct span text = SPAN_NONE;
	bool integer;

	skip_space(j);
	if (j->err == E_OK && j->rest.len > 0 &&
	    (j->rest.p[0] == '-' || ascii_is_digit(j->rest.p[0])))
		(void)take_number(j, &text, &integer);
	return text;
}

static void
take_word(struct json_reader *j, struct span word)
{
	if (!span_take(&j->rest, word))
		json_read_fail(j, E_SYNTAX, "value expected");
}

void
json_read_bool(struct json_reader *j, bool *ret)
{
	enum json_kind t = json_read_peek(j);
	bool v;

	if (t != JSON_KIND_BOOL) {
		expected(j, t, "true or false expected");
		return;
	}
	v = next_is(j, 't');
	take_word(j, v ? SPAN_LIT("true") : SPAN_LIT("false"));
	if (j->err == E_OK)
		*ret = v;
}

void
json_read_null(struct json_reader *j)
{
	enum json_kind t = json_read_peek(j);

	if (t == JSON_KIND_NULL)
		take_word(j, SPAN_LIT("null"));
	else
		expected(j, t, "null expected");
}

static void
skip_scalar(struct json_reader *j, enum json_kind t)
{
	struct span text;
	bool ignored;

	if (t == JSON_KIND_STRING)
		json_read_string(j, &text);
	else if (t == JSON_KIND_NUMBER)
		(void)take_number(j, &text, &ignored);
	else if (t == JSON_KIND_BOOL)
		json_read_bool(j, &ignored);
	else if (t == JSON_KIND_NULL)
		json_read_null(j);
	else
		json_read_fail(j, E_SYNTAX, "value expected");
}

/* Without recursion: the depth's ceiling bounds the reader, not the stack. */
void
json_read_skip(struct json_reader *j)
{
	unsigned floor = j->depth;
	struct span key;

	do {
		enum json_kind t = json_read_peek(j);

		if (t == JSON_KIND_OBJECT || t == JSON_KIND_ARRAY)
			enter(j, t == JSON_KIND_OBJECT);
		else
			skip_scalar(j, t);
		/* Leave what ends here, until something has a next value. */
		while (j->err == E_OK && j->depth > floor &&
		    !(j->objects >> j->depth & 1 ? json_read_member(j, &key)
						 : json_read_element(j)))
			continue;
	} while (j->err == E_OK && j->depth > floor);
}

enum err
json_read_end(struct json_reader *j, struct why *why)
{
	skip_space(j);
	if (j->err == E_OK && j->rest.len > 0)
		json_read_fail(j, E_SYNTAX, "text behind the end");
	if (j->err != E_OK)
		(void)why_set(why, j->err, "byte %zu: %s", j->fault_at,
		    j->fault);
	return j->err;
}
