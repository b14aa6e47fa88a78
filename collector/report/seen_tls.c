#include "report/seen_tls.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/store_log_level.h"

#define REASON "starttls-seen-until-"

struct noting {
	struct tally *tally;
	struct arena *arena;
};

/* A reason that the MTA gave tells more of its session. */
static bool
is_bare(const struct failure_detail *d)
{
	return d->type == RESULT_STARTTLS_NOT_SUPPORTED && d->reason.len == 0 &&
	    d->mx_hostname.len > 0;
}

static bool
has_bare(const struct tally *t)
{
	for (size_t i = 0; i < t->npolicies; i++)
		for (size_t j = 0; j < t->policies[i].ndetails; j++)
			if (is_bare(&t->policies[i].details[j].detail))
				return true;
	return false;
}

/* It was stable, and it is over: on that day itself only if a log tells that
 * TLS was missing after the last time. */
static bool
is_gone(const struct mta_history *h, int64_t day)
{
	int64_t last_day = day_of_s(h->last_tls_s);

	return h->run >= SEEN_TLS_RUN_MIN &&
	    h->last_tls_s - h->run_since_s >= SEEN_TLS_DAYS_MIN * S_PER_DAY &&
	    (last_day < day || (last_day == day && h->missing > 0));
}

static void
note_host(struct tally *t, struct span mx_host, struct span reason)
{
	for (size_t i = 0; i < t->npolicies; i++)
		for (size_t j = 0; j < t->policies[i].ndetails; j++) {
			struct failure_detail *d =
			    &t->policies[i].details[j].detail;

			if (is_bare(d) &&
			    span_eq_nocase(d->mx_hostname, mx_host))
				d->reason = reason;
		}
}

static enum err
note_history(void *arg, const struct log_history *h)
{
	const struct noting *n = arg;
	char text[sizeof(REASON) + DAY_TEXT_SIZE], day[DAY_TEXT_SIZE];
	struct span reason;

	if (!is_gone(&h->seen, n->tally->day))
		return E_OK;
	day_text(day_of_s(h->seen.last_tls_s), day);
	(void)snprintf(text, sizeof(text), REASON "%s", day);
	reason = arena_copy(n->arena, span_str(text));
	if (reason.p == NULL)
		return E_NOMEM;
	note_host(n->tally, h->mx_host, reason);
	return E_OK;
}

enum err
seen_tls_note(struct store *store, struct tally *t, struct arena *arena,
    struct why *why)
{
	struct noting n = { t, arena };
	enum err e = E_OK;

	/* "" would be all domains. */
	if (t->domain.len > 0 && has_bare(t))
		e = store_log_histories(store, t->domain, 0, note_history, &n,
		    why);
	return e == E_NOMEM ? why_set(why, e, "out of memory") : e;
}
