/* receiver.h -- a collector's socket, so that a test sees what was sent. */
#ifndef TESTS_COMPAT_RECEIVER_H
#define TESTS_COMPAT_RECEIVER_H

#include "base/span.h"

struct receiver {
	char folder[256];
	char path[512];
	int fd;
	char *bytes;
};

void receiver_open(struct receiver *);
/* The same with a path of so many bytes. */
void receiver_open_long(struct receiver *, size_t path_bytes);
/* As a collector that was ended and started again: another socket, the same
 * path. stop leaves the socket's file behind. */
void receiver_stop(struct receiver *);
void receiver_start(struct receiver *);
void receiver_close(struct receiver *);

/* The next datagram. Its bytes last until the next call and end in a NUL that
 * is not counted. The test fails if none comes for a while. */
struct span receiver_take(struct receiver *);
/* The test fails if something was sent that was not taken. */
void receiver_assert_empty(struct receiver *);

#endif
