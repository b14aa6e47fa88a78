#include "intake/upkeep.h"

#include "base/log.h"
#include "intake/signers.h"
#include "model/trust.h"
#include "store/store_inbox_level.h"

#define PERIOD_NS (10 * NS_PER_S)
#define EXPIRE_PERIOD_NS (600 * NS_PER_S)
#define TELL_NS (3600 * NS_PER_S)
#define LEVELS_MAX 500 /* reports in one transaction */
/* Room for the next batch of the worker, so that it does not pass the ceiling.
 */
#define HEADROOM_PARTS 16
#define HEADROOM_MAX ((uint64_t)16 << 20)

/* -- how much is held -- */

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
upkeep_surplus(const uint64_t bytes[INBOX_CLASSES + 1], uint64_t max,
    unsigned reserve)
{
	uint64_t vouched = bytes[INBOX_CLASS_AUTHENTICATED];
	uint64_t left = max - less(vouched, max), others = 0, may, headroom;

	for (int c = INBOX_CLASS_AUTHENTICATED + 1; c <= INBOX_CLASSES; c++)
		others += bytes[c];
	may = less(max - max / 100 * reserve, left);
	headroom = less(may / HEADROOM_PARTS, HEADROOM_MAX);
	return others > may - headroom ? others - (may - 2 * headroom) : 0;
}

static enum err
note_sum(void *arg, enum inbox_class class, uint64_t n, uint64_t bytes)
{
	uint64_t *sums = arg;

	(void)n;
	sums[class] = bytes;
	return E_OK;
}

static void
tell_full(struct upkeep *u, uint64_t vouched)
{
	bool is_full = vouched >= u->options.store_max;

	if (is_full && !u->is_full)
		log_error("authenticated reports fill the inbox; no more are "
			  "taken: raise intake.store_max, or keep less",
		    LOG_I("bytes", vouched),
		    LOG_I("most", u->options.store_max));
	u->is_full = is_full;
	admission_store_is_full(u->options.admission, is_full);
}

static void
forget_posted(void *posted, const struct uuid *intake,
    const struct content_key *key)
{
	posted_forget(posted, key, intake);
}

static struct inbox_removal
removal(const struct upkeep *u, enum inbox_class class, int64_t before_s,
    uint64_t enough)
{
	return (struct inbox_removal){ u->options.account, class, before_s,
		clock_wall_s(u->options.clock), enough,
		u->options.posted == NULL ? NULL : forget_posted,
		u->options.posted };
}

static void
add(struct inbox_removed *to, const struct inbox_removed *r)
{
	to->intakes += r->intakes;
	to->bytes += r->bytes;
}

/* -- too much -- */

static enum err
evict(struct upkeep *u, struct store *store, enum inbox_class class,
    uint64_t *left, struct why *why)
{
	struct inbox_removed removed = { .more = true };
	enum err e = E_OK;

	while (e == E_OK && *left > 0 && removed.more) {
		struct inbox_removal r = removal(u, class, INT64_MAX, *left);

		e = store_inbox_remove(store, &r, INBOX_EVENT_EVICTED, &removed,
		    why);
		if (e != E_OK)
			break;
		*left -= less(removed.bytes, *left);
		add(&u->evicted, &removed);
	}
	return e;
}

static enum err
make_room(struct upkeep *u, struct store *store, struct why *why)
{
	uint64_t sums[INBOX_CLASSES + 1] = { 0 }, left;
	enum err e = store_inbox_sums(store, note_sum, sums, why);

	if (e != E_OK)
		return e;
	tell_full(u, sums[INBOX_CLASS_AUTHENTICATED]);
	left = upkeep_surplus(sums, u->options.store_max, u->options.reserve);
	for (int c = INBOX_CLASSES;
	     e == E_OK && left > 0 && c > INBOX_CLASS_AUTHENTICATED; c--)
		e = evict(u, store, (enum inbox_class)c, &left, why);
	if (e == E_OK)
		u->has_more = false;
	return e;
}

/* -- too old -- */

