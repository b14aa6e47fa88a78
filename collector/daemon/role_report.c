#include "daemon/worker.h"
#include "report/report_stage.h"

#define PERIOD_NS NS_PER_S

static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct report_stage *stage = arg;

	stage->store = store;
	return report_stage_run(stage, why);
}

int
role_report(struct role_context *context)
{
	const struct config *c = context->config;
	struct report_stage stage = {
		.clock = context->clock,
		.options = report_options_of(c),
		.grace_s = c->report_grace_ms / 1000,
		.started_s = clock_wall_s(context->clock),
	};

	return worker_run(context,
	    &(const struct worker_task){ .step = step,
		.arg = &stage,
		.period_ns = PERIOD_NS });
}
