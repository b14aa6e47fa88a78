/* tests/fuzz/json_tree.h -- what our JSON reader finds, as a tree of jansson,
 * so that both readers' results can be compared. For the fuzz target and the
 * unit test. */
#ifndef TESTS_FUZZ_JSON_TREE_H
#define TESTS_FUZZ_JSON_TREE_H

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/json_read.h"

struct json_tree {
	/* A number was met that jansson refuses: an integer past int64, or one
	 * that is infinite as a double. */
	bool number_past_jansson;
};

static inline void
json_tree_check_text(struct span s)
{
	size_t n;

	while (s.len > 0) {
		n = utf8_char(s);
		assert(n > 0);
		s = span_skip(s, n);
	}
}

static inline json_t *
json_tree_text(struct json_reader *j)
{
	struct span s = SPAN_NONE;

	json_read_string(j, &s);
	if (j->err != E_OK)
		return NULL;
	json_tree_check_text(s);
	return json_stringn_nocheck(s.p, s.len);
}

/* The reader gives integers only; of other numbers it tells where they end. */
static inline json_t *
json_tree_number(struct json_reader *j, struct json_tree *t)
{
	struct json_reader before = *j;
	struct buf text = BUF_INIT(1 << 20);
	int64_t v = 0;
	double d;

	json_read_int(j, &v);
	if (j->err == E_OK)
		return json_integer(v);
	*j = before;
	json_read_skip(j);
	if (j->err != E_OK)
		return NULL;
	buf_add(&text,
	    (struct span){ before.rest.p,
		(size_t)(j->rest.p - before.rest.p) });
	assert(text.err == E_OK);
	d = strtod(buf_str(&text), NULL);
	if (isinf(d) || strpbrk(buf_str(&text), ".eE") == NULL)
		t->number_past_jansson = true;
	buf_free(&text);
	return json_real(isinf(d) ? 0 : d);
}

static inline json_t *json_tree_value(struct json_reader *, struct json_tree *);

static inline json_t *
json_tree_object(struct json_reader *j, struct json_tree *t)
{
	json_t *object = json_object(), *value;
	struct buf name = BUF_INIT(1 << 20);
	struct span key;

	json_read_object(j);
	while (json_read_member(j, &key)) {
		json_tree_check_text(key);
		buf_clear(&name);
		buf_add(&name, key); /* into the tree with a NUL behind it */
		value = json_tree_value(j, t);
		/* Of a doubled key the last counts, as in jansson. */
		if (value != NULL)
			(void)json_object_set_new_nocheck(object,
			    buf_str(&name), value);
	}
	buf_free(&name);
	return object;
}

static inline json_t *
json_tree_array(struct json_reader *j, struct json_tree *t)
{
	json_t *array = json_array(), *value;

	json_read_array(j);
	while (json_read_element(j))
		if ((value = json_tree_value(j, t)) != NULL)
			(void)json_array_append_new(array, value);
	return array;
}

/* The value that comes next; the reader's error tells whether it is whole. */
static inline json_t *
json_tree_value(struct json_reader *j, struct json_tree *t)
{
	bool yes = false;

	switch (json_read_peek(j)) {
	case JSON_KIND_OBJECT:
		return json_tree_object(j, t);
	case JSON_KIND_ARRAY:
		return json_tree_array(j, t);
	case JSON_KIND_STRING:
		return json_tree_text(j);
	case JSON_KIND_NUMBER:
		return json_tree_number(j, t);
	case JSON_KIND_BOOL:
		json_read_bool(j, &yes);
		return json_boolean(yes);
	case JSON_KIND_NULL:
		json_read_null(j);
		return json_null();
	case JSON_KIND_NONE:
		break;
	}
	json_read_skip(j); /* sets the fault */
	assert(j->err != E_OK);
	return NULL;
}

/* The whole text. *ret is to be given back with json_decref, on a fault too. */
static inline enum err
json_tree_read(struct span text, bool repair, struct json_tree *t, json_t **ret)
{
	struct arena scratch = ARENA_INIT((size_t)64 << 20);
	struct json_reader j;
	enum err e;

	*t = (struct json_tree){ .number_past_jansson = false };
	json_read_begin(&j, text, &scratch, JSON_DEPTH_MAX, repair);
	*ret = json_tree_value(&j, t);
	e = json_read_end(&j, NULL);
	arena_free(&scratch);
	return e;
}

/* As text, members in their order. */
static inline char *
json_tree_dump(const json_t *value)
{
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* Read text with both and compare. NULL, or how they differ. Differences that
 * are meant are let pass here, each with its reason. */
static inline const char *
json_tree_compare(struct span text)
{
	json_error_t error;
	json_t *ours, *theirs;
	struct json_tree t;
	enum err e = json_tree_read(text, false, &t, &ours);
	const char *difference = NULL;
	char *a, *b;

	theirs = json_loadb(text.p, text.len, JSON_DECODE_ANY, &error);
	if (e == E_RANGE) {
		/* Our ceiling on depth is lower than jansson's. */
	} else if (span_has(text, '\0')) {
		/* Never valid, but jansson loses one behind a number or word,
		 * because it cannot put it back. */
		if (e == E_OK)
			difference = "we took a NUL byte";
	} else if (t.number_past_jansson) {
		/* We leave alone what is not asked for as an integer; jansson
		 * must hold each number in an int64 or a double. */
		if (theirs != NULL)
			difference = "jansson took the number";
	} else if ((e == E_OK) != (theirs != NULL)) {
		difference = e == E_OK ? "only we take it"
				       : "only we refuse it";
	} else if (e == E_OK) {
		a = json_tree_dump(ours);
		b = json_tree_dump(theirs);
		if (a == NULL || b == NULL || strcmp(a, b) != 0)
			difference = "values differ";
		free(a);
		free(b);
	}
	json_decref(ours);
	json_decref(theirs);
	return difference;
}

#endif
