/* report/report_build_day.c -- a day's reports, a batch a transaction. */
#include <stdio.h>

#include "base/log.h"
#include "config/domain_word.h"
#include "report/detail_sieve.h"
#include "report/own_mail.h"
#include "report/report_build.h"
#include "report/seen_tls.h"

/* Of one report: its tally and everything made of it. */
#define TALLY_BYTES_MAX ((size_t)1 << 30)
#define DUE_BYTES_MAX ((size_t)1 << 20)
/* In one transaction, which holds up other writers: reports, and failure
 * details past which no further report is begun. */
#define BATCH 50
#define BATCH_DETAILS 20000

/* A domain that gets no report. */
struct passed {
	struct span domain; /* in due_arena */
	bool excluded;
	struct own_mail seen; /* else: nothing but our own mails */
};

struct builder {
	struct store *store;
	const struct report_options *options;
	int64_t day, now_s;
	bool late;
	struct arena arena, due_arena;
	struct tally_cursor cursor; /* all up to here is done */
	struct buf domain;	    /* the cursor's */
	size_t max;		    /* of the next batch */
	/* In this batch. */
	size_t details; /* read */
	struct passed passed[BATCH];
	size_t npassed;
	size_t nbuilt;
	size_t built; /* in all */
	bool more;
};

/* -- one tally -- */

struct reading {
	struct builder *builder;
	struct detail_sieve *sieve;
};

static enum err
add_detail(void *arg, size_t policy, const struct tally_detail *d)
{
	const struct reading *r = arg;

	r->builder->details++;
	return detail_sieve_add(r->sieve, policy, d);
}

/* The tally with as many details as a report is made of. */
static enum err
read_tally(struct builder *b, const struct tally_cursor *at, struct tally *ret,
    uint64_t *ret_folded, struct why *why)
{
	struct reading r = { .builder = b };
	enum err e = store_tally_get(b->store, b->day, at, &b->arena, ret, why);

	if (e == E_OK)
		e = detail_sieve_new(b->options->max_details, &r.sieve);
	if (e == E_OK)
		e = store_tally_details(b->store, ret, add_detail, &r, why);
	if (e == E_OK)
		e = detail_sieve_finish(r.sieve, ret, &b->arena, ret_folded);
	detail_sieve_free(r.sieve);
	return e == E_OK ? e : why_set(why, e, "%s", err_text(e));
}

/* The others are the store's, and would come again with the next tally. */
static bool
is_of_the_tally(enum err e)
{
	return e == E_NOMEM || e == E_RANGE || e == E_SYNTAX || e == E_CONFLICT;
}

/* *ret_own: what failed is this tally's trouble alone. */
static enum err
build_one(struct builder *b, const struct tally_cursor *at, bool *ret_own,
    struct why *why)
{
	uint64_t folded = 0;
	struct report_row row;
	struct tally tally;
	enum err e;

	arena_reset(&b->arena);
	e = read_tally(b, at, &tally, &folded, why);
	if (e == E_OK)
		e = seen_tls_note(b->store, &tally, &b->arena, why);
	*ret_own = is_of_the_tally(e);
	if (e != E_OK)
		return e;
	*ret_own = true;
	e = report_build(b->options, &tally, b->now_s, &b->arena, &row, why);
	if (e != E_OK)
		return e;
	row.folded += folded;
	e = store_report_put(b->store, &row, why);
	*ret_own = is_of_the_tally(e);
	return e;
}

/* -- domains that are passed over -- */

static bool
is_excluded(const struct list *words, struct span domain)
{
	for (size_t i = 0; i < words->n; i++)
		if (domain_word_has(words->v[i], domain))
			return true;
	return false;
}

/* It is kept why, so that nobody looks again before late sessions come, and
 * somebody who wonders can see it. */
static enum err
keep(struct builder *b, const struct passed *p, struct why *why)
{
	char reason[128];
	enum err e;

	(void)snprintf(reason, sizeof(reason),
	    "only our own report mails were seen (sessions: %llu, mails: %llu)",
	    (unsigned long long)p->seen.sessions,
	    (unsigned long long)p->seen.mails);
	e = store_no_report_put(b->store, b->day, p->domain,
	    p->excluded ? SPAN_LIT("excluded by report.exclude")
			: span_str(reason),
	    why);
	if (e == E_OK)
		b->passed[b->npassed++] = *p;
	return e;
}

static enum err
judge(struct builder *b, struct span domain, bool *ret_passed, struct why *why)
{
	struct passed p = { .domain = domain };
	enum err e = E_OK;

	/* Sorted by domain: another record of the same one. */
	*ret_passed = b->npassed > 0 &&
	    span_eq(b->passed[b->npassed - 1].domain, domain);
	if (*ret_passed)
		return E_OK;
	p.excluded = is_excluded(&b->options->exclude, domain);
	if (!p.excluded)
		e = own_mail_look(b->store, b->day, domain, &p.seen, why);
	if (e != E_OK)
		return e;
	*ret_passed = p.excluded || own_mail_is_all(&p.seen);
	return *ret_passed ? keep(b, &p, why) : E_OK;
}

