#include "alert/round.h"
#include "base/log.h"
#include "daemon/stop.h"
#include "daemon/worker.h"
#include "insight/judge.h"
#include "watch/log_report.h"

#define PERIOD_NS NS_PER_S
#define LOOK_NS (2 * NS_PER_S)
#define REPORT_LOGS_NS (2 * NS_PER_S)
#define JUDGE_NS (3600 * NS_PER_S)
#define TELL_NS (5 * NS_PER_S)

/* What the role does when it starts, and then after each period; in this order
 * where several are due. */
enum { LOOK, REPORT_LOGS, JUDGE, TELL, ROUNDS };

struct watching {
	struct role_context *context;
	int64_t due_ns[ROUNDS]; /* monotonic */
	size_t turn;		/* of alert/round */
};

static struct look_round
look_round_of(const struct watching *w, struct store *store)
{
	const struct role_context *context = w->context;

	return (struct look_round){ .store = store,
		.config = context->config,
		.clock = context->clock,
		.is_over = stop_asked };
}

static enum err
look(struct watching *w, struct store *store, struct why *why)
{
	const struct look_round round = look_round_of(w, store);

	return look_round_run(&round, why);
}

static enum err
report_logs(struct watching *w, struct store *store, struct why *why)
{
	const struct look_round round = look_round_of(w, store);

	return log_report_run(&round, why);
}

static enum err
judge(struct watching *w, struct store *store, struct why *why)
{
	struct judgement j;
	enum err e = insight_judge(store, clock_wall_s(w->context->clock), &j,
	    why);

	if (e == E_OK && j.opened + j.worsened + j.closed > 0)
		log_info("findings", LOG_I("opened", j.opened),
		    LOG_I("worsened", j.worsened), LOG_I("closed", j.closed),
		    LOG_I("current", j.current));
	return e;
}

/* A receiver that does not answer is not waited for when the role is to end. */
static enum err
tell(struct watching *w, struct store *store, struct why *why)
{
	struct role_context *context = w->context;
	const struct alert_sender sender = { context->config, context->clock,
		context->waker->fd };

	waker_prepare(context->waker);
	return stop_asked() ? E_OK : alert_round(&sender, store, &w->turn, why);
}

static const struct round {
	enum err (*run)(struct watching *, struct store *, struct why *why);
	int64_t period_ns;
} rounds[ROUNDS] = {
	[LOOK] = { look, LOOK_NS },
	[REPORT_LOGS] = { report_logs, REPORT_LOGS_NS },
	[JUDGE] = { judge, JUDGE_NS },
	[TELL] = { tell, TELL_NS },
};

/* A round that fails keeps back no other; its next turn comes as if it had not,
 * as what is too much is so the next second, too. */
static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct watching *w = arg;
	enum err all = E_OK;

	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t now_ns = clock_mono_ns(w->context->clock);
		enum err e;

		if (w->due_ns[i] > now_ns)
			continue;
		w->due_ns[i] = now_ns + rounds[i].period_ns;
		e = rounds[i].run(w, store, all == E_OK ? why : NULL);
		all = all == E_OK ? e : all;
	}
	return all;
}

int
role_watch(struct role_context *context)
{
	struct watching w = { .context = context };

	return worker_run(context,
	    &(const struct worker_task){ .step = step,
		.arg = &w,
		.period_ns = PERIOD_NS });
}
