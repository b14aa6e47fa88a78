#include "config/option.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/num.h"

const struct option options[] = {
#define OPTION(section, key, type, def, min, max, taken, sentence)          \
	{ #section, #key, OPTION_##type,                                    \
		offsetof(struct config, CONFIG_FIELD_##type(section, key)), \
		def, min, max, NULL, OPTION_##taken, sentence },
#define CHOICE(section, key, def, choices, taken, sentence)                   \
	{ #section, #key, OPTION_choice,                                      \
		offsetof(struct config, section##_##key), def, 0, 0, choices, \
		OPTION_##taken, sentence },
#include "config/options.def"
#undef OPTION
#undef CHOICE
};

const size_t noptions = sizeof(options) / sizeof(options[0]);

const struct option *
option_find(struct span section, struct span key)
{
	for (size_t i = 0; i < noptions; i++)
		if (span_eq(section, span_str(options[i].section)) &&
		    span_eq(key, span_str(options[i].key)))
			return &options[i];
	return NULL;
}

bool
option_section_exists(struct span section)
{
	for (size_t i = 0; i < noptions; i++)
		if (span_eq(section, span_str(options[i].section)))
			return true;
	return false;
}

static void *
field(const struct option *o, const struct config *c)
{
	return (char *)(uintptr_t)c + o->offset;
}

/* -- numbers with units -- */

struct unit {
	const char *suffix;
	int64_t factor;
};

/* Largest first: written with the largest that leaves no remainder. */
static const struct unit durations[] = {
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
	{ NULL, 0 },
};
static const struct unit sizes[] = {
	{ "GiB", INT64_C(1) << 30 },
	{ "MiB", 1 << 20 },
	{ "KiB", 1 << 10 },
	{ "", 1 },
	{ NULL, 0 },
};
static const struct unit plain[] = {
	{ "", 1 },
	{ NULL, 0 },
};

static const struct unit *
units_of(enum option_type type)
{
	return type == OPTION_duration ? durations
	    : type == OPTION_size      ? sizes
				       : plain;
}

static enum err
parse_unit(struct span text, const struct unit *units, int64_t *ret)
{
	struct span number = text, suffix;
	size_t n = number.len > 0 && number.p[0] == '-' ? 1 : 0;
	int64_t v;
	enum err e;

	while (n < text.len && ascii_is_digit(text.p[n]))
		n++;
	number = span_head(text, n);
	suffix = span_trim(span_skip(text, n));
	for (; units->suffix != NULL; units++)
		if (span_eq(suffix, span_str(units->suffix)))
			break;
	if (units->suffix == NULL)
		return E_SYNTAX;
	e = num_parse(number, INT64_MIN, INT64_MAX, &v);
	if (e == E_OK && __builtin_mul_overflow(v, units->factor, &v))
		e = E_RANGE;
	if (e == E_OK)
		*ret = v;
	return e;
}

enum err
config_duration(struct span text, int64_t *ret_ms)
{
	return parse_unit(text, durations, ret_ms);
}

static void
write_unit(int64_t v, const struct unit *units, struct buf *out)
{
	while (units[1].suffix != NULL &&
	    (v % units->factor != 0 || v / units->factor == 0))
		units++;
	buf_addf(out, "%lld%s", (long long)(v / units->factor), units->suffix);
}

static enum err
parse_octal(struct span text, int64_t *ret)
{
	int64_t v = 0;

	if (text.len == 0 || text.len > 6)
		return E_SYNTAX;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return E_SYNTAX;
		v = v * 8 + (text.p[i] - '0');
	}
	*ret = v;
	return E_OK;
}

static void
write_number(enum option_type type, int64_t v, struct buf *out)
{
	if (type == OPTION_mode)
		buf_addf(out, "0%03llo", (unsigned long long)v);
	else
		write_unit(v, units_of(type), out);
}

static enum err
out_of_range(const struct option *o, struct why *why)
{
	struct buf least = BUF_INIT(64), most = BUF_INIT(64);

	write_number(o->type, o->min, &least);
	write_number(o->type, o->max, &most);
	(void)why_set(why, E_RANGE, "must be from %s to %s", buf_str(&least),
	    buf_str(&most));
	buf_free(&least);
	buf_free(&most);
	return E_RANGE;
}

static enum err
set_number(const struct option *o, int64_t *at, struct span text,
    struct why *why)
{
	static const char *const expected[] = {
		[OPTION_number] = "a number",
		[OPTION_mode] = "an octal mode such as 0660",
		[OPTION_duration] =
		    "a duration such as 500ms, 30s, 5m, 4h or 1d",
		[OPTION_size] = "a size such as 4096, 64KiB or 4GiB",
	};
	int64_t v = 0;
	enum err e = o->type == OPTION_mode
	    ? parse_octal(text, &v)
	    : parse_unit(text, units_of(o->type), &v);

	if (e == E_SYNTAX)
		return why_set(why, e, "is not %s", expected[o->type]);
	if (e == E_RANGE || v < o->min || v > o->max)
		return out_of_range(o, why);
	*at = v;
	return E_OK;
}

/* -- texts -- */

static enum err
set_text(const struct option *o, char **at, struct span text, struct why *why)
{
	char *copy;

	if (text.len < (size_t)o->min)
		return why_set(why, E_RANGE, "must not be empty");
	if (text.len > (size_t)o->max)
		return why_set(why, E_RANGE, "is longer than %lld bytes",
		    (long long)o->max);
	if ((copy = strndup(text.p == NULL ? "" : text.p, text.len)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	free(*at);
	*at = copy;
	return E_OK;
}

static void
free_list(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct list){ NULL, 0 };
}

static enum err
append_word(struct list *list, struct span word)
{
	char **v = realloc(list->v, (list->n + 1) * sizeof(*v));

	if (v == NULL)
		return E_NOMEM;
	list->v = v;
	if ((v[list->n] = strndup(word.p, word.len)) == NULL)
		return E_NOMEM;
	list->n++;
	return E_OK;
}

static enum err
set_list(const struct option *o, struct list *at, struct span text,
    struct why *why)
{
	struct list list = { NULL, 0 };
	enum err e = E_OK;

	for (size_t i = 0, start = 0; i <= text.len && e == E_OK; i++) {
		if (i < text.len && !ascii_is_one_of(text.p[i], ", \t"))
			continue;
		if (i > start)
			e = append_word(&list,
			    (struct span){ text.p + start, i - start });
		start = i + 1;
	}
	if (e == E_OK && (list.n < (size_t)o->min || list.n > (size_t)o->max))
		e = why_set(why, E_RANGE, "must have %lld to %lld words",
		    (long long)o->min, (long long)o->max);
	if (e != E_OK) {
		free_list(&list);
		return e;
	}
	free_list(at);
	*at = list;
	return E_OK;
}

static enum err
set_flag(bool *at, struct span text, struct why *why)
{
	bool yes = span_eq(text, SPAN_LIT("yes"));

	if (!yes && !span_eq(text, SPAN_LIT("no")))
		return why_set(why, E_SYNTAX, "is neither yes nor no");
	*at = yes;
	return E_OK;
}

static enum err
set_choice(const struct option *o, int64_t *at, struct span text,
    struct why *why)
{
	struct span rest = span_str(o->choices);

	for (int64_t i = 0; rest.len > 0; i++) {
		if (span_eq(span_until(&rest, '|'), text)) {
			*at = i;
			return E_OK;
		}
	}
	return why_set(why, E_SYNTAX, "is not one of %s", o->choices);
}

enum err
option_set(const struct option *o, struct config *c, struct span text,
    struct why *why)
{
	void *at = field(o, c);

	switch (o->type) {
	case OPTION_text:
	case OPTION_path:
		return set_text(o, at, text, why);
	case OPTION_list:
		return set_list(o, at, text, why);
	case OPTION_flag:
		return set_flag(at, text, why);
	case OPTION_choice:
		return set_choice(o, at, text, why);
	case OPTION_number:
	case OPTION_mode:
	case OPTION_duration:
	case OPTION_size:
		break;
	}
	return set_number(o, at, text, why);
}

void
option_clear(const struct option *o, struct config *c)
{
	if (o->type == OPTION_text || o->type == OPTION_path)
		free(*(char **)field(o, c));
	else if (o->type == OPTION_list)
		free_list(field(o, c));
}

static void
write_choice(const struct option *o, int64_t which, struct buf *out)
{
	struct span rest = span_str(o->choices);

	while (which-- > 0)
		(void)span_until(&rest, '|');
	buf_add(out, span_until(&rest, '|'));
}

void
option_write(const struct option *o, const struct config *c, struct buf *out)
{
	const void *at = field(o, c);
	const struct list *list = at;

	switch (o->type) {
	case OPTION_text:
	case OPTION_path:
		buf_adds(out, *(char *const *)at);
		break;
	case OPTION_list:
		for (size_t i = 0; i < list->n; i++)
			buf_addf(out, "%s%s", i > 0 ? ", " : "", list->v[i]);
		break;
	case OPTION_flag:
		buf_adds(out, *(const bool *)at ? "yes" : "no");
		break;
	case OPTION_number:
	case OPTION_mode:
	case OPTION_duration:
	case OPTION_size:
		write_number(o->type, *(const int64_t *)at, out);
		break;
	case OPTION_choice:
		write_choice(o, *(const int64_t *)at, out);
		break;
	}
}
