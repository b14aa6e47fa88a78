#include "intake/stream_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"
#include "base/span.h"

#define BACKLOG 128

union address {
	struct sockaddr any;
	struct sockaddr_un un;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static enum err
open_socket(int family, int *ret_fd, struct why *why)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return why_errno(why, "socket");
	*ret_fd = fd;
	return E_OK;
}

/* -- at a path -- */

static enum err
make_address(const char *path, union address *ret, struct why *why)
{
	*ret = (union address){ .un = { .sun_family = AF_UNIX } };
	if (strlen(path) >= sizeof(ret->un.sun_path))
		return why_set(why, E_RANGE, "%s: socket path too long", path);
	memcpy(ret->un.sun_path, path, strlen(path) + 1);
	return E_OK;
}

/* False: nobody does, errno tells whether that is sure. */
static bool
somebody_listens(const union address *a)
{
	int fd = -1, error;
	bool listens;

	if (open_socket(AF_UNIX, &fd, NULL) != E_OK)
		return false;
	/* EAGAIN: its queue is full. */
	listens = connect(fd, &a->any, sizeof(a->un)) == 0 || errno == EAGAIN;
	error = errno;
	(void)close(fd);
	errno = error;
	return listens;
}

/* A socket file outlives the process that bound it and is in the way of the
 * next bind. */
static enum err
remove_stale(const union address *a, struct why *why)
{
	const char *path = a->un.sun_path;
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? E_OK : why_errno(why, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return why_set(why, E_EXISTS, "%s is there and no socket",
		    path);
	if (somebody_listens(a))
		return why_set(why, E_BUSY, "another process listens on %s",
		    path);
	if (errno != ECONNREFUSED || unlink(path) != 0)
		return why_errno(why, "%s", path);
	return E_OK;
}

static enum err
set_owner(const struct stream_socket_options *o, struct why *why)
{
	const struct passwd *user = NULL;
	const struct group *group = NULL;

	if (o->owner[0] != '\0' && (user = getpwnam(o->owner)) == NULL)
		return why_set(why, E_USAGE, "there is no user \"%s\"",
		    o->owner);
	if (o->group[0] != '\0' && (group = getgrnam(o->group)) == NULL)
		return why_set(why, E_USAGE, "there is no group \"%s\"",
		    o->group);
	if ((user != NULL || group != NULL) &&
	    chown(o->path, user == NULL ? (uid_t)-1 : user->pw_uid,
		group == NULL ? (gid_t)-1 : group->gr_gid) != 0)
		return why_errno(why, "%s: owner", o->path);
	if (chmod(o->path, o->mode) != 0)
		return why_errno(why, "%s: mode", o->path);
	return E_OK;
}

static enum err
listen_at(const struct stream_socket_options *o, int fd, struct why *why)
{
	union address a;
	mode_t mask;
	int failed;
	enum err e;

	if ((e = make_address(o->path, &a, why)) != E_OK ||
	    (e = remove_stale(&a, why)) != E_OK)
		return e;
	/* Nobody may connect before owner and mode are what they should be. */
	mask = umask(0777);
	failed = bind(fd, &a.any, sizeof(a.un));
	(void)umask(mask);
	if (failed)
		return why_errno(why, "%s: bind", o->path);
	if ((e = set_owner(o, why)) != E_OK)
		return e;
	if (listen(fd, BACKLOG) != 0)
		return why_errno(why, "%s: listen", o->path);
	return E_OK;
}

enum err
stream_socket_listen(const struct stream_socket_options *o, int *ret_fd,
    struct why *why)
{
	int fd = -1;
	enum err e = open_socket(AF_UNIX, &fd, why);

	if (e == E_OK)
		e = listen_at(o, fd, why);
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
	int fd = -1;
	enum err e;

	if (!read_address(address, &a))
		return why_set(why, E_SYNTAX,
		    "%s: an address and a port are wanted", address);
	if (!is_loopback(&a))
		return why_set(why, E_USAGE,
		    "%s: not an address of this machine alone", address);
	if ((e = open_socket(a.any.sa_family, &fd, why)) != E_OK)
		return e;
	if ((e = listen_on(fd, &a, address, why)) == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}
