#include "daemon/intake_sockets.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "http/listen.h"
#include "intake/stream_socket.h"

#define HTTP_MODE 0660

/* -- opening -- */

/* To know it again. */
static void
note_file(struct intake_socket *s, const char *where)
{
	struct stat st;

	if (where[0] != '/')
		return;
	s->path = where;
	s->dev = s->ino = 0; /* gone already: it will be noticed */
	if (lstat(where, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
}

static enum err
open_http(struct intake_sockets *s, const char *where, struct why *why)
{
	enum err e;

	if (listen_fds_stream(LISTEN_FDS_HTTP, &s->http.fd) == E_OK)
		return E_OK;
	e = http_listen(where, HTTP_MODE, &s->http.fd, why);
	if (e == E_OK)
		note_file(&s->http, where);
	return e;
}

static enum err
lock_lmtp(struct intake_sockets *s, const char *path, struct why *why)
{
	struct buf lock = BUF_INIT(4096);
	enum err e;

	if (s->lmtp_lock_fd >= 0)
		(void)close(s->lmtp_lock_fd);
	s->lmtp_lock_fd = -1;
	buf_addf(&lock, "%s.lock", path);
	e = lock.err == E_OK ? file_lock(buf_str(&lock), &s->lmtp_lock_fd, why)
			     : why_set(why, lock.err, "%s", err_text(lock.err));
	buf_free(&lock);
	return e;
}

static enum err
bind_lmtp(struct intake_sockets *s, const struct config *c, struct why *why)
{
	const char *where = c->intake_lmtp_listen;
	enum err e;

	if (where[0] != '/')
		return stream_socket_listen_tcp(where, &s->lmtp.fd, why);
	if ((e = lock_lmtp(s, where, why)) != E_OK)
		return e;
	return stream_socket_listen(
	    &(const struct socket_file){
		.path = where,
		.owner = "",
		.group = "",
		.mode = (mode_t)c->intake_lmtp_mode,
		.option = "intake.lmtp_listen",
	    },
	    &s->lmtp.fd, why);
}

static enum err
open_lmtp(struct intake_sockets *s, const struct config *c, struct why *why)
{
	enum err e;

	if (listen_fds_stream(LISTEN_FDS_LMTP, &s->lmtp.fd) == E_OK)
		return E_OK;
	if ((e = bind_lmtp(s, c, why)) == E_OK)
		note_file(&s->lmtp, c->intake_lmtp_listen);
	return e;
}

enum err
intake_sockets_open(struct intake_sockets *s, const struct config *c,
    struct why *why)
{
	enum err e = E_OK;

	if (s->http.fd < 0 && c->intake_http_listen[0] != '\0')
		e = open_http(s, c->intake_http_listen, why);
	if (e == E_OK && s->lmtp.fd < 0 && c->intake_lmtp_listen[0] != '\0')
		e = open_lmtp(s, c, why);
	return e;
}

/* -- watching -- */

static void
shut(struct intake_socket *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

static bool
is_gone(const struct intake_socket *s)
{
	struct stat st;

	if (s->fd < 0 || s->path == NULL)
		return false;
	if (lstat(s->path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR;
	return st.st_dev != s->dev || st.st_ino != s->ino;
}

static bool
watch(struct intake_socket *s)
{
	if (!is_gone(s))
		return false;
	log_warning("socket file was removed or replaced: it is bound anew",
	    LOG_STR("socket", s->path));
	shut(s);
	return true;
}

bool
intake_sockets_watch(struct intake_sockets *s)
{
	bool http = watch(&s->http), lmtp = watch(&s->lmtp);

	return http || lmtp;
}

/* -- handing over -- */

size_t
intake_sockets_list(const struct intake_sockets *s,
    struct listen_fd ret[INTAKE_SOCKETS])
{
	size_t n = 0;

	if (s->http.fd >= 0)
		ret[n++] = (struct listen_fd){ s->http.fd, LISTEN_FDS_HTTP };
	if (s->lmtp.fd >= 0)
		ret[n++] = (struct listen_fd){ s->lmtp.fd, LISTEN_FDS_LMTP };
	return n;
}

void
intake_sockets_shut(struct intake_sockets *s)
{
	shut(&s->http);
	shut(&s->lmtp);
}