static void
tell_passed(const struct builder *b)
{
	char day[DAY_TEXT_SIZE];

	day_text(b->day, day);
	for (size_t i = 0; i < b->npassed; i++) {
		const struct passed *p = &b->passed[i];

		if (p->excluded)
			log_debug("no report: the domain is excluded",
			    LOG_STR("day", day), LOG_S("domain", p->domain));
		else
			log_info(
			    "no report: only our own report mails were seen",
			    LOG_STR("day", day), LOG_S("domain", p->domain),
			    LOG_I("sessions", p->seen.sessions),
			    LOG_I("mails", p->seen.mails));
	}
}

/* Build its report, unless there is to be none. */
static enum err
settle(struct builder *b, const struct tally_cursor *at, bool *ret_own,
    struct why *why)
{
	bool passed = false;
	enum err e = judge(b, at->domain, &passed, why);

	*ret_own = is_of_the_tally(e);
	if (e != E_OK || passed)
		return e;
	e = build_one(b, at, ret_own, why);
	b->nbuilt += e == E_OK;
	return e;
}

/* -- batches -- */

static enum err
move_cursor(struct builder *b, const struct tally_cursor *to)
{
	buf_clear(&b->domain);
	buf_add(&b->domain, to->domain);
	b->cursor = *to;
	b->cursor.domain = buf_span(&b->domain);
	return b->domain.err;
}

/* In one transaction. *ret_n: how many were due; *ret_done: how many of them
 * went well; *ret_own: what failed is the trouble of the next one alone. */
static enum err
build_batch(struct builder *b, struct tally_cursor **ret_due, size_t *ret_n,
    size_t *ret_done, bool *ret_own, struct why *why)
{
	enum err e = store_begin(b->store, why);

	if (e != E_OK)
		return e;
	e = store_day_hold(b->store, b->day, why);
	if (e == E_OK)
		e = store_report_due(b->store, b->day, &b->cursor, b->late,
		    b->max, &b->due_arena, ret_due, ret_n, why);
	b->details = b->npassed = b->nbuilt = 0;
	while (e == E_OK && *ret_done < *ret_n && b->details < BATCH_DETAILS) {
		e = settle(b, &(*ret_due)[*ret_done], ret_own, why);
		*ret_done += e == E_OK;
	}
	if (e == E_OK)
		return store_commit(b->store, why);
	store_rollback(b->store);
	return e;
}

static enum err
pass_over(struct builder *b, const struct tally_cursor *at,
    const struct why *fault)
{
	char day[DAY_TEXT_SIZE];

	day_text(b->day, day);
	log_error("report not built", LOG_S("domain", at->domain),
	    LOG_STR("day", day), LOG_WHY(fault));
	b->max = BATCH;
	return move_cursor(b, at);
}

/* A failure undoes its whole transaction. What went well before comes once more
 * without it; then it is the first, and is passed over. */
static enum err
build_next(struct builder *b, struct why *why)
{
	struct tally_cursor *due = NULL;
	struct why fault = { { 0 } };
	size_t n = 0, done = 0;
	bool own = false;
	enum err e;

	arena_reset(&b->due_arena);
	e = build_batch(b, &due, &n, &done, &own, &fault);
	if (e != E_OK && !own)
		return why_set(why, e, "%s", fault.text);
	if (e != E_OK && done == 0)
		return pass_over(b, &due[0], &fault);
	if (e != E_OK) {
		b->max = done;
		return E_OK;
	}
	b->more = n == b->max || done < n;
	b->max = BATCH;
	b->built += b->nbuilt;
	tell_passed(b);
	return done == 0 ? E_OK : move_cursor(b, &due[done - 1]);
}

enum err
report_build_day(struct store *store, const struct report_options *o,
    int64_t day, bool late, int64_t now_s, size_t *ret_built, struct why *why)
{
	struct builder b = {
		.store = store,
		.options = o,
		.day = day,
		.now_s = now_s,
		.late = late,
		.arena = ARENA_INIT(TALLY_BYTES_MAX),
		.due_arena = ARENA_INIT(DUE_BYTES_MAX),
		.cursor = TALLY_CURSOR_START,
		.domain = BUF_INIT(DUE_BYTES_MAX),
		.max = BATCH,
		.more = true,
	};
	enum err e = E_OK;

	while (b.more && e == E_OK)
		e = build_next(&b, why);
	*ret_built = b.built;
	arena_free(&b.arena);
	arena_free(&b.due_arena);
	buf_free(&b.domain);
	return e;
}
