#include "cli/emit.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "model/limits.h"

enum err
emit_errno(const char *socket, struct why *why)
{
	enum err e = why_errno(why, "%s", socket);

	return e == E_ABSENT || e == E_IO ? E_AWAY : e;
}

static enum err
connect_to(const char *path, int *ret_fd, struct why *why)
{
	struct timeval patience = { .tv_sec = EMIT_PATIENCE_S };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = -1;

	if (strlen(path) >= sizeof(sun.sun_path))
		return why_set(why, E_RANGE, "%s: socket path too long", path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why_errno(why, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) != 0) {
		enum err e = emit_errno(path, why);

		(void)close(fd);
		return e;
	}
	*ret_fd = fd;
	return E_OK;
}

bool
emit_reaches(const char *socket)
{
	int fd;

	if (connect_to(socket, &fd, NULL) != E_OK)
		return false;
	(void)close(fd);
	return true;
}

/* The next line without its end. False: there is none; what stands before a
 * failure of reading is none. */
static bool
read_line(FILE *file, struct buf *line)
{
	int c = EOF;

	buf_clear(line);
	while (
	    line->err == E_OK && (c = getc_unlocked(file)) != EOF && c != '\n')
		buf_addc(line, (char)c);
	return c == '\n' || line->err != E_OK ||
	    (line->len > 0 && !ferror(file));
}

static enum err
send_line(int fd, const struct buf *line, const char *socket,
    uint64_t *ret_sent, struct why *why)
{
	if (line->len == 0)
		return E_OK;
	if (send(fd, line->p, line->len, MSG_NOSIGNAL) < 0)
		return emit_errno(socket, why);
	++*ret_sent;
	return E_OK;
}

static enum err
send_lines(int fd, FILE *file, const char *path, const char *socket,
    uint64_t *ret_sent, struct why *why)
{
	struct buf line = BUF_INIT(DATAGRAM_MAX);
	enum err e = E_OK;

	for (unsigned long n = 1; e == E_OK && read_line(file, &line); n++) {
		if (line.err == E_RANGE)
			e = why_set(why, E_RANGE,
			    "%s:%lu: longer than a datagram, which has at most "
			    "%d bytes",
			    path, n, DATAGRAM_MAX);
		else if (line.err != E_OK)
			e = why_set(why, line.err, "%s:%lu: out of memory",
			    path, n);
		else
			e = send_line(fd, &line, socket, ret_sent, why);
	}
	if (e == E_OK && ferror(file))
		e = why_errno(why, "%s", path);
	buf_free(&line);
	return e;
}

enum err
emit_file(const char *socket, const char *path, uint64_t *ret_sent,
    struct why *why)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "re");
	enum err e;
	int fd = -1;

	if (file == NULL)
		return why_errno(why, "%s", path);
	e = connect_to(socket, &fd, why);
	if (e == E_OK) {
		e = send_lines(fd, file, path, socket, ret_sent, why);
		(void)close(fd);
	}
	if (!standard)
		(void)fclose(file);
	return e;
}
