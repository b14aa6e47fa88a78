#include "config/config_private.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/num.h"
#include "config/option.h"

#define ERRORS_MAX_LINES 100
#define CONFIG_NAMES_MAX (1024 * 1024) /* bytes, of files and variables */

void
config_fault(struct parser *p, const char *fmt, ...)
{
	char text[WHY_MAX];
	va_list ap;

	if (++p->nerrors > ERRORS_MAX_LINES)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	escape_terminal(p->errors, span_str(p->name));
	if (p->line > 0)
		buf_addf(p->errors, ":%u", p->line);
	buf_adds(p->errors, ": ");
	escape_terminal(p->errors, span_str(text));
	buf_addc(p->errors, '\n');
}

/* -- lines -- */

void
config_unknown(struct parser *p, const char *what, const struct nearest *n)
{
	if (n->best != NULL)
		config_fault(p, "unknown %s \"%.*s\"; did you mean \"%s\"?",
		    what, SPAN_ARG(n->word), n->best);
	else
		config_fault(p, "unknown %s \"%.*s\"", what, SPAN_ARG(n->word));
}

static void
begin_section(struct parser *p, struct span line)
{
	struct nearest near = { .best = NULL };

	p->known_section = false;
	if (line.len < 3 || line.p[line.len - 1] != ']') {
		config_fault(p, "a section is written [name]");
		return;
	}
	p->section = span_trim((struct span){ line.p + 1, line.len - 2 });
	p->known_section = option_section_exists(p->section);
	if (p->known_section)
		return;
	near.word = p->section;
	for (size_t i = 0; i < noptions; i++)
		nearest_offer(&near, options[i].section);
	config_unknown(p, "section", &near);
}

static void
unknown_key(struct parser *p, struct span key)
{
	struct nearest near = { .word = key };

	for (size_t i = 0; i < noptions; i++)
		if (span_eq(p->section, span_str(options[i].section)))
			nearest_offer(&near, options[i].key);
	/* A key that belongs elsewhere is more likely than a slip. */
	for (size_t i = 0; i < noptions; i++) {
		if (!span_eq(key, span_str(options[i].key)))
			continue;
		config_fault(p, "key \"%.*s\" belongs into section [%s]",
		    SPAN_ARG(key), options[i].section);
		return;
	}
	config_unknown(p, "key", &near);
}

void
config_set(struct parser *p, const struct option *o, struct span value)
{
	struct given *given = &p->given[o - options];
	struct why why = { { 0 } };

	*given = (struct given){ p->name, p->line, false };
	if (option_set(o, p->config, value, &why) != E_OK) {
		given->refused = true;
		/* Words of a list may be secrets, such as webhooks. */
		if (o->type == OPTION_list)
			config_fault(p, "%s.%s %s", o->section, o->key,
			    why.text);
		else
			config_fault(p, "%s.%s: \"%.*s\" %s", o->section,
			    o->key, SPAN_ARG(span_head(value, 100)), why.text);
	}
}

static void
set_key(struct parser *p, struct span key, struct span value)
{
	const struct option *o = option_find(p->section, key);
	const struct given *given;

	if (o == NULL) {
		unknown_key(p, key);
		return;
	}
	given = &p->given[o - options];
	if (given->name == p->name)
		config_fault(p, "%s.%s is set already in line %u", o->section,
		    o->key, given->line);
	else
		config_set(p, o, value);
}

bool
config_is_text(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.p[i] < 0x20 && line.p[i] != '\t')
			return false;
	return true;
}

static void
refuse_text(struct parser *p, struct span line)
{
	const struct option *o = option_find(p->section,
	    span_trim(span_until(&line, '=')));

	config_fault(p, "control characters in the line");
	if (o != NULL)
		p->given[o - options] = (struct given){ p->name, p->line,
			true };
}

static void
parse_line(struct parser *p, struct span line)
{
	struct span value, key;

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	line = span_trim(line);
	if (line.len == 0 || line.p[0] == '#' || line.p[0] == ';')
		return;
	if (!config_is_text(line)) {
		refuse_text(p, line);
	} else if (line.p[0] == '[') {
		begin_section(p, line);
	} else if (!span_has(line, '=')) {
		config_fault(p, "neither [section] nor key = value");
	} else if (p->section.len == 0) {
		config_fault(p, "key before the first [section]");
	} else if (p->known_section) {
		value = line;
		key = span_trim(span_until(&value, '='));
		set_key(p, key, span_trim(value));
	}
}

/* -- the whole -- */

static struct config *
config_defaults(void)
{
	struct config *c = calloc(1, sizeof(*c));
	enum err e = E_OK;

	if (c == NULL)
		return NULL;
	for (size_t i = 0; i < noptions && e == E_OK; i++)
		e = option_set(&options[i], c, span_str(options[i].def), NULL);
	if (e == E_OK)
		return c;
	config_free(c);
	return NULL;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < noptions; i++)
		option_clear(&options[i], c);
	free(c->file);
	free(c->store_path_url);
	free(c->report_submitter);
	free(c);
}

