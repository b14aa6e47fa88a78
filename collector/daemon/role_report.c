#include <sysexits.h>

#include "base/log.h"
#include "daemon/worker.h"
#include "report/day_room.h"
#include "report/report_stage.h"
#include "report/sign_stage.h"

#define PERIOD_NS NS_PER_S

struct reporting {
	struct report_stage build;
	struct sign_stage sign;
	struct day_room room;
};

/* What cannot be built does not keep back what can be signed, nor the room for
 * what comes. */
static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct reporting *r = arg;
	enum err e, next;

	r->build.store = r->sign.store = r->room.store = store;
	e = report_stage_run(&r->build, why);
	next = sign_stage_run(&r->sign, e == E_OK ? why : NULL);
	e = e == E_OK ? next : e;
	next = day_room_run(&r->room, e == E_OK ? why : NULL);
	return e == E_OK ? next : e;
}

int
role_report(struct role_context *context)
{
	const struct config *c = context->config;
	struct signing_keys keys;
	struct reporting r = {
		.build = { .clock = context->clock,
		    .options = report_options_of(c),
		    .grace_s = c->report_grace_ms / 1000,
		    .started_s = clock_wall_s(context->clock) },
		.sign = { .clock = context->clock, .config = c, .keys = &keys },
		.room = { .clock = context->clock,
		    .keep_s = c->report_keep_tallies_ms / 1000,
		    .keep_reports_s = c->report_keep_reports_ms / 1000 },
	};
	struct why why = { { 0 } };
	int code;

	if (signing_keys_load(c, &keys, &why) != E_OK) {
		log_error("the keys of report.dkim_keys cannot be used",
		    LOG_WHY(&why));
		return EX_CONFIG;
	}
	code = worker_run(context,
	    &(const struct worker_task){ .step = step,
		.arg = &r,
		.period_ns = PERIOD_NS });
	signing_keys_free(&keys);
	return code;
}
