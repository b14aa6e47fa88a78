#include "cli/demo_talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#define PATIENCE_S 30
#define ANSWER_MAX 4096

union address {
	struct sockaddr any;
	struct sockaddr_un un;
	struct sockaddr_in in;
};

static enum err
resolve(const char *where, union address *ret, socklen_t *ret_len,
    struct why *why)
{
	struct span rest = span_str(where), host;
	char text[INET_ADDRSTRLEN] = "";
	int64_t port;

	*ret = (union address){ .un = { .sun_family = AF_UNIX } };
	*ret_len = sizeof(ret->un);
	if (where[0] == '/' && rest.len < sizeof(ret->un.sun_path)) {
		memcpy(ret->un.sun_path, where, rest.len);
		return E_OK;
	}
	*ret = (union address){ .in = { .sin_family = AF_INET } };
	*ret_len = sizeof(ret->in);
	host = span_until(&rest, ':');
	memcpy(text, host.p, span_head(host, sizeof(text) - 1).len);
	if (num_parse(rest, 1, UINT16_MAX, &port) != E_OK ||
	    inet_pton(AF_INET, text, &ret->in.sin_addr) != 1)
		return why_set(why, E_USAGE, "%s: no address and port", where);
	ret->in.sin_port = htons((uint16_t)port);
	return E_OK;
}

static enum err
connect_to(const char *where, int *ret_fd, struct why *why)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	union address address;
	socklen_t len;
	enum err e = resolve(where, &address, &len, why);
	int fd;

	if (e != E_OK)
		return e;
	fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why_errno(why, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	if (connect(fd, &address.any, len) != 0) {
		(void)why_errno(why, "%s", where);
		(void)close(fd);
		return E_AWAY;
	}
	*ret_fd = fd;
	return E_OK;
}

static enum err
say(int fd, struct span text, struct why *why)
{
	while (text.len > 0) {
		ssize_t n = send(fd, text.p, text.len, MSG_NOSIGNAL);

		if (n < 0)
			return why_errno(why, "send");
		text = span_skip(text, (size_t)n);
	}
	return E_OK;
}

/* An answer is whole with the line that is not "250-…"; HTTP's first line is
 * all that is looked at. */
static bool
is_whole(struct span answer)
{
	while (span_has(answer, '\n')) {
		struct span line = span_until(&answer, '\n');

		if (line.len < 4 || line.p[3] != '-')
			return true;
	}
	return false;
}

static enum err
hear(int fd, const char *wanted, struct why *why)
{
	char text[ANSWER_MAX];
	struct span answer = { text, 0 }, rest;

	while (!is_whole(answer) && answer.len < sizeof(text)) {
		ssize_t n = recv(fd, text + answer.len,
		    sizeof(text) - answer.len, 0);

		if (n < 0)
			return why_errno(why, "recv");
		if (n == 0)
			break;
		answer.len += (size_t)n;
	}
	rest = answer;
	if (span_take(&rest, span_str(wanted)))
		return E_OK;
	return why_set(why, E_CONFLICT, "it answers \"%.*s\"",
	    SPAN_ARG(span_until(&answer, '\r')));
}

enum err
demo_talk(const char *where, const struct demo_line *lines, size_t n,
    struct why *why)
{
	struct why own = { { 0 } };
	int fd = -1;
	enum err e = connect_to(where, &fd, why);

	if (e != E_OK)
		return e;
	for (size_t i = 0; e == E_OK && i < n; i++)
		if ((e = say(fd, lines[i].text, &own)) == E_OK)
			e = hear(fd, lines[i].answer, &own);
	(void)close(fd);
	return e == E_OK ? E_OK : why_set(why, e, "%s: %s", where, own.text);
}
