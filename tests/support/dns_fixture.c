#include "support/dns_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct name_server name_server;

/* -- servers -- */

static void
spawn_server(struct name_server *s, int in, int out)
{
	char *args[] = { (char *)(uintptr_t) "python3",
		(char *)(uintptr_t) "-B",
		(char *)(uintptr_t)TESTS_DIR "/support/dns_server.py", NULL };
	posix_spawn_file_actions_t actions;

	assert_int_equal(0, posix_spawn_file_actions_init(&actions));
	assert_int_equal(0, posix_spawn_file_actions_adddup2(&actions, in, 0));
	assert_int_equal(0, posix_spawn_file_actions_adddup2(&actions, out, 1));
	assert_int_equal(0,
	    posix_spawnp(&s->pid, "python3", &actions, NULL, args, environ));
	(void)posix_spawn_file_actions_destroy(&actions);
}

int
start_name_server(void **state)
{
	struct name_server *s = &name_server;
	int in[2], out[2], port;

	(void)state;
	assert_int_equal(0, pipe2(in, O_CLOEXEC));
	assert_int_equal(0, pipe2(out, O_CLOEXEC));
	spawn_server(s, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	s->in = fdopen(in[1], "w");
	s->out = fdopen(out[0], "r");
	assert_int_equal(3,
	    fscanf(s->out, "%d %299s %299s", &port, s->anchor,
		s->wrong_anchor));
	(void)snprintf(s->address, sizeof(s->address), "127.0.0.1@%d", port);
	return 0;
}

int
stop_name_server(void **state)
{
	int status;

	(void)state;
	(void)fclose(name_server.in); /* which ends it */
	assert_int_equal(name_server.pid, waitpid(name_server.pid, &status, 0));
	assert_int_equal(0, status);
	(void)fclose(name_server.out);
	return 0;
}

void
name_server_do(const char *what)
{
	char done[8] = "";

	assert_true(fprintf(name_server.in, "%s\n", what) > 0);
	assert_int_equal(0, fflush(name_server.in));
	assert_int_equal(1, fscanf(name_server.out, "%7s", done));
	assert_string_equal("done", done);
}

int
mute_server(char address[64])
{
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(any);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(-1, fd);
	assert_int_equal(0, bind(fd, (struct sockaddr *)&any, len));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&any, &len));
	(void)snprintf(address, 64, "127.0.0.1@%d", ntohs(any.sin_port));
	return fd;
}

/* -- one resolver, and what came of its lookups -- */

struct resolver_options
dns_options(void)
{
	return (struct resolver_options){ .servers = name_server.address,
		.trust_anchor = name_server.anchor,
		.timeout_ms = 600000 }; /* longer than ctest waits */
}

struct resolver *
open_resolver(const struct resolver_options *o)
{
	struct resolver *r = NULL;
	struct why why = { { 0 } };

	assert_ok_why(resolver_open(o, &r, &why), &why);
	return r;
}

void
note_answer(void *arg, const struct txt_answer *a)
{
	struct told *t = arg;
	struct span first = a->txts.n == 0 ? SPAN_NONE : a->txts.v[0];

	t->n++;
	t->outcome = a->outcome;
	t->dnssec = a->dnssec;
	t->ttl_s = a->ttl_s;
	t->ntxts = a->txts.n;
	t->bytes = 0;
	for (size_t i = 0; i < a->txts.n; i++) {
		t->bytes += a->txts.v[i].len;
		if (span_cmp(a->txts.v[i], first) < 0)
			first = a->txts.v[i];
	}
	(void)snprintf(t->txt, sizeof(t->txt), "%.*s", SPAN_ARG(first));
	(void)snprintf(t->why, sizeof(t->why), "%.*s", SPAN_ARG(a->why));
}

void
ask(struct resolver *r, const char *name, struct told *t)
{
	struct why why = { { 0 } };

	*t = (struct told){ .n = 0 };
	assert_ok_why(resolver_txt(r, name, note_answer, t, &why), &why);
	assert_int_equal(0, t->n);
}

static void
wait_for_resolver(const struct resolver *r)
{
	const struct clock clock = clock_machine(0);
	struct pollfd fd = { .fd = resolver_fd(r), .events = POLLIN };
	int64_t left = resolver_next_deadline_ns(r) - clock_mono_ns(&clock);

	left = left < 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
	(void)poll(&fd, 1, left > INT_MAX ? INT_MAX : (int)left);
}

void
run_resolver_until(struct resolver *r, size_t left)
{
	while (resolver_pending(r) > left) {
		wait_for_resolver(r);
		assert_ok(resolver_run(r, NULL));
	}
}

struct told
told_with(const struct resolver_options *o, const char *name)
{
	struct resolver *r = open_resolver(o);
	struct told t;

	ask(r, name, &t);
	run_resolver_until(r, 0);
	assert_int_equal(INT64_MAX, resolver_next_deadline_ns(r));
	resolver_close(r);
	assert_int_equal(1, t.n);
	return t;
}

struct told
told(const char *name)
{
	struct resolver_options o = dns_options();

	return told_with(&o, name);
}
