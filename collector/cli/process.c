#include "cli/process.h"

#include <fcntl.h>
#include <limits.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum err
process_start(const char *const *argv, const char *log, pid_t *ret,
    struct why *why)
{
	posix_spawn_file_actions_t actions;
	int failed;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
	    O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 2, log,
	    O_WRONLY | O_CREAT | O_APPEND, 0640);
	(void)posix_spawn_file_actions_adddup2(&actions, 2, 1);
	failed = posix_spawn(ret, argv[0], &actions, NULL, (char *const *)argv,
	    environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return why_set(why, E_IO, "%s: %s", argv[0], strerror(failed));
	return E_OK;
}

bool
process_runs(pid_t pid, int *ret_status)
{
	return waitpid(pid, ret_status, WNOHANG) == 0;
}

void
process_end(pid_t pid)
{
	int status;

	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, &status, 0);
}

enum err
process_sibling(const char *name, char *ret, size_t size, struct why *why)
{
	static const char *const places[] = { ".", "../sbin", "../daemon" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *folder;

	if (n < 0)
		return why_errno(why, "/proc/self/exe");
	self[n] = '\0';
	folder = dirname(self);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(ret, size, "%s/%s/%s", folder, places[i], name);
		if (access(ret, X_OK) == 0)
			return E_OK;
	}
	return why_set(why, E_ABSENT, "%s is not beside this program", name);
}
