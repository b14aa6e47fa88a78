/* deliver/send_look.c -- what DNS says about an attempt: whether the report is
 * still asked for (s3), and of a mail whether the keys that signed it are
 * published, without which nobody may believe it. */
#include "base/log.h"
#include "codec/dkim_record.h"
#include "codec/lines.h"
#include "deliver/queue.h"
#include "deliver/record_check.h"
#include "deliver/send_private.h"
#include "store/store_rua.h"

#define NAME_BYTES_MAX 512
#define RECORD_PREFIX "_smtp._tls."
#define TEXTS_MAX ((size_t)64 * 1024)

struct lookup {
	struct send_job *job;
	struct span name, ours; /* of a key, and what it has to say */
};

/* -- asking -- */

static void
answered_one(struct send_job *j)
{
	if (--j->lookups == 0 && j->phase == SEND_LOOKING)
		j->phase = SEND_LOOKED;
}

static enum err
copy_txts(struct send_job *j, struct span_list from, struct span_list *ret)
{
	ret->v = arena_alloc(&j->texts, (from.n + 1) * sizeof(*ret->v));
	if (ret->v == NULL)
		return E_NOMEM;
	for (ret->n = 0; ret->n < from.n; ret->n++) {
		ret->v[ret->n] = arena_copy(&j->texts, from.v[ret->n]);
		if (ret->v[ret->n].p == NULL)
			return E_NOMEM;
	}
	return E_OK;
}

static void
note_record(void *arg, const struct txt_answer *a)
{
	const struct lookup *l = arg;
	struct send_job *j = l->job;

	j->record.outcome = a->outcome;
	j->record.dnssec = a->dnssec;
	j->record.why = (struct why){ { 0 } };
	(void)why_set(&j->record.why, E_AWAY, "%.*s", SPAN_ARG(a->why));
	if (copy_txts(j, a->txts, &j->record.txts) != E_OK)
		j->record.outcome = TXT_ABANDONED;
	answered_one(j);
}

/* The first fault stays. */
static void
note_key(void *arg, const struct txt_answer *a)
{
	const struct lookup *l = arg;
	struct send_job *j = l->job;
	enum dkim_published found = DKIM_PUBLISHED_ABSENT;
	bool is_known = a->outcome == TXT_FOUND || a->outcome == TXT_NONE;

	if (a->outcome == TXT_FOUND)
		found = dkim_record_judge(a->txts, l->ours);
	if (j->key_fault.text[0] == '\0' && !is_known)
		(void)why_set(&j->key_fault, E_AWAY, "%.*s: %.*s",
		    SPAN_ARG(l->name), SPAN_ARG(a->why));
	else if (j->key_fault.text[0] == '\0' && found != DKIM_PUBLISHED_OK) {
		(void)why_set(&j->key_fault, E_ABSENT, "%.*s: %s",
		    SPAN_ARG(l->name), dkim_published_sentence(found));
		j->key_is_refused = true;
	}
	answered_one(j);
}

/* What cannot be asked is answered all the same. */
static void
ask(struct send_stage *s, struct lookup *l, struct span name, txt_fn *fn)
{
	struct buf text = BUF_INIT(NAME_BYTES_MAX);
	struct why why = { { 0 } };
	enum err e;

	l->job->lookups++;
	buf_add(&text, name);
	e = text.err != E_OK
	    ? why_set(&why, text.err, "%s", err_text(text.err))
	    : resolver_txt(s->resolver, buf_str(&text), fn, l, &why);
	buf_free(&text);
	if (e != E_OK)
		fn(l,
		    &(const struct txt_answer){ .outcome = TXT_FAILED,
			.why = span_str(why.text) });
}

static void
ask_record(struct send_stage *s, struct lookup *l)
{
	struct buf name = BUF_INIT(NAME_BYTES_MAX);

	buf_adds(&name, RECORD_PREFIX);
	buf_add(&name, l->job->domain);
	ask(s, l, buf_span(&name), note_record);
	buf_free(&name);
}

static void
ask_key(struct send_stage *s, struct lookup *l, struct span line)
{
	l->ours = line;
	l->name = span_until(&l->ours, ' ');
	ask(s, l, l->name, note_key);
}