static enum err
expire_raw(struct upkeep *u, struct store *store, enum inbox_class class,
    bool *more, struct why *why)
{
	const struct upkeep_options *o = &u->options;
	struct inbox_removal r = removal(u, class,
	    clock_wall_s(o->clock) - o->keep_raw_s, UINT64_MAX);
	struct inbox_removed removed = { .more = false };
	enum err e = E_OK;

	if (o->keep_raw_s > 0)
		e = store_inbox_remove_raw(store, &r, &removed, why);
	add(&u->raw_expired, &removed);
	*more |= removed.more;
	return e;
}

/* A UTC day at a time. */
static enum err
expire_rows(struct upkeep *u, struct store *store, enum inbox_class class,
    bool *more, struct why *why)
{
	const struct upkeep_options *o = &u->options;
	int64_t day = day_of_s(clock_wall_s(o->clock) - o->keep_rows_s);
	struct inbox_removal r = removal(u, class, day_start_s(day),
	    UINT64_MAX);
	struct inbox_removed removed = { .more = false };
	enum err e = E_OK;

	if (o->keep_rows_s > 0)
		e = store_inbox_remove(store, &r, INBOX_EVENT_EXPIRED, &removed,
		    why);
	add(&u->expired, &removed);
	*more |= removed.more;
	return e;
}

static enum err
expire_some(struct upkeep *u, struct store *store, bool *ret_more,
    struct why *why)
{
	enum err e = E_OK;

	*ret_more = false;
	for (int c = 1; e == E_OK && c <= INBOX_CLASSES; c++) {
		e = expire_rows(u, store, (enum inbox_class)c, ret_more, why);
		if (e == E_OK)
			e = expire_raw(u, store, (enum inbox_class)c, ret_more,
			    why);
	}
	return e;
}

/* -- who signs, who was refused -- */

static enum err
learn(void *arg, struct span domain, int64_t last_s)
{
	admission_learn(arg, domain, last_s);
	return E_OK;
}

/* Each by itself, so that no two machines wait for each other. */
static enum err
put_news(struct upkeep *u, struct store *store, struct why *why)
{
	int64_t now_s = clock_wall_s(u->options.clock);
	enum err e = E_OK;

	while (e == E_OK && u->nnews > 0) {
		e = store_inbox_signer_put(store,
		    span_str(u->news[u->nnews - 1]), now_s, why);
		u->nnews -= e == E_OK;
	}
	return e;
}

static enum err
renew_signers(struct upkeep *u, struct store *store, struct why *why)
{
	int64_t since_s = clock_wall_s(u->options.clock) - SIGNER_KNOWN_S;
	return store_inbox_signers(store, since_s, SIGNERS_MAX, learn,
	    u->options.admission, why);
}

static enum err
count_refused(struct upkeep *u, struct store *store, enum inbox_event event,
    struct why *why)
{
	uint64_t n = admission_take_refused(u->options.admission, event);

	u->refused[event] += n;
	return n == 0 ? E_OK
		      : store_inbox_count(store, u->options.account,
			    day_of_s(clock_wall_s(u->options.clock)), event, 0,
			    n, 0, why);
}

static enum err
count_all_refused(struct upkeep *u, struct store *store, struct why *why)
{
	enum err e = count_refused(u, store, INBOX_EVENT_REFUSED_SOURCE, why);

	if (e == E_OK)
		e = count_refused(u, store, INBOX_EVENT_REFUSED_ROOM, why);
	return e == E_OK
	    ? count_refused(u, store, INBOX_EVENT_REFUSED_STORE, why)
	    : e;
}

/* -- said once an hour -- */

static bool
tell_evicted(const struct inbox_removed *evicted, uint64_t most)
{
	if (evicted->intakes > 0)
		log_warning("the inbox was full; what is worth least was "
			    "removed",
		    LOG_I("reports", evicted->intakes),
		    LOG_I("bytes", evicted->bytes), LOG_I("most", most));
	return evicted->intakes > 0;
}

static bool
tell_expired(const struct inbox_removed *all, const struct inbox_removed *raw)
{
	bool any = all->intakes > 0 || raw->intakes > 0;

	if (any)
		log_info("old reports were removed",
		    LOG_I("reports", all->intakes), LOG_I("raw", raw->intakes),
		    LOG_I("bytes", all->bytes + raw->bytes));
	return any;
}

