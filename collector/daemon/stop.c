#include "daemon/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

/* Any thread may be the one that takes the signal. */
static atomic_bool asked;
static struct waker *to_wake;

static void
handle(int signal_number)
{
	int error = errno;

	(void)signal_number;
	atomic_store_explicit(&asked, true, memory_order_relaxed);
	waker_wake(to_wake);
	errno = error;
}

void
stop_signals(sigset_t *ret)
{
	(void)sigemptyset(ret);
	(void)sigaddset(ret, SIGTERM);
	(void)sigaddset(ret, SIGINT);
}

enum err
stop_on_signals(struct waker *waker, struct why *why)
{
	struct sigaction action;
	sigset_t ends;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handle;
	to_wake = waker;
	if (sigaction(SIGTERM, &action, NULL) != 0 ||
	    sigaction(SIGINT, &action, NULL) != 0)
		return why_errno(why, "sigaction");
	stop_signals(&ends);
	if (sigprocmask(SIG_UNBLOCK, &ends, NULL) != 0)
		return why_errno(why, "sigprocmask");
	return E_OK;
}

bool
stop_asked(void)
{
	return atomic_load_explicit(&asked, memory_order_relaxed);
}
