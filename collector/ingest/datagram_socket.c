#include "ingest/datagram_socket.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/num.h"

static enum err
make_address(const char *path, struct sockaddr_un *ret, struct why *why)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(ret->sun_path))
		return why_set(why, E_RANGE, "%s: socket path too long", path);
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return E_OK;
}

/* A socket file outlives the process that bound it and is in the way of the
 * next bind. */
static enum err
remove_stale(int fd, const struct sockaddr_un *sun, struct why *why)
{
	struct stat st;

	if (lstat(sun->sun_path, &st) != 0)
		return errno == ENOENT ? E_OK
				       : why_errno(why, "%s", sun->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return why_set(why, E_EXISTS,
		    "%s is not a socket; remove it or set collect.socket",
		    sun->sun_path);
	if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0)
		return why_set(why, E_BUSY, "another process listens on %s",
		    sun->sun_path);
	if (errno != ECONNREFUSED)
		return why_errno(why, "%s", sun->sun_path);
	if (unlink(sun->sun_path) != 0)
		return why_errno(why, "%s", sun->sun_path);
	return E_OK;
}

static enum err
set_owner(const struct datagram_socket_options *o, struct why *why)
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
bind_at(const struct datagram_socket_options *o, int fd, struct why *why)
{
	struct sockaddr_un sun;
	mode_t mask;
	int failed;
	enum err e;

	if ((e = make_address(o->path, &sun, why)) != E_OK ||
	    (e = remove_stale(fd, &sun, why)) != E_OK)
		return e;
	/* Nobody may write before owner and mode are what they should be. */
	mask = umask(0777);
	failed = bind(fd, (const struct sockaddr *)&sun, sizeof(sun));
	(void)umask(mask);
	if (failed)
		return why_errno(why, "%s: bind", o->path);
	return set_owner(o, why);
}

enum err
datagram_socket_bind(const struct datagram_socket_options *o, int *ret_fd,
    struct why *why)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum err e;

	if (fd < 0)
		return why_errno(why, "socket");
	e = bind_at(o, fd, why);
	if (e == E_OK)
		e = datagram_socket_adopt(fd, why);
	if (e != E_OK) {
		(void)close(fd);
		return e;
	}
	*ret_fd = fd;
	return E_OK;
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