void
config_add_text(struct parser *p, struct span text, const char *name)
{
	p->name = name;
	p->line = 0;
	p->section = SPAN_NONE;
	p->known_section = false;
	/* Editors of some systems begin each file with a byte order mark. */
	(void)span_take(&text, SPAN_LIT("\xef\xbb\xbf"));
	while (text.len > 0) {
		p->line++;
		parse_line(p, span_until(&text, '\n'));
	}
}

static enum err
begin(struct parser *p)
{
	p->config = config_defaults();
	p->given = calloc(noptions, sizeof(*p->given));
	p->names = ARENA_INIT(CONFIG_NAMES_MAX);
	return p->config == NULL || p->given == NULL ? E_NOMEM : E_OK;
}

/* e: of what was done so far. */
static enum err
finish(struct parser *p, enum err e, const char *folder, struct config **ret)
{
	if (e == E_OK)
		config_check(p, folder);
	if (e == E_OK && p->nerrors > 0)
		e = E_USAGE;
	free(p->given);
	arena_free(&p->names);
	if (e != E_OK)
		config_free(p->config);
	else
		*ret = p->config;
	return e;
}

enum err
config_parse(struct span text, const char *name, const char *folder,
    struct config **ret, struct buf *errors)
{
	struct parser p = { .whole = name, .errors = errors };
	enum err e = begin(&p);

	if (e == E_OK)
		config_add_text(&p, text, name);
	return finish(&p, e, folder, ret);
}

/* text and what goes over it. */
static enum err
parse_all(struct span text, const char *name, const char *folder,
    struct config **ret, struct buf *errors)
{
	struct parser p = { .whole = name, .errors = errors };
	enum err e = begin(&p);

	if (e == E_OK)
		config_add_text(&p, text, name);
	if (e == E_OK && folder != NULL)
		e = config_add_folder(&p, folder);
	if (e == E_OK)
		config_add_environment(&p, environ);
	return finish(&p, e, folder, ret);
}

static enum err
parse_file(struct span text, const char *path, struct config **ret,
    struct buf *errors)
{
	char *whole = realpath(path, NULL);
	char *copy = whole == NULL ? NULL : strdup(whole);
	enum err e = copy == NULL
	    ? E_NOMEM
	    : parse_all(text, path, dirname(copy), ret, errors);

	if (e == E_OK)
		(*ret)->file = whole;
	else
		free(whole);
	free(copy);
	return e;
}

enum err
config_read(const char *path, struct config **ret, struct buf *errors)
{
	bool standard = path != NULL && strcmp(path, "-") == 0;
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);
	struct why why = { { 0 } };
	enum err e;

	if (path == NULL)
		return parse_all(SPAN_NONE, "defaults", NULL, ret, errors);
	if (file_read(standard ? "/dev/stdin" : path, &text, &why) != E_OK) {
		escape_terminal(errors, span_str(why.text));
		buf_addc(errors, '\n');
		e = E_USAGE;
	} else if (standard) {
		/* Roles are handed all of it so, with all paths resolved. */
		e = config_parse(buf_span(&text), "standard input", NULL, ret,
		    errors);
	} else {
		e = parse_file(buf_span(&text), path, ret, errors);
	}
	buf_free(&text);
	return e;
}

bool
config_has_role(const struct config *c, const char *role)
{
	for (size_t i = 0; i < c->daemon_roles.n; i++)
		if (strcmp(c->daemon_roles.v[i], role) == 0)
			return true;
	return false;
}

static void
dump_sentence(struct span text, struct buf *out)
{
	const size_t width = 77;

	while (text.len > 0) {
		size_t n = text.len;

		if (n > width)
			for (n = width; n > 0 && text.p[n] != ' ';)
				n--;
		buf_addf(out, "# %.*s\n", (int)n, text.p);
		text = span_trim(span_skip(text, n));
	}
}

void
config_dump(const struct config *c, struct buf *out)
{
	const char *section = "";

	for (size_t i = 0; i < noptions; i++) {
		const struct option *o = &options[i];

		if (strcmp(o->section, section) != 0)
			buf_addf(out, "%s[%s]\n", i > 0 ? "\n" : "",
			    o->section);
		section = o->section;
		buf_addc(out, '\n');
		dump_sentence(span_str(o->sentence), out);
		if (o->taken == OPTION_RESTART)
			buf_adds(out, "# A change needs a restart.\n");
		buf_addf(out, "%s = ", o->key);
		option_write(o, c, out);
		buf_addc(out, '\n');
	}
}

static bool
differs(const struct option *o, const struct config *a, const struct config *b)
{
	struct buf text[2] = { BUF_INIT(CONFIG_FILE_MAX),
		BUF_INIT(CONFIG_FILE_MAX) };
	bool differ;

	option_write(o, a, &text[0]);
	option_write(o, b, &text[1]);
	differ = !span_eq(buf_span(&text[0]), buf_span(&text[1]));
	buf_free(&text[0]);
	buf_free(&text[1]);
	return differ;
}

void
config_needs_restart(const struct config *before, const struct config *after,
    struct buf *out)
{
	for (size_t i = 0; i < noptions; i++) {
		const struct option *o = &options[i];

		if (o->taken == OPTION_RESTART && differs(o, before, after))
			buf_addf(out, "%s%s.%s", out->len > 0 ? ", " : "",
			    o->section, o->key);
	}
}
