#include "daemon/reload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/waker.h"

#define FOR_EVER_NS (3600 * NS_PER_S)

static struct waker waker; /* a signal may wake it to the very end */
static atomic_bool asked, over;
static pthread_t thread;
static bool runs;
static struct {
	void (*fn)(void *arg);
	void *arg;
} task;

static void
handle(int signal_number)
{
	int error = errno;

	(void)signal_number;
	atomic_store(&asked, true);
	waker_wake(&waker);
	errno = error;
}

static void *
work(void *arg)
{
	while (!atomic_load(&over)) {
		waker_prepare(&waker);
		if (atomic_exchange(&asked, false))
			task.fn(task.arg);
		else if (!atomic_load(&over))
			waker_sleep(&waker, FOR_EVER_NS);
	}
	return arg;
}

enum err
reload_start(void (*fn)(void *arg), void *arg, struct why *why)
{
	struct sigaction action;
	enum err e = waker_open(&waker, why);

	if (e != E_OK)
		return e;
	task.fn = fn;
	task.arg = arg;
	memset(&action, 0, sizeof(action));
	action.sa_handler = handle;
	if (pthread_create(&thread, NULL, work, NULL) != 0)
		return why_set(why, E_NOMEM, "no thread can be started");
	runs = true;
	if (sigaction(SIGHUP, &action, NULL) != 0)
		return why_errno(why, "sigaction");
	return E_OK;
}

void
reload_stop(void)
{
	if (!runs)
		return;
	runs = false;
	atomic_store(&over, true);
	waker_wake(&waker);
	(void)pthread_join(thread, NULL);
}
