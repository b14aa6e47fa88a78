#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/stop.h"
#include "daemon/worker.h"
#include "deliver/deliver_stage.h"
#include "deliver/plan.h"
#include "deliver/send_stage.h"
#include "deliver/summary.h"

/* Between two looks for reports that were built, and for deliveries that are
 * due. */
#define LOOK_NS NS_PER_S
/* Between two steps, while answers come in. */
#define PERIOD_NS NS_PER_MS

struct delivering {
	struct role_context *context;
	struct deliver_stage files;
	int64_t looked_ns;	 /* monotonic */
	struct send_stage *send; /* NULL: nothing is sent */
	struct summary summary;
};

/* For what was built, and whether a day is over. */
static enum err
look(struct delivering *r, struct store *store, struct why *why)
{
	int64_t now_ns = clock_mono_ns(r->context->clock);
	enum err e, told;

	if (r->looked_ns != 0 && now_ns - r->looked_ns < LOOK_NS)
		return E_OK;
	r->looked_ns = now_ns;
	r->files.store = store;
	e = deliver_stage_run(&r->files, why);
	told = summary_step(&r->summary, store, clock_wall_s(r->context->clock),
	    e == E_OK ? why : NULL);
	return e == E_OK ? told : e;
}

/* What cannot be handed over does not keep back what can be sent. */
static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct delivering *r = arg;
	struct waker *waker = r->context->waker;
	enum err e = look(r, store, why), sent;

	if (r->send == NULL) {
		worker_sleep(r->context, LOOK_NS);
		return e;
	}
	waker_prepare(waker);
	sent = send_stage_run(r->send, store, stop_asked() ? 0 : LOOK_NS,
	    e == E_OK ? why : NULL);
	return e == E_OK ? sent : e;
}

static void
go_on(void *arg, int64_t ns)
{
	const struct delivering *r = arg;
	const struct clock *clock = r->context->clock;
	struct waker *waker = r->context->waker;
	int64_t until = clock_mono_ns(clock) + ns, left = ns;

	if (r->send == NULL)
		worker_sleep(r->context, ns);
	while (r->send != NULL && !stop_asked() && left > 0) {
		waker_prepare(waker);
		send_stage_go_on(r->send, stop_asked() ? 0 : left);
		left = until - clock_mono_ns(clock);
	}
}

static void
end(void *arg, struct store *store)
{
	const struct delivering *r = arg;

	send_stage_free(r->send, store);
}

static enum err
open_folder(const char *path, int *ret_fd, struct why *why)
{
	enum err e = file_make_folder(path, 0750, why);

	if (e != E_OK)
		return e;
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? why_errno(why, "%s", path) : E_OK;
}

/* What a name server, a certificate or a password has that cannot be used does
 * not matter before anything is sent. */
static enum err
open_sending(struct delivering *r, struct why *why)
{
	const struct role_context *context = r->context;

	if (context->config->deliver_mode != DELIVER_ON)
		return E_OK;
	return send_stage_new(context->config, context->clock,
	    context->waker->fd, &r->send, why);
}

int
role_deliver(struct role_context *context)
{
	const struct config *config = context->config;
	struct delivering r = { .context = context,
		.files = { .config = config, .clock = context->clock } };
	const struct worker_task task = { .step = step,
		.end = end,
		.wait = go_on,
		.arg = &r,
		.period_ns = PERIOD_NS };
	struct why why = { { 0 } };
	int code;

	if (open_folder(config->deliver_directory, &r.files.dir_fd, &why) !=
	    E_OK) {
		log_error("no folder for reports", LOG_WHY(&why));
		return EX_CANTCREAT;
	}
	if (open_sending(&r, &why) == E_OK) {
		code = worker_run(context, &task);
	} else {
		log_error("reports cannot be sent", LOG_WHY(&why));
		code = EX_CONFIG;
	}
	(void)close(r.files.dir_fd);
	return code;
}
