#include "store/store_evidence.h"

#include "base/clock.h"
#include "store/store_private.h"

#define SCOPE_VALUES(s)                                       \
	DB_T((s)->domain), DB_I((s)->first), DB_I((s)->last), \
	    DB_I((s)->until_s), DB_I((s)->max)

/* The columns that all of them begin with. */
static struct evidence_told
told_of(const struct db_value *row, struct span reporter, struct span intake)
{
	return (struct evidence_told){ .day = row[0].num,
		.reporter = reporter,
		.state = row[2].num,
		.verdict = row[3].num,
		.intake = intake };
}

/* -- days -- */

struct days {
	evidence_day_fn *fn;
	void *arg;
};

static enum err
hand_over_day(void *arg, const struct db_value *row)
{
	const struct days *list = arg;

	return list->fn(list->arg,
	    &(const struct evidence_day){
		.told = told_of(row, row[1].bytes, row[10].bytes),
		.sessions = (uint64_t)row[4].num,
		.failed = (uint64_t)row[5].num,
		.not_sent = (uint64_t)row[6].num,
		.reports = (uint64_t)row[7].num,
		.first_received_s = row[8].num,
		.received_s = row[9].num });
}

enum err
store_evidence_days(struct store *store, const struct evidence_scope *s,
    evidence_day_fn *fn, void *arg, struct why *why)
{
	struct days list = { fn, arg };

	return db_read(store->db, QUERY_EVIDENCE_DAYS, hand_over_day, &list,
	    why, SCOPE_VALUES(s));
}

/* -- policies -- */

struct policies {
	evidence_policy_fn *fn;
	void *arg;
};

static enum err
hand_over_policy(void *arg, const struct db_value *row)
{
	const struct policies *list = arg;
	struct evidence_policy p = {
		.told = told_of(row, row[1].bytes, row[10].bytes),
		.policy_domain = row[5].bytes,
		.strings = row[6].bytes,
		.mx_hosts = row[7].bytes,
		.succeeded = (uint64_t)row[8].num,
		.failed = (uint64_t)row[9].num,
	};

	if (policy_type_from_code(row[4].num, &p.type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &p);
}

enum err
store_evidence_policies(struct store *store, const struct evidence_scope *s,
    evidence_policy_fn *fn, void *arg, struct why *why)
{
	struct policies list = { fn, arg };

	return db_read(store->db, QUERY_EVIDENCE_POLICIES, hand_over_policy,
	    &list, why, SCOPE_VALUES(s));
}

/* -- failures -- */

/* Of a range that ends with that day's last second, or where it is over. */
static int64_t
last_day_of(int64_t day, int64_t end_s)
{
	int64_t last = day_of_s(end_s - 1);

	return last < day ? day : last;
}

struct failures {
	evidence_failure_fn *fn;
	void *arg;
};

static enum err
hand_over_failure(void *arg, const struct db_value *row)
{
	const struct failures *list = arg;
	struct evidence_failure f = {
		.told = told_of(row, row[1].bytes, row[13].bytes),
		.level = row[5].num,
		.mx = row[7].bytes,
		.receiving_ip = row[8].bytes,
		.sending_ip = row[9].bytes,
		.reason = row[10].bytes,
		.sessions = (uint64_t)row[11].num,
		.received_s = row[12].num,
		.last_day = last_day_of(row[0].num, row[14].num),
	};

	if (policy_type_from_code(row[4].num, &f.type) != E_OK ||
	    result_type_from_code(row[6].num, &f.result) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &f);
}

enum err
store_evidence_failures(struct store *store, const struct evidence_scope *s,
    evidence_failure_fn *fn, void *arg, struct why *why)
{
	struct failures list = { fn, arg };

	return db_read(store->db, QUERY_EVIDENCE_FAILURES, hand_over_failure,
	    &list, why, SCOPE_VALUES(s));
}

/* -- reporters -- */

struct reporters {
	evidence_reporter_fn *fn;
	void *arg;
};

static enum err
hand_over_reporter(void *arg, const struct db_value *row)
{
	const struct reporters *list = arg;

	return list->fn(list->arg, row[0].bytes, row[1].num,
	    (uint64_t)row[2].num);
}

enum err
store_evidence_reporters(struct store *store, const struct evidence_scope *s,
    int64_t verdict, evidence_reporter_fn *fn, void *arg, struct why *why)
{
	struct reporters list = { fn, arg };

	return db_read(store->db, QUERY_EVIDENCE_REPORTERS, hand_over_reporter,
	    &list, why, DB_I(s->first), DB_I(s->last), DB_I(s->until_s),
	    DB_I(INBOX_COUNTED), DB_I(verdict), DB_I(s->max));
}
