#include "intake/lmtp_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "intake/lmtp_session.h"

/* New connections of a socket in one turn. */
#define ACCEPT_MAX 16
/* Until the next try where no descriptor or memory was to be had. */
#define ACCEPT_PAUSE_NS (100 * NS_PER_MS)
#define COMPLAINTS_PERIOD_NS (60 * NS_PER_S)
#define COMPLAINTS_BURST 5

struct lmtp_server {
	struct lmtp_server_options options;
	struct lmtp_shared shared;
	pthread_t thread;
	atomic_bool stop;
	bool is_stopping;  /* the thread has seen it */
	int64_t accept_ns; /* monotonic: not before */
	struct log_limit refusals;
	struct lmtp_session **sessions;
	size_t nsessions;
	/* The eventfd, the listening sockets, the sessions. */
	struct pollfd *polls;
};

static int64_t
now_ns(const struct lmtp_server *v)
{
	return clock_mono_ns(v->options.clock);
}

/* -- new connections -- */

static void
refuse(struct lmtp_server *v, int fd)
{
	static const char reply[] = "421 4.3.2 too many connections\r\n";
	uint64_t left_out;

	(void)send(fd, reply, sizeof(reply) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
	if (log_limit_pass(&v->refusals, now_ns(v), &left_out))
		log_warning("too many LMTP connections at once",
		    LOG_I("most", v->options.sessions_max),
		    LOG_I("left_out", left_out));
}

static void
take_connection(struct lmtp_server *v, int fd)
{
	struct lmtp_session *s;

	if (v->nsessions == v->options.sessions_max ||
	    lmtp_session_open(&v->shared, fd, &s) != E_OK)
		refuse(v, fd);
	else
		v->sessions[v->nsessions++] = s;
}

/* Most errors are of one connection; these would come back at once. */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

static void
accept_some(struct lmtp_server *v, int listen_fd)
{
	int fd = 0;

	for (int i = 0; i < ACCEPT_MAX && fd >= 0; i++) {
		fd = accept4(listen_fd, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0)
			take_connection(v, fd);
		else if (is_shortage(errno))
			v->accept_ns = now_ns(v) + ACCEPT_PAUSE_NS;
	}
}

static void
accept_all(struct lmtp_server *v)
{
	for (size_t i = 0; i < v->options.nlisten; i++)
		if (v->polls[1 + i].revents != 0)
			accept_some(v, v->options.listen_fds[i]);
}

/* -- waiting -- */

static size_t
fill_polls(struct lmtp_server *v)
{
	bool accepts = !v->is_stopping && now_ns(v) >= v->accept_ns;
	struct pollfd *p = v->polls;

	*p++ = (struct pollfd){ v->shared.wake_fd, POLLIN, 0 };
	for (size_t i = 0; i < v->options.nlisten; i++)
		*p++ = (struct pollfd){ accepts ? v->options.listen_fds[i] : -1,
			POLLIN, 0 };
	for (size_t i = 0; i < v->nsessions; i++, p++) {
		*p = (struct pollfd){ .fd = -1 };
		if (!lmtp_session_wants(v->sessions[i], &p->fd, &p->events))
			p->fd = -1;
	}
	return (size_t)(p - v->polls);
}

static int64_t
next_due_ns(const struct lmtp_server *v)
{
	int64_t next_ns = INT64_MAX;

	if (!v->is_stopping && v->accept_ns > now_ns(v))
		next_ns = v->accept_ns;
	for (size_t i = 0; i < v->nsessions; i++) {
		int64_t due_ns = lmtp_session_due_ns(v->sessions[i]);

		if (due_ns < next_ns)
			next_ns = due_ns;
	}
	return next_ns;
}

static void
await(struct lmtp_server *v)
{
	int64_t due_ns = next_due_ns(v), wait_ns = due_ns - now_ns(v);
	struct timespec wait = { 0, 0 };
	size_t n = fill_polls(v);
	eventfd_t count;

	if (wait_ns > 0)
		wait = (struct timespec){ wait_ns / NS_PER_S,
			wait_ns % NS_PER_S };
	if (ppoll(v->polls, n, due_ns == INT64_MAX ? NULL : &wait, NULL) < 0)
		for (size_t i = 0; i < n; i++)
			v->polls[i].revents = 0;
	if (v->polls[0].revents != 0)
		(void)eventfd_read(v->shared.wake_fd, &count);
}

/* -- a turn -- */

static void
serve(struct lmtp_server *v, struct lmtp_session *s, short revents)
{
	bool said = lmtp_session_collect(s);

	if (v->is_stopping)
		lmtp_session_dismiss(s);
	if (revents != 0 || said)
		lmtp_session_run(s, (revents & ~POLLOUT) != 0);
	if (lmtp_session_due_ns(s) <= now_ns(v))
		lmtp_session_expire(s);
}

static void
serve_all(struct lmtp_server *v)
{
	const struct pollfd *polls = v->polls + 1 + v->options.nlisten;

	for (size_t i = 0; i < v->nsessions; i++)
		serve(v, v->sessions[i], polls[i].revents);
}

static void
close_those_over(struct lmtp_server *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->nsessions; i++) {
		if (lmtp_session_is_over(v->sessions[i]))
			lmtp_session_close(v->sessions[i]);
		else
			v->sessions[n++] = v->sessions[i];
	}
	v->nsessions = n;
}

