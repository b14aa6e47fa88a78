#include "ingest/datagram_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/num.h"

enum err
datagram_socket_bind(const struct socket_file *o, int *ret_fd, struct why *why)
{
	int fd = -1;
	enum err e = socket_file_bind(o, SOCK_DGRAM | SOCK_CLOEXEC, &fd, why);

	if (e == E_OK)
		e = datagram_socket_adopt(fd, why);
	if (e == E_OK)
		*ret_fd = fd;
	else if (fd >= 0)
		(void)close(fd);
	return e;
}

enum err
datagram_socket_adopt(int fd, struct why *why)
{
	int type = 0, domain = 0, on = 1;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 ||
	    type != SOCK_DGRAM || domain != AF_UNIX)
		return why_set(why, E_USAGE,
		    "descriptor %d is no Unix datagram socket", fd);
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) != 0)
		return why_errno(why, "SO_PASSCRED");
	return E_OK;
}

int
datagram_socket_queue_limit(void)
{
	struct buf text = BUF_INIT(64);
	struct span s;
	int64_t v = -1;

	if (file_read("/proc/sys/net/unix/max_dgram_qlen", &text, NULL) ==
	    E_OK) {
		s = buf_span(&text);
		if (num_parse(span_until(&s, '\n'), 0, INT32_MAX, &v) != E_OK)
			v = -1;
	}
	buf_free(&text);
	return (int)v;
}
