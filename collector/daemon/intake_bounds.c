#include "daemon/intake_bounds.h"

#include <stdlib.h>

#define SOURCES 100000 /* that are remembered for their share of the day */
#define MS_PER_S 1000

struct intake_bounds {
	struct admission *admission;
	struct upkeep upkeep;
	char account[UUID_TEXT_SIZE]; /* the spool's */
};

static uint64_t
waiting(void *spool)
{
	return spool_counts(spool).waiting;
}

static struct admission_options
admission_options(const struct role_context *context, struct spool *spool)
{
	const struct config *c = context->config;

	return (struct admission_options){
		.sink = spool_sink(spool),
		.waiting = waiting,
		.arg = spool,
		.spool_max = (uint64_t)c->intake_spool_max_bytes,
		.reserve = (unsigned)c->intake_reserve,
		.daily = (uint64_t)c->intake_daily,
		.sources_max = SOURCES,
		.clock = context->clock,
	};
}

static struct upkeep_options
upkeep_options(const struct role_context *context,
    const struct intake_bounds *b)
{
	const struct config *c = context->config;

	return (struct upkeep_options){
		.clock = context->clock,
		.account = span_str(b->account),
		.keep_raw_s = c->intake_keep_raw_ms / MS_PER_S,
		.keep_rows_s = c->intake_keep_rows_ms / MS_PER_S,
		.store_max = (uint64_t)c->intake_store_max_bytes,
		.reserve = (unsigned)c->intake_reserve,
		.admission = b->admission,
	};
}

enum err
intake_bounds_open(const struct role_context *context, struct spool *spool,
    struct intake_bounds **ret, struct why *why)
{
	const struct admission_options options = admission_options(context,
	    spool);
	struct intake_bounds *b = calloc(1, sizeof(*b));

	if (b == NULL || admission_open(&options, &b->admission) != E_OK) {
		intake_bounds_close(b);
		return why_set(why, E_NOMEM, "out of memory");
	}
	uuid_text(spool_id(spool), b->account);
	b->upkeep.options = upkeep_options(context, b);

	*ret = b;
	return E_OK;
}

void
intake_bounds_close(struct intake_bounds *b)
{
	if (b == NULL)
		return;
	admission_close(b->admission);
	free(b);
}

struct receipt_sink
intake_bounds_sink(struct intake_bounds *b)
{
	return admission_sink(b->admission);
}

void
intake_bounds_join(struct intake_bounds *b, struct intake_worker *worker)
{
	worker->upkeep = &b->upkeep;
	worker->intake.account = span_str(b->account);
}
