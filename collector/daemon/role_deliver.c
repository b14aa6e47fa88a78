#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/worker.h"
#include "deliver/deliver_stage.h"

#define PERIOD_NS NS_PER_S

static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct deliver_stage *stage = arg;

	stage->store = store;
	return deliver_stage_run(stage, why);
}

int
role_deliver(struct role_context *context)
{
	const char *folder = context->config->deliver_directory;
	struct deliver_stage stage = { .clock = context->clock };
	struct why why = { { 0 } };
	int code;

	if (file_make_folder(folder, 0750, &why) != E_OK) {
		log_error("no folder for reports", LOG_WHY(&why));
		return EX_CANTCREAT;
	}
	stage.dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage.dir_fd < 0) {
		(void)why_errno(&why, "%s", folder);
		log_error("no folder for reports", LOG_WHY(&why));
		return EX_CANTCREAT;
	}
	code = worker_run(context, step, &stage, PERIOD_NS);
	(void)close(stage.dir_fd);
	return code;
}
