/* cli/cmd_alert.c -- alert list, ways, test. */
#include <stdio.h>
#include <sysexits.h>

#include "alert/send.h"
#include "base/log.h"
#include "cli/cli.h"

#define LISTED_MAX 10000

const struct cli_option alert_list_options[] = {
	{ "state", "STATE", "waiting, sent or dropped" },
	{ NULL, NULL, NULL },
};

/* -- list -- */

/* Secrets stay in the configuration. */
static void
json_way(struct json_out *out, struct span way)
{
	char shown[ROUTE_SHOWN_SIZE];

	route_word_shown(way, shown);
	json_out_text(out, "way", span_str(shown));
}

static void
table_way(struct cli_table *table, struct span way)
{
	char shown[ROUTE_SHOWN_SIZE];

	route_word_shown(way, shown);
	cli_table_text(table, span_str(shown));
}

static void
put_alert(struct json_out *out, const struct alert *a)
{
	const struct finding *f = &a->finding;

	json_out_object(out, NULL);
	json_out_text(out, "id", a->id);
	json_way(out, a->way);
	json_out_text(out, "event", span_str(alert_event_text(a->event)));
	json_out_text(out, "state", span_str(alert_state_text(a->state)));
	cli_json_time(out, "made-at", a->made_s);
	cli_json_time(out, "done-at", a->done_s);
	json_out_text(out, "finding-id", f->id);
	json_out_text(out, "kind", f->kind);
	json_out_text(out, "domain", f->domain);
	json_out_text(out, "subject", f->subject);
	json_out_text(out, "severity",
	    span_str(finding_severity_text(f->severity)));
	json_out_text(out, "conclusion",
	    span_str(finding_conclusion_text(f->conclusion)));
	json_out_end(out);
}

static enum err
list_alert(void *arg, const struct alert *a)
{
	const struct cli_listing *l = arg;
	const struct finding *f = &a->finding;

	if (l->out != NULL) {
		put_alert(l->out, a);
		return E_OK;
	}
	cli_table_time(l->table, a->made_s);
	cli_table_text(l->table, span_str(alert_state_text(a->state)));
	table_way(l->table, a->way);
	cli_table_text(l->table, span_str(alert_event_text(a->event)));
	cli_table_text(l->table, span_str(finding_severity_text(f->severity)));
	cli_table_text(l->table, f->kind);
	cli_table_text(l->table, f->domain);
	cli_table_text(l->table, f->subject);
	cli_table_text(l->table, f->id);
	return E_OK;
}

static enum err
fill_alerts(struct cli_listing *l, void *arg, struct why *why)
{
	const enum alert_state *state = arg;

	return store_alert_list(l->cli->store, (int)*state, LISTED_MAX,
	    list_alert, l, why);
}

int
cmd_alert_list(struct cli *cli)
{
	static const char *const heads[] = { "MADE", "STATE", "WAY", "EVENT",
		"SEVERITY", "KIND", "DOMAIN", "SUBJECT", "FINDING", NULL };
	const char *wanted = cli_value(cli, "state");
	enum alert_state state = 0;
	int code;

	if (wanted != NULL &&
	    alert_state_from_text(span_str(wanted), &state) != E_OK)
		return cli_usage(cli,
		    "--state: \"%s\" is none of: waiting, sent, dropped",
		    wanted);
	code = cli_store(cli);
	return code == EX_OK
	    ? cli_list(cli, heads, "there are no alerts", fill_alerts, &state)
	    : code;
}

/* -- ways -- */

static enum err
list_way(void *arg, const struct alert_way_listed *w)
{
	const struct cli_listing *l = arg;

	if (l->out != NULL) {
		json_out_object(l->out, NULL);
		json_way(l->out, w->way);
		json_out_count(l->out, "waiting", w->waiting);
		json_out_count(l->out, "left-out", w->left_out);
		json_out_int(l->out, "failures", w->failures);
		cli_json_time(l->out, "tried-at", w->tried_s);
		cli_json_time(l->out, "again-at", w->due_s);
		json_out_text(l->out, "answer", w->answer);
		json_out_end(l->out);
		return E_OK;
	}
	table_way(l->table, w->way);
	cli_table_count(l->table, w->waiting);
	cli_table_count(l->table, w->left_out);
	cli_table_count(l->table, (uint64_t)w->failures);
	cli_table_time(l->table, w->tried_s);
	cli_table_time(l->table, w->due_s);
	cli_table_text(l->table, w->answer);
	return E_OK;
}

