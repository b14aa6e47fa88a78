/* codec/json_write.h -- JSON text from calls in document order. Pure.
 *
 * The only file that knows the JSON library. The first failure sticks; check
 * json_out_finish. Keys are constant strings, NULL in an array and for the
 * outermost value. */
#ifndef CODEC_JSON_WRITE_H
#define CODEC_JSON_WRITE_H

#include <stdint.h>

#include "base/buf.h"

struct json_out;

struct json_out *json_out_new(void);   /* NULL: out of memory */
void json_out_free(struct json_out *); /* NULL is fine */

void json_out_object(struct json_out *, const char *key);
void json_out_array(struct json_out *, const char *key);
void json_out_end(struct json_out *); /* of the object or array begun last */

void json_out_text(struct json_out *, const char *key, struct span utf8);
void json_out_int(struct json_out *, const char *key, int64_t);
void json_out_count(struct json_out *, const char *key, uint64_t);
/* A number from 0 to 1, to a thousandth. */
void json_out_share(struct json_out *, const char *key, double);
void json_out_bool(struct json_out *, const char *key, bool);
void json_out_null(struct json_out *, const char *key);

enum json_style {
	JSON_COMPACT_STYLE, /* for machines */
	/* For people: one value in a few lines, and printable ASCII, so that
	 * outside text cannot steer a terminal. */
	JSON_PRETTY_STYLE,
};

/* Append the text; everything begun must have ended. E_NOMEM, E_SYNTAX: a text
 * was no UTF-8, E_RANGE: past out's ceiling. */
MUST_CHECK enum err json_out_finish(struct json_out *, enum json_style,
    struct buf *out);

/* JSON text again in the pretty style. E_SYNTAX, E_NOMEM, E_RANGE. */
MUST_CHECK enum err json_prettify(struct span json, struct buf *out);

#endif
