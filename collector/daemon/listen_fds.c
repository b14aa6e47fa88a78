#include "daemon/listen_fds.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/num.h"
#include "ingest/datagram_socket.h"

#define FIRST_FD 3
#define FDS_MAX 64
#define NAMES_MAX 256

static int64_t
number_from_env(const char *name)
{
	const char *text = getenv(name);
	int64_t v;

	if (text == NULL || num_parse(span_str(text), 0, INT32_MAX, &v) != E_OK)
		return -1;
	return v;
}

/* Where they end. */
static int
end_fd(void)
{
	int64_t n = number_from_env("LISTEN_FDS");

	/* The variables may be meant for a parent of ours. */
	if (number_from_env("LISTEN_PID") != getpid() || n < 1 || n > FDS_MAX)
		return FIRST_FD;
	return FIRST_FD + (int)n;
}

enum err
listen_fds_datagram(int *ret_fd)
{
	for (int fd = FIRST_FD; fd < end_fd(); fd++) {
		if (datagram_socket_adopt(fd, NULL) != E_OK)
			continue;
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		*ret_fd = fd;
		return E_OK;
	}
	return E_ABSENT;
}

static bool
takes_connections(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0, listens = 0;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 &&
	    type == SOCK_STREAM && listens != 0;
}

static bool
is_memory(int fd)
{
	return fcntl(fd, F_GET_SEALS) >= 0; /* memfd_create(2) alone has them */
}

static enum err
find(const char *name, bool (*fits)(int fd), int *ret_fd)
{
	const char *text = getenv("LISTEN_FDNAMES");
	struct span names = text == NULL ? SPAN_NONE : span_str(text);

	for (int fd = FIRST_FD; fd < end_fd() && names.len > 0; fd++) {
		if (!span_eq(span_until(&names, ':'), span_str(name)) ||
		    !fits(fd))
			continue;
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		*ret_fd = fd;
		return E_OK;
	}
	return E_ABSENT;
}

enum err
listen_fds_stream(const char *name, int *ret_fd)
{
	enum err e = find(name, takes_connections, ret_fd);

	if (e == E_OK)
		(void)fcntl(*ret_fd, F_SETFL,
		    fcntl(*ret_fd, F_GETFL) | O_NONBLOCK);
	return e;
}

enum err
listen_fds_memory(const char *name, int *ret_fd)
{
	return find(name, is_memory, ret_fd);
}

/* -- to a child -- */

/* One after the other, from the first on. */
static enum err
place(const struct listen_fd *v, size_t n)
{
	int out_of_the_way[LISTEN_FDS_HANDED_MAX];

	for (size_t i = 0; i < n; i++) {
		out_of_the_way[i] = fcntl(v[i].fd, F_DUPFD_CLOEXEC,
		    FIRST_FD + LISTEN_FDS_HANDED_MAX);
		if (out_of_the_way[i] < 0)
			return E_IO;
	}
	/* dup2 drops close-on-exec. */
	for (size_t i = 0; i < n; i++)
		if (dup2(out_of_the_way[i], FIRST_FD + (int)i) < 0)
			return E_IO;
	return E_OK;
}

enum err
listen_fds_hand_over(const struct listen_fd *v, size_t n)
{
	struct buf names = BUF_INIT(NAMES_MAX);
	char pid[16], count[24];
	enum err e = place(v, n);

	for (size_t i = 0; i < n; i++)
		buf_addf(&names, "%s%s", i == 0 ? "" : ":", v[i].name);
	if (e == E_OK)
		e = names.err;
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	(void)snprintf(count, sizeof(count), "%zu", n);
	if (e == E_OK &&
	    (setenv("LISTEN_PID", pid, 1) != 0 ||
		setenv("LISTEN_FDS", count, 1) != 0 ||
		setenv("LISTEN_FDNAMES", buf_str(&names), 1) != 0))
		e = E_NOMEM;
	buf_free(&names);
	return e;
}
