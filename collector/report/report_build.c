#include "report/report_build.h"

#include "codec/canonical.h"
#include "codec/gzip.h"
#include "codec/lines.h"
#include "codec/report_name.h"
#include "codec/report_write.h"
#include "model/limits.h"
#include "report/report_shrink.h"

struct report_options
report_options_of(const struct config *c)
{
	return (struct report_options){
		.reporter = {
			.organization = span_str(c->report_organization),
			.contact = span_str(c->report_contact),
			.submitter = span_str(c->report_submitter),
		},
		.max_bytes = (size_t)c->report_max_size_bytes,
		.max_details = REPORT_DETAILS_MAX,
		.exclude = c->report_exclude,
	};
}

/* -- one report -- */

static enum err
fill_details(const struct tally_policy *from, struct report_policy *to,
    struct arena *arena)
{
	if (from->ndetails == 0)
		return E_OK;
	to->details = arena_alloc(arena, from->ndetails * sizeof(*to->details));
	if (to->details == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < from->ndetails; i++)
		to->details[i] = (struct report_detail){
			from->details[i].detail, from->details[i].sessions
		};
	to->ndetails = from->ndetails;
	return E_OK;
}

static enum err
fill_policy(const struct tally *t, const struct tally_policy *from,
    struct report_policy *to, struct arena *arena)
{
	enum err e;

	*to = (struct report_policy){
		.policy = { .type = from->type, .domain = from->domain },
		.succeeded = from->succeeded,
		.failed = from->failed,
	};
	/* An MTA may not tell it; receivers' parsers want it all the same. */
	if (to->policy.domain.len == 0)
		to->policy.domain = t->domain;
	e = lines_split(from->strings, arena, &to->policy.strings);
	if (e == E_OK)
		e = lines_split(from->mx_hosts, arena, &to->policy.mx_hosts);
	return e == E_OK ? fill_details(from, to, arena) : e;
}

enum err
report_policies_of(const struct tally *t, struct arena *arena,
    struct report_policy **ret)
{
	struct report_policy *v = arena_alloc(arena,
	    (t->npolicies + 1) * sizeof(*v));
	enum err e = v == NULL ? E_NOMEM : E_OK;

	for (size_t i = 0; i < t->npolicies && e == E_OK; i++)
		e = fill_policy(t, &t->policies[i], &v[i], arena);
	if (e == E_OK)
		*ret = v;
	return e;
}

static enum err
fill_report(const struct report_options *o, const struct tally *t,
    struct arena *arena, struct report *ret)
{
	struct report r = {
		.reporter = o->reporter,
		.domain = t->domain,
		.day = t->day,
		.npolicies = t->npolicies,
	};
	char id[REPORT_ID_SIZE];
	enum err e = canonical_report_id(t->day, t->domain, &t->record_key,
	    o->reporter.submitter, t->part, id);

	if (e != E_OK)
		return e;
	if ((r.id = arena_copy(arena, span_str(id))).p == NULL)
		return E_NOMEM;
	e = report_policies_of(t, arena, &r.policies);
	if (e == E_OK)
		*ret = r;
	return e;
}

/* The finest JSON that fits. */
static enum err
write_to_fit(const struct report *whole, struct arena *arena, struct buf *json,
    struct report *ret, uint64_t *ret_folded)
{
	enum err e = E_RANGE;

	for (unsigned step = 0; step < REPORT_SHRINK_STEPS && e == E_RANGE;
	     step++) {
		e = report_shrink(whole, step, arena, ret, ret_folded);
		if (e != E_OK)
			break;
		buf_clear(json);
		e = report_write(ret, json);
	}
	return e;
}

static void
describe(const struct tally *t, const struct report *r, int64_t now_s,
    struct report_row *row)
{
	row->id = r->id;
	row->day = t->day;
	row->domain = t->domain;
	row->record_key = t->record_key;
	row->part = t->part;
	row->rua = t->rua;
	row->policies = r->npolicies;
	for (size_t i = 0; i < r->npolicies; i++) {
		row->succeeded = count_add(row->succeeded,
		    r->policies[i].succeeded);
		row->failed = count_add(row->failed, r->policies[i].failed);
	}
	row->built_s = now_s;
}

static enum err
pack(struct span json, struct arena *arena, struct span *ret)
{
	struct buf gz = BUF_INIT(json.len + 65536);
	enum err e = gzip_compress(json, &gz);

	if (e == E_OK && (*ret = arena_copy(arena, buf_span(&gz))).p == NULL)
		e = E_NOMEM;
	buf_free(&gz);
	return e;
}

static enum err
name(const struct report *r, struct arena *arena, struct span *ret)
{
	struct buf text = BUF_INIT(1024);
	enum err e;

	report_name(&text, r->reporter.submitter, r->domain, r->day, r->id);
	e = text.err;
	if (e == E_OK && (*ret = arena_copy(arena, buf_span(&text))).p == NULL)
		e = E_NOMEM;
	buf_free(&text);
	return e;
}

enum err
report_build(const struct report_options *o, const struct tally *t,
    int64_t now_s, struct arena *arena, struct report_row *ret, struct why *why)
{
	struct buf json = BUF_INIT(o->max_bytes);
	struct report_row row = { .part = 0 };
	struct report whole, r;
	enum err e = fill_report(o, t, arena, &whole);

	if (e == E_OK)
		e = write_to_fit(&whole, arena, &json, &r, &row.folded);
	if (e == E_OK)
		e = pack(buf_span(&json), arena, &row.body);
	if (e == E_OK)
		e = name(&r, arena, &row.file_name);
	if (e == E_OK) {
		describe(t, &r, now_s, &row);
		row.json_bytes = json.len;
		row.body_bytes = row.body.len;
		*ret = row;
	}
	buf_free(&json);
	return e == E_OK
	    ? e
	    : why_set(why, e, "cannot build the report: %s", err_text(e));
}
