/* api/resource_reports.c -- received reports one by one. */
#include <stdio.h>
#include <stdlib.h>

#include "api/view.h"
#include "base/num.h"
#include "base/uuid.h"
#include "codec/receipt_flags.h"
#include "model/trust.h"

/* -- what an account sees of one -- */

/* Of one that is bound to domains: their part of the numbers. */
struct seen {
	struct arena *arena;
	struct span *domains;
	size_t n, room;
	struct levels levels;
};

static enum err
add_domain(void *arg, const struct view_sum *s)
{
	struct seen *seen = arg;

	if (seen->n == seen->room) {
		seen->room = seen->room == 0 ? 4 : 2 * seen->room;
		seen->domains = arena_grow(seen->arena, seen->domains, seen->n,
		    seen->room, sizeof(*seen->domains));
		if (seen->domains == NULL)
			return E_NOMEM;
	}
	seen->domains[seen->n] = arena_copy(seen->arena, s->domain);
	view_add(&seen->levels, &s->levels);
	return seen->domains[seen->n++].p == NULL ? E_NOMEM : E_OK;
}

static enum err
see(const struct api_request *r, struct span allowed,
    const struct inbox_row *row, struct seen *ret, struct why *why)
{
	*ret = (struct seen){ .arena = r->arena };
	return store_view_report_domains(r->store, allowed, row->intake,
	    row->part, add_domain, ret, why);
}

struct totals {
	bool has_succeeded, has_failed;
	uint64_t succeeded, failed;
};

static struct totals
totals_of(const struct api_request *r, const struct inbox_row *row,
    const struct seen *seen)
{
	const struct levels *l = &seen->levels;

	if (!r->account->is_bound)
		return (struct totals){ row->has_succeeded, row->has_failed,
			row->succeeded, row->failed };
	return (struct totals){ l->is_told, l->is_told,
		levels_sessions(l) - levels_failed(l), levels_failed(l) };
}

static struct span
reporter_of(const struct inbox_row *row)
{
	return row->submitter.len > 0 ? row->submitter : row->organization;
}

/* -- the list -- */

static const struct api_column columns[] = {
	{ "id", API_TEXT },
	{ "received-at", API_TIME },
	{ "way", API_TEXT },
	{ "organization-name", API_TEXT },
	{ "reporter", API_TEXT },
	{ "report-id", API_TEXT },
	{ "start-datetime", API_TIME },
	{ "end-datetime", API_TIME },
	{ "domains", API_TEXTS },
	{ "succeeded", API_COUNT },
	{ "failed", API_COUNT },
	{ "verdict", API_TEXT },
	{ "state", API_TEXT },
	{ "deviations", API_TEXTS },
	{ NULL, API_END },
};

/* A row that is kept: the store tells no more while it tells these. */
struct kept {
	int64_t day;
	struct inbox_row row;
	struct seen seen;
};

struct report_list {
	struct arena *arena;
	struct kept *v;
	size_t n;
};

static enum err
keep_texts(struct arena *arena, struct inbox_row *row)
{
	struct span *const texts[] = { &row->intake, &row->way, &row->peer,
		&row->sender, &row->recipient, &row->reason, &row->trust,
		&row->submitter, &row->organization, &row->contact,
		&row->report_id, &row->notes, &row->like };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = arena_copy(arena, *texts[i]);
		if (texts[i]->p == NULL && texts[i]->len > 0)
			return E_NOMEM;
	}
	return E_OK;
}

static enum err
keep_report(void *arg, int64_t day, const struct inbox_row *row)
{
	struct report_list *l = arg;
	struct kept *to = &l->v[l->n++];

	*to = (struct kept){ .day = day, .row = *row, .seen.arena = l->arena };
	return keep_texts(l->arena, &to->row);
}

static int
compare_ids(const void *va, const void *vb)
{
	const struct kept *const *a = va, *const *b = vb;
	int way = span_cmp((*a)->row.intake, (*b)->row.intake);

	return way != 0 ? way
			: ((*a)->row.part > (*b)->row.part) -
		((*a)->row.part < (*b)->row.part);
}

/* The rows of a list by their ids. */
struct by_id {
	struct kept **v;
	size_t n;
};

static enum err
add_domain_of(void *arg, const struct view_report_id *id,
    const struct view_sum *s)
{
	const struct by_id *rows = arg;
	const struct kept wanted = { .row.intake = id->intake,
		.row.part = id->part };
	const struct kept *key = &wanted;
	struct kept **found = bsearch(&key, rows->v, rows->n,
	    sizeof(struct kept *), compare_ids);

	return found == NULL ? E_OK : add_domain(&(*found)->seen, s);
}

