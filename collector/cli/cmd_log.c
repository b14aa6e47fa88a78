/* cli/cmd_log.c -- log list, log history: what logs of MTAs told so far. */
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/typed.h"
#include "store/store_log_level.h"

#define TEXTS_BYTES ((size_t)64 * 1024)

const struct cli_option log_list_options[] = {
	{ "day", "DAY", "such as 2026-11-22, or today (default: yesterday)" },
	{ "domain", "DOMAIN", "of this policy domain alone" },
	{ NULL, NULL, NULL },
};

const struct cli_option log_history_options[] = {
	{ "domain", "DOMAIN", "of this policy domain alone" },
	{ "missing", NULL, "only where TLS is missing that was there" },
	{ NULL, NULL, NULL },
};

struct log_wanted {
	struct cli_listing *listing;
	struct arena texts;
	struct span domain; /* empty: all */
	int64_t day;
	bool missing;
};

/* An exit code. */
static int
know_domain(struct cli *cli, struct log_wanted *w)
{
	const char *text = cli_value(cli, "domain");
	struct why why = { { 0 } };

	w->domain = SPAN_LIT("");
	if (text == NULL ||
	    typed_domain(span_str(text), &w->texts, &w->domain, &why) == E_OK)
		return EX_OK;
	return cli_usage(cli, "--domain \"%.100s\": %s", text, why.text);
}

/* -- list -- */

static void
level_json(struct json_out *out, const struct log_level_row *l)
{
	json_out_object(out, NULL);
	json_out_text(out, "policy-domain", l->domain);
	json_out_text(out, "receiving-mx-hostname", l->mx_host);
	json_out_text(out, "receiving-ip", l->peer_ip);
	json_out_text(out, "level", span_str(level_text(l->level)));
	json_out_text(out, "tls", span_str(tls_seen_text(l->tls)));
	json_out_count(out, "sessions", l->sessions);
	json_out_count(out, "datagrams", l->datagrams);
	json_out_count(out, "settled", l->settled);
	json_out_count(out, "in-reports", l->reported);
	cli_json_time(out, "first-at", l->first_s);
	cli_json_time(out, "last-at", l->last_s);
	json_out_end(out);
}

static enum err
put_level(void *arg, const struct log_level_row *l)
{
	const struct log_wanted *w = arg;
	struct cli_table *table = w->listing->table;

	if (w->listing->out != NULL) {
		level_json(w->listing->out, l);
		return E_OK;
	}
	cli_table_text(table, l->domain);
	cli_table_text(table, l->mx_host);
	cli_table_text(table, l->peer_ip);
	cli_table_text(table, span_str(level_text(l->level)));
	cli_table_text(table, span_str(tls_seen_text(l->tls)));
	cli_table_count(table, l->sessions);
	cli_table_count(table, l->datagrams);
	cli_table_count(table, l->reported);
	return E_OK;
}

static enum err
fill_levels(struct cli_listing *l, void *arg, struct why *why)
{
	struct log_wanted *w = arg;

	w->listing = l;
	return store_log_levels(l->cli->store, w->domain, w->day, w->day,
	    put_level, w, why);
}

int
cmd_log_list(struct cli *cli)
{
	static const char *const heads[] = { "DOMAIN", "MX HOST", "ADDRESS",
		"LEVEL", "TLS", ">SESSIONS", ">DATAGRAMS", ">IN REPORTS",
		NULL };
	struct log_wanted w = { .texts = ARENA_INIT(TEXTS_BYTES) };
	int code = cli_store(cli);

	if (code == EX_OK)
		code = know_domain(cli, &w);
	if (code == EX_OK)
		code = cli_day(cli, &w.day);
	if (code == EX_OK)
		code = cli_list(cli, heads, "no log told of a session",
		    fill_levels, &w);
	arena_free(&w.texts);
	return code;
}

/* -- history -- */

static struct span
best_text(const struct mta_history *h)
{
	return h->best == 0 ? SPAN_LIT("-") : span_str(level_text(h->best));
}

static void
history_json(struct json_out *out, const struct log_history *h)
{
	const struct mta_history *s = &h->seen;

	json_out_object(out, NULL);
	json_out_text(out, "policy-domain", h->domain);
	json_out_text(out, "receiving-mx-hostname", h->mx_host);
	cli_json_time(out, "first-at", s->first_s);
	cli_json_time(out, "last-at", s->last_s);
	cli_json_time(out, "first-tls-at", s->first_tls_s);
	cli_json_time(out, "last-tls-at", s->last_tls_s);
	json_out_count(out, "run", s->run);
	cli_json_time(out, "run-since", s->run_since_s);
	if (s->best == 0)
		json_out_null(out, "best-level");
	else
		json_out_text(out, "best-level", best_text(s));
	cli_json_time(out, "missing-since", s->missing_since_s);
	cli_json_time(out, "last-missing-at", s->last_missing_s);
	json_out_count(out, "missing", s->missing);
	json_out_end(out);
}

static enum err
put_history(void *arg, const struct log_history *h)
{
	const struct log_wanted *w = arg;
	struct cli_table *table = w->listing->table;

	if (w->missing && h->seen.missing_since_s == 0)
		return E_OK;
	if (w->listing->out != NULL) {
		history_json(w->listing->out, h);
		return E_OK;
	}
	cli_table_text(table, h->domain);
	cli_table_text(table, h->mx_host);
	cli_table_count(table, h->seen.run);
	cli_table_time(table, h->seen.run_since_s);
	cli_table_time(table, h->seen.last_tls_s);
	cli_table_text(table, best_text(&h->seen));
	cli_table_count(table, h->seen.missing);
	cli_table_time(table, h->seen.missing_since_s);
	return E_OK;
}

static enum err
fill_histories(struct cli_listing *l, void *arg, struct why *why)
{
	struct log_wanted *w = arg;

	w->listing = l;
	return store_log_histories(l->cli->store, w->domain, 0, put_history, w,
	    why);
}

int
cmd_log_history(struct cli *cli)
{
	static const char *const heads[] = { "DOMAIN", "MX HOST",
		">TLS IN A ROW", "SINCE", "LAST", "BEST LEVEL", ">MISSING",
		"SINCE", NULL };
	struct log_wanted w = { .texts = ARENA_INIT(TEXTS_BYTES),
		.missing = cli_value(cli, "missing") != NULL };
	int code = cli_store(cli);

	if (code == EX_OK)
		code = know_domain(cli, &w);
	if (code == EX_OK)
		code = cli_list(cli, heads, "no log told of a session",
		    fill_histories, &w);
	arena_free(&w.texts);
	return code;
}
