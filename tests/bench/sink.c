#include "sink.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define EVENTS 64
#define BACKLOG 1024

static int
listen_on_loopback(uint16_t *ret_port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_fail("sink: %s", strerror(errno));
	*ret_port = ntohs(at.sin6_port);
	return fd;
}

static void
watch(int epoll_fd, int fd, void *who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		bench_fail("sink: epoll_ctl: %s", strerror(errno));
}

static void
hang_up(struct sink_peer *p, const struct sink_kind *kind)
{
	kind->end(p);
	(void)close(p->fd);
	free(p);
}

static void
accept_one(int epoll_fd, int listen_fd, const struct sink_kind *kind, void *arg)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct sink_peer *p;
	int on = 1;

	if (fd < 0)
		return;
	if ((p = malloc(sizeof(*p))) == NULL)
		bench_fail("sink: out of memory");
	p->fd = fd;
	p->len = 0;
	p->own = NULL;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (kind->begin(p, arg))
		watch(epoll_fd, fd, p);
	else
		hang_up(p, kind);
}

static _Noreturn void
serve(int listen_fd, const struct sink_kind *kind, void *arg,
    _Atomic uint64_t *taken)
{
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[EVENTS];

	watch(epoll_fd, listen_fd, NULL);
	for (;;) {
		int n = epoll_wait(epoll_fd, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			struct sink_peer *p = events[i].data.ptr;

			if (p == NULL)
				accept_one(epoll_fd, listen_fd, kind, arg);
			else if (!kind->serve(p, taken))
				hang_up(p, kind);
		}
	}
}

void
sink_start(struct sink *s, const struct sink_kind *kind, void *arg)
{
	int fd = listen_on_loopback(&s->port);

	s->taken = mmap(NULL, sizeof(*s->taken), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->taken == MAP_FAILED)
		bench_fail("sink: mmap: %s", strerror(errno));
	if ((s->pid = fork()) < 0)
		bench_fail("sink: fork: %s", strerror(errno));
	if (s->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)prctl(PR_SET_NAME, "sink"); /* for perf */
		(void)signal(SIGPIPE, SIG_IGN);
		serve(fd, kind, arg, s->taken);
	}
	(void)close(fd);
}

void
sink_stop(struct sink *s)
{
	(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, NULL, 0);
	(void)munmap((void *)s->taken, sizeof(*s->taken));
}
