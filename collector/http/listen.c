#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#define STREAM (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
#define WHERE_MAX 256

/* -- TCP -- */

static enum err
bind_tcp(const struct addrinfo *a, const char *where, int *ret_fd,
    struct why *why)
{
	int fd = socket(a->ai_family, STREAM, 0), on = 1, off = 0;
	enum err e;

	if (fd < 0)
		return why_errno(why, "socket for %s", where);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
		    sizeof(off));
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 ||
	    listen(fd, SOMAXCONN) != 0) {
		e = errno == EADDRINUSE ? E_EXISTS : E_IO;
		(void)why_errno(why, "listening on %s", where);
		(void)close(fd);
		return e;
	}
	*ret_fd = fd;
	return E_OK;
}

/* "[::1]:443" to "::1" and "443", which lie in where. */
static bool
split(char *where, char **ret_host, char **ret_port)
{
	char *colon = strrchr(where, ':');
	bool bracketed = where[0] == '[';
	int64_t port;

	if (colon == NULL ||
	    num_parse(span_str(colon + 1), 0, UINT16_MAX, &port) != E_OK)
		return false;
	*colon = '\0';
	if (bracketed && colon[-1] == ']')
		colon[-1] = '\0';
	else if (bracketed || strchr(where, ':') != NULL)
		return false;
	*ret_host = where + bracketed;
	*ret_port = colon + 1;
	return (*ret_host)[0] != '\0';
}

static enum err
listen_tcp(const char *where, int *ret_fd, struct why *why)
{
	struct addrinfo *found,
	    hints = {
		    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		    .ai_socktype = SOCK_STREAM,
	    };
	char text[WHERE_MAX], *host, *port;
	enum err e;

	(void)snprintf(text, sizeof(text), "%s", where);
	if (!split(text, &host, &port) ||
	    getaddrinfo(host, port, &hints, &found) != 0)
		return why_set(why, E_USAGE, "%s is not an address and a port",
		    where);
	e = bind_tcp(found, where, ret_fd, why);
	freeaddrinfo(found);
	return e;
}

/* -- Unix -- */

static bool
is_left_behind(const struct sockaddr_un *sun)
{
	struct stat st;
	bool refused;
	int fd;

	/* A file refuses connections as well. */
	if (lstat(sun->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode) ||
	    (fd = socket(AF_UNIX, STREAM, 0)) < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) !=
		0 &&
	    errno == ECONNREFUSED;
	(void)close(fd);
	return refused;
}

/* For nobody but the owner until its mode is set. */
static int
bind_private(int fd, const struct sockaddr_un *sun)
{
	mode_t old = umask(0177);
	int failed = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	int saved = errno;

	(void)umask(old);
	errno = saved;
	return failed;
}

static enum err
listen_unix(const char *path, mode_t mode, int *ret_fd, struct why *why)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	enum err e;
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path))
		return why_set(why, E_USAGE, "%s is too long for a socket",
		    path);
	memcpy(sun.sun_path, path, strlen(path));
	if ((fd = socket(AF_UNIX, STREAM, 0)) < 0)
		return why_errno(why, "socket for %s", path);
	if (is_left_behind(&sun))
		(void)unlink(path);
	if (bind_private(fd, &sun) != 0 || chmod(path, mode) != 0 ||
	    listen(fd, SOMAXCONN) != 0) {
		e = errno == EADDRINUSE ? E_EXISTS : E_IO;
		(void)why_errno(why, "listening on %s", path);
		(void)close(fd);
		return e;
	}
	*ret_fd = fd;
	return E_OK;
}

enum err
http_listen(const char *where, mode_t mode, int *ret_fd, struct why *why)
{
	return where[0] == '/' ? listen_unix(where, mode, ret_fd, why)
			       : listen_tcp(where, ret_fd, why);
}
