/* cli/cmd_status.c -- status: is everything arriving, what is reported when,
 * what was refused or lost, what the inbox holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/inbox_held.h"

#define DAYS 8 /* today and a week */

struct status {
	struct cli *cli;
	int64_t now_s, first_day;
	struct json_out *out;	 /* --json */
	struct cli_table *table; /* else */
};

/* -- collectors -- */

static enum err
collector_json(void *arg, const struct collector *c)
{
	struct status *s = arg;

	cli_json_collector(s->out, c);
	return E_OK;
}

static enum err
collector_row(void *arg, const struct collector *c)
{
	struct status *s = arg;
	char id[UUID_TEXT_SIZE];

	uuid_text(&c->id, id);
	cli_table_text(s->table, c->host);
	cli_table_text(s->table, span_str(id));
	cli_table_time(s->table, c->watermark_s);
	cli_table_time(s->table, c->seen_s);
	return E_OK;
}

/* -- days -- */

static const char *
day_state_text(const struct day_state *d)
{
	return d->closed_s == 0 ? "open" : "closed";
}

static enum err
day_json(void *arg, const struct day_state *d)
{
	struct status *s = arg;
	char text[DAY_TEXT_SIZE];

	day_text(d->day, text);
	json_out_object(s->out, NULL);
	json_out_text(s->out, "day", span_str(text));
	json_out_text(s->out, "state", span_str(day_state_text(d)));
	cli_json_time(s->out, "closed-at", d->closed_s);
	json_out_text(s->out, "closed-by", d->closed_by);
	json_out_text(s->out, "missing-collectors", d->missing);
	json_out_count(s->out, "total-successful-session-count", d->succeeded);
	json_out_count(s->out, "total-failure-session-count", d->failed);
	json_out_count(s->out, "late-session-count", d->late);
	json_out_count(s->out, "reports", d->reports);
	json_out_count(s->out, "reports-delivered", d->delivered);
	json_out_end(s->out);
	return E_OK;
}

static enum err
day_row(void *arg, const struct day_state *d)
{
	struct status *s = arg;
	char text[DAY_TEXT_SIZE];

	day_text(d->day, text);
	cli_table_text(s->table, span_str(text));
	cli_table_text(s->table, span_str(day_state_text(d)));
	cli_table_text(s->table, d->closed_by);
	cli_table_count(s->table, d->succeeded);
	cli_table_count(s->table, d->failed);
	cli_table_count(s->table, d->late);
	cli_table_count(s->table, d->reports);
	cli_table_count(s->table, d->delivered);
	return E_OK;
}

/* -- counters -- */

static enum err
counter_json(void *arg, struct span counter, uint64_t n)
{
	char key[64];
	struct status *s = arg;

	(void)snprintf(key, sizeof(key), "%.*s", SPAN_ARG(counter));
	json_out_count(s->out, key, n);
	return E_OK;
}

static enum err
counter_row(void *arg, struct span counter, uint64_t n)
{
	struct status *s = arg;
	const char *sentence = "";

	for (int i = 0; i < NCOUNTERS; i++)
		if (span_eq(span_str(counter_text((enum counter)i)), counter))
			sentence = counter_sentence((enum counter)i);
	cli_table_text(s->table, counter);
	cli_table_count(s->table, n);
	cli_table_text(s->table, span_str(sentence));
	return E_OK;
}

/* -- the whole -- */

static int
print_status_json(struct status *s)
{
	int64_t last = s->first_day + DAYS;
	struct store *store = s->cli->store;
	struct why why = { { 0 } };
	enum err e;

	if ((s->out = json_out_new()) == NULL)
		return cli_print_json(s->cli, NULL);
	json_out_object(s->out, NULL);
	cli_json_time(s->out, "now", s->now_s);
	json_out_array(s->out, "collectors");
	e = store_collector_list(store, collector_json, s, &why);
	json_out_end(s->out);
	json_out_array(s->out, "days");
	if (e == E_OK)
		e = store_day_list(store, s->first_day, day_json, s, &why);
	json_out_end(s->out);
	json_out_object(s->out, "counters");
	if (e == E_OK)
		e = store_counter_list(store, s->first_day, last, counter_json,
		    s, &why);
	json_out_end(s->out);
	if (e == E_OK)
		e = inbox_held_json(store, s->first_day, last, s->out, &why);
	json_out_end(s->out);
	if (e == E_OK)
		return cli_print_json(s->cli, s->out);
	json_out_free(s->out);
	return cli_fail(s->cli, e, &why);
}

/* Print the table that the list has filled. */
static int
finish_table(struct status *s, enum err e, const struct why *why,
    const char *empty)
{
	int code = cli_table_print(s->cli, s->table, empty);

	return e == E_OK ? code : cli_fail(s->cli, e, why);
}

static int
print_collectors(struct status *s)
{
	static const char *const heads[] = { "HOST", "COLLECTOR",
		"COMPLETE UNTIL", "SEEN", NULL };
	struct why why = { { 0 } };
	enum err e = E_NOMEM;

	if ((s->table = cli_table_new(heads)) != NULL)
		e = store_collector_list(s->cli->store, collector_row, s, &why);
	return finish_table(s, e, &why, "no collector has registered yet");
}

static int
print_days(struct status *s)
{
	static const char *const heads[] = { "DAY", "STATE", "CLOSED BY",
		">SUCCEEDED", ">FAILED", ">LATE", ">REPORTS", ">DELIVERED",
		NULL };
	struct why why = { { 0 } };
	enum err e = E_NOMEM;

	if ((s->table = cli_table_new(heads)) != NULL)
		e = store_day_list(s->cli->store, s->first_day, day_row, s,
		    &why);
	return finish_table(s, e, &why, "no sessions in the last week");
}

static int
print_counters(struct status *s)
{
	static const char *const heads[] = { "COUNTER", ">IN A WEEK",
		"WHAT IT IS", NULL };
	struct why why = { { 0 } };
	enum err e = E_NOMEM;

	if ((s->table = cli_table_new(heads)) != NULL)
		e = store_counter_list(s->cli->store, s->first_day,
		    s->first_day + DAYS, counter_row, s, &why);
	return finish_table(s, e, &why, "nothing was counted in the last week");
}

int
cmd_status(struct cli *cli)
{
	struct status s = { .cli = cli };
	int code = cli_store(cli);
	struct clock clock;

	if (code != EX_OK)
		return code;
	clock = cli_clock(cli);
	s.now_s = clock_wall_s(&clock);
	s.first_day = day_of_s(s.now_s) - DAYS + 1;
	if (cli->json)
		return print_status_json(&s);
	code = print_collectors(&s);
	(void)puts("");
	if (code == EX_OK)
		code = print_days(&s);
	(void)puts("");
	if (code == EX_OK)
		code = print_counters(&s);
	(void)puts("");
	return code == EX_OK
	    ? inbox_held_print(cli, s.first_day, s.first_day + DAYS)
	    : code;
}
