#include "support/https_server.h"

#include "support/test.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void
spawn_server(struct https_server *s, int in, int out)
{
	char *args[] = { (char *)(uintptr_t) "python3",
		(char *)(uintptr_t)TESTS_DIR "/support/https_server.py", s->dir,
		NULL };
	posix_spawn_file_actions_t actions;

	assert_int_equal(0, posix_spawn_file_actions_init(&actions));
	assert_int_equal(0, posix_spawn_file_actions_adddup2(&actions, in, 0));
	assert_int_equal(0, posix_spawn_file_actions_adddup2(&actions, out, 1));
	assert_int_equal(0,
	    posix_spawnp(&s->pid, "python3", &actions, NULL, args, environ));
	(void)posix_spawn_file_actions_destroy(&actions);
}

void
support_https_start(struct https_server *s)
{
	int in[2], out[2];
	FILE *ports;

	support_mkdtemp(s->dir);
	(void)snprintf(s->ca_file, sizeof(s->ca_file), "%s/ca.pem", s->dir);
	assert_int_equal(0, pipe2(in, O_CLOEXEC));
	assert_int_equal(0, pipe2(out, O_CLOEXEC));
	spawn_server(s, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	s->in = fdopen(in[1], "w");
	ports = fdopen(out[0], "r");
	assert_int_equal(5,
	    fscanf(ports, "%d %d %d %d %d", &s->trusted, &s->second,
		&s->selfsigned, &s->misnamed, &s->mute));
	(void)fclose(ports);
}

void
support_https_stop(struct https_server *s)
{
	int status;

	(void)fclose(s->in); /* which ends it */
	assert_int_equal(s->pid, waitpid(s->pid, &status, 0));
	support_rmdir(s->dir);
}
