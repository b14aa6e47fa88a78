/* config/config_check.c -- what no line of the configuration shows alone. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/num.h"
#include "base/utf8.h"
#include "config/config_private.h"
#include "config/domain_word.h"
#include "config/imap_word.h"
#include "config/key_word.h"
#include "config/map_word.h"
#include "config/option.h"
#include "config/route_word.h"
#include "model/address.h"
#include "model/address_filter.h"
#include "model/limits.h"

#define IMAP_TAKEN_IS_MOVE 1 /* of intake.imap_taken */

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
	const struct given *given = given_for(p, section, key);

	p->name = given->name != NULL ? given->name : p->whole;
	p->line = given->line;
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
		config_fault(p, "%s.%s: \"%.*s\" is longer than %lld bytes",
		    section, key, SPAN_ARG(span_head(buf_span(&whole), 100)),
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
		config_fault(p, "collect.socket_owner: there is no user \"%s\"",
		    c->collect_socket_owner);
	at_option(p, "collect", "socket_group");
	if (c->collect_socket_group[0] != '\0' &&
	    getgrnam(c->collect_socket_group) == NULL)
		config_fault(p,
		    "collect.socket_group: there is no group \"%s\"",
		    c->collect_socket_group);
}

/* Each has one place up to which it is counted. */
static void
check_logs(struct parser *p)
{
	const struct list *logs = &p->config->collect_logs;

	at_option(p, "collect", "logs");
	for (size_t i = 0; i < logs->n; i++) {
		bool twice = false;

		for (size_t before = 0; before < i; before++)
			twice |= strcmp(logs->v[before], logs->v[i]) == 0;
		if (logs->v[i][0] != '/')
			config_fault(p,
			    "collect.logs: \"%s\" is no absolute path",
			    logs->v[i]);
		else if (twice)
			config_fault(p, "collect.logs: \"%s\" stands twice",
			    logs->v[i]);
	}
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
		config_fault(p, "collect.dump_dir: \"%s\": %s", path,
		    strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		config_fault(p, "collect.dump_dir: \"%s\" is not a folder",
		    path);
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
			config_fault(p,
			    "collect.allow_uids: there is no user \"%s\"",
			    uids->v[i]);
	}
}

static void
check_roles(struct parser *p)
{
	static const char *const roles[] = { "collect", "report", "deliver",
		"intake", "web", "watch" };
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
			config_unknown(p, "role", &near);
		else if (twice)
			config_fault(p,
			    "daemon.roles: \"%s\" stands there twice",
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
		config_fault(p,
		    "report.organization is needed by role report: "
		    "the name of who sends the reports");
	if (!is_utf8(span_str(c->report_organization)))
		config_fault(p, "report.organization is not UTF-8");
	at_option(p, "report", "contact");
	if (address_is_valid(contact))
		domain = address_host(contact);
	else if (contact.len > 0)
		config_fault(p, "report.contact: \"%s\" is not a mail address",
		    c->report_contact);
	else if (is_missing(p, "contact", c->report_contact))
		config_fault(p,
		    "report.contact is needed by role report: "
		    "a mail address for questions about reports");
	c->report_submitter = strndup(domain.p == NULL ? "" : domain.p,
	    domain.len);
}

/* s3: who signs is who the report says that it is from. */
static void
check_from(struct parser *p)
{
	const struct config *c = p->config;
	struct span from = span_str(c->report_from);

	at_option(p, "report", "from");
	if (from.len > 0 && !address_is_valid(from))
		config_fault(p, "report.from: \"%s\" is not a mail address",
		    c->report_from);
	else if (from.len > 0 && c->report_submitter != NULL &&
	    !span_eq_nocase(address_host(from), span_str(c->report_submitter)))
		config_fault(p,
		    "report.from: \"%s\" is not of the domain of report.contact",
		    c->report_from);
}

/* A password could be written in many ways that libpq's messages then show, so
 * that one is not looked for by libpq's rules: what stands before the last @
 * with a colon in it, or is called one. The URL is not repeated either. */
static bool
has_password(struct span url)
{
	const char *at = memrchr(url.p, '@', url.len);
	struct span before = url;

	before.len = at == NULL ? 0 : (size_t)(at - url.p);
	(void)span_until(&before, ':'); /* the scheme */
	return span_has(before, ':') ||
	    memmem(url.p, url.len, "password=", strlen("password=")) != NULL;
}

static void
check_password_file(struct parser *p)
{
	struct why why = { { 0 } };

	at_option(p, "store", "password_file");
	if (p->config->store_password_file[0] != '\0' &&
	    secret_check_file(p->config->store_password_file, "a password",
		&why) != E_OK)
		config_fault(p, "store.password_file: %s", why.text);
}

static void
check_url(struct parser *p, struct span url)
{
	at_option(p, "store", "url");
	if (span_take(&url, SPAN_LIT("sqlite:")))
		return;
	if (has_password(url))
		config_fault(p,
		    "store.url: a password belongs into "
		    "store.password_file, and @ is written %%40");
	else if (!span_take(&url, SPAN_LIT("postgresql:")) &&
	    !span_take(&url, SPAN_LIT("postgres:")))
		config_fault(p,
		    "store.url: \"%s\" begins neither with sqlite: nor with "
		    "postgresql:",
		    p->config->store_url);
}

static void
check_store(struct parser *p)
{
	struct config *c = p->config;
	struct buf made = BUF_INIT(2 * PATH_MAX);

	check_password_file(p);
	if (c->store_url[0] == '\0') {
		buf_addf(&made, "sqlite:%s/tlsrptd.db", c->daemon_data_dir);
	} else {
		check_url(p, span_str(c->store_url));
		buf_adds(&made, c->store_url);
	}
	c->store_path_url = made.p;
}

static void
check_clock(struct parser *p)
{
	at_option(p, "daemon", "clock_offset");
	if (p->config->daemon_clock_offset_ms != 0 && !p->config->daemon_demo)
		config_fault(p,
		    "daemon.clock_offset works only with demo = yes");
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
		    secret_check_file(key.path, "a private key", &why) != E_OK)
			config_fault(p, "report.dkim_keys: %s", why.text);
		else if (!selector_is_new(list, i))
			config_fault(p,
			    "report.dkim_keys: selector \"%.*s\" stands there "
			    "twice",
			    SPAN_ARG(key.selector));
	}
}

