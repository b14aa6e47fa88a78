#include "daemon/listen_fds.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/num.h"
#include "ingest/datagram_socket.h"

#define FIRST_FD 3
#define FDS_MAX 64

static int64_t
number_from_env(const char *name)
{
	const char *text = getenv(name);
	int64_t v;

	if (text == NULL || num_parse(span_str(text), 0, INT32_MAX, &v) != E_OK)
		return -1;
	return v;
}

enum err
listen_fds_datagram(int *ret_fd)
{
	int64_t n = number_from_env("LISTEN_FDS");

	/* The variables may be meant for a parent of ours. */
	if (number_from_env("LISTEN_PID") != getpid() || n < 1 || n > FDS_MAX)
		return E_ABSENT;
	for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++) {
		if (datagram_socket_adopt(fd, NULL) != E_OK)
			continue;
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		*ret_fd = fd;
		return E_OK;
	}
	return E_ABSENT;
}

enum err
listen_fds_hand_over(int fd)
{
	char pid[16];

	/* dup2 drops close-on-exec, but not onto itself. */
	if (fd == FIRST_FD ? fcntl(fd, F_SETFD, 0) < 0 : dup2(fd, FIRST_FD) < 0)
		return E_IO;
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (setenv("LISTEN_PID", pid, 1) != 0 ||
	    setenv("LISTEN_FDS", "1", 1) != 0)
		return E_NOMEM;
	return E_OK;
}
