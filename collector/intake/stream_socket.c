#include "intake/stream_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"
#include "base/span.h"

#define BACKLOG 128
#define STREAM (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* -- at a path -- */

enum err
stream_socket_listen(const struct socket_file *o, int *ret_fd, struct why *why)
{
	int fd = -1;
	enum err e = socket_file_bind(o, STREAM, &fd, why);

	if (e == E_OK && listen(fd, BACKLOG) != 0)
		e = why_errno(why, "%s: listen", o->path);
	if (e == E_OK)
		*ret_fd = fd;
	else if (fd >= 0)
		(void)close(fd);
	return e;
}

/* -- at a port -- */

/* "host:port" or "[host]:port" */
static bool
split_address(const char *address, char host[INET6_ADDRSTRLEN],
    int64_t *ret_port)
{
	struct span rest = span_str(address), name;

	name = span_take(&rest, SPAN_LIT("[")) ? span_until(&rest, ']')
					       : span_head(rest, 0);
	if (name.len == 0)
		name = span_until(&rest, ':');
	else if (!span_take(&rest, SPAN_LIT(":")))
		return false;
	if (name.len >= INET6_ADDRSTRLEN)
		return false;
	(void)snprintf(host, INET6_ADDRSTRLEN, "%.*s", SPAN_ARG(name));
	return num_parse(rest, 0, UINT16_MAX, ret_port) == E_OK;
}

static bool
read_address(const char *text, union address *ret)
{
	char host[INET6_ADDRSTRLEN];
	int64_t port;

	*ret = (union address){ .any = { .sa_family = AF_UNSPEC } };
	if (!split_address(text, host, &port))
		return false;
	if (inet_pton(AF_INET, host, &ret->in.sin_addr) == 1) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons((uint16_t)port);
		return true;
	}
	memset(ret, 0, sizeof(*ret));
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons((uint16_t)port);
	return inet_pton(AF_INET6, host, &ret->in6.sin6_addr) == 1;
}

static bool
is_loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohl(a->in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

static enum err
listen_on(int fd, const union address *a, const char *text, struct why *why)
{
	socklen_t len = a->any.sa_family == AF_INET ? sizeof(a->in)
						    : sizeof(a->in6);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, &a->any, len) != 0 || listen(fd, BACKLOG) != 0) {
		(void)why_errno(why, "%s", text);
		return E_IO;
	}
	return E_OK;
}

enum err
stream_socket_listen_tcp(const char *address, int *ret_fd, struct why *why)
{
	union address a;
	enum err e;
	int fd;

	if (!read_address(address, &a))
		return why_set(why, E_SYNTAX,
		    "%s: an address and a port are wanted", address);
	if (!is_loopback(&a))
		return why_set(why, E_USAGE,
		    "%s: not an address of this machine alone", address);
	if ((fd = socket(a.any.sa_family, STREAM, 0)) < 0)
		return why_errno(why, "socket");
	if ((e = listen_on(fd, &a, address, why)) == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}
