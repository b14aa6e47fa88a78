#include "deliver/queue.h"

#include "base/clock.h"
#include "codec/destination.h"
#include "codec/lines.h"
#include "deliver/retry.h"
#include "deliver/suppressed.h"
#include "model/limits.h"

#define RUA_BYTES ((size_t)RUA_MAX * 4 * URI_TEXT_MAX)
#define TEXTS_BYTES ((size_t)64 * 1024) /* of one reason */

/* State and reason as the URI and the mode have it. */
static void
judge(const struct config *c, struct span uri, struct delivery *d,
    struct why *why)
{
	struct destination to;

	d->state = DELIVERY_GIVEN_UP;
	d->done_s = d->queued_s;
	d->reason = SPAN_LIT("delivery by mail is not there yet");
	if (destination_parse(uri, &to, why) != E_OK) {
		d->reason = span_str(why->text);
		return;
	}
	d->host = to.host;
	if (to.kind == DESTINATION_MAIL)
		return;
	d->reason = SPAN_LIT("");
	d->state = DELIVERY_SHADOW;
	if (c->deliver_mode == DELIVER_SHADOW)
		return;
	d->state = DELIVERY_QUEUED;
	d->done_s = 0;
}

static enum err
queue_one(struct store *store, const struct config *c,
    const struct report_row *r, struct span uri, int64_t now_s, struct why *why)
{
	struct uuid id = uuid_new(now_s * NS_PER_S);
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	struct why refused = { { 0 } };
	struct span suppressed = SPAN_NONE;
	char text[UUID_TEXT_SIZE];
	struct delivery d = {
		.report = r->id,
		.uri = uri,
		.host = SPAN_LIT(""),
		.queued_s = now_s,
	};
	enum err e;

	uuid_text(&id, text);
	d.id = span_str(text);
	judge(c, uri, &d, &refused);
	e = suppressed_reason(store, &d, now_s, &texts, &suppressed, why);
	if (suppressed.p != NULL) {
		d.state = DELIVERY_SUPPRESSED;
		d.reason = suppressed;
		d.done_s = now_s;
	}
	d.due_s = retry_first_s(now_s, c->deliver_delay_min_ms / 1000,
	    c->deliver_delay_max_ms / 1000, retry_random(d.host, r->day));
	if (e == E_OK)
		e = store_delivery_add(store, &d, why);
	arena_free(&texts);
	return e;
}

enum err
queue_report(struct store *store, const struct config *c,
    const struct report_row *r, int64_t now_s, struct why *why)
{
	struct arena arena = ARENA_INIT(RUA_BYTES);
	struct span_list rua = { NULL, 0 };
	enum err e = E_OK;

	if (c->deliver_mode == DELIVER_OFF ||
	    (c->deliver_only_with_failures && r->failed == 0))
		return E_OK;
	if (lines_split(r->rua, &arena, &rua) != E_OK)
		e = why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; e == E_OK && i < rua.n; i++)
		e = queue_one(store, c, r, rua.v[i], now_s, why);
	arena_free(&arena);
	return e;
}