static bool
tell_refused(const uint64_t n[INBOX_EVENTS + 1])
{
	bool any = n[INBOX_EVENT_REFUSED_SOURCE] > 0 ||
	    n[INBOX_EVENT_REFUSED_ROOM] > 0 || n[INBOX_EVENT_REFUSED_STORE] > 0;

	if (any)
		log_warning("reports of others were put off",
		    LOG_I("source", n[INBOX_EVENT_REFUSED_SOURCE]),
		    LOG_I("room", n[INBOX_EVENT_REFUSED_ROOM]),
		    LOG_I("store", n[INBOX_EVENT_REFUSED_STORE]));
	return any;
}

static void
tell(struct upkeep *u, int64_t mono_ns)
{
	bool any;

	if (mono_ns < u->tell_ns)
		return;
	any = tell_evicted(&u->evicted, u->options.store_max);
	any |= tell_expired(&u->expired, &u->raw_expired);
	any |= tell_refused(u->refused);
	if (!any)
		return;
	u->evicted = u->expired = u->raw_expired = (struct inbox_removed){ 0 };
	memset(u->refused, 0, sizeof(u->refused));
	u->tell_ns = mono_ns + TELL_NS;
}

/* -- all of it -- */

/* All that is old goes in some calls, so that nobody waits for it. */
static enum err
expire(struct upkeep *u, struct store *store, int64_t mono_ns, struct why *why)
{
	bool more = false;
	enum err e;

	if (mono_ns < u->expire_ns)
		return E_OK;
	e = expire_some(u, store, &more, why);
	if (e == E_OK && !more)
		e = store_inbox_signers_expire(store,
		    clock_wall_s(u->options.clock) - SIGNER_KNOWN_S, why);
	if (e == E_OK && !more)
		u->expire_ns = mono_ns + EXPIRE_PERIOD_NS;
	return e;
}

static enum err
run_due(struct upkeep *u, struct store *store, int64_t mono_ns, struct why *why)
{
	enum err e = renew_signers(u, store, why);

	if (e == E_OK)
		e = expire(u, store, mono_ns, why);
	if (e == E_OK)
		e = count_all_refused(u, store, why);
	if (e != E_OK)
		return e;
	u->due_ns = mono_ns < u->expire_ns ? mono_ns + PERIOD_NS : mono_ns;
	tell(u, mono_ns);
	return E_OK;
}

/* Of reports that a version without them has received. */
static enum err
make_levels(struct upkeep *u, struct store *store, struct why *why)
{
	size_t n = 0;
	enum err e = store_inbox_level_old(store, LEVELS_MAX, &n, why);

	u->has_levels = e == E_OK && n < LEVELS_MAX;
	return e;
}

enum err
upkeep_run(struct upkeep *u, struct store *store, struct why *why)
{
	int64_t mono_ns = clock_mono_ns(u->options.clock);
	bool is_due = mono_ns >= u->due_ns;
	enum err e = put_news(u, store, why);

	if (e == E_OK && (is_due || u->has_more))
		e = make_room(u, store, why);
	if (e == E_OK && is_due)
		e = run_due(u, store, mono_ns, why);
	return e == E_OK && !u->has_levels ? make_levels(u, store, why) : e;
}

static enum admission_outcome
outcome_of(const struct taken *t)
{
	if (t->class == INBOX_CLASS_AUTHENTICATED && t->signer[0] != '\0')
		return ADMISSION_TRUE;
	return t->verdict == TRUST_FAILED || t->verdict == TRUST_UNALIGNED
	    ? ADMISSION_FALSE
	    : ADMISSION_UNKNOWN;
}

void
upkeep_taken(struct upkeep *u, const struct receipt_facts *facts,
    struct span body, const struct taken *t)
{
	struct claims claims = { .n = 0 };
	bool is_news;

	if (facts->is_mail)
		claims_read(body, &claims);
	is_news = admission_judged(u->options.admission, &claims, body.len,
	    outcome_of(t), span_str(t->signer));

	u->has_more = true;
	if (is_news && u->nnews < UPKEEP_NEWS_MAX)
		memcpy(u->news[u->nnews++], t->signer, SOURCE_SIZE);
}
