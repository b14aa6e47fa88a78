/* cli/cmd_domain_history.c -- domain history: what a domain publishes, and
 * since when. */
#include <stdio.h>
#include <sysexits.h>

#include "base/escape.h"
#include "cli/cli.h"
#include "codec/lines.h"
#include "codec/typed.h"
#include "store/store_published.h"

#define TEXTS_BYTES ((size_t)4 << 20)

const struct cli_option domain_history_options[] = {
	{ "since", "DAY",
	    "leave out what was not seen on that UTC day or later" },
	{ NULL, NULL, NULL },
};

struct showing {
	struct cli *cli;
	struct arena texts;
	struct span domain;
	int64_t since_s;
	struct watch_state state;
	struct json_out *out; /* --json */
};

/* -- for programs -- */

static enum err
add_lines(struct json_out *out, const char *key, struct span text)
{
	struct arena arena = ARENA_INIT(TEXTS_BYTES);
	struct span_list lines;
	enum err e = lines_split(text, &arena, &lines);

	json_out_array(out, key);
	for (size_t i = 0; e == E_OK && i < lines.n; i++)
		json_out_text(out, NULL, lines.v[i]);
	json_out_end(out);
	arena_free(&arena);
	return e;
}

static enum err
add_value(void *arg, const struct published_value *v)
{
	const struct showing *s = arg;
	enum err e;

	json_out_object(s->out, NULL);
	json_out_text(s->out, "kind", span_str(published_kind_text(v->kind)));
	if (v->subject.len > 0)
		json_out_text(s->out, "host", v->subject);
	e = add_lines(s->out, "value", v->value);
	if (v->dnssec.len > 0)
		json_out_text(s->out, "dnssec", v->dnssec);
	cli_json_time(s->out, "first-seen", v->first_s);
	cli_json_time(s->out, "last-seen", v->last_s);
	json_out_end(s->out);
	return e;
}

static int
show_json(struct showing *s)
{
	struct why why = { { 0 } };
	enum err e;

	if ((s->out = json_out_new()) == NULL)
		return cli_print_json(s->cli, NULL);
	json_out_object(s->out, NULL);
	json_out_text(s->out, "domain", s->domain);
	cli_json_time(s->out, "looked-at", s->state.looked_s);
	e = add_lines(s->out, "not-measured", s->state.not_measured);
	json_out_array(s->out, "published");
	if (e == E_OK)
		e = store_published_list(s->cli->store, s->domain, s->since_s,
		    add_value, s, &why);
	json_out_end(s->out);
	json_out_end(s->out);
	if (e == E_OK)
		return cli_print_json(s->cli, s->out);
	json_out_free(s->out);
	return cli_fail(s->cli, e, &why);
}

/* -- for people -- */

static void
say_lines(const char *head, struct span text)
{
	struct arena arena = ARENA_INIT(TEXTS_BYTES);
	struct buf line = BUF_INIT(TEXTS_BYTES);
	struct span_list lines = { NULL, 0 };

	(void)(lines_split(text, &arena, &lines) == E_OK);
	for (size_t i = 0; i < lines.n; i++) {
		buf_clear(&line);
		escape_terminal(&line, lines.v[i]);
		(void)printf("    %s%s\n", head, buf_str(&line));
	}
	buf_free(&line);
	arena_free(&arena);
}

static enum err
say_value(void *arg, const struct published_value *v)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];

	(void)arg;
	time_text(v->first_s, first);
	time_text(v->last_s, last);
	(void)printf("%s%s%.*s, %s to %s", published_kind_text(v->kind),
	    v->subject.len > 0 ? " of " : "", SPAN_ARG(v->subject), first,
	    last);
	if (v->dnssec.len > 0)
		(void)printf(" (DNSSEC: %.*s)", SPAN_ARG(v->dnssec));
	(void)printf("%s\n", v->value.len == 0 ? ": none" : "");
	say_lines("", v->value);
	return E_OK;
}

static int
show_text(struct showing *s)
{
	struct why why = { { 0 } };
	char when[TIME_TEXT_SIZE];
	enum err e;

	if (s->state.looked_s == 0) {
		(void)printf("%.*s was not looked at yet\n",
		    SPAN_ARG(s->domain));
		return EX_OK;
	}
	e = store_published_list(s->cli->store, s->domain, s->since_s,
	    say_value, NULL, &why);
	if (e != E_OK)
		return cli_fail(s->cli, e, &why);
	time_text(s->state.looked_s, when);
	(void)printf("looked at last: %s\n", when);
	say_lines("not measured: ", s->state.not_measured);
	return EX_OK;
}

/* -- the command -- */

static int
read_arguments(struct showing *s)
{
	const char *since = cli_value(s->cli, "since");
	struct why why = { { 0 } };
	int64_t day;

	if (typed_domain(span_str(s->cli->operands[0]), &s->texts, &s->domain,
		&why) != E_OK)
		return cli_usage(s->cli, "\"%.300s\" is %s",
		    s->cli->operands[0], why.text);
	if (since == NULL)
		return EX_OK;
	if (day_parse(span_str(since), &day) != E_OK)
		return cli_usage(s->cli,
		    "--since: \"%s\" is not a day such as 2026-11-22", since);
	s->since_s = day_start_s(day);
	return EX_OK;
}

int
cmd_domain_history(struct cli *cli)
{
	struct showing s = { .cli = cli, .texts = ARENA_INIT(TEXTS_BYTES) };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code == EX_OK && (code = read_arguments(&s)) == EX_OK) {
		e = store_watch_get(cli->store, s.domain, &s.texts, &s.state,
		    &why);
		code = e != E_OK ? cli_fail(cli, e, &why)
		    : cli->json	 ? show_json(&s)
				 : show_text(&s);
	}
	arena_free(&s.texts);
	return code;
}