enum err
send_look(struct send_stage *s, struct send_job *j, struct why *why)
{
	struct span_list keys = { NULL, 0 };
	struct lookup *lookups;
	enum err e;

	if (s->resolver == NULL) {
		j->phase = SEND_READY;
		return E_OK;
	}
	e = lines_split(j->keys, &j->texts, &keys);
	lookups = arena_alloc(&j->texts, (1 + keys.n) * sizeof(*lookups));
	if (e != E_OK || lookups == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	j->phase = SEND_LOOKING;
	j->lookups = 1; /* until all are asked */
	for (size_t i = 0; i <= keys.n; i++)
		lookups[i] = (struct lookup){ .job = j };
	ask_record(s, &lookups[0]);
	for (size_t i = 0; i < keys.n; i++)
		ask_key(s, &lookups[1 + i], keys.v[i]);
	answered_one(j);
	return E_OK;
}

/* -- judging -- */

/* The attempt ends with DNS: nobody was visited. */
static void
note_why(struct send_job *j, const char *why)
{
	j->outcome.attempt.transport = SPAN_LIT("dns");
	j->outcome.attempt.answer = send_job_keep(j, span_str(why));
}

static enum err
queue_others(struct send_stage *s, struct send_job *j, struct store *store,
    const struct tlsrpt_record *record, int64_t now_s, struct why *why)
{
	const struct report_row report = { .id = j->report,
		.day = j->day,
		.domain = j->domain };
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	for (size_t i = 0; e == E_OK && i < record->nrua; i++)
		e = queue_destination(store, s->config, &report,
		    record->rua[i].uri, now_s, why);
	for (size_t i = 0; e == E_OK && i < record->nrefused; i++)
		e = queue_destination(store, s->config, &report,
		    record->refused[i], now_s, why);
	if (e == E_OK)
		return store_commit(store, why);
	store_rollback(store);
	return e;
}

/* The MTA's word alone is not enough for a first visit: whoever may write to
 * its socket could have reports sent anywhere. */
static enum err
fall_back(struct send_job *j, struct store *store, int64_t now_s, bool *ret_go,
    struct why *why)
{
	enum err e = store_rua_is_seen(store, j->domain, j->uri, ret_go, why);

	if (e != E_OK || *ret_go)
		return e;
	send_job_retry(j, now_s);
	note_why(j, j->record.why.text);
	return E_OK;
}

static enum err
vanish(struct send_stage *s, struct send_job *j, struct store *store,
    enum record_check found, const struct tlsrpt_record *record,
    const char *reason, struct why *why)
{
	const int64_t now_s = clock_wall_s(s->clock);
	enum err e = E_OK;

	if (found == RECORD_ASKS_OTHERS) {
		reason = "the record names other destinations now";
		e = queue_others(s, j, store, record, now_s, why);
	}
	if (e != E_OK)
		return e;
	send_job_finish(j, DELIVERY_VANISHED, span_str(reason), now_s);
	note_why(j, reason);
	return E_OK;
}

static enum err
judge_found(struct send_stage *s, struct send_job *j, struct store *store,
    struct arena *texts, bool *ret_go, struct why *why)
{
	struct tlsrpt_record record = { .nrua = 0 };
	struct why fault = { { 0 } };
	enum record_check found;
	enum err e = record_check(j->record.outcome, j->record.txts, j->uri,
	    texts, &found, &record, &fault);

	if (e != E_OK)
		return why_set(why, e, "out of memory");
	if (found == RECORD_UNKNOWN)
		return fall_back(j, store, clock_wall_s(s->clock), ret_go, why);
	if (found != RECORD_ASKS)
		return vanish(s, j, store, found, &record, fault.text, why);
	*ret_go = true;
	return store_rua_saw(store, j->domain, j->uri,
	    span_str(dnssec_text(j->record.dnssec)), clock_wall_s(s->clock),
	    why);
}

static enum err
judge_record(struct send_stage *s, struct send_job *j, struct store *store,
    bool *ret_go, struct why *why)
{
	struct arena texts = ARENA_INIT(TEXTS_MAX);
	enum err e;

	*ret_go = false;
	e = judge_found(s, j, store, &texts, ret_go, why);
	arena_free(&texts);
	return e;
}

/* The mail may have been signed by a key that was changed since: it is signed
 * anew by those of then. */
static enum err
judge_keys(struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	enum err e = E_OK;

	if (j->key_is_refused)
		e = store_mail_again(store, j->id, why);
	if (e != E_OK)
		return e;
	send_job_retry(j, clock_wall_s(s->clock));
	note_why(j, j->key_fault.text);
	return E_OK;
}

enum err
send_looked(struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	bool go;
	enum err e = judge_record(s, j, store, &go, why);

	if (e != E_OK || !go)
		return e;
	if (j->key_fault.text[0] != '\0')
		return judge_keys(s, j, store, why);
	j->phase = SEND_READY;
	return E_OK;
}
