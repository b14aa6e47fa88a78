#include "support/test.h"

#include "receiver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_MS 30000 /* for a sender that is another thread or process */
#define MAX_BYTES (256 * 1024) /* more than a socket buffer takes */

void
receiver_start(struct receiver *r)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert_true(strlen(r->path) < sizeof(address.sun_path));
	memcpy(address.sun_path, r->path, strlen(r->path));
	(void)unlink(r->path);
	r->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(r->fd >= 0);
	assert_int_equal(0,
	    bind(r->fd, (const struct sockaddr *)&address, sizeof(address)));
}

void
receiver_stop(struct receiver *r)
{
	(void)close(r->fd);
	r->fd = -1;
}

void
receiver_open_long(struct receiver *r, size_t path_bytes)
{
	size_t n;

	support_mkdtemp(r->folder);
	n = strlen(r->folder) + 1;
	assert_true(n < path_bytes && path_bytes < sizeof(r->path));
	(void)snprintf(r->path, sizeof(r->path), "%s/", r->folder);
	memset(r->path + n, 's', path_bytes - n);
	r->path[path_bytes] = '\0';
	r->bytes = malloc(MAX_BYTES + 1);
	assert_non_null(r->bytes);
	receiver_start(r);
}

void
receiver_open(struct receiver *r)
{
	receiver_open_long(r, 40);
}

void
receiver_close(struct receiver *r)
{
	if (r->fd >= 0)
		receiver_stop(r);
	free(r->bytes);
	support_rmdir(r->folder);
}

struct span
receiver_take(struct receiver *r)
{
	struct pollfd ready = { .fd = r->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, WAIT_MS) != 1)
		fail_msg("no datagram came");
	n = recv(r->fd, r->bytes, MAX_BYTES, MSG_TRUNC);
	assert_true(n >= 0 && n <= MAX_BYTES);
	r->bytes[n] = '\0';
	return (struct span){ r->bytes, (size_t)n };
}

void
receiver_assert_empty(struct receiver *r)
{
	ssize_t n = recv(r->fd, r->bytes, MAX_BYTES, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	fail_msg("not expected: %.*s", n < 0 ? 0 : (int)n, r->bytes);
}
