#include "deliver/suppressed.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "model/limits.h"
#include "store/store_suppression.h"

#define SHOWN_MAX 1000 /* bytes of the operator's reason */
#define REASON_MAX (URI_TEXT_MAX + SHOWN_MAX + 100)

static void
write_reason(const struct suppression *s, struct buf *out)
{
	char until[TIME_TEXT_SIZE];

	buf_addf(out, "%s %.*s is suppressed", suppression_kind_text(s->kind),
	    SPAN_ARG(s->value));
	if (s->until_s != 0) {
		time_text(s->until_s, until);
		buf_addf(out, " until %s", until);
	}
	if (s->reason.len > 0) {
		buf_adds(out, ": ");
		buf_add(out, utf8_cut(s->reason, SHOWN_MAX));
	}
}

enum err
suppressed_reason(struct store *store, const struct delivery *d, int64_t now_s,
    struct arena *arena, struct span *ret, struct why *why)
{
	struct buf text = BUF_INIT(REASON_MAX);
	struct suppression s;
	enum err e = store_suppression_find(store, d, now_s, arena, &s, why);
	struct span reason;

	if (e == E_ABSENT) {
		*ret = SPAN_NONE;
		return E_OK;
	}
	if (e != E_OK)
		return e;
	write_reason(&s, &text);
	reason = arena_copy(arena, buf_span(&text));
	if (text.err != E_OK || reason.p == NULL)
		e = why_set(why, E_NOMEM, "out of memory");
	else
		*ret = reason;
	buf_free(&text);
	return e;
}

enum err
suppressed_stop(struct store *store, struct send_job *j, int64_t now_s,
    struct why *why)
{
	const struct delivery d = {
		.report = j->report,
		.uri = j->uri,
		.target = j->target,
		.host = j->host,
	};
	struct span reason = SPAN_NONE;
	enum err e = suppressed_reason(store, &d, now_s, &j->texts, &reason,
	    why);

	if (e == E_OK && reason.p != NULL)
		send_job_suppress(j, reason, now_s);
	return e;
}