/* What the account sees of each. */
static enum err
see_all(const struct api_request *r, struct span allowed,
    const struct report_list *l, struct why *why)
{
	struct by_id rows = { .n = l->n };
	struct view_report_id *ids = arena_alloc(l->arena,
	    (l->n + 1) * sizeof(*ids));

	rows.v = arena_alloc(l->arena, (l->n + 1) * sizeof(struct kept *));
	if (ids == NULL || rows.v == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < l->n; i++) {
		rows.v[i] = &l->v[i];
		ids[i] = (struct view_report_id){ l->v[i].row.intake,
			l->v[i].row.part };
	}
	qsort(rows.v, rows.n, sizeof(struct kept *), compare_ids);
	return store_view_report_domains_of(r->store, allowed, ids, l->n,
	    add_domain_of, &rows, why);
}

/* "day UUID part" */
static enum err
place_of(struct span cursor, struct view_place *ret, struct why *why)
{
	struct span day = span_until(&cursor, ' ');
	struct uuid uuid;

	ret->intake = span_until(&cursor, ' ');
	if (num_parse(day, 0, INT64_MAX, &ret->day) != E_OK ||
	    !uuid_parse(ret->intake, &uuid) ||
	    num_parse(cursor, 0, INT64_MAX, &ret->part) != E_OK)
		return why_set(why, E_SYNTAX, "cursor: not one of ours");
	return E_OK;
}

static enum err
put_row(const struct api_request *r, struct api_list *list,
    const struct kept *k)
{
	const struct inbox_row *row = &k->row;
	char id[VIEW_REPORT_ID_SIZE], cursor[64 + VIEW_REPORT_ID_SIZE];
	struct span_list deviations;
	const struct seen *seen = &k->seen;
	struct totals t;
	enum err e = view_lines(r->arena, row->notes, &deviations);

	if (e != E_OK)
		return e;
	view_report_id_text(row->intake, row->part, id);
	(void)snprintf(cursor, sizeof(cursor), "%lld %.*s %lld",
	    (long long)k->day, SPAN_ARG(row->intake), (long long)row->part);
	if (!api_row(list, SPAN_NONE, span_str(cursor)))
		return E_OK;
	t = totals_of(r, row, seen);
	api_text(list, span_str(id));
	api_time(list, row->received_s);
	api_text(list, row->way);
	api_text(list, row->organization);
	api_text(list, reporter_of(row));
	api_text(list, row->report_id);
	api_time(list, row->start_s);
	api_time(list, row->end_s);
	api_texts(list, (struct span_list){ seen->domains, seen->n });
	api_count_if(list, t.has_succeeded, t.succeeded);
	api_count_if(list, t.has_failed, t.failed);
	api_text(list, view_verdict_text(row->verdict));
	api_text(list, span_str(inbox_state_text(row->state)));
	api_texts(list, deviations);
	return E_OK;
}

/* Here "all" are also those that nothing can be read of. */
static void
ask_reports(const struct api_query *q, struct view_filter *f)
{
	if (q->trust == API_TRUST_ALL || q->verdict != 0 || q->state != 0)
		f->states = f->verdicts = INT64_MAX;
	if (q->verdict != 0)
		f->verdicts = INT64_C(1) << q->verdict;
	if (q->state != 0)
		f->states = INT64_C(1) << q->state;
}

