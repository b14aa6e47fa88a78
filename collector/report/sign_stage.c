#include "report/sign_stage.h"

#include "base/log.h"
#include "codec/mail_write.h"
#include "report/report_mail.h"
#include "store/store_mail.h"

/* Made in one go and written in one transaction: mails, and bytes past which no
 * further one is begun. */
#define BATCH 128
#define BATCH_BYTES ((size_t)16 * 1024 * 1024)
#define TEXTS_MAX ((size_t)1 << 20)
#define KEYS_MAX ((size_t)SIGNING_KEYS_MAX * 2 * DKIM_RECORD_MAX)

struct made {
	struct span delivery, report, uri;
	struct buf message, keys;
	struct why refusal; /* empty: it was made */
};

struct batch {
	struct sign_stage *stage;
	struct arena texts;
	int64_t now_s;
	struct made v[BATCH];
	size_t n;    /* wanted */
	size_t done; /* of them, from the first */
	size_t bytes;
};

static enum err
note_wanted(void *arg, const struct mail_wanted *w)
{
	struct batch *b = arg;
	struct made *m = &b->v[b->n];

	*m = (struct made){
		.delivery = arena_copy(&b->texts, w->delivery),
		.report = arena_copy(&b->texts, w->report),
		.uri = arena_copy(&b->texts, w->uri),
		.message = BUF_INIT(MAIL_MAX),
		.keys = BUF_INIT(KEYS_MAX),
	};
	if (m->delivery.p == NULL || m->report.p == NULL || m->uri.p == NULL)
		return E_NOMEM;
	b->n++;
	return E_OK;
}

/* -- making -- */

struct making {
	const struct batch *batch;
	struct made *made;
	enum err err;
};

static enum err
write_mail(void *arg, const struct report_row *r)
{
	struct making *m = arg;
	const struct report_mail_options options = {
		.config = m->batch->stage->config,
		.keys = m->batch->stage->keys,
		.now_s = m->batch->now_s,
	};

	m->err = report_mail_write(&options, r, m->made->uri, &m->made->message,
	    &m->made->keys, &m->made->refusal);
	return E_OK;
}

/* The others are the machine's, and pass. */
static bool
is_of_the_mail(enum err e)
{
	return e == E_ABSENT || e == E_SYNTAX || e == E_RANGE;
}

static enum err
make(struct batch *b, struct made *m, struct why *why)
{
	struct making making = { b, m, E_OK };
	enum err e = store_report_get(b->stage->store, m->report, write_mail,
	    &making, why);

	if (e == E_ABSENT) {
		making.err = why_set(&m->refusal, e,
		    "the report is not in the store any more");
		*why = (struct why){ { 0 } };
		e = E_OK;
	}
	if (e != E_OK)
		return e;
	b->bytes += m->message.len;
	if (making.err == E_OK || is_of_the_mail(making.err))
		return E_OK;
	return why_set(why, making.err, "%s", m->refusal.text);
}

static enum err
make_all(struct batch *b, struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK && b->done < b->n && b->bytes < BATCH_BYTES) {
		e = make(b, &b->v[b->done], why);
		b->done += e == E_OK;
	}
	return e;
}

/* -- writing -- */

static enum err
put(const struct batch *b, const struct made *m, struct why *why)
{
	struct store *store = b->stage->store;

	if (m->refusal.text[0] != '\0')
		return store_mail_refuse(store, m->delivery,
		    span_str(m->refusal.text), b->now_s, why);
	return store_mail_put(store, m->delivery,
	    &(const struct signed_mail){ buf_span(&m->message),
		buf_span(&m->keys), b->now_s },
	    why);
}

static enum err
put_all(const struct batch *b, struct why *why)
{
	struct store *store = b->stage->store;
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	for (size_t i = 0; e == E_OK && i < b->done; i++)
		e = put(b, &b->v[i], why);
	if (e != E_OK) {
		store_rollback(store);
		return e;
	}
	return store_commit(store, why);
}

static void
tell(const struct batch *b)
{
	for (size_t i = 0; i < b->done; i++) {
		const struct made *m = &b->v[i];

		if (m->refusal.text[0] != '\0')
			log_warning("no mail was made of a report",
			    LOG_S("delivery", m->delivery),
			    LOG_S("report", m->report), LOG_S("to", m->uri),
			    LOG_WHY(&m->refusal));
		else
			log_debug("report signed",
			    LOG_S("delivery", m->delivery),
			    LOG_S("report", m->report),
			    LOG_I("bytes", m->message.len));
	}
}

static void
free_batch(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		buf_free(&b->v[i].message);
		buf_free(&b->v[i].keys);
	}
	arena_free(&b->texts);
}

static enum err
sign_batch(struct sign_stage *s, size_t *ret_done, struct why *why)
{
	struct batch b = {
		.stage = s,
		.texts = ARENA_INIT(TEXTS_MAX),
		.now_s = clock_wall_s(s->clock),
	};
	enum err e = store_mail_wanted(s->store, BATCH, note_wanted, &b, why);

	if (e == E_OK)
		e = make_all(&b, why);
	if (e == E_OK && b.done > 0)
		e = put_all(&b, why);
	if (e == E_OK)
		tell(&b);
	*ret_done = b.done;
	free_batch(&b);
	return e;
}

enum err
sign_stage_run(struct sign_stage *s, struct why *why)
{
	size_t done;
	enum err e;

	do
		e = sign_batch(s, &done, why);
	while (e == E_OK && done > 0);
	return e;
}