static void
check_exclude(struct parser *p)
{
	const struct list *list = &p->config->report_exclude;

	at_option(p, "report", "exclude");
	for (size_t i = 0; i < list->n; i++) {
		struct why why = { { 0 } };

		if (domain_word_resolve(&list->v[i], &why) != E_OK)
			config_fault(p, "report.exclude: %s", why.text);
	}
}

static void
check_secret(struct parser *p, const char *section, const char *key,
    const char *path, const char *what)
{
	struct why why = { { 0 } };

	at_option(p, section, key);
	if (path[0] != '\0' && secret_check_file(path, what, &why) != E_OK)
		config_fault(p, "%s.%s: %s", section, key, why.text);
}

static void
check_mail(struct parser *p)
{
	const struct config *c = p->config;
	const struct list *program = &c->deliver_sendmail;

	check_secret(p, "deliver", "smtp_password_file",
	    c->deliver_smtp_password_file, "a password");
	check_secret(p, "deliver", "smtp_key_file", c->deliver_smtp_key_file,
	    "a private key");
	at_option(p, "deliver", "smtp_user");
	if (c->deliver_smtp_user[0] != '\0' &&
	    c->deliver_smtp_password_file[0] == '\0')
		config_fault(p,
		    "deliver.smtp_user needs deliver.smtp_password_file");
	at_option(p, "deliver", "sendmail");
	if (program->n > 0 && program->v[0][0] != '/')
		config_fault(p, "deliver.sendmail: \"%s\" is no absolute path",
		    program->v[0]);
}

static bool
mailbox_is_new(const struct list *list, size_t i, struct span text)
{
	for (size_t k = 0; k < i; k++) {
		struct span rest = span_str(list->v[k]);

		if (span_eq(span_until(&rest, '='), text))
			return false;
	}
	return true;
}

static void
check_mailbox(struct parser *p, struct list *list, size_t i, const char *folder)
{
	const struct config *c = p->config;
	struct arena arena = ARENA_INIT((size_t)4 * IMAP_URL_MAX);
	struct imap_word w;
	struct why why = { { 0 } };

	if (imap_word_resolve(&list->v[i], folder, &arena, &w, &why) != E_OK ||
	    secret_check_file(w.path, "a password", &why) != E_OK)
		config_fault(p, "intake.imap: %s", why.text);
	else if (!mailbox_is_new(list, i, w.text))
		config_fault(p, "intake.imap: \"%.*s\" stands there twice",
		    SPAN_ARG(w.text));
	else if (c->intake_imap_taken == IMAP_TAKEN_IS_MOVE &&
	    span_eq(w.url.folder, span_str(c->intake_imap_folder)))
		config_fault(p,
		    "intake.imap: mails of \"%.*s\" cannot be moved to where "
		    "they are: see intake.imap_folder",
		    SPAN_ARG(w.text));
	arena_free(&arena);
}

