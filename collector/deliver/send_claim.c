/* deliver/send_claim.c -- which deliveries are begun. */
#include <stdlib.h>

#include "base/log.h"
#include "deliver/plan.h"
#include "deliver/send_private.h"

/* More than an attempt may take, by far: past it another worker begins. */
#define LEASE_MARGIN_S 300
/* Two workers, each off by less than that, differ by less than the margin. */
#define CLOCK_OFF_MAX_S 120

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

/* One that is slow holds up no other: what waits for its host would take a
 * place from all others, and its claim would run out. */
static bool
may_visit(void *arg, struct span host)
{
	const struct claiming *c = arg;

	return busy_hosts_may(&c->stage->hosts, host, c->now_ns);
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

enum err
send_claim(struct send_stage *s, struct store *store, struct why *why)
{
	const struct config *config = s->config;
	const int64_t timeout_s = config->deliver_timeout_ms / 1000;
	struct claiming c = { .stage = s,
		.id = uuid_new(clock_wall_ns(s->clock)),
		.now_ns = clock_mono_ns(s->clock) };
	const struct busy_hosts_room room = busy_hosts_room(&s->hosts,
	    c.now_ns);
	const struct delivery_wish wish = {
		.now_s = clock_wall_s(s->clock),
		.lease_s = 2 * timeout_s + LEASE_MARGIN_S,
		.max = room.attempts,
		.max_hosts = room.hosts,
		.may_visit = may_visit,
		.host_hourly = config->deliver_host_hourly,
		.mailbox_hourly = config->deliver_mailbox_hourly,
	};
	enum err e;

	if (config->deliver_mode != DELIVER_ON || wish.max == 0 ||
	    holds_run_out(s, wish.now_s))
		return E_OK;
	if ((e = check_clock(s, store, why)) != E_OK || s->clock_is_off)
		return e;
	c.until_s = wish.now_s + wish.lease_s;
	e = store_delivery_claim(store, &c.id, &wish, note_claimed, &c, why);
	if (e != E_OK)
		forget_claimed(s, &c.id);
	return e;
}
