/* deliver/send_claim.c -- which deliveries are begun. */
#include <stdlib.h>

#include "base/log.h"
#include "deliver/plan.h"
#include "deliver/send_private.h"

/* More than an attempt may take, by far: past it another worker begins. */
#define LEASE_MARGIN_S 300
/* Two workers, each off by less than that, differ by less than the margin. */
#define CLOCK_OFF_MAX_S 120
#define AHEAD_HOSTS 64

struct claiming {
	struct send_stage *stage;
	struct uuid id;
	int64_t until_s;
	int64_t now_ns; /* monotonic */
};

static enum err
note_claimed(void *arg, const struct delivery *d)
{
	const struct claiming *c = arg;
	struct send_job *j = send_job_new(&c->id, d);

	if (j == NULL ||
	    busy_hosts_begin(&c->stage->hosts, d->host, &j->at) != E_OK) {
		send_job_free(j);
		return E_NOMEM;
	}
	j->claimed_until_s = c->until_s;
	j->next = c->stage->jobs;
	c->stage->jobs = j;
	c->stage->njobs++;
	return E_OK;
}

typedef bool may_visit_fn(void *arg, struct span host);

/* One that is slow holds up no other: what waits for its host would take a
 * place from all others, and its claim would run out. */
static bool
may_go(void *arg, struct span host)
{
	const struct claiming *c = arg;

	return busy_hosts_may_go(&c->stage->hosts, host);
}

static bool
may_wait(void *arg, struct span host)
{
	const struct claiming *c = arg;

	return busy_hosts_may_wait(&c->stage->hosts, host, c->now_ns);
}

/* By a clock that has jumped ahead: what is still under way here would be
 * claimed again, and sent twice. */
static bool
holds_run_out(const struct send_stage *s, int64_t now_s)
{
	for (const struct send_job *j = s->jobs; j != NULL; j = j->next)
		if (j->claimed_until_s <= now_s)
			return true;
	return false;
}

/* docs/adr/0022-clocks-of-workers.md */
static enum err
check_clock(struct send_stage *s, struct store *store, struct why *why)
{
	const int64_t machine_s = clock_wall_s(s->clock) -
	    s->clock->offset_ns / NS_PER_S;
	int64_t store_s = 0, ahead_s;
	enum err e = store_delivery_clock(store, &store_s, why);
	bool was_off = s->clock_is_off;

	if (e != E_OK)
		return e;
	ahead_s = machine_s - store_s;
	s->clock_is_off = llabs(ahead_s) > CLOCK_OFF_MAX_S;
	if (s->clock_is_off && !was_off)
		log_error("this machine's clock is not the store's: nothing is "
			  "sent until it is set",
		    LOG_I("ahead_s", ahead_s));
	else if (was_off && !s->clock_is_off)
		log_info("this machine's clock is the store's again",
		    LOG_I("ahead_s", ahead_s));
	return E_OK;
}

/* The transaction was rolled back, or nobody knows: then another claims them
 * when this claim has run out. */
static void
forget_claimed(struct send_stage *s, const struct uuid *claim)
{
	struct send_job *j;

	while ((j = s->jobs) != NULL && uuid_eq(&j->claim, claim)) {
		s->jobs = j->next;
		send_forget(s, j);
	}
}

static enum err
claim(struct send_stage *s, struct store *store, may_visit_fn *may_visit,
    size_t max, size_t max_hosts, struct why *why)
{
	const struct config *config = s->config;
	const int64_t timeout_s = config->deliver_timeout_ms / 1000;
	struct claiming c = { .stage = s,
		.id = uuid_new(clock_wall_ns(s->clock)),
		.now_ns = clock_mono_ns(s->clock) };
	const struct delivery_wish wish = {
		.now_s = clock_wall_s(s->clock),
		.lease_s = 2 * timeout_s + LEASE_MARGIN_S,
		.max = max,
		.max_hosts = max_hosts,
		.may_visit = may_visit,
		.host_hourly = config->deliver_host_hourly,
		.mailbox_hourly = config->deliver_mailbox_hourly,
	};
	enum err e;

	if (max == 0)
		return E_OK;
	c.until_s = wish.now_s + wish.lease_s;
	e = store_delivery_claim(store, &c.id, &wish, note_claimed, &c, why);
	if (e != E_OK)
		forget_claimed(s, &c.id);
	return e;
}

/* First what may go on at once; ahead of that only at hosts that have been due
 * for longest, as all others would be looked at in vain. */
static enum err
claim_both(struct send_stage *s, struct store *store, struct why *why)
{
	enum err e = claim(s, store, may_go, busy_hosts_room(&s->hosts), 0,
	    why);

	return e != E_OK
	    ? e
	    : claim(s, store, may_wait,
		  busy_hosts_room_ahead(&s->hosts, clock_mono_ns(s->clock)),
		  AHEAD_HOSTS, why);
}

static bool
is_any_wanted(const struct send_stage *s)
{
	return busy_hosts_room(&s->hosts) > 0 ||
	    busy_hosts_room_ahead(&s->hosts, clock_mono_ns(s->clock)) > 0;
}

enum err
send_claim(struct send_stage *s, struct store *store, struct why *why)
{
	enum err e;

	if (s->config->deliver_mode != DELIVER_ON || !is_any_wanted(s) ||
	    holds_run_out(s, clock_wall_s(s->clock)))
		return E_OK;
	e = check_clock(s, store, why);
	return e == E_OK && !s->clock_is_off ? claim_both(s, store, why) : e;
}
