#include "api/view.h"

#include <stdio.h>

#include "base/num.h"
#include "codec/lines.h"
#include "model/trust.h"
#include "store/store_domain.h"

#define BIT(code) (INT64_C(1) << (code))
#define VERDICTS_ALL (INT64_MAX)

/* -- which reports -- */

static void
ask_trust(enum api_trust trust, struct view_filter *f)
{
	f->states = BIT(INBOX_COUNTED);
	f->verdicts = BIT(TRUST_AUTHENTICATED) | BIT(TRUST_UNAUTHENTICATED);
	switch (trust) {
	case API_TRUST_COUNTED:
		return;
	case API_TRUST_AUTHENTICATED:
		f->verdicts = BIT(TRUST_AUTHENTICATED);
		return;
	case API_TRUST_UNAUTHENTICATED:
		f->verdicts = BIT(TRUST_UNAUTHENTICATED);
		return;
	case API_TRUST_ALL:
		f->states |= BIT(INBOX_UNTRUSTED);
		f->verdicts = VERDICTS_ALL;
		f->is_merged = true;
	}
}

/* Bytes; for API_EXPORT_ROWS names of the greatest length. */
#define ALLOWED_MAX ((size_t)8 << 20)

enum err
view_allow(struct span_list domains, struct arena *arena, struct span *ret)
{
	struct buf text = BUF_INIT(ALLOWED_MAX);
	enum err e;

	buf_addc(&text, '|');
	for (size_t i = 0; i < domains.n; i++) {
		buf_add(&text, domains.v[i]);
		buf_addc(&text, '|');
	}
	*ret = arena_copy(arena, buf_span(&text));
	e = text.err != E_OK ? text.err : ret->p == NULL ? E_NOMEM : E_OK;
	buf_free(&text);
	return e;
}

static struct span
or_any(struct span text)
{
	return text.p == NULL ? SPAN_LIT("") : text;
}

enum err
view_allowed(const struct api_request *r, struct span *ret)
{
	*ret = SPAN_LIT("");
	return r->account->is_bound
	    ? view_allow(r->account->domains, r->arena, ret)
	    : E_OK;
}

enum err
view_filter_of(const struct api_request *r, struct view_filter *ret)
{
	const struct api_query *q = r->query;

	*ret = (struct view_filter){
		.domain = or_any(q->domain),
		.first = q->from,
		.last = q->to,
		.reporter = or_any(q->reporter),
		.mx = or_any(q->mx),
		.receiving_ip = or_any(q->receiving_ip),
		.sending_ip = or_any(q->sending_ip),
		.result_type = q->has_result_type ? (int64_t)q->result_type : 0,
		.level = q->level,
	};
	ask_trust(q->trust, ret);
	return view_allowed(r, &ret->allowed);
}

enum err
view_domain_filter(const struct api_request *r, struct view_filter *ret,
    struct why *why)
{
	bool is_ours = false;
	enum err e = view_filter_of(r, ret);

	if (e == E_OK)
		e = store_domain_is_owned(r->store, r->segments[0], &is_ours,
		    why);
	if (e == E_OK && !is_ours)
		return why_set(why, E_ABSENT, "the domain is not ours");
	ret->domain = r->segments[0];
	return e;
}

enum view_layer
view_layer_of(const struct api_request *r, int64_t state, int64_t verdict)
{
	struct view_filter f = { .is_merged = false };

	ask_trust(r->query->trust, &f);
	if (((f.states >> state) & 1) == 0 ||
	    ((f.verdicts >> verdict) & 1) == 0)
		return VIEW_NEITHER;
	return r->query->trust == API_TRUST_COUNTED &&
		verdict == TRUST_UNAUTHENTICATED
	    ? VIEW_BESIDE
	    : VIEW_MAIN;
}

struct span
view_trust_text(int64_t verdict)
{
	return verdict == 0 ? SPAN_LIT("all") : view_verdict_text(verdict);
}

/* -- ids of reports -- */

enum err
view_report_id_of(const struct api_request *r, struct view_report_id *ret,
    struct why *why)
{
	struct span rest = r->segments[0];
	struct uuid uuid;

	ret->intake = span_until(&rest, '.');
	if (!uuid_parse(ret->intake, &uuid) ||
	    (rest.len > 1 && rest.p[0] == '0') ||
	    num_parse(rest, 0, INT32_MAX, &ret->part) != E_OK)
		return why_set(why, E_ABSENT, "there is no such report");
	return E_OK;
}

void
view_report_id_text(struct span intake, int64_t part,
    char ret[VIEW_REPORT_ID_SIZE])
{
	(void)snprintf(ret, VIEW_REPORT_ID_SIZE, "%.*s.%lld",
	    SPAN_ARG(span_head(intake, UUID_TEXT_SIZE - 1)), (long long)part);
}

/* -- numbers -- */

void
view_add(struct levels *to, const struct levels *more)
{
	for (int i = 0; i < NLEVELS; i++)
		to->n[i] = count_add(to->n[i], more->n[i]);
	to->is_told |= more->is_told;
}

struct api_levels
view_levels(const struct levels *l)
{
	struct api_levels ret;

	_Static_assert(API_LEVELS == NLEVELS, "");
	for (int i = 0; i < NLEVELS; i++)
		ret.v[i] = count_add(0, l->n[i]);
	return ret;
}

const struct api_levels *
view_levels_or_null(const struct levels *l, struct api_levels *room)
{
	if (!l->is_told)
		return NULL;
	*room = view_levels(l);
	return room;
}

/* -- texts -- */

enum err
view_lines(struct arena *arena, struct span lines, struct span_list *ret)
{
	struct span copy = arena_copy(arena, lines);
	enum err e = E_OK;

	*ret = (struct span_list){ NULL, 0 };
	if (lines.len > 0)
		e = copy.p == NULL ? E_NOMEM : lines_split(copy, arena, ret);
	if (ret->n > VIEW_TEXTS_MAX)
		ret->n = VIEW_TEXTS_MAX;
	return e;
}

struct span
view_result_text(int64_t type, struct span unknown)
{
	enum result_type known;

	if (unknown.len > 0)
		return unknown;
	return result_type_from_code(type, &known) == E_OK
	    ? span_str(result_type_text(known))
	    : SPAN_NONE;
}

struct span
view_policy_text(enum policy_type type, struct span unknown)
{
	return unknown.len > 0 ? unknown : span_str(policy_type_text(type));
}

struct span
view_level_text(int64_t level)
{
	return level < 1 || level > NLEVELS
	    ? SPAN_NONE
	    : span_str(level_text((enum level)level));
}

struct span
view_verdict_text(int64_t verdict)
{
	enum trust_verdict known;

	return trust_verdict_from_code(verdict, &known) == E_OK
	    ? span_str(trust_verdict_text(known))
	    : SPAN_LIT("");
}
