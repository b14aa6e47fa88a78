#include "deliver/queue.h"

#include "base/clock.h"
#include "codec/lines.h"
#include "model/limits.h"

#define TEXTS_BYTES ((size_t)RUA_MAX * 16 * URI_TEXT_MAX)

static enum err
queue_one(const struct plan *p, const struct report_row *r, struct span uri,
    struct why *why)
{
	struct uuid id = uuid_new(p->now_s * NS_PER_S);
	char text[UUID_TEXT_SIZE];
	struct delivery d;
	enum err e = plan_delivery(p, r, uri, &d, why);

	if (e != E_OK)
		return e;
	uuid_text(&id, text);
	d.id = span_str(text);
	return store_delivery_add(p->store, &d, why);
}

enum err
queue_report(struct store *store, const struct config *c,
    const struct report_row *r, int64_t now_s, struct why *why)
{
	struct arena arena = ARENA_INIT(TEXTS_BYTES);
	const struct plan plan = { store, c, (enum deliver_mode)c->deliver_mode,
		now_s, &arena };
	struct span_list rua = { NULL, 0 };
	enum err e = E_OK;

	if (c->deliver_mode == DELIVER_OFF ||
	    (c->deliver_only_with_failures && r->failed == 0))
		return E_OK;
	if (lines_split(r->rua, &arena, &rua) != E_OK)
		e = why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; e == E_OK && i < rua.n; i++)
		e = queue_one(&plan, r, rua.v[i], why);
	arena_free(&arena);
	return e;
}
