#include "daemon/confine.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "config/imap_word.h"
#include "config/key_word.h"
#include "config/route_word.h"
#include "daemon/landlock.h"
#include "deliver/plan.h"

#define WORD_MAX ((size_t)64 * 1024)

struct confinement {
	const struct config *config;
	int fd;
	bool reads; /* reading is restricted, too */
};

/* -- files of words -- */

/* An empty string: it cannot be told. */
typedef const char *file_of_fn(const char *word);

static const char *
log_file_of(const char *word)
{
	return word;
}

static const char *
key_file_of(const char *word)
{
	struct key_word w;

	return key_word_parse(word, &w, NULL) == E_OK ? w.path : "";
}

static const char *
mailbox_file_of(const char *word)
{
	struct arena arena = ARENA_INIT(WORD_MAX);
	struct imap_word w;
	const char *path = "";

	if (imap_word_parse(word, &arena, &w, NULL) == E_OK)
		path = w.path; /* of word itself */
	arena_free(&arena);
	return path;
}

/* -- the table -- */

enum kind {
	KIND_SYSTEM,
	KIND_STORE,
	KIND_STATE,
	KIND_MADE,
	KIND_FOLDER,
	KIND_BESIDE,
	KIND_SOCKET,
	KIND_WORDS,
};

struct rule {
	const char *role;
	enum landlock_access access;
	enum kind kind;
	const char *name; /* a path, or below data_dir */
	size_t option;	  /* of a string or list in struct config */
	file_of_fn *file_of;
};

#define RULE(role, access, kind, ...) \
	{ role, LANDLOCK_##access, KIND_##kind, __VA_ARGS__ },
#define OPTION_RULE(role, access, kind, member, fn)                         \
	RULE(role, access, kind, .option = offsetof(struct config, member), \
	    .file_of = (fn))

static const struct rule rules[] = {
#define SYSTEM(role, access, path) RULE(role, access, SYSTEM, .name = path)
#define STORE(role, access) RULE(role, access, STORE, .name = NULL)
#define STATE(role, access, below) RULE(role, access, STATE, .name = below)
#define MADE(role, access, o) OPTION_RULE(role, access, MADE, o, NULL)
#define FOLDER(role, access, o) OPTION_RULE(role, access, FOLDER, o, NULL)
#define BESIDE(role, access, o) OPTION_RULE(role, access, BESIDE, o, NULL)
#define SOCKET(role, access, o) OPTION_RULE(role, access, SOCKET, o, NULL)
#define WORDS(role, access, o, fn) OPTION_RULE(role, access, WORDS, o, fn)
#include "daemon/confine.def"
};

/* -- applying it -- */

static enum err
allow(const struct confinement *c, const char *path,
    enum landlock_access access, struct why *why)
{
	return landlock_allow(c->fd, c->reads, path, access, why);
}

/* Of a file that need not be there. */
static enum err
allow_folder_of(const struct confinement *c, const char *file,
    enum landlock_access access, struct why *why)
{
	const char *slash = strrchr(file, '/');
	char folder[PATH_MAX];
	int n = slash == NULL ? 1 : slash == file ? 1 : (int)(slash - file);

	if (snprintf(folder, sizeof(folder), "%.*s", n,
		slash == NULL ? "." : file) >= (int)sizeof(folder))
		return why_set(why, E_RANGE, "a path is too long");
	return allow(c, folder, access, why);
}

static enum err
allow_beside(const struct confinement *c, const char *file,
    enum landlock_access access, struct why *why)
{
	char target[PATH_MAX];
	enum err e;

	if (file[0] == '\0')
		return E_OK;
	e = allow_folder_of(c, file, access, why);
	if (e == E_OK && realpath(file, target) != NULL)
		e = allow_folder_of(c, target, access, why);
	return e;
}

static enum err
allow_made(const struct confinement *c, const char *path, mode_t mode,
    enum landlock_access access, struct why *why)
{
	enum err e = file_make_folder(path, mode, why);

	return e == E_OK ? allow(c, path, access, why) : e;
}

static enum err
allow_state(const struct confinement *c, const struct rule *r, struct why *why)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", c->config->daemon_data_dir,
		r->name) >= (int)sizeof(path))
		return why_set(why, E_RANGE, "data_dir is too long");
	return allow_made(c, path, 0700, r->access, why);
}

