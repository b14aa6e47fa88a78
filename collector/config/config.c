#include "config/config.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/num.h"
#include "base/utf8.h"
#include "config/key_word.h"
#include "config/option.h"
#include "model/address.h"
#include "model/address_filter.h"

#define ERRORS_MAX_LINES 100

struct parser {
	struct config *config;
	const char *name; /* of the file, for messages */
	struct buf *errors;
	unsigned nerrors;
	unsigned line;
	struct span section;
	bool known_section;
	struct given *given; /* for each option */
};

struct given {
	unsigned line; /* that set the option, or 0 */
	bool refused;  /* for what was told already */
};

static void PRINTF(2, 3) fault(struct parser *p, const char *fmt, ...)
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

static void
unknown(struct parser *p, const char *what, const struct nearest *n)
{
	if (n->best != NULL)
		fault(p, "unknown %s \"%.*s\"; did you mean \"%s\"?", what,
		    SPAN_ARG(n->word), n->best);
	else
		fault(p, "unknown %s \"%.*s\"", what, SPAN_ARG(n->word));
}

static void
begin_section(struct parser *p, struct span line)
{
	struct nearest near = { .best = NULL };

	p->known_section = false;
	if (line.len < 3 || line.p[line.len - 1] != ']') {
		fault(p, "a section is written [name]");
		return;
	}
	p->section = span_trim((struct span){ line.p + 1, line.len - 2 });
	p->known_section = option_section_exists(p->section);
	if (p->known_section)
		return;
	near.word = p->section;
	for (size_t i = 0; i < noptions; i++)
		nearest_offer(&near, options[i].section);
	unknown(p, "section", &near);
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
		fault(p, "key \"%.*s\" belongs into section [%s]",
		    SPAN_ARG(key), options[i].section);
		return;
	}
	unknown(p, "key", &near);
}

static void
set_key(struct parser *p, struct span key, struct span value)
{
	const struct option *o = option_find(p->section, key);
	struct why why = { { 0 } };
	struct given *given;

	if (o == NULL) {
		unknown_key(p, key);
		return;
	}
	given = &p->given[o - options];
	if (given->line != 0) {
		fault(p, "%s.%s is set already in line %u", o->section, o->key,
		    given->line);
		return;
	}
	given->line = p->line;
	if (option_set(o, p->config, value, &why) != E_OK) {
		given->refused = true;
		fault(p, "%s.%s: \"%.*s\" %s", o->section, o->key,
		    SPAN_ARG(span_head(value, 100)), why.text);
	}
}

static bool
is_text(struct span line)
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

	fault(p, "control characters in the line");
	if (o != NULL)
		p->given[o - options] = (struct given){ p->line, true };
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
	if (!is_text(line)) {
		refuse_text(p, line);
	} else if (line.p[0] == '[') {
		begin_section(p, line);
	} else if (!span_has(line, '=')) {
		fault(p, "neither [section] nor key = value");
	} else if (p->section.len == 0) {
		fault(p, "key before the first [section]");
	} else if (p->known_section) {
		value = line;
		key = span_trim(span_until(&value, '='));
		set_key(p, key, span_trim(value));
	}
}

/* -- what the whole must fulfil -- */

static const struct given *
given_for(const struct parser *p, const char *section, const char *key)
{
	return &p->given[option_find(span_str(section), span_str(key)) -
	    options];
}

/* Messages about an option name the line that set it, if one did. */
static void
at_option(struct parser *p, const char *section, const char *key)
{
	p->line = given_for(p, section, key)->line;
}

/* Put base in front of a relative path. Empty stays empty. */
static void
resolve(struct parser *p, const char *section, const char *key, char **path,
    const char *base)
{
	const struct option *o = option_find(span_str(section), span_str(key));
	struct buf whole = BUF_INIT(2 * PATH_MAX);

	if (base == NULL || (*path)[0] == '/' || (*path)[0] == '\0')
		return;
	buf_addf(&whole, "%s/%s", base, *path);
	if (whole.err != E_OK || whole.len > (size_t)o->max) {
		at_option(p, section, key);
		fault(p, "%s.%s: \"%.*s\" is longer than %lld bytes", section,
		    key, SPAN_ARG(span_head(buf_span(&whole), 100)),
		    (long long)o->max);
		p->given[o - options].refused = true;
		buf_free(&whole);
		return;
	}
	free(*path);
	*path = whole.p;
}

