/* daemon/role_migrate.c -- bring the store's schema up, however long the store
 * keeps us waiting. The supervisor runs it until that is done. */
#include <signal.h>
#include <sysexits.h>

#include "base/backoff.h"
#include "base/log.h"
#include "base/fault.h"
#include "daemon/stop.h"
#include "daemon/worker.h"

#define RETRY_FIRST_NS (500 * NS_PER_MS)
#define RETRY_MAX_NS (10 * NS_PER_S)

static enum err
migrate(const struct role_context *context, struct store_schema *ret,
    struct why *why)
{
	struct store *store = NULL;
	enum err e = worker_connect(context, true, &store, why);

	if (e == E_OK)
		e = store_migrate(store, clock_wall_s(context->clock), ret,
		    why);
	store_close(store);
	return e;
}

int
role_migrate(struct role_context *context)
{
	struct fault fault = { .what = "store is away, trying again" };
	struct backoff backoff = BACKOFF_INIT(RETRY_FIRST_NS, RETRY_MAX_NS);

	/* A step is a transaction: this may end anywhere, and has to in a call
	 * that hangs. */
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	while (!stop_asked()) {
		struct why why = { { 0 } };
		struct store_schema schema;
		enum err e = migrate(context, &schema, &why);

		if (e == E_OK) {
			log_info("store is ready",
			    LOG_I("schema", schema.version));
			return EX_OK;
		}
		if (e == E_VERSION || e == E_USAGE) {
			log_error("store cannot be used", LOG_WHY(&why));
			return EX_CONFIG;
		}
		fault_note(&fault, e, &why);
		worker_sleep(context, backoff_next_ns(&backoff));
	}
	return EX_TEMPFAIL;
}
