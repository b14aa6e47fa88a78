#include "deliver/deliver_stage.h"

#include "base/log.h"
#include "deliver/deliver_directory.h"

#define BATCH 32
#define BATCH_BYTES ((size_t)1 << 30)

struct batch {
	struct arena arena;
	struct report_row rows[BATCH];
	size_t n;
};

static enum err
note_report(void *arg, const struct report_row *r)
{
	struct batch *b = arg;
	struct report_row *row = &b->rows[b->n];

	*row = *r;
	row->id = arena_copy(&b->arena, r->id);
	row->domain = arena_copy(&b->arena, r->domain);
	row->file_name = arena_copy(&b->arena, r->file_name);
	row->body = arena_copy(&b->arena, r->body);
	if (row->id.p == NULL || row->domain.p == NULL ||
	    row->file_name.p == NULL || row->body.p == NULL)
		return E_NOMEM;
	b->n++;
	return E_OK;
}

static enum err
deliver_one(struct deliver_stage *s, const struct report_row *r,
    struct why *why)
{
	int64_t now_s = clock_wall_s(s->clock);
	char day[DAY_TEXT_SIZE];
	enum err e = store_report_freeze(s->store, r->id, now_s, why);

	if (e == E_OK)
		e = deliver_directory(s->dir_fd, r->file_name, r->body, why);
	if (e == E_OK)
		e = store_report_delivered(s->store, r->id, now_s, why);
	if (e != E_OK)
		return e;
	day_text(r->day, day);
	log_info("report delivered", LOG_STR("to", "directory"),
	    LOG_STR("day", day), LOG_S("domain", r->domain),
	    LOG_S("report", r->id), LOG_I("bytes", r->body.len));
	return E_OK;
}

static enum err
deliver_batch(struct deliver_stage *s, struct batch *b, struct why *why)
{
	enum err e = store_report_undelivered(s->store, BATCH, note_report, b,
	    why);

	for (size_t i = 0; i < b->n && e == E_OK; i++) {
		struct why ignored = { { 0 } };

		e = deliver_one(s, &b->rows[i], &ignored);
		/* It became stale meanwhile: it comes again when built. */
		if (e == E_CONFLICT)
			e = E_OK;
		else if (e != E_OK)
			(void)why_set(why, e, "%s", ignored.text);
	}
	return e;
}

enum err
deliver_stage_run(struct deliver_stage *s, struct why *why)
{
	struct batch batch = { .arena = ARENA_INIT(BATCH_BYTES) };
	enum err e;

	do {
		arena_reset(&batch.arena);
		batch.n = 0;
		e = deliver_batch(s, &batch, why);
	} while (e == E_OK && batch.n == BATCH);
	arena_free(&batch.arena);
	return e;
}