static void
check_names(struct parser *p)
{
	struct config *c = p->config;

	at_option(p, "collect", "socket_owner");
	if (c->collect_socket_owner[0] != '\0' &&
	    getpwnam(c->collect_socket_owner) == NULL)
		fault(p, "collect.socket_owner: there is no user \"%s\"",
		    c->collect_socket_owner);
	at_option(p, "collect", "socket_group");
	if (c->collect_socket_group[0] != '\0' &&
	    getgrnam(c->collect_socket_group) == NULL)
		fault(p, "collect.socket_group: there is no group \"%s\"",
		    c->collect_socket_group);
}

/* Who may not look there cannot tell: the role's user may. */
static void
check_dump_dir(struct parser *p)
{
	const char *path = p->config->collect_dump_dir;
	struct stat st;
	bool there = stat(path, &st) == 0;

	at_option(p, "collect", "dump_dir");
	if (path[0] == '\0' || (!there && errno == EACCES) ||
	    given_for(p, "collect", "dump_dir")->refused)
		return;
	if (!there)
		fault(p, "collect.dump_dir: \"%s\": %s", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		fault(p, "collect.dump_dir: \"%s\" is not a folder", path);
}

static void
check_uids(struct parser *p)
{
	const struct list *uids = &p->config->collect_allow_uids;

	at_option(p, "collect", "allow_uids");
	for (size_t i = 0; i < uids->n; i++) {
		int64_t uid;

		if (num_parse(span_str(uids->v[i]), 0, UINT32_MAX - 1, &uid) !=
			E_OK &&
		    getpwnam(uids->v[i]) == NULL)
			fault(p, "collect.allow_uids: there is no user \"%s\"",
			    uids->v[i]);
	}
}

static void
check_roles(struct parser *p)
{
	static const char *const roles[] = { "collect", "report", "deliver" };
	const struct list *list = &p->config->daemon_roles;

	at_option(p, "daemon", "roles");
	for (size_t i = 0; i < list->n; i++) {
		struct nearest near = { .word = span_str(list->v[i]) };
		bool known = false, twice = false;

		for (size_t r = 0; r < sizeof(roles) / sizeof(*roles); r++) {
			known |= strcmp(roles[r], list->v[i]) == 0;
			nearest_offer(&near, roles[r]);
		}
		for (size_t before = 0; before < i; before++)
			twice |= strcmp(list->v[before], list->v[i]) == 0;
		if (!known)
			unknown(p, "role", &near);
		else if (twice)
			fault(p, "daemon.roles: \"%s\" stands there twice",
			    list->v[i]);
	}
}

static bool
is_utf8(struct span s)
{
	while (s.len > 0 && utf8_char(s) > 0)
		s = span_skip(s, utf8_char(s));
	return s.len == 0;
}

/* Role report needs the option, nobody gave a value, and no value was refused
 * before: that was told. */
static bool
is_missing(const struct parser *p, const char *key, const char *value)
{
	return value[0] == '\0' && config_has_role(p->config, "report") &&
	    !given_for(p, "report", key)->refused;
}

/* s5.3: the submitter is the domain of contact-info. */
static void
check_reporter(struct parser *p)
{
	struct config *c = p->config;
	struct span contact = span_str(c->report_contact);
	struct span domain = SPAN_NONE;

	at_option(p, "report", "organization");
	if (is_missing(p, "organization", c->report_organization))
		fault(p,
		    "report.organization is needed by role report: "
		    "the name of who sends the reports");
	if (!is_utf8(span_str(c->report_organization)))
		fault(p, "report.organization is not UTF-8");
	at_option(p, "report", "contact");
	if (address_is_valid(contact))
		domain = address_host(contact);
	else if (contact.len > 0)
		fault(p, "report.contact: \"%s\" is not a mail address",
		    c->report_contact);
	else if (is_missing(p, "contact", c->report_contact))
		fault(p,
		    "report.contact is needed by role report: "
		    "a mail address for questions about reports");
	c->report_submitter = strndup(domain.p == NULL ? "" : domain.p,
	    domain.len);
}

static void
check_store(struct parser *p)
{
	struct config *c = p->config;
	struct span url = span_str(c->store_url);
	struct buf made = BUF_INIT(2 * PATH_MAX);

	at_option(p, "store", "url");
	if (url.len == 0) {
		buf_addf(&made, "sqlite:%s/tlsrptd.db", c->daemon_data_dir);
	} else {
		if (!span_take(&url, SPAN_LIT("sqlite:")) &&
		    !span_take(&url, SPAN_LIT("postgresql:")) &&
		    !span_take(&url, SPAN_LIT("postgres:")))
			fault(p,
			    "store.url: \"%s\" begins neither with "
			    "sqlite: nor with postgresql:",
			    c->store_url);
		buf_adds(&made, c->store_url);
	}
	c->store_path_url = made.p;
}

static void
check_clock(struct parser *p)
{
	at_option(p, "daemon", "clock_offset");
	if (p->config->daemon_clock_offset_ms != 0 && !p->config->daemon_demo)
		fault(p, "daemon.clock_offset works only with demo = yes");
}

static bool
selector_is_new(const struct list *list, size_t i)
{
	struct key_word key, before;

	if (key_word_parse(list->v[i], &key, NULL) != E_OK)
		return true;
	for (size_t k = 0; k < i; k++)
		if (key_word_parse(list->v[k], &before, NULL) == E_OK &&
		    span_eq_nocase(key.selector, before.selector))
			return false;
	return true;
}

static void
check_keys(struct parser *p, const char *folder)
{
	const struct list *list = &p->config->report_dkim_keys;

	at_option(p, "report", "dkim_keys");
	for (size_t i = 0; i < list->n; i++) {
		struct key_word key;
		struct why why = { { 0 } };

		if (key_word_resolve(&list->v[i], folder, &key, &why) != E_OK ||
		    key_word_check_file(&key, &why) != E_OK)
			fault(p, "report.dkim_keys: %s", why.text);
		else if (!selector_is_new(list, i))
			fault(p,
			    "report.dkim_keys: selector \"%.*s\" stands there "
			    "twice",
			    SPAN_ARG(key.selector));
	}
}

static void
check_networks(struct parser *p)
{
	const struct list *list = &p->config->deliver_allow_networks;
	struct address_filter filter = { .n = 0 };

	at_option(p, "deliver", "allow_networks");
	for (size_t i = 0; i < list->n; i++) {
		struct why why = { { 0 } };

		if (address_filter_add(&filter, span_str(list->v[i]), &why) !=
		    E_OK)
			fault(p, "deliver.allow_networks: %s", why.text);
	}
}

static void
check_delay(struct parser *p)
{
	at_option(p, "deliver", "delay_min");
	if (p->config->deliver_delay_min_ms > p->config->deliver_delay_max_ms)
		fault(p, "deliver.delay_min is more than deliver.delay_max");
}

static void
finish(struct parser *p, const char *folder)
{
	struct config *c = p->config;

	p->line = 0;
	resolve(p, "daemon", "data_dir", &c->daemon_data_dir, folder);
	resolve(p, "collect", "socket", &c->collect_socket, folder);
	resolve(p, "collect", "dump_dir", &c->collect_dump_dir, folder);
	resolve(p, "deliver", "ca_file", &c->deliver_ca_file, folder);
	resolve(p, "deliver", "directory", &c->deliver_directory,
	    c->daemon_data_dir);
	check_names(p);
	check_dump_dir(p);
	check_uids(p);
	check_roles(p);
	check_reporter(p);
	check_store(p);
	check_clock(p);
	check_delay(p);
	check_networks(p);
	check_keys(p, folder);
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

enum err
config_parse(struct span text, const char *name, const char *folder,
    struct config **ret, struct buf *errors)
{
	struct parser p = { .name = name, .errors = errors };
	enum err e = E_OK;

	/* Editors of some systems begin each file with a byte order mark. */
	(void)span_take(&text, SPAN_LIT("\xef\xbb\xbf"));
	p.config = config_defaults();
	p.given = calloc(noptions, sizeof(*p.given));
	if (p.config == NULL || p.given == NULL) {
		e = E_NOMEM;
	} else {
		while (text.len > 0) {
			p.line++;
			parse_line(&p, span_until(&text, '\n'));
		}
		finish(&p, folder);
	}
	if (e == E_OK && p.nerrors > 0)
		e = E_USAGE;
	free(p.given);
	if (e != E_OK)
		config_free(p.config);
	else
		*ret = p.config;
	return e;
}

static enum err
parse_file(struct span text, const char *path, struct config **ret,
    struct buf *errors)
{
	char *whole = realpath(path, NULL);
	char *copy = whole == NULL ? NULL : strdup(whole);
	enum err e = copy == NULL
	    ? E_NOMEM
	    : config_parse(text, path, dirname(copy), ret, errors);

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
		return config_parse(SPAN_NONE, "defaults", NULL, ret, errors);
	if (file_read(standard ? "/dev/stdin" : path, &text, &why) != E_OK) {
		escape_terminal(errors, span_str(why.text));
		buf_addc(errors, '\n');
		e = E_USAGE;
	} else if (standard) {
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
