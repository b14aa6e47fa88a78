#include "intake/key_lookup.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/resolver.h"

/* Of the usual time while the last ones asked gave no answer at all: what is
 * behind waits for them, too. */
#define SHORT_PART 10

struct key_lookup {
	struct resolver *resolver;
	struct clock clock;
	int64_t timeout_ns;
	int wake_fd;
	bool is_away;
};

/* One that is under way. */
struct question {
	struct keys *keys;
	size_t at;
	bool is_answered;
};

enum err
key_lookup_open(const struct config *c, int wake_fd, struct key_lookup **ret,
    struct why *why)
{
	const struct resolver_options options = {
		.servers = c->dns_resolver,
		.trust_anchor = c->dns_trust_anchor,
		.timeout_ms = c->dns_timeout_ms,
	};
	struct key_lookup *l = NULL;
	struct why own = { { 0 } };
	enum err e = E_OK;

	if (strcmp(c->dns_resolver, "none") != 0) {
		if ((l = calloc(1, sizeof(*l))) == NULL)
			return why_set(why, E_NOMEM, "out of memory");
		l->clock = clock_machine(0);
		l->timeout_ns = c->dns_timeout_ms * NS_PER_MS;
		l->wake_fd = wake_fd;
		e = resolver_open(&options, &l->resolver, &own);
	}
	if (e == E_OK)
		*ret = l;
	else
		key_lookup_close(l);
	return e == E_OK ? e : why_set(why, e, "section dns: %s", own.text);
}

void
key_lookup_close(struct key_lookup *l)
{
	if (l == NULL)
		return;
	resolver_close(l->resolver);
	free(l);
}

static void
note(void *arg, const struct txt_answer *a)
{
	struct question *q = arg;

	q->is_answered = a->outcome == TXT_FOUND || a->outcome == TXT_NONE;
	keys_answer(q->keys, &q->keys->v[q->at], a);
}

/* What cannot be asked has no answer. The names are of an arena, which has a
 * NUL behind them. */
static void
ask_all(struct key_lookup *l, struct keys *keys, struct question *questions)
{
	for (size_t i = 0; i < keys->n; i++) {
		questions[i] = (struct question){ keys, i, false };
		(void)!resolver_txt(l->resolver, keys->v[i].name.p, note,
		    &questions[i], NULL);
	}
}

/* False: somebody wants us to go on without. */
static bool
wait_for(struct key_lookup *l, int64_t until_ns)
{
	int64_t at = resolver_next_deadline_ns(l->resolver);
	int64_t left = (at < until_ns ? at : until_ns) -
	    clock_mono_ns(&l->clock);
	struct pollfd fds[] = {
		{ .fd = resolver_fd(l->resolver), .events = POLLIN },
		{ .fd = l->wake_fd, .events = POLLIN },
	};

	left = left < 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
	(void)poll(fds, 2, (int)left);
	return (fds[1].revents & POLLIN) == 0;
}

static void
wait_for_all(struct key_lookup *l)
{
	int64_t until_ns = clock_mono_ns(&l->clock) +
	    (l->is_away ? l->timeout_ns / SHORT_PART : l->timeout_ns);

	while (resolver_pending(l->resolver) > 0 &&
	    clock_mono_ns(&l->clock) < until_ns && wait_for(l, until_ns))
		if (resolver_run(l->resolver, NULL) != E_OK)
			break;
	resolver_abandon(l->resolver);
}

void
key_lookup_ask(void *arg, struct keys *keys)
{
	struct key_lookup *l = arg;
	struct question *questions = calloc(keys->n + 1, sizeof(*questions));
	bool any = false;

	if (questions == NULL || keys->n == 0) {
		free(questions);
		return;
	}
	ask_all(l, keys, questions);
	wait_for_all(l);
	for (size_t i = 0; i < keys->n; i++)
		any |= questions[i].is_answered;
	l->is_away = !any;
	free(questions);
}
