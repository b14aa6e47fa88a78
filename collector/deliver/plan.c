#include "deliver/plan.h"

#include "codec/destination.h"
#include "config/map_word.h"
#include "deliver/retry.h"
#include "deliver/suppressed.h"
#include "model/limits.h"

static void
settle(struct delivery *d, enum delivery_state state, struct span reason)
{
	d->state = state;
	d->reason = reason;
	d->done_s = d->queued_s;
	d->to_sign = d->to_sign && state == DELIVERY_SHADOW;
}

/* -- deliver.map -- */

/* The first word that matches; NULL: none. */
static const char *
find_word(const struct config *c, const struct report_row *r, struct span uri,
    struct map_word *ret)
{
	const struct list *list = &c->deliver_map;
	struct span host = SPAN_LIT("");
	struct destination to;

	if (list->n > 0 && destination_parse(uri, &to, NULL) == E_OK)
		host = to.host;
	for (size_t i = 0; i < list->n; i++)
		if (map_word_parse(list->v[i], ret, NULL) == E_OK &&
		    map_word_matches(ret, r->domain, uri, host))
			return list->v[i];
	return NULL;
}

/* NULL, or the word that has it go nowhere. */
static const char *
map(const struct plan *p, const struct report_row *r, struct delivery *d)
{
	struct map_word word;
	const char *text = find_word(p->config, r, d->uri, &word);

	if (text == NULL)
		return NULL;
	d->target = word.target;
	return word.target.len > 0 ? NULL : text;
}

static enum err
go_nowhere(const struct plan *p, const char *word, struct delivery *d,
    struct why *why)
{
	struct buf reason = BUF_INIT(4 * URI_TEXT_MAX);
	struct span copy;

	buf_addf(&reason, "deliver.map: %s", word);
	copy = arena_copy(p->texts, buf_span(&reason));
	buf_free(&reason);
	if (copy.p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	settle(d, DELIVERY_SUPPRESSED, copy);
	return E_OK;
}

/* -- where it goes -- */

/* State and reason as the URI and the mode have it. */
static enum err
judge(const struct plan *p, struct delivery *d, struct why *why)
{
	struct span uri = d->target.len > 0 ? d->target : d->uri, reason;
	struct why refused = { { 0 } };
	struct destination to;

	if (destination_parse(uri, &to, &refused) != E_OK) {
		reason = arena_copy(p->texts, span_str(refused.text));
		if (reason.p == NULL)
			return why_set(why, E_NOMEM, "out of memory");
		settle(d, DELIVERY_GIVEN_UP, reason);
		return E_OK;
	}
	d->host = to.host;
	d->to_sign = to.kind == DESTINATION_MAIL;
	if (p->mode == DELIVER_SHADOW)
		settle(d, DELIVERY_SHADOW, SPAN_LIT(""));
	return E_OK;
}

static enum err
suppress(const struct plan *p, struct delivery *d, struct why *why)
{
	struct span reason = SPAN_NONE;
	enum err e = suppressed_reason(p->store, d, p->now_s, p->texts, &reason,
	    why);

	if (e == E_OK && reason.p != NULL)
		settle(d, DELIVERY_SUPPRESSED, reason);
	return e;
}

enum err
plan_delivery(const struct plan *p, const struct report_row *r, struct span uri,
    struct delivery *ret, struct why *why)
{
	const struct config *c = p->config;
	struct delivery d = {
		.report = r->id,
		.day = r->day,
		.domain = r->domain,
		.uri = uri,
		.target = SPAN_LIT(""),
		.host = SPAN_LIT(""),
		.state = DELIVERY_QUEUED,
		.reason = SPAN_LIT(""),
		.queued_s = p->now_s,
	};
	const char *nowhere = map(p, r, &d);
	enum err e = judge(p, &d, why);

	if (e == E_OK && nowhere != NULL)
		e = go_nowhere(p, nowhere, &d, why);
	if (e == E_OK && d.state != DELIVERY_SUPPRESSED)
		e = suppress(p, &d, why);
	if (e != E_OK)
		return e;
	d.due_s = retry_first_s(p->now_s, c->deliver_delay_min_ms / 1000,
	    c->deliver_delay_max_ms / 1000, retry_random(d.host, r->day));
	*ret = d;
	return E_OK;
}
