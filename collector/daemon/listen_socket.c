#include "daemon/listen_socket.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/listen_fds.h"
#include "ingest/datagram_socket.h"

#define QUEUE_LIMIT_WANTED 512

/* -- what is amiss from the beginning -- */

/* By its real mode, whoever bound it. An abstract name is everybody's. */
static bool
is_world_writable(int fd)
{
	struct sockaddr_un sun = { .sun_family = AF_UNSPEC };
	socklen_t len = sizeof(sun) - 1;
	struct stat st;

	if (getsockname(fd, (struct sockaddr *)&sun, &len) != 0 ||
	    len <= offsetof(struct sockaddr_un, sun_path))
		return false;
	if (sun.sun_path[0] == '\0')
		return true;
	return stat(sun.sun_path, &st) == 0 && (st.st_mode & 0002) != 0;
}

static void
look_over(const struct listen_socket *s)
{
	int limit = datagram_socket_queue_limit();

	if (limit >= 0 && limit < QUEUE_LIMIT_WANTED)
		log_warning("the socket's queue is short: bursts will be lost "
			    "at the sender",
		    LOG_I("net.unix.max_dgram_qlen", limit),
		    LOG_I("wanted", QUEUE_LIMIT_WANTED),
		    LOG_STR("do", "set it by sysctl before tlsrptd starts"));
	if (is_world_writable(s->fd))
		log_warning("the socket is world-writable: every local user "
			    "can make up sessions");
}

/* -- binding -- */

/* The socket's folder is the operator's, but the default one is ours. */
static enum err
make_folder(const char *path, struct why *why)
{
	char folder[128];
	char *slash;

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return E_OK;
	*slash = '\0';
	return file_make_folder(folder, 0755, why);
}

static bool
is_same_file(const char *path, int fd)
{
	struct stat there, ours;

	return stat(path, &there) == 0 && fstat(fd, &ours) == 0 &&
	    there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

/* The lock is on a file, which may have gone with the socket. */
static enum err
lock(struct listen_socket *s, const char *socket_path, struct why *why)
{
	char path[256];
	int fd;
	enum err e;

	(void)snprintf(path, sizeof(path), "%s.lock", socket_path);
	if (s->lock_fd >= 0 && is_same_file(path, s->lock_fd))
		return E_OK;
	if ((e = file_lock(path, &fd, why)) != E_OK)
		return e;
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	s->lock_fd = fd;
	return E_OK;
}

static enum err
lock_and_bind(struct listen_socket *s, const struct config *c, int *ret_fd,
    struct why *why)
{
	struct socket_file options = {
		.path = c->collect_socket,
		.owner = c->collect_socket_owner,
		.group = c->collect_socket_group,
		.mode = (mode_t)c->collect_socket_mode,
		.option = "collect.socket",
	};
	struct stat st;
	enum err e = lock(s, c->collect_socket, why);

	if (e == E_OK)
		e = datagram_socket_bind(&options, ret_fd, why);
	if (e != E_OK)
		return e;
	s->dev = s->ino = 0; /* gone already: it will be noticed */
	if (lstat(c->collect_socket, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
	return E_OK;
}

enum err
listen_socket_open(struct listen_socket *s, const struct config *c,
    struct why *why)
{
	enum err e = E_OK;

	if (listen_fds_datagram(&s->fd) != E_OK) {
		e = make_folder(c->collect_socket, why);
		if (e == E_OK)
			e = lock_and_bind(s, c, &s->fd, why);
	}
	if (e == E_OK)
		look_over(s);
	return e;
}

/* -- watching -- */

static bool
is_gone(const struct listen_socket *s, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR;
	return st.st_dev != s->dev || st.st_ino != s->ino;
}

/* Clients that are connected still write to the old socket: refuse that, so
 * that its queue comes to an end. */
static void
bind_anew(struct listen_socket *s, const struct config *c)
{
	struct why why = { { 0 } };
	enum err e = lock_and_bind(s, c, &s->next_fd, &why);

	if (e == E_OK) {
		(void)shutdown(s->fd, SHUT_RD);
		log_warning("socket file was removed or replaced: bound anew",
		    LOG_STR("socket", c->collect_socket));
	}
	fault_note(&s->fault, e, &why);
}

static bool
queue_is_empty(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

bool
listen_socket_watch(struct listen_socket *s, const struct config *c)
{
	if (s->lock_fd < 0)
		return false;
	if (s->next_fd < 0 && is_gone(s, c->collect_socket))
		bind_anew(s, c);
	if (s->next_fd < 0 || !queue_is_empty(s->fd))
		return false;
	(void)close(s->fd);
	s->fd = s->next_fd;
	s->next_fd = -1;
	return true;
}

void
listen_socket_shut(const struct listen_socket *s)
{
	if (s->lock_fd >= 0)
		(void)shutdown(s->fd, SHUT_RD);
}
