/* cli/cmd_report.c -- report list, show, build. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/gzip.h"
#include "codec/lines.h"
#include "report/day_close.h"
#include "report/report_build.h"

#define REPORT_MAX_BYTES ((size_t)256 * 1024 * 1024)

const struct cli_option report_list_options[] = {
	{ "day", "DAY",
	    "UTC day: 2026-11-22, today or yesterday (default: a month)" },
	{ NULL, NULL, NULL },
};

const struct cli_option report_build_options[] = {
	{ "day", "DAY",
	    "UTC day: 2026-11-22 or yesterday (default: yesterday)" },
	{ "close", NULL, "close the day first, whoever is missing" },
	{ NULL, NULL, NULL },
};

static const char *
state(const struct report_row *r)
{
	if (r->delivered_s != 0)
		return "delivered";
	if (r->frozen_s != 0)
		return "being delivered";
	return r->stale ? "to be built anew" : "waiting";
}

static enum err
put_rua(struct json_out *out, struct span lines)
{
	struct arena arena = ARENA_INIT(1 << 20);
	struct span_list rua = { NULL, 0 };
	enum err e = lines_split(lines, &arena, &rua);

	json_out_array(out, "rua");
	for (size_t i = 0; i < rua.n; i++)
		json_out_text(out, NULL, rua.v[i]);
	json_out_end(out);
	arena_free(&arena);
	return e;
}

static enum err
list_json(struct json_out *out, const struct report_row *r)
{
	char day[DAY_TEXT_SIZE], built[TIME_TEXT_SIZE];

	day_text(r->day, day);
	time_text(r->built_s, built);
	json_out_object(out, NULL);
	json_out_text(out, "report-id", r->id);
	json_out_text(out, "day", span_str(day));
	json_out_text(out, "domain", r->domain);
	json_out_int(out, "part", r->part);
	json_out_text(out, "filename", r->file_name);
	json_out_text(out, "state", span_str(state(r)));
	json_out_text(out, "built-at", span_str(built));
	json_out_count(out, "policies", r->policies);
	json_out_count(out, "total-successful-session-count", r->succeeded);
	json_out_count(out, "total-failure-session-count", r->failed);
	json_out_count(out, "failure-details-merged", r->folded);
	json_out_count(out, "bytes", r->json_bytes);
	json_out_count(out, "gzip-bytes", r->body_bytes);
	if (put_rua(out, r->rua) != E_OK)
		return E_NOMEM;
	json_out_end(out);
	return E_OK;
}

static enum err
list_report(void *arg, const struct report_row *r)
{
	const struct cli_listing *l = arg;
	char day[DAY_TEXT_SIZE];

	if (l->out != NULL)
		return list_json(l->out, r);
	day_text(r->day, day);
	cli_table_text(l->table, span_str(day));
	cli_table_text(l->table, r->domain);
	cli_table_text(l->table, r->id);
	cli_table_count(l->table, r->succeeded);
	cli_table_count(l->table, r->failed);
	cli_table_count(l->table, r->body_bytes);
	cli_table_text(l->table, span_str(state(r)));
	return E_OK;
}

struct range {
	int64_t first, last; /* days */
};

/* One day, or the last month. */
static int
wanted_range(struct cli *cli, struct range *ret)
{
	struct clock clock = cli_clock(cli);

	ret->last = day_of_s(clock_wall_s(&clock));
	ret->first = ret->last - 31;
	if (cli_value(cli, "day") == NULL)
		return EX_OK;
	if (cli_day(cli, &ret->first) != EX_OK)
		return EX_USAGE;
	ret->last = ret->first;
	return EX_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	const struct range *r = arg;

	return store_report_list(l->cli->store, r->first, r->last, list_report,
	    l, why);
}

int
cmd_report_list(struct cli *cli)
{
	static const char *const heads[] = { "DAY", "DOMAIN", "REPORT ID",
		">SUCCEEDED", ">FAILED", ">BYTES", "STATE", NULL };
	struct range range;
	int code = cli_store(cli);

	if (code != EX_OK || (code = wanted_range(cli, &range)) != EX_OK)
		return code;
	return cli_list(cli, heads,
	    "no reports; they are built when a UTC day has closed", fill,
	    &range);
}

