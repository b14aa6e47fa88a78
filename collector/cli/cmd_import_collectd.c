/* cli/cmd_import_collectd.c -- import-collectd: what tlsrpt-reporter has
 * counted and not reported yet. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/collectd_take.h"
#include "cli/progress.h"

#define DAYS_MAX 1000	/* of one file */
#define DAMAGE_LINES 10 /* told in full */

const struct cli_option import_collectd_options[] = {
	{ "day", "DAY",
	    "UTC day: 2026-11-22, today or yesterday (default: today, or all "
	    "of a reportd)" },
	{ NULL, NULL, NULL },
};

enum outcome {
	OUTCOME_LEFT_OUT, /* not asked for, or nothing to take */
	OUTCOME_TAKEN,
	OUTCOME_BEFORE, /* taken before */
};

static const char *const outcome_texts[] = {
	[OUTCOME_LEFT_OUT] = "left-out",
	[OUTCOME_TAKEN] = "taken",
	[OUTCOME_BEFORE] = "taken-before",
};

struct day_entry {
	int64_t day;
	struct collectd_day what; /* without its text */
	enum outcome outcome;
	struct collectd_taken taken;
};

struct import_collectd {
	struct cli *cli;
	struct collectd_db *from;
	int64_t wanted; /* -1: as the file is */
	int64_t today;
	struct day_entry *days;
	size_t ndays;
	uint64_t strange_days; /* that are none */
	uint64_t damaged;
	uint64_t rows; /* of the day in hand */
	struct progress progress;
};

static const char *
path_of(const struct import_collectd *m)
{
	return m->cli->operands[0];
}

/* -- which days -- */

static enum err
note_day(void *arg, const struct collectd_day *what)
{
	struct import_collectd *m = arg;
	struct day_entry entry = { .what = *what };

	if (day_parse(what->day, &entry.day) != E_OK) {
		m->strange_days++;
		return E_OK;
	}
	if (m->ndays == DAYS_MAX)
		return E_RANGE;
	entry.what.day = SPAN_NONE;
	m->days[m->ndays++] = entry;
	return E_OK;
}

static bool
is_wanted(const struct import_collectd *m, const struct day_entry *d)
{
	if (collectd_db_is_reportd(m->from))
		return d->what.domains > 0 &&
		    (m->wanted == -1 || d->day == m->wanted);
	return d->day == (m->wanted == -1 ? m->today : m->wanted);
}

static enum err
list_days(struct import_collectd *m, struct why *why)
{
	struct why own = { { 0 } };
	enum err e;

	m->days = calloc(DAYS_MAX, sizeof(*m->days));
	if (m->days == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = collectd_db_days(m->from, note_day, m, &own);
	if (e == E_RANGE)
		return why_set(why, e, "%s: more than %d days", path_of(m),
		    DAYS_MAX);
	return e == E_OK ? e : why_set(why, e, "%s: %s", path_of(m), own.text);
}

/* Of a collectd that has days, but not that one: it may be the file of
 * yesterday. */
static enum err
miss_day(const struct import_collectd *m, struct why *why)
{
	char wanted[DAY_TEXT_SIZE], there[DAY_TEXT_SIZE];

	day_text(m->wanted == -1 ? m->today : m->wanted, wanted);
	day_text(m->days[m->ndays - 1].day, there);
	return why_set(why, E_ABSENT,
	    "%s has nothing of %s; --day %s takes what it has, unless its "
	    "reportd has reported that",
	    path_of(m), wanted, there);
}

/* -- taking -- */

static void
note_damage(void *arg, struct span domain, const struct why *found)
{
	struct import_collectd *m = arg;
	struct why why = { { 0 } };

	if (++m->damaged > DAMAGE_LINES)
		return;
	progress_clear(&m->progress);
	(void)cli_fail(m->cli,
	    why_set(&why, E_SYNTAX, "%s: a row of %.*s is passed over: %s",
		path_of(m), SPAN_ARG(span_head(domain, 100)), found->text),
	    &why);
}

static void
tell(void *arg, uint64_t rows)
{
	struct import_collectd *m = arg;
	char text[64];

	if (!progress_is_due(&m->progress))
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 " rows", rows);
	progress_tell(&m->progress, rows, m->rows, text);
}

static enum err
take_day(struct import_collectd *m, struct day_entry *d, struct why *why)
{
	struct clock clock = cli_clock(m->cli);
	const struct collectd_take take = { m->from, m->cli->store,
		clock_wall_s(&clock), note_damage, tell, m };
	struct why own = { { 0 } };
	char day[DAY_TEXT_SIZE];
	enum err e;

	m->rows = d->what.rows;
	e = collectd_take_day(&take, d->day, &d->taken, &own);
	progress_clear(&m->progress);
	day_text(d->day, day);
	if (e != E_OK)
		return why_set(why, e, "%s: %s: %s", path_of(m), day, own.text);
	d->outcome = d->taken.before ? OUTCOME_BEFORE : OUTCOME_TAKEN;
	return E_OK;
}

