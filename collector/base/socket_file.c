#include "base/socket_file.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static enum err
make_address(const char *path, struct sockaddr_un *ret, struct why *why)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(ret->sun_path))
		return why_set(why, E_RANGE, "%s: socket path too long", path);
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return E_OK;
}

/* False: nobody does, errno tells whether that is sure. */
static bool
somebody_listens(const struct sockaddr_un *sun, int type)
{
	int fd = socket(AF_UNIX, type, 0), error;
	bool listens;

	if (fd < 0)
		return false;
	/* EAGAIN: its queue is full. */
	listens = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) ==
		0 ||
	    errno == EAGAIN;
	error = errno;
	(void)close(fd);
	errno = error;
	return listens;
}

/* A socket file outlives the process that bound it and is in the way of the
 * next bind. */
static enum err
remove_stale(const struct socket_file *o, const struct sockaddr_un *sun,
    int type, struct why *why)
{
	const char *path = o->path;
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? E_OK : why_errno(why, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return why_set(why, E_EXISTS,
		    "%s is not a socket; remove it or set %s", path, o->option);
	if (somebody_listens(sun, type))
		return why_set(why, E_BUSY, "another process listens on %s",
		    path);
	if (errno != ECONNREFUSED || unlink(path) != 0)
		return why_errno(why, "%s", path);
	return E_OK;
}

static enum err
set_owner(const struct socket_file *o, struct why *why)
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
bind_at(const struct socket_file *o, int fd, int type, struct why *why)
{
	struct sockaddr_un sun;
	mode_t mask;
	int failed;
	enum err e;

	if ((e = make_address(o->path, &sun, why)) != E_OK ||
	    (e = remove_stale(o, &sun, type, why)) != E_OK)
		return e;
	/* Nobody may use it before owner and mode are what they should be. */
	mask = umask(0777);
	failed = bind(fd, (const struct sockaddr *)&sun, sizeof(sun));
	(void)umask(mask);
	if (failed)
		return why_errno(why, "%s: bind", o->path);
	return set_owner(o, why);
}

enum err
socket_file_bind(const struct socket_file *o, int type, int *ret_fd,
    struct why *why)
{
	int fd = socket(AF_UNIX, type, 0);
	enum err e;

	if (fd < 0)
		return why_errno(why, "socket");
	if ((e = bind_at(o, fd, type, why)) == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}