/* -- show -- */

static enum err
print_report(void *arg, const struct report_row *r)
{
	struct buf json = BUF_INIT(REPORT_MAX_BYTES);
	struct buf pretty = BUF_INIT(4 * REPORT_MAX_BYTES);
	const struct cli *cli = arg;
	enum err e = gzip_expand(r->body, &json);

	/* --json: byte for byte what was in the file. */
	if (e == E_OK && cli->json)
		(void)fwrite(json.p, 1, json.len, stdout);
	else if (e == E_OK &&
	    (e = json_prettify(buf_span(&json), &pretty)) == E_OK)
		(void)puts(buf_str(&pretty));
	buf_free(&json);
	buf_free(&pretty);
	return e;
}

int
cmd_report_show(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_report_get(cli->store, span_str(cli->operands[0]),
	    print_report, cli, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

/* -- build -- */

struct wanted_day {
	int64_t day;
	bool found;
};

static enum err
note_day(void *arg, int64_t day, int64_t due)
{
	struct wanted_day *w = arg;

	(void)due;
	w->found |= day == w->day;
	return E_OK;
}

static enum err
check_over(int64_t day, int64_t today, struct why *why)
{
	char text[DAY_TEXT_SIZE];

	day_text(day, text);
	if (day > today)
		return why_set(why, E_USAGE, "%s lies in the future", text);
	if (day == today)
		return why_set(why, E_USAGE,
		    "%s is not over yet (UTC): its reports can be built from "
		    "tomorrow on",
		    text);
	return E_OK;
}

static enum err
check_closed(struct store *store, int64_t day, struct why *why)
{
	struct wanted_day closed = { day, false }, open = { day, false };
	char text[DAY_TEXT_SIZE];
	enum err e = store_day_closed(store, day, note_day, &closed, why);

	if (e != E_OK || closed.found)
		return e;
	e = store_day_open(store, day + 1, note_day, &open, why);
	if (e != E_OK)
		return e;
	if (!open.found)
		return why_set(why, E_ABSENT, "no sessions on that day");
	day_text(day, text);
	return why_set(why, E_ABSENT,
	    "%s is not closed yet: it waits for collectors or for role report; "
	    "--close closes it now",
	    text);
}

static enum err
close_and_build(struct cli *cli, int64_t day, size_t *ret_built,
    struct why *why)
{
	struct report_options options = report_options_of(cli->config);
	struct clock clock = cli_clock(cli);
	int64_t now_s = clock_wall_s(&clock);
	enum err e;

	if (options.reporter.organization.len == 0 ||
	    options.reporter.submitter.len == 0)
		return why_set(why, E_VERSION,
		    "report.organization and report.contact must be set");
	e = check_over(day, day_of_s(now_s), why);
	if (e == E_OK && cli_value(cli, "close") != NULL)
		e = day_close_now(cli->store, day, now_s, why);
	if (e == E_EXISTS) { /* closed already is as good */
		e = E_OK;
		why->text[0] = '\0';
	}
	if (e == E_OK)
		e = check_closed(cli->store, day, why);
	return e == E_OK ? report_build_day(cli->store, &options, day, true,
			       now_s, ret_built, why)
			 : e;
}

int
cmd_report_build(struct cli *cli)
{
	struct why why = { { 0 } };
	struct json_out *out;
	int code = cli_store(cli);
	size_t built = 0;
	int64_t day;
	enum err e;

	if (code != EX_OK || (code = cli_day(cli, &day)) != EX_OK)
		return code;
	e = close_and_build(cli, day, &built, &why);
	if (e != E_OK)
		return cli_fail(cli, e, &why);
	if (!cli->json) {
		(void)printf("%zu reports built\n", built);
		return EX_OK;
	}
	if ((out = json_out_new()) == NULL)
		return cli_print_json(cli, NULL);
	json_out_object(out, NULL);
	json_out_count(out, "built", built);
	json_out_end(out);
	return cli_print_json(cli, out);
}
