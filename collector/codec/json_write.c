#include "codec/json_write.h"

#include <jansson.h>

#define NESTING_MAX 16

struct json_out {
	json_t *open[NESTING_MAX]; /* borrowed but for the first */
	unsigned depth;
	json_t *root;
	enum err err;
};

struct json_out *
json_out_new(void)
{
	return calloc(1, sizeof(struct json_out));
}

void
json_out_free(struct json_out *out)
{
	if (out == NULL)
		return;
	json_decref(out->root);
	free(out);
}

/* Take the reference to value into what is open. */
static void
put(struct json_out *out, const char *key, json_t *value)
{
	json_t *parent = out->depth > 0 ? out->open[out->depth - 1] : NULL;
	int failed;

	if (value == NULL || out->err != E_OK) {
		if (out->err == E_OK)
			out->err = E_NOMEM;
		json_decref(value);
		return;
	}
	if (parent == NULL) {
		out->root = value;
		return;
	}
	failed = key != NULL ? json_object_set_new_nocheck(parent, key, value)
			     : json_array_append_new(parent, value);
	if (failed)
		out->err = E_NOMEM;
}

static void
begin(struct json_out *out, const char *key, json_t *container)
{
	put(out, key, container);
	if (out->err == E_OK && out->depth == NESTING_MAX)
		out->err = E_RANGE;
	if (out->err == E_OK)
		out->open[out->depth++] = container;
}

void
json_out_object(struct json_out *out, const char *key)
{
	begin(out, key, json_object());
}

void
json_out_array(struct json_out *out, const char *key)
{
	begin(out, key, json_array());
}

void
json_out_end(struct json_out *out)
{
	if (out->err == E_OK)
		out->depth--;
}

void
json_out_text(struct json_out *out, const char *key, struct span utf8)
{
	json_t *text = json_stringn(utf8.p == NULL ? "" : utf8.p, utf8.len);

	/* Without memory this is blamed on the text; it fails all the same. */
	if (text == NULL && out->err == E_OK)
		out->err = E_SYNTAX;
	put(out, key, text);
}

void
json_out_int(struct json_out *out, const char *key, int64_t v)
{
	put(out, key, json_integer(v));
}

void
json_out_count(struct json_out *out, const char *key, uint64_t v)
{
	json_out_int(out, key, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

void
json_out_share(struct json_out *out, const char *key, double v)
{
	put(out, key, json_real((double)(int)(v * 1000 + 0.5) / 1000));
}

void
json_out_bool(struct json_out *out, const char *key, bool v)
{
	put(out, key, json_boolean(v));
}

void
json_out_null(struct json_out *out, const char *key)
{
	put(out, key, json_null());
}

static int
append(const char *text, size_t len, void *arg)
{
	struct buf *out = arg;

	buf_add(out, (struct span){ text, len });
	return out->err == E_OK ? 0 : -1;
}

/* The library takes DEL for printable. */
static int
append_printable(const char *text, size_t len, void *arg)
{
	struct span rest = { text, len };
	struct buf *out = arg;

	while (rest.len > 0) {
		struct span before = span_until(&rest, '\x7f');

		buf_add(out, before);
		if (before.p + before.len < text + len)
			buf_adds(out, "\\u007f");
	}
	return out->err == E_OK ? 0 : -1;
}

static enum err
dump(const json_t *value, enum json_style style, struct buf *out)
{
	bool pretty = style == JSON_PRETTY_STYLE;
	size_t flags = JSON_ENCODE_ANY |
	    (pretty ? JSON_INDENT(2) | JSON_ENSURE_ASCII
		    : JSON_COMPACT | JSON_REAL_PRECISION(3));

	if (json_dump_callback(value, pretty ? append_printable : append, out,
		flags) == 0)
		return E_OK;
	return out->err != E_OK ? out->err : E_NOMEM;
}

enum err
json_out_finish(struct json_out *out, enum json_style style, struct buf *text)
{
	return out->err != E_OK ? out->err : dump(out->root, style, text);
}

enum err
json_prettify(struct span json, struct buf *out)
{
	json_error_t error = { 0 };
	json_t *value = json_loadb(json.p, json.len, 0, &error);
	enum err e;

	if (value == NULL)
		return E_SYNTAX;
	e = dump(value, JSON_PRETTY_STYLE, out);
	json_decref(value);
	return e;
}
