/* codec/json_read.h -- bounded single-pass reader of JSON (RFC 8259). Pure.
 *
 * The caller asks for what it expects; nothing is built. Strings without
 * escapes are views of the text, the others are decoded into the scratch arena.
 * The first fault sticks: every later call fails or says "no more", so one
 * check of json_read_end() is enough.
 *
 *	json_read_object(&j);
 *	while (json_read_member(&j, &key))
 *		if (span_eq(key, SPAN_LIT("d")))
 *			json_read_string(&j, &domain);
 *		else
 *			json_read_skip(&j);
 *	e = json_read_end(&j, why);
 */
#ifndef CODEC_JSON_READ_H
#define CODEC_JSON_READ_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define JSON_DEPTH_MAX 63

enum json_kind {
	JSON_KIND_NONE, /* no value here: malformed, or the end */
	JSON_KIND_OBJECT,
	JSON_KIND_ARRAY,
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_BOOL,
	JSON_KIND_NULL,
};

struct json_reader {
	struct span rest;
	const char *start;
	struct arena *scratch;
	unsigned depth, depth_max;
	uint64_t objects; /* bit n: depth n is an object, else an array */
	uint64_t begun;	  /* bit n: depth n has had a value */
	bool repair;
	bool repaired; /* something was replaced */

	enum err err;	 /* E_OK, E_SYNTAX, E_RANGE depth, E_NOMEM scratch */
	bool wrong_type; /* E_SYNTAX because well-formed, but not as expected */
	const char *fault;
	size_t fault_at; /* byte */
};

/* text is untrusted and outlives the reader's views. depth_max: containers in
 * each other, at most JSON_DEPTH_MAX. repair: invalid UTF-8, U+0000 and lone
 * surrogates in strings become U+FFFD and set repaired, instead of a fault. */
void json_read_begin(struct json_reader *, struct span text,
    struct arena *scratch, unsigned depth_max, bool repair);

/* What comes next. */
enum json_kind json_read_peek(struct json_reader *);

/* Enter the object or array that comes next. */
void json_read_object(struct json_reader *);
void json_read_array(struct json_reader *);

/* Move to the next member or element, whose value must then be taken. False at
 * the end, which is thereby left, and after a fault. */
bool json_read_member(struct json_reader *, struct span *ret_key);
bool json_read_element(struct json_reader *);

/* One place in objects that are written alike. Starts as { { 0 } }. */
struct json_memo {
	struct span raw; /* from the value before to this one */
	struct span key;
};

/* The same as json_read_member for objects that are written alike, with a memo
 * for the first member, for the second, and so on. Where the text is what it
 * was the last time it is not looked at again: *ret_again is set, and memo->key
 * stays. The text has to stay as long as the memo. */
bool json_read_member_alike(struct json_reader *, struct json_memo *memo,
    bool *ret_again);

/* Take the value that comes next; what is returned through ret is left alone
 * when it is of another type. An integer has no fraction and no exponent and
 * fits int64. */
void json_read_string(struct json_reader *, struct span *ret);
void json_read_int(struct json_reader *, int64_t *ret);
void json_read_bool(struct json_reader *, bool *ret);
void json_read_null(struct json_reader *);
void json_read_skip(struct json_reader *); /* any value, whole */

/* The value that comes next, if it is of that type; a number as it is written.
 * SPAN_NONE if it is of another, which is left to be taken, and after a fault.
 */
struct span json_read_if_string(struct json_reader *);
struct span json_read_if_number(struct json_reader *);

/* A fault found by the caller: fault is a constant string. */
void json_read_fail(struct json_reader *, enum err, const char *fault);

/* Only white space may be left. E_OK, or the first fault with its place. */
MUST_CHECK enum err json_read_end(struct json_reader *, struct why *why);

#endif
