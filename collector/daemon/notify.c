#include "daemon/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#define NS_PER_US INT64_C(1000)
#define SEND_PATIENCE_S 1 /* the manager may be busy; a hang helps nobody */

/* -- opening -- */

static enum err
read_address(const char *text, struct sockaddr_un *ret, socklen_t *ret_len)
{
	size_t len = strlen(text);

	if (len < 2 || len >= sizeof(ret->sun_path) ||
	    (text[0] != '/' && text[0] != '@'))
		return E_USAGE;
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path, text, len);
	if (text[0] == '@') /* an abstract name is as long as the address */
		ret->sun_path[0] = '\0';
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return E_OK;
}

static enum err
connect_to(const char *text, int *ret_fd, struct why *why)
{
	const struct timeval patience = { .tv_sec = SEND_PATIENCE_S };
	struct sockaddr_un sun;
	socklen_t len;
	int fd;

	if (read_address(text, &sun, &len) != E_OK)
		return why_set(why, E_USAGE,
		    "NOTIFY_SOCKET is no Unix socket's name: \"%s\"", text);
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return why_errno(why, "socket for NOTIFY_SOCKET");
	if (connect(fd, (const struct sockaddr *)&sun, len) != 0) {
		enum err e = why_errno(why, "NOTIFY_SOCKET %s", text);

		(void)close(fd);
		return e;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	*ret_fd = fd;
	return E_OK;
}

static int64_t
number_from_env(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	int64_t v;

	if (text == NULL ||
	    num_parse(span_str(text), 1, INT64_MAX / NS_PER_US, &v) != E_OK)
		return otherwise;
	return v;
}

enum err
notify_open(struct notify *n, struct why *why)
{
	const char *address = getenv("NOTIFY_SOCKET");
	enum err e = E_OK;

	if (address != NULL)
		e = connect_to(address, &n->fd, why);
	/* Without a WATCHDOG_PID it is meant for all. */
	if (number_from_env("WATCHDOG_PID", getpid()) == getpid())
		n->ping_ns = number_from_env("WATCHDOG_USEC", 0) * NS_PER_US /
		    2;
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	return e;
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		(void)close(n->fd);
	n->fd = -1;
}

/* -- telling -- */

static void
tell(const struct notify *n, const char *text)
{
	/* Not heard, there is nobody else to tell. */
	if (n->fd >= 0)
		(void)send(n->fd, text, strlen(text), MSG_NOSIGNAL);
}

void
notify_ready(struct notify *n)
{
	tell(n, "READY=1");
}

void
notify_reloading(struct notify *n, int64_t now_ns)
{
	char text[64];

	(void)snprintf(text, sizeof(text),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64, now_ns / NS_PER_US);
	tell(n, text);
}

void
notify_stopping(struct notify *n)
{
	tell(n, "STOPPING=1");
}

void
notify_status(struct notify *n, const char *status)
{
	char text[NOTIFY_STATUS_MAX + 8];

	if (strcmp(status, n->status) == 0)
		return;
	(void)snprintf(n->status, sizeof(n->status), "%s", status);
	(void)snprintf(text, sizeof(text), "STATUS=%s", n->status);
	tell(n, text);
}

void
notify_alive(struct notify *n, int64_t now_ns)
{
	if (n->ping_ns == 0 || now_ns < n->next_ping_ns)
		return;
	n->next_ping_ns = now_ns + n->ping_ns;
	tell(n, "WATCHDOG=1");
}
