#include "ingest/segment_watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ingest/segment.h"

/* A journal has up to six at a time. */
#define WATCHED_MAX 16

struct watched {
	_Atomic uintptr_t map; /* 0: free; the others are valid before it is */
	size_t bytes;
	int dir_fd;
	char name[SEGMENT_NAME_SIZE];
	char aside[SEGMENT_NAME_SIZE + sizeof(SEGMENT_DAMAGED_SUFFIX)];
};

static struct watched watched[WATCHED_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
say(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	(void)n;
}

/* Only what signal-safety(7) allows. */
static void
handle(int signal_number, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)context;
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		struct watched *w = &watched[i];

		if (w->map == 0 || at < w->map || at >= w->map + w->bytes)
			continue;
		(void)renameat(w->dir_fd, w->name, w->dir_fd, w->aside);
		say("level=error what=\"a page of the journal cannot be had: "
		    "the segment is put aside\" file=");
		say(w->aside);
		say("\n");
		_exit(EX_IOERR);
	}
	(void)signal(signal_number, SIG_DFL); /* when it comes again */
}

enum err
segment_watch_start(struct why *why)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handle;
	action.sa_flags = SA_SIGINFO;
	if (sigaction(SIGBUS, &action, NULL) != 0)
		return why_errno(why, "sigaction");
	return E_OK;
}

void
segment_watch_add(const char *map, size_t bytes, int dir_fd, const char *name)
{
	(void)pthread_mutex_lock(&lock);
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		struct watched *w = &watched[i];

		if (w->map != 0)
			continue;
		w->bytes = bytes;
		w->dir_fd = dir_fd;
		(void)snprintf(w->name, sizeof(w->name), "%s", name);
		(void)snprintf(w->aside, sizeof(w->aside),
		    "%s" SEGMENT_DAMAGED_SUFFIX, name);
		w->map = (uintptr_t)map;
		break;
	}
	(void)pthread_mutex_unlock(&lock);
}

void
segment_watch_remove(const char *map)
{
	(void)pthread_mutex_lock(&lock);
	for (size_t i = 0; i < WATCHED_MAX; i++)
		if (watched[i].map == (uintptr_t)map)
			watched[i].map = 0;
	(void)pthread_mutex_unlock(&lock);
}
