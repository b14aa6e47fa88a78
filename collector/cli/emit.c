#include "cli/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/span.h"
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

static enum err
send_lines(int fd, FILE *file, const char *path, const char *socket,
    uint64_t *ret_sent, struct why *why)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	enum err e = E_OK;

	while (e == E_OK && (n = getline(&line, &cap, file)) > 0) {
		if (line[n - 1] == '\n')
			n--;
		if (n == 0)
			continue;
		if (send(fd, line, (size_t)n, MSG_NOSIGNAL) < 0)
			e = emit_errno(socket, why);
		else
			++*ret_sent;
	}
	if (e == E_OK && ferror(file))
		e = why_errno(why, "%s", path);
	free(line);
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