static void
check_mailboxes(struct parser *p, const char *folder)
{
	struct config *c = p->config;

	at_option(p, "intake", "imap");
	for (size_t i = 0; i < c->intake_imap.n; i++)
		check_mailbox(p, &c->intake_imap, i, folder);
	at_option(p, "intake", "imap_folder");
	if (!imap_folder_is_valid(span_str(c->intake_imap_folder)))
		config_fault(p,
		    "intake.imap_folder: \"%s\" is not as IMAP writes a "
		    "folder: ASCII, without \"\\\" and quotes",
		    c->intake_imap_folder);
}

static void
check_networks(struct parser *p, const char *section, const struct list *list)
{
	struct address_filter filter = { .n = 0 };

	at_option(p, section, "allow_networks");
	for (size_t i = 0; i < list->n; i++) {
		struct why why = { { 0 } };

		if (address_filter_add(&filter, span_str(list->v[i]), &why) !=
		    E_OK)
			config_fault(p, "%s.allow_networks: %s", section,
			    why.text);
	}
}

/* Each mail's own sender is made of it: RFC 5321 s4.5.3.1.1. */
static void
check_bounce_address(struct parser *p)
{
	const char *text = p->config->deliver_bounce_address;
	struct span address = span_str(text), rest = address;
	size_t local = span_until(&rest, '@').len;

	at_option(p, "deliver", "bounce_address");
	if (address.len == 0)
		return;
	if (!address_is_valid(address))
		config_fault(p,
		    "deliver.bounce_address: \"%s\" is not a mail address",
		    text);
	else if (local > BOUNCE_LOCAL_MAX || address.len > BOUNCE_ADDRESS_MAX)
		config_fault(p,
		    "deliver.bounce_address: \"%s\" leaves no room for what is "
		    "added; %d bytes may stand in front of the \"@\", %d are "
		    "the whole",
		    text, BOUNCE_LOCAL_MAX, BOUNCE_ADDRESS_MAX);
}

static void
check_map(struct parser *p)
{
	const struct list *list = &p->config->deliver_map;

	at_option(p, "deliver", "map");
	for (size_t i = 0; i < list->n; i++) {
		struct why why = { { 0 } };

		if (map_word_spell(&list->v[i], &why) != E_OK)
			config_fault(p, "deliver.map: %s", why.text);
	}
}

static void
check_delay(struct parser *p)
{
	at_option(p, "deliver", "delay_min");
	if (p->config->deliver_delay_min_ms > p->config->deliver_delay_max_ms)
		config_fault(p,
		    "deliver.delay_min is more than deliver.delay_max");
}

/* "https://host:port", and nothing behind it. */
static bool
is_origin(struct span url)
{
	return (span_take(&url, SPAN_LIT("https://")) ||
		   span_take(&url, SPAN_LIT("http://"))) &&
	    url.len > 0 && is_utf8(url) && !span_has(url, '/') &&
	    !span_has(url, '?') && !span_has(url, '#') && !span_has(url, '@');
}

bool
config_is_near(struct span listen)
{
	return listen.len == 0 || listen.p[0] == '/' ||
	    span_take(&listen, SPAN_LIT("127.")) ||
	    span_take(&listen, SPAN_LIT("[::1]"));
}

static void
check_web(struct parser *p)
{
	const struct config *c = p->config;
	struct span url = span_str(c->web_public_url), rest = url;

	at_option(p, "web", "public_url");
	if (url.len > 0 && !is_origin(url))
		config_fault(p,
		    "web.public_url: \"%s\" is not as https://HOST or "
		    "https://HOST:PORT",
		    c->web_public_url);
	at_option(p, "web", "listen");
	if (!config_is_near(span_str(c->web_listen)) &&
	    c->web_certificate[0] == '\0' &&
	    !span_take(&rest, SPAN_LIT("https://")))
		config_fault(p,
		    "web.listen: passwords would go over the network as they "
		    "are: set web.certificate and web.key, or web.public_url "
		    "to that of the proxy that has them");
}

