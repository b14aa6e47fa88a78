#include "daemon/role.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/shared_counts.h"
#include "daemon/confine.h"
#include "daemon/listen_fds.h"
#include "daemon/log_as.h"
#include "daemon/stop.h"

static const struct role roles[] = {
	{ "migrate", role_migrate, .makes_schema = true },
	{ "collect", role_collect, .needs_socket = true },
	{ "report", role_report, .needs_store = true },
	{ "deliver", role_deliver, .needs_store = true },
	{ "intake", role_intake, .needs_streams = true, .rereads = true },
	{ "web", role_web, .serves_page = true, .rereads = true },
	{ "watch", role_watch, .needs_store = true },
	{ "metrics", .run = role_metrics },
};

const struct role *
role_find(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];
	return NULL;
}

const struct role *
role_at(size_t i)
{
	return i < sizeof(roles) / sizeof(roles[0]) ? &roles[i] : NULL;
}

/* Without them it counts for itself, and nobody hears of it. */
static void
share_counts(void)
{
	struct why why = { { 0 } };
	int fd;

	if (listen_fds_memory(HANDED_COUNTS, &fd) != E_OK)
		return;
	if (shared_counts_map(fd, &why) != E_OK)
		log_warning("/metrics will not tell of this role",
		    LOG_WHY(&why));
	(void)close(fd);
}

int
role_run(const struct role *role, const struct config *config)
{
	static struct waker waker; /* a signal may wake it to the very end */
	struct clock clock = clock_machine(
	    config->daemon_clock_offset_ms / 1000);
	struct role_context context = { role->name, config, &clock, &waker };
	struct why why = { { 0 } };

	log_as(role->name, config);
	share_counts();
	confine(role->name, config);
	if (waker_open(&waker, &why) != E_OK ||
	    stop_on_signals(&waker, &why) != E_OK) {
		log_error("role does not start", LOG_WHY(&why));
		return EX_OSERR;
	}
	if (config->daemon_clock_offset_ms != 0)
		log_warning("demonstration: the clock is moved",
		    LOG_I("by_s", config->daemon_clock_offset_ms / 1000));
	return role->run(&context);
}
