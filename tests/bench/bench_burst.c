/* bench_burst.c -- how many of 20,000 datagrams, sent in one second in clumps
 * of 50 by senders that do not wait and have a socket each, find the queue
 * full. A network namespace of its own has its own net.unix.max_dgram_qlen. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "corpus.h"
#include "measure.h"
#include "sending.h"
#include "service.h"

#define DATAGRAMS 20000
#define CLUMP 50
#define DOMAINS 1000
#define ROUNDS 5

static bool
set_queue_limit(unsigned limit)
{
	FILE *f = fopen("/proc/sys/net/unix/max_dgram_qlen", "w");
	bool done = f != NULL && fprintf(f, "%u\n", limit) > 0;

	return f != NULL && fclose(f) == 0 && done;
}

static void
sleep_until(int64_t ns)
{
	struct timespec t = { ns / NS_PER_S, ns % NS_PER_S };

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		continue;
}

/* As libtlsrpt in Postfix: a socket each, and no waiting. */
static bool
send_one(const struct sockaddr_un *to, struct span datagram)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t n = sendto(fd, datagram.p, datagram.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to,
	    sizeof(*to));

	if (n < 0 && errno != EAGAIN)
		bench_fail("sendto: %s", strerror(errno));
	(void)close(fd);
	return n >= 0;
}

/* Percent that was refused. */
static double
burst(const char *path, const struct corpus *c)
{
	struct sending s;
	int64_t start = mono_ns();
	size_t lost = 0;

	sending_open(&s, path);
	for (size_t i = 0; i < c->n; i++) {
		if (i % CLUMP == 0)
			sleep_until(
			    start + (int64_t)i * NS_PER_S / (int64_t)c->n);
		lost += !send_one(&s.to, c->v[i]);
	}
	sending_close(&s);
	return (double)lost * 100 / (double)c->n;
}

/* A receiver that does nothing else, at real-time priority. */
static pid_t
start_bare(char path[64])
{
	struct sched_param least = { .sched_priority = 1 };
	char datagram[8192];
	struct sending s;
	pid_t pid;

	(void)snprintf(path, 64, "/tmp/tlsrptd-bench-%d.sock", (int)getpid());
	sending_open(&s, path);
	if (bind(s.fd, (struct sockaddr *)&s.to, sizeof(s.to)) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	if ((pid = fork()) == 0) {
		(void)sched_setscheduler(0, SCHED_FIFO, &least);
		while (recv(s.fd, datagram, sizeof(datagram), 0) >= 0)
			continue;
		_exit(EXIT_FAILURE);
	}
	sending_close(&s);
	return pid;
}

static void
measure(unsigned queue, double goal, const struct corpus *c)
{
	struct rounds ours = { .n = 0 }, bare = { .n = 0 };
	char path[64], name[64];
	struct service s;
	pid_t pid = start_bare(path);

	service_start(&s, "");
	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&bare, burst(path, c));
		rounds_add(&ours, burst(s.socket, c));
	}
	service_stop(&s);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)unlink(path);
	(void)snprintf(name, sizeof(name), "burst.lost.queue-%u", queue);
	figure_print(&(struct figure){ .name = name,
	    .value = rounds_median(&ours),
	    .unit = "%",
	    .limit = rounds_median(&bare),
	    .kind = GOAL_VALUE_AT_MOST,
	    .goal = goal });
}

int
main(void)
{
	static const struct {
		unsigned queue;
		double goal;
	} cases[] = { { 10, 0.5 }, { 256, 0 } };
	struct corpus c;

	if (unshare(CLONE_NEWNET) != 0)
		bench_fail("burst: unshare: %s; run it as root",
		    strerror(errno));
	corpus_make(&c, DATAGRAMS, DOMAINS, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!set_queue_limit(cases[i].queue))
			bench_fail("net.unix.max_dgram_qlen cannot be set");
		measure(cases[i].queue, cases[i].goal, &c);
	}
	corpus_free(&c);
	return 0;
}