static void *
run(void *arg)
{
	struct lmtp_server *v = arg;

	while (!v->is_stopping || v->nsessions > 0) {
		await(v);
		v->is_stopping = atomic_load(&v->stop);
		serve_all(v);
		close_those_over(v);
		if (!v->is_stopping)
			accept_all(v);
	}
	return NULL;
}

/* -- from outside -- */

static void
release(struct lmtp_server *v)
{
	if (v->shared.wake_fd >= 0)
		(void)close(v->shared.wake_fd);
	(void)pthread_mutex_destroy(&v->shared.lock);
	free(v->polls);
	free(v->sessions);
	free(v);
}

static struct lmtp_server *
make(const struct lmtp_server_options *o)
{
	struct lmtp_server *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->options = *o;
	v->shared = (struct lmtp_shared){
		.options = &v->options,
		.complaints = { .period_ns = COMPLAINTS_PERIOD_NS,
		    .burst = COMPLAINTS_BURST },
		.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	v->refusals = v->shared.complaints;
	(void)pthread_mutex_init(&v->shared.lock, NULL);
	atomic_init(&v->stop, false);
	v->sessions = calloc(o->sessions_max, sizeof(v->sessions[0]));
	v->polls = calloc(1 + o->nlisten + o->sessions_max,
	    sizeof(v->polls[0]));
	return v;
}

/* Whoever else has the socket may take a connection before we do. */
static enum err
make_nonblocking(const struct lmtp_server_options *o, struct why *why)
{
	for (size_t i = 0; i < o->nlisten; i++) {
		int flags = fcntl(o->listen_fds[i], F_GETFL);

		if (flags < 0 ||
		    fcntl(o->listen_fds[i], F_SETFL, flags | O_NONBLOCK) != 0)
			return why_errno(why, "socket");
	}
	return E_OK;
}

static enum err
start(struct lmtp_server *v, struct why *why)
{
	if (v->sessions == NULL || v->polls == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if (v->shared.wake_fd < 0)
		return why_errno(why, "eventfd");
	if (pthread_create(&v->thread, NULL, run, v) != 0)
		return why_set(why, E_IO, "cannot start the LMTP thread");
	return E_OK;
}

enum err
lmtp_server_start(const struct lmtp_server_options *o, struct lmtp_server **ret,
    struct why *why)
{
	struct lmtp_server *v;
	enum err e;

	if (o->memory_max / 2 < o->dialogue.max_bytes)
		return why_set(why, E_RANGE,
		    "a message of the largest size has no room in memory");
	if ((e = make_nonblocking(o, why)) != E_OK)
		return e;
	if ((v = make(o)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = start(v, why)) == E_OK)
		*ret = v;
	else
		release(v);
	return e;
}

void
lmtp_server_stop(struct lmtp_server *v)
{
	if (v == NULL)
		return;
	atomic_store(&v->stop, true);
	(void)eventfd_write(v->shared.wake_fd, 1);
	(void)pthread_join(v->thread, NULL);
	release(v);
}