enum err
api_get_reports(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct view_place after = VIEW_PLACE_START;
	struct report_list l = { .arena = r->arena };
	struct view_filter f;
	struct api_list *list;
	enum err e = view_filter_of(r, &f);

	ask_reports(r->query, &f);
	if (e == E_OK && r->query->cursor.p != NULL)
		e = place_of(r->query->cursor, &after, why);
	l.v = arena_alloc(r->arena, (r->query->limit + 1) * sizeof(*l.v));
	if (l.v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if (e == E_OK)
		e = store_view_reports(r->store, &f, &after,
		    r->query->limit + 1, keep_report, &l, why);
	if (e == E_OK)
		e = see_all(r, f.allowed, &l, why);
	if (e != E_OK)
		return e;
	list = api_list(a, columns);
	for (size_t i = 0; e == E_OK && i < l.n; i++)
		e = put_row(r, list, &l.v[i]);
	return e;
}

/* -- one -- */

static void
put_texts(struct json_out *out, const char *key, struct span_list list)
{
	json_out_array(out, key);
	for (size_t i = 0; i < list.n; i++)
		json_out_text(out, NULL, list.v[i]);
	json_out_end(out);
}

static void
put_total(struct json_out *out, const char *key, bool is_told, uint64_t n)
{
	if (is_told)
		json_out_count(out, key, n);
	else
		json_out_null(out, key);
}

static void
put_named(struct json_out *out, struct span name, const char *sentence)
{
	json_out_object(out, NULL);
	json_out_text(out, "name", name);
	if (sentence == NULL)
		json_out_null(out, "text");
	else
		json_out_text(out, "text", span_str(sentence));
	json_out_end(out);
}

static const char *
reason_sentence(struct span name)
{
	for (int i = 0; i < TRUST_REASONS; i++)
		if (span_eq(name,
			span_str(trust_reason_text((enum trust_reason)i))))
			return trust_reason_sentence((enum trust_reason)i);
	return NULL;
}

static enum err
put_lists(const struct api_request *r, struct json_out *out,
    const struct inbox_row *row)
{
	struct span_list reasons, deviations;
	enum err e = view_lines(r->arena, row->trust, &reasons);

	if (e == E_OK)
		e = view_lines(r->arena, row->notes, &deviations);
	if (e != E_OK)
		return e;
	json_out_array(out, "trust-reasons");
	for (size_t i = 0; i < reasons.n; i++)
		put_named(out, reasons.v[i], reason_sentence(reasons.v[i]));
	json_out_end(out);
	json_out_array(out, "deviations");
	for (size_t i = 0; i < deviations.n; i++)
		put_named(out, deviations.v[i],
		    deviation_sentence(deviations.v[i]));
	json_out_end(out);
	return E_OK;
}

static enum err
put_head(const struct api_request *r, struct json_out *out,
    const struct inbox_row *row, const struct seen *seen)
{
	const struct totals t = totals_of(r, row, seen);
	char id[VIEW_REPORT_ID_SIZE];

	view_report_id_text(row->intake, row->part, id);
	json_out_text(out, "id", span_str(id));
	api_json_time(out, "received-at", row->received_s);
	json_out_text(out, "way", row->way);
	json_out_text(out, "organization-name", row->organization);
	json_out_text(out, "reporter", reporter_of(row));
	json_out_text(out, "report-id", row->report_id);
	api_json_time(out, "start-datetime", row->start_s);
	api_json_time(out, "end-datetime", row->end_s);
	put_texts(out, "domains", (struct span_list){ seen->domains, seen->n });
	put_total(out, "succeeded", t.has_succeeded, t.succeeded);
	put_total(out, "failed", t.has_failed, t.failed);
	json_out_text(out, "verdict", view_verdict_text(row->verdict));
	json_out_text(out, "state", span_str(inbox_state_text(row->state)));
	json_out_text(out, "contact-info", row->contact);
	json_out_text(out, "peer", row->peer);
	json_out_text(out, "sender", row->sender);
	json_out_text(out, "recipient", row->recipient);
	json_out_text(out, "reason", row->reason);
	if (row->like.len == 0)
		json_out_null(out, "like");
	else
		json_out_text(out, "like", row->like);
	return put_lists(r, out, row);
}

struct policies {
	struct arena *arena;
	struct json_out *out;
};

static void
put_level(struct json_out *out, const char *key, int64_t level)
{
	struct span text = view_level_text(level);

	if (text.p == NULL)
		json_out_null(out, key);
	else
		json_out_text(out, key, text);
}

static enum err
put_policy(void *arg, const struct view_report_policy *p)
{
	const struct policies *list = arg;
	struct json_out *out = list->out;
	struct span_list strings, hosts;
	enum err e = view_lines(list->arena, p->row.strings, &strings);

	if (e == E_OK)
		e = view_lines(list->arena, p->row.mx_hosts, &hosts);
	if (e != E_OK)
		return e;
	json_out_object(out, NULL);
	json_out_int(out, "policy", p->row.number);
	json_out_text(out, "domain", p->row.domain);
	json_out_text(out, "policy-type",
	    view_policy_text(p->row.type, p->row.unknown_type));
	json_out_text(out, "policy-domain", p->row.policy_domain);
	put_texts(out, "policy-string", strings);
	put_texts(out, "mx-host", hosts);
	put_total(out, "succeeded", p->row.has_succeeded, p->row.succeeded);
	put_total(out, "failed", p->row.has_failed, p->row.failed);
	put_level(out, "level", p->succeeded_level);
	put_level(out, "failure-level", p->failed_level);
	json_out_count(out, "failures", p->details);
	json_out_end(out);
	return E_OK;
}

enum err
api_get_report(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct kept kept;
	struct report_list one = { r->arena, &kept, 0 };
	struct policies policies = { .arena = r->arena };
	struct view_filter f;
	struct seen seen;
	struct view_report_id id;
	enum err e = view_report_id_of(r, &id, why);

	if (e == E_OK)
		e = view_filter_of(r, &f);
	if (e == E_OK)
		e = store_view_report(r->store, f.allowed, id.intake, id.part,
		    keep_report, &one, why);
	if (e == E_OK)
		e = see(r, f.allowed, &kept.row, &seen, why);
	if (e != E_OK)
		return e;
	policies.out = api_object(a);
	e = put_head(r, policies.out, &kept.row, &seen);
	json_out_array(policies.out, "policies");
	if (e == E_OK)
		e = store_view_report_policies(r->store, f.allowed, id.intake,
		    id.part, put_policy, &policies, why);
	json_out_end(policies.out);
	return e;
}