/* What the way of a route needs beside it; NULL: nothing. */
static const char *
lack_of_route(const struct config *c, const struct route_word *r)
{
	switch (r->kind) {
	case ROUTE_MAIL:
		return c->alert_from[0] == '\0' && c->report_contact[0] == '\0'
		    ? "mails need alert.from: an address that they come from"
		    : NULL;
	case ROUTE_WEBHOOK:
		if (r->way.p[4] == ':' && !c->alert_allow_http)
			return "http: is allowed only with alert.allow_http = "
			       "yes";
		return c->alert_secret_file[0] == '\0'
		    ? "webhooks need alert.secret_file: what they are signed "
		      "with"
		    : NULL;
	case ROUTE_COMMAND:
		return c->alert_command.n == 0
		    ? "command needs alert.command: the program"
		    : NULL;
	case ROUTE_LOG:
		break;
	}
	return NULL;
}

static void
check_route(struct parser *p, char **word)
{
	struct why why = { { 0 } };
	struct route_word r;
	const char *lack;

	if (route_word_spell(word, &why) != E_OK ||
	    route_word_parse(*word, &r, &why) != E_OK)
		config_fault(p, "alert.routes: %s", why.text);
	else if ((lack = lack_of_route(p->config, &r)) != NULL)
		config_fault(p, "alert.routes: %s", lack);
}

static void
check_alerts(struct parser *p)
{
	struct config *c = p->config;
	struct span from = span_str(c->alert_from);

	check_secret(p, "alert", "secret_file", c->alert_secret_file,
	    "a secret");
	at_option(p, "alert", "from");
	if (from.len > 0 && !address_is_valid(from))
		config_fault(p, "alert.from: \"%s\" is not a mail address",
		    c->alert_from);
	at_option(p, "alert", "command");
	if (c->alert_command.n > 0 && c->alert_command.v[0][0] != '/')
		config_fault(p, "alert.command: \"%s\" is no absolute path",
		    c->alert_command.v[0]);
	at_option(p, "alert", "routes");
	for (size_t i = 0; i < c->alert_routes.n; i++)
		check_route(p, &c->alert_routes.v[i]);
}

void
config_check(struct parser *p, const char *folder)
{
	struct config *c = p->config;

	p->name = p->whole;
	p->line = 0;
	resolve(p, "daemon", "data_dir", &c->daemon_data_dir, folder);
	resolve(p, "collect", "socket", &c->collect_socket, folder);
	resolve(p, "collect", "dump_dir", &c->collect_dump_dir, folder);
	resolve(p, "store", "password_file", &c->store_password_file, folder);
	resolve(p, "deliver", "ca_file", &c->deliver_ca_file, folder);
	resolve(p, "dns", "trust_anchor", &c->dns_trust_anchor, folder);
	resolve(p, "deliver", "smtp_password_file",
	    &c->deliver_smtp_password_file, folder);
	resolve(p, "deliver", "smtp_cert_file", &c->deliver_smtp_cert_file,
	    folder);
	resolve(p, "deliver", "smtp_key_file", &c->deliver_smtp_key_file,
	    folder);
	resolve(p, "intake", "http_certificate", &c->intake_http_certificate,
	    folder);
	resolve(p, "intake", "http_key", &c->intake_http_key, folder);
	resolve(p, "intake", "imap_ca_file", &c->intake_imap_ca_file, folder);
	resolve(p, "web", "certificate", &c->web_certificate, folder);
	resolve(p, "web", "key", &c->web_key, folder);
	resolve(p, "alert", "secret_file", &c->alert_secret_file, folder);
	resolve(p, "alert", "ca_file", &c->alert_ca_file, folder);
	resolve(p, "deliver", "directory", &c->deliver_directory,
	    c->daemon_data_dir);
	check_names(p);
	check_dump_dir(p);
	check_logs(p);
	check_uids(p);
	check_roles(p);
	check_reporter(p);
	check_exclude(p);
	check_from(p);
	check_store(p);
	check_clock(p);
	check_delay(p);
	check_bounce_address(p);
	check_mail(p);
	check_secret(p, "intake", "http_key", c->intake_http_key,
	    "a private key");
	check_secret(p, "web", "key", c->web_key, "a private key");
	check_web(p);
	check_mailboxes(p, folder);
	check_networks(p, "deliver", &c->deliver_allow_networks);
	check_networks(p, "alert", &c->alert_allow_networks);
	check_networks(p, "watch", &c->watch_allow_networks);
	check_map(p);
	check_keys(p, folder);
	check_alerts(p);
}
