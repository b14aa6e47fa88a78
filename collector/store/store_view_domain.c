/* store/store_view_domain.c -- what was told of one domain. */
#include "store/store_private.h"
#include "store/store_view.h"

/* What all of them begin with: $1 to $7. */
#define FILTER_VALUES(f)                                                \
	DB_T((f)->domain), DB_I((f)->first), DB_I((f)->last),           \
	    DB_T((f)->allowed), DB_I((f)->states), DB_I((f)->verdicts), \
	    DB_T((f)->reporter)

/* -- failures -- */

struct failures {
	view_failure_fn *fn;
	void *arg;
	enum view_group group;
};

static enum err
hand_over_failure(void *arg, const struct db_value *row)
{
	const struct failures *list = arg;
	struct view_failure v = {
		.name = row[0].bytes,
		.result_type = row[1].num,
		.unknown_type = row[2].bytes,
		.verdict = row[3].num,
		.level = row[4].num,
		.sessions = (uint64_t)row[5].num,
		.is_told = row[5].type != DB_NULL,
		.reports = (uint64_t)row[6].num,
		.reporters = (uint64_t)row[7].num,
		.first = row[8].num,
		.last = row[9].num,
		.unknown_policy = row[11].bytes,
		.policy_domain = row[12].bytes,
	};

	if (list->group == VIEW_BY_POLICY &&
	    policy_type_from_code(row[10].num, &v.policy_type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &v);
}

enum err
store_view_failures(struct store *store, const struct view_filter *f,
    enum view_group group, size_t max, view_failure_fn *fn, void *arg,
    struct why *why)
{
	struct failures list = { fn, arg, group };

	return db_read(store->db, QUERY_VIEW_FAILURES, hand_over_failure, &list,
	    why, FILTER_VALUES(f), DB_I(f->is_merged), DB_T(f->mx),
	    DB_T(f->receiving_ip), DB_T(f->sending_ip), DB_I(f->result_type),
	    DB_I(group), DB_I(max), DB_I(f->level));
}

/* -- certificates -- */

struct certificates {
	view_certificate_fn *fn;
	void *arg;
};

static enum err
hand_over_certificate(void *arg, const struct db_value *row)
{
	const struct certificates *list = arg;

	return list->fn(list->arg, row[0].num, row[1].num);
}

enum err
store_view_certificates(struct store *store, const struct view_filter *f,
    view_certificate_fn *fn, void *arg, struct why *why)
{
	struct certificates list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_CERTIFICATES,
	    hand_over_certificate, &list, why, FILTER_VALUES(f));
}

/* -- policies -- */

struct policies {
	view_policy_fn *fn;
	void *arg;
};

static enum err
hand_over_policy(void *arg, const struct db_value *row)
{
	const struct policies *list = arg;
	struct view_policy p = {
		.unknown_type = row[1].bytes,
		.policy_domain = row[2].bytes,
		.strings = row[3].bytes,
		.mx_hosts = row[4].bytes,
		.verdict = row[5].num,
		.reporter = row[6].bytes,
		.succeeded = (uint64_t)row[7].num,
		.failed = (uint64_t)row[8].num,
		.first = row[9].num,
		.last = row[10].num,
	};

	if (policy_type_from_code(row[0].num, &p.type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &p);
}

enum err
store_view_policies(struct store *store, const struct view_filter *f,
    size_t max, view_policy_fn *fn, void *arg, struct why *why)
{
	struct policies list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_POLICIES, hand_over_policy, &list,
	    why, FILTER_VALUES(f), DB_I(f->is_merged), DB_I(max));
}

/* -- MTA-STS against DANE -- */

struct outcomes {
	view_outcome_fn *fn;
	void *arg;
};

static enum err
hand_over_outcome(void *arg, const struct db_value *row)
{
	const struct outcomes *list = arg;
	struct view_outcome o = {
		.day = row[0].num,
		.reporter = row[1].bytes,
		.verdict = row[2].num,
		.succeeded = (uint64_t)row[4].num,
		.failed = (uint64_t)row[5].num,
	};

	if (policy_type_from_code(row[3].num, &o.type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &o);
}

enum err
store_view_compare(struct store *store, const struct view_filter *f, size_t max,
    view_outcome_fn *fn, void *arg, struct why *why)
{
	struct outcomes list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_COMPARE, hand_over_outcome, &list,
	    why, FILTER_VALUES(f), DB_I(f->is_merged), DB_I(POLICY_STS),
	    DB_I(POLICY_TLSA), DB_I(max));
}

/* -- from testing to enforce -- */

struct bases {
	view_basis_fn *fn;
	void *arg;
};

static enum err
hand_over_basis(void *arg, const struct db_value *row)
{
	const struct bases *list = arg;

	return list->fn(list->arg,
	    &(const struct view_basis){ .level = (enum level)row[0].num,
		.days = (uint64_t)row[1].num,
		.reporters = (uint64_t)row[2].num,
		.succeeded = (uint64_t)row[3].num,
		.failed = (uint64_t)row[4].num });
}

enum err
store_view_readiness(struct store *store, const struct view_filter *f,
    view_basis_fn *fn, void *arg, struct why *why)
{
	struct bases list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_READINESS, hand_over_basis, &list,
	    why, FILTER_VALUES(f), DB_I(POLICY_STS));
}
