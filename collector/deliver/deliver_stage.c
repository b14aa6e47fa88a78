#include "deliver/deliver_stage.h"

#include "base/log.h"
#include "deliver/deliver_directory.h"

#define BATCH 32
#define BATCH_BYTES ((size_t)1 << 20)

struct batch {
	struct arena arena;
	struct report_cursor v[BATCH];
	size_t n;
};

static enum err
note_report(void *arg, const struct report_row *r)
{
	struct batch *b = arg;
	struct report_cursor *at = &b->v[b->n];

	*at = (struct report_cursor){ r->day, arena_copy(&b->arena, r->domain),
		arena_copy(&b->arena, r->id) };
	if (at->domain.p == NULL || at->id.p == NULL)
		return E_NOMEM;
	b->n++;
	return E_OK;
}

struct handing {
	const struct deliver_stage *stage;
	struct arena *texts;
	uint64_t bytes, failed;
	struct span rua;
	struct why why;
};

static enum err
hand_over(void *arg, const struct report_row *r)
{
	struct handing *h = arg;

	h->bytes = r->body.len;
	h->failed = r->failed;
	h->rua = arena_copy(h->texts, r->rua);
	if (h->rua.p == NULL)
		return E_NOMEM;
	return deliver_directory(h->stage->dir_fd, r->file_name, r->body,
	    &h->why);
}

/* In one go: else a kill in between would leave it undelivered. */
static enum err
mark_and_queue(struct deliver_stage *s, const struct report_row *r,
    int64_t now_s, struct why *why)
{
	enum err e = store_begin(s->store, why);

	if (e == E_OK)
		e = store_report_delivered(s->store, r->id, now_s, why);
	if (e == E_OK)
		e = queue_report(s->store, s->config, r, now_s, why);
	if (e != E_OK) {
		store_rollback(s->store);
		return e;
	}
	return store_commit(s->store, why);
}

/* The bytes are read once they are frozen: before, the same id may come to
 * stand for other ones. */
static enum err
deliver_one(struct deliver_stage *s, const struct report_cursor *r,
    struct arena *texts, struct why *why)
{
	int64_t now_s = clock_wall_s(s->clock);
	struct handing handing = { .stage = s, .texts = texts };
	char day[DAY_TEXT_SIZE];
	enum err e = store_report_freeze(s->store, r->id, now_s, why);

	if (e != E_OK)
		return e;
	e = store_report_get(s->store, r->id, hand_over, &handing, why);
	if (handing.why.text[0] != '\0')
		*why = handing.why; /* the statement only broke off */
	if (e == E_OK)
		e = mark_and_queue(s,
		    &(const struct report_row){ .id = r->id,
			.day = r->day,
			.domain = r->domain,
			.rua = handing.rua,
			.failed = handing.failed },
		    now_s, why);
	if (e != E_OK)
		return e;
	day_text(r->day, day);
	log_info("report delivered", LOG_STR("to", "directory"),
	    LOG_STR("day", day), LOG_S("domain", r->domain),
	    LOG_S("report", r->id), LOG_I("bytes", handing.bytes));
	return E_OK;
}

/* Returns first, or if that is E_OK the first failure: what cannot be handed
 * over must not keep back what can. */
static enum err
deliver_batch(struct deliver_stage *s, struct batch *b, enum err first,
    struct why *why)
{
	for (size_t i = 0; i < b->n; i++) {
		struct why own = { { 0 } };
		enum err e = deliver_one(s, &b->v[i], &b->arena, &own);

		/* It became stale meanwhile: it comes again when built. */
		if (e == E_OK || e == E_CONFLICT || first != E_OK)
			continue;
		first = why_set(why, e, "%s", own.text);
	}
	return first;
}

enum err
deliver_stage_run(struct deliver_stage *s, struct why *why)
{
	/* Two by turns: the cursor points into the one before. */
	struct batch batches[2] = { { .arena = ARENA_INIT(BATCH_BYTES) },
		{ .arena = ARENA_INIT(BATCH_BYTES) } };
	struct report_cursor cursor = REPORT_CURSOR_START;
	enum err e = E_OK, first = E_OK;
	struct batch *b = NULL;

	for (unsigned turn = 0; b == NULL || b->n == BATCH; turn ^= 1) {
		b = &batches[turn];
		arena_reset(&b->arena);
		b->n = 0;
		e = store_report_undelivered(s->store, &cursor, BATCH,
		    note_report, b, why);
		if (e != E_OK)
			break;
		first = deliver_batch(s, b, first, why);
		if (b->n > 0)
			cursor = b->v[b->n - 1];
	}
	arena_free(&batches[0].arena);
	arena_free(&batches[1].arena);
	return e != E_OK ? e : first;
}
