#include "support/smtp_server.h"

#include "support/test.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define PATIENCE_MS 20000

extern char **environ;

static void
spawn_servers(struct smtp_servers *s, int in, int out)
{
	char *args[] = { (char *)(uintptr_t) "python3",
		(char *)(uintptr_t)TESTS_DIR "/support/smtp_server.py", s->dir,
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
support_smtp_start(struct smtp_servers *s)
{
	int in[2], out[2], ready;

	support_mkdtemp(s->dir);
	assert_int_equal(0, pipe2(in, O_CLOEXEC));
	assert_int_equal(0, pipe2(out, O_CLOEXEC));
	spawn_servers(s, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	s->in = fdopen(in[1], "w");
	s->out = fdopen(out[0], "r");
	assert_int_equal(1, fscanf(s->out, "%d", &ready));
}

void
support_smtp_stop(struct smtp_servers *s)
{
	int status;

	(void)fclose(s->in); /* which ends it */
	assert_int_equal(s->pid, waitpid(s->pid, &status, 0));
	(void)fclose(s->out);
	support_rmdir(s->dir);
}

int
support_smtp_listen(struct smtp_servers *s, const char *script)
{
	int port;

	(void)fprintf(s->in, "%s\n", script);
	assert_int_equal(0, fflush(s->in));
	assert_int_equal(1, fscanf(s->out, "%d", &port));
	return port;
}

void
support_smtp_release(struct smtp_servers *s)
{
	(void)fprintf(s->in, "release\n");
	assert_int_equal(0, fflush(s->in));
}

static struct buf
read_one(const struct smtp_servers *s, const char *name)
{
	struct buf bytes = BUF_INIT((size_t)1 << 30);
	struct why why = { { 0 } };
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	assert_ok_why(file_read(path, &bytes, &why), &why);
	return bytes;
}

struct buf
support_smtp_log(const struct smtp_servers *s, int port)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%d.log", port);
	return read_one(s, name);
}

struct buf
support_smtp_message(const struct smtp_servers *s, int port, int n)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%d.%d", port, n);
	return read_one(s, name);
}

int
support_smtp_count(const struct smtp_servers *s, int port, const char *event)
{
	struct buf log = support_smtp_log(s, port);
	struct span rest = buf_span(&log);
	int n = 0;

	while (rest.len > 0) {
		struct span line = span_until(&rest, '\n');

		(void)span_until(&line, ' ');
		n += span_take(&line, span_str(event));
	}
	buf_free(&log);
	return n;
}

void
support_smtp_await(const struct smtp_servers *s, int port, const char *event,
    int n)
{
	const struct timespec while_ = { .tv_nsec = 5 * NS_PER_MS };

	for (int ms = 0; support_smtp_count(s, port, event) < n; ms += 5) {
		assert_true(ms < PATIENCE_MS);
		(void)nanosleep(&while_, NULL);
	}
}