static enum err
take_days(struct import_collectd *m, struct why *why)
{
	size_t wanted = 0;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < m->ndays; i++)
		if (is_wanted(m, &m->days[i])) {
			wanted++;
			e = take_day(m, &m->days[i], why);
		}
	if (e == E_OK && wanted == 0 && m->ndays > 0 &&
	    !collectd_db_is_reportd(m->from))
		e = miss_day(m, why);
	return e;
}

/* -- what is told -- */

static void
day_row(struct cli_table *table, const struct day_entry *d)
{
	char day[DAY_TEXT_SIZE];

	day_text(d->day, day);
	cli_table_text(table, span_str(day));
	cli_table_text(table, span_str(outcome_texts[d->outcome]));
	cli_table_count(table, d->taken.succeeded);
	cli_table_count(table, d->taken.failed);
	cli_table_count(table, d->taken.details);
	cli_table_count(table, d->taken.damaged);
	cli_table_count(table, d->taken.folded);
	cli_table_count(table, d->what.ended);
	cli_table_count(table, d->what.unfetched);
}

static int
print_table(const struct import_collectd *m)
{
	static const char *const heads[] = { "DAY", "OUTCOME", ">SUCCEEDED",
		">FAILED", ">DETAILS", ">DAMAGED", ">FOLDED", ">REPORTED",
		">UNFETCHED", NULL };
	struct cli_table *table = cli_table_new(heads);
	struct why why = { { 0 } };

	if (table == NULL)
		return cli_fail(m->cli, E_NOMEM, &why);
	for (size_t i = 0; i < m->ndays; i++)
		day_row(table, &m->days[i]);
	return cli_table_print(m->cli, table, "it is empty");
}

static void
day_json(struct json_out *out, const struct day_entry *d)
{
	char day[DAY_TEXT_SIZE];

	day_text(d->day, day);
	json_out_object(out, NULL);
	json_out_text(out, "day", span_str(day));
	json_out_text(out, "outcome", span_str(outcome_texts[d->outcome]));
	json_out_count(out, "total-successful-session-count",
	    d->taken.succeeded);
	json_out_count(out, "total-failure-session-count", d->taken.failed);
	json_out_count(out, "failure-details", d->taken.details);
	json_out_count(out, "damaged-rows", d->taken.damaged);
	json_out_count(out, "folded-rows", d->taken.folded);
	json_out_count(out, "domains-reported", d->what.ended);
	json_out_count(out, "domains-unfetched", d->what.unfetched);
	json_out_end(out);
}

static int
print_json(const struct import_collectd *m)
{
	struct json_out *out = json_out_new();

	if (out == NULL)
		return cli_print_json(m->cli, NULL);
	json_out_object(out, NULL);
	json_out_text(out, "of",
	    collectd_db_is_reportd(m->from) ? SPAN_LIT("reportd")
					    : SPAN_LIT("collectd"));
	json_out_array(out, "days");
	for (size_t i = 0; i < m->ndays; i++)
		day_json(out, &m->days[i]);
	json_out_end(out);
	json_out_count(out, "damaged-rows", m->damaged);
	json_out_end(out);
	return cli_print_json(m->cli, out);
}

/* All that could be counted is; the exit code tells that there was more. */
static int
tell_damage(const struct import_collectd *m)
{
	struct why why = { { 0 } };

	if (m->strange_days > 0)
		(void)why_set(&why, E_SYNTAX,
		    "%s: %" PRIu64 " of its days are none", path_of(m),
		    m->strange_days);
	else if (m->damaged > 0)
		(void)why_set(&why, E_SYNTAX,
		    "%s: %" PRIu64 " damaged rows are passed over, all others "
		    "are taken",
		    path_of(m), m->damaged);
	else
		return EX_OK;
	return cli_fail(m->cli, E_SYNTAX, &why);
}

static int
print(const struct import_collectd *m)
{
	int code = m->cli->json ? print_json(m) : print_table(m);

	return code == EX_OK ? tell_damage(m) : code;
}

/* -- the whole -- */

static int
read_options(struct import_collectd *m)
{
	struct clock clock = cli_clock(m->cli);

	m->today = day_of_s(clock_wall_s(&clock));
	m->wanted = -1;
	if (cli_value(m->cli, "day") == NULL)
		return EX_OK;
	return cli_day(m->cli, &m->wanted);
}

int
cmd_import_collectd(struct cli *cli)
{
	struct import_collectd m = { .cli = cli };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code == EX_OK)
		code = read_options(&m);
	if (code != EX_OK)
		return code;
	if (m.wanted > m.today)
		return cli_usage(cli, "that day is yet to come");
	progress_begin(&m.progress);
	e = collectd_db_open(path_of(&m), &m.from, &why);
	if (e == E_OK)
		e = list_days(&m, &why);
	if (e == E_OK)
		e = take_days(&m, &why);
	code = e == E_OK ? print(&m) : cli_fail(cli, e, &why);
	collectd_db_close(m.from);
	free(m.days);
	return code;
}