static const char *
sqlite_file(const struct config *config)
{
	struct span url = span_str(config->store_path_url);

	return span_take(&url, SPAN_LIT("sqlite:")) ? url.p : NULL;
}

static const void *
option_of(const struct confinement *c, const struct rule *r)
{
	return (const char *)c->config + r->option;
}

static const char *
text_of(const struct confinement *c, const struct rule *r)
{
	return *(const char *const *)option_of(c, r);
}

static enum err
allow_words(const struct confinement *c, const struct rule *r, struct why *why)
{
	const struct list *words = option_of(c, r);
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < words->n; i++)
		e = allow_beside(c, r->file_of(words->v[i]), r->access, why);
	return e;
}

static enum err
apply(const struct confinement *c, const struct rule *r, struct why *why)
{
	const char *file;

	switch (r->kind) {
	case KIND_SYSTEM:
		return access(r->name, F_OK) == 0
		    ? allow(c, r->name, r->access, why)
		    : E_OK;
	case KIND_STORE:
		file = sqlite_file(c->config);
		return file == NULL ? E_OK
				    : allow_beside(c, file, r->access, why);
	case KIND_STATE:
		return allow_state(c, r, why);
	case KIND_MADE:
		return allow_made(c, text_of(c, r), 0750, r->access, why);
	case KIND_FOLDER:
		file = text_of(c, r);
		return file[0] == '\0' ? E_OK : allow(c, file, r->access, why);
	case KIND_BESIDE:
		return allow_beside(c, text_of(c, r), r->access, why);
	case KIND_SOCKET:
		file = text_of(c, r);
		return file[0] == '/' ? allow_beside(c, file, r->access, why)
				      : E_OK;
	case KIND_WORDS:
		return allow_words(c, r, why);
	}
	return E_OK;
}

static enum err
apply_all(const struct confinement *c, const char *role, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < sizeof(rules) / sizeof(rules[0]);
	     i++)
		if (rules[i].role[0] == '\0' ||
		    strcmp(rules[i].role, role) == 0)
			e = apply(c, &rules[i], why);
	return e;
}

/* -- who is -- */

static bool
tells_by_a_program(const struct config *config)
{
	for (size_t i = 0; i < config->alert_routes.n; i++) {
		struct route_word w;

		if (route_word_parse(config->alert_routes.v[i], &w, NULL) !=
		    E_OK)
			return true;
		if (w.kind == ROUTE_COMMAND ||
		    (w.kind == ROUTE_MAIL &&
			config->deliver_mail_by == CONFIG_MAIL_BY_SENDMAIL))
			return true;
	}
	return false;
}

/* NULL: nothing is in the way. A program would be confined like the role, and
 * could not be given anything, such as postdrop's group, by its file. */
static const char *
why_not(const char *role, const struct config *config)
{
	if (!config->daemon_confine)
		return "daemon.confine is no";
	if (strcmp(role, "metrics") == 0)
		return "it looks at the other roles' processes";
	if (strcmp(role, "deliver") == 0 &&
	    config->deliver_mode == DELIVER_ON &&
	    config->deliver_mail_by == CONFIG_MAIL_BY_SENDMAIL)
		return "it runs deliver.sendmail";
	if (strcmp(role, "watch") == 0 && tells_by_a_program(config))
		return "it runs the programs that tell of findings";
	return NULL;
}

/* What libpq reads, such as a root certificate, is said by its own rules. */
static enum err
try(const char *role, const struct config *config, struct why *why)
{
	struct confinement c = { config, -1, sqlite_file(config) != NULL };
	enum err e = landlock_begin(c.reads, &c.fd, why);

	if (e == E_OK)
		e = apply_all(&c, role, why);
	if (e == E_OK)
		e = landlock_enter(c.fd, why);
	if (c.fd >= 0)
		(void)close(c.fd);
	return e;
}

void
confine(const char *role, const struct config *config)
{
	const char *reason = why_not(role, config);
	struct why why = { { 0 } };

	if (reason == NULL && try(role, config, &why) != E_OK)
		reason = why.text;
	if (reason == NULL)
		log_debug("confined to the role's files");
	else
		log_debug("not confined to the role's files",
		    LOG_STR("why", reason));
}
