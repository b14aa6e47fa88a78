/* config/config_layers.c -- what goes over the file: conf.d, and then the
 * environment. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/config_private.h"

#define PREFIX "TLSRPTD_"
#define NAME_MAX_LEN 64 /* bytes of a variable, without PREFIX */

/* -- conf.d -- */

static int
is_ours(const struct dirent *d)
{
	struct span name = span_str(d->d_name), end = SPAN_LIT(".conf");

	return name.p[0] != '.' && name.len > end.len &&
	    span_eq(span_skip(name, name.len - end.len), end);
}

/* By bytes, whatever the locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err
add_file(struct parser *p, struct span path)
{
	struct span name = arena_copy(&p->names, path);
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);
	struct why why = { { 0 } };

	if (name.p == NULL)
		return E_NOMEM;
	p->name = name.p;
	p->line = 0;
	if (file_read(name.p, &text, &why) != E_OK)
		config_fault(p, "%s", why.text);
	else
		config_add_text(p, buf_span(&text), name.p);
	buf_free(&text);
	return E_OK;
}

enum err
config_add_folder(struct parser *p, const char *folder)
{
	struct buf path = BUF_INIT(PATH_MAX);
	struct dirent **found = NULL;
	enum err e = E_OK;
	int n;

	buf_addf(&path, "%s/conf.d", folder);
	n = path.err != E_OK
	    ? 0
	    : scandir(buf_str(&path), &found, is_ours, by_name);
	if (n < 0 && errno != ENOENT) {
		p->name = p->whole;
		p->line = 0;
		config_fault(p, "\"%s\": %s", buf_str(&path), strerror(errno));
	}
	for (int i = 0; i < n; i++) {
		buf_clear(&path);
		buf_addf(&path, "%s/conf.d/%s", folder, found[i]->d_name);
		if (e == E_OK)
			e = path.err != E_OK ? path.err
					     : add_file(p, buf_span(&path));
		free(found[i]);
	}
	free(found);
	buf_free(&path);
	return e;
}

/* -- the environment -- */

/* "WEB_LISTEN" of section web and key listen. */
static void
name_of(const struct option *o, char name[NAME_MAX_LEN])
{
	(void)snprintf(name, NAME_MAX_LEN, "%s_%s", o->section, o->key);
	for (char *c = name; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
}

/* Kubernetes tells each container of a service called tlsrptd so. */
static bool
is_of_orchestrator(struct span name)
{
	return span_eq(name, SPAN_LIT("PORT")) ||
	    span_take(&name, SPAN_LIT("PORT_")) ||
	    span_take(&name, SPAN_LIT("SERVICE_"));
}

static void
unknown_variable(struct parser *p, struct span name)
{
	char known[NAME_MAX_LEN], best[NAME_MAX_LEN];
	struct nearest near = { .word = name };

	for (size_t i = 0; i < noptions; i++) {
		name_of(&options[i], known);
		nearest_offer(&near, known);
		if (near.best == known) {
			memcpy(best, known, sizeof(best));
			near.best = best;
		}
	}
	if (near.best != NULL)
		config_fault(p, "no option is called so; did you mean %s%s?",
		    PREFIX, best);
	else
		config_fault(p, "no option is called so");
}

static void
set_variable(struct parser *p, struct span name, struct span value)
{
	char known[NAME_MAX_LEN];

	for (size_t i = 0; i < noptions; i++) {
		name_of(&options[i], known);
		if (!span_eq(name, span_str(known)))
			continue;
		config_set(p, &options[i], value);
		return;
	}
	if (!is_of_orchestrator(name))
		unknown_variable(p, name);
}

void
config_add_environment(struct parser *p, char *const *environment)
{
	for (; *environment != NULL; environment++) {
		struct span value = span_str(*environment), name, rest;

		name = span_until(&value, '=');
		rest = name;
		if (!span_take(&rest, SPAN_LIT(PREFIX)))
			continue;
		name = arena_copy(&p->names, name);
		p->name = name.p == NULL ? PREFIX : name.p;
		p->line = 0;
		if (config_is_text(value))
			set_variable(p, rest, span_trim(value));
		else
			config_fault(p, "control characters in the value");
	}
}