static enum err
fill_ways(struct cli_listing *l, void *arg, struct why *why)
{
	(void)arg;
	return store_alert_ways(l->cli->store, list_way, l, why);
}

int
cmd_alert_ways(struct cli *cli)
{
	static const char *const heads[] = { "WAY", ">WAITING", ">LEFT OUT",
		">FAILURES", "TRIED", "AGAIN", "ANSWER", NULL };
	int code = cli_store(cli);

	return code == EX_OK
	    ? cli_list(cli, heads, "nothing was looked at yet", fill_ways, NULL)
	    : code;
}

/* -- test -- */

/* The first route with that way. */
static int
find_route(const struct cli *cli, struct span way, struct route_word *ret)
{
	const struct list *routes = &cli->config->alert_routes;
	char shown[ROUTE_SHOWN_SIZE];

	for (size_t i = 0; i < routes->n; i++)
		if (route_word_parse(routes->v[i], ret, NULL) == E_OK &&
		    span_eq(ret->way, way))
			return EX_OK;
	route_word_shown(way, shown);
	return cli_usage(cli,
	    "\"%.100s\" is no way of alert.routes: what stands behind a \"=\" "
	    "there",
	    shown);
}

static void
send_test(const struct cli *cli, const struct route_word *route,
    struct alert_outcome *ret)
{
	const struct clock clock = cli_clock(cli);
	const struct uuid uuid = uuid_new(clock_wall_ns(&clock));
	const int64_t now_s = clock_wall_s(&clock);
	char id[UUID_TEXT_SIZE];
	const struct alert alert = { .id = { id, UUID_TEXT_SIZE - 1 },
		.way = route->way,
		.event = ALERT_TEST,
		.made_s = now_s,
		.finding = { .id = SPAN_LIT(""),
		    .kind = SPAN_LIT("test"),
		    .domain = SPAN_LIT(""),
		    .subject = SPAN_LIT(""),
		    .severity = SEVERITY_INFO,
		    .conclusion = CONCLUSION_UNKNOWN,
		    .confidence = CONFIDENCE_LOW,
		    .first_day = day_of_s(now_s),
		    .last_day = day_of_s(now_s) } };
	const struct alert_sender sender = { cli->config, &clock, -1 };

	uuid_text(&uuid, id);
	alert_send(&sender, route,
	    &(const struct alert_message){ .id = { id, UUID_TEXT_SIZE - 1 },
		.alerts = &alert,
		.nalerts = 1 },
	    ret);
}

static int
print_outcome(const struct cli *cli, const struct route_word *route,
    const struct alert_outcome *o)
{
	const bool told = o->fate == ALERT_FATE_TOLD;
	struct json_out *out = cli->json ? json_out_new() : NULL;
	int code = EX_OK;

	if (!cli->json) {
		(void)printf("%s: %s\n",
		    told			       ? "told"
			: o->fate == ALERT_FATE_FAILED ? "not told"
						       : "uncertain",
		    o->answer);
		return told ? EX_OK : EX_TEMPFAIL;
	}
	if (out != NULL) {
		json_out_object(out, NULL);
		json_out_text(out, "way", route->way);
		json_out_bool(out, "told", told);
		json_out_text(out, "answer", span_str(o->answer));
		json_out_end(out);
	}
	code = cli_print_json(cli, out);
	return code == EX_OK && !told ? EX_TEMPFAIL : code;
}

int
cmd_alert_test(struct cli *cli)
{
	struct alert_outcome outcome;
	struct route_word route;
	int code = cli_config(cli);

	if (code == EX_OK)
		code = find_route(cli, span_str(cli->operands[0]), &route);
	if (code != EX_OK)
		return code;
	log_setup(cli->config->daemon_log_to == CONFIG_LOG_SYSLOG
		? LOG_TO_SYSLOG
		: LOG_TO_STDERR,
	    LOG_LEVEL_INFO, "alert");
	send_test(cli, &route, &outcome);
	return print_outcome(cli, &route, &outcome);
}
