/* tests/bench/sink.h -- servers that take what is sent and do nothing with it,
 * one process with one thread each, on the loopback address ::1. */
#ifndef TESTS_BENCH_SINK_H
#define TESTS_BENCH_SINK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SINK_CERT_NAME "*.sink.localhost"

struct sink {
	pid_t pid;
	uint16_t port;
	_Atomic uint64_t *taken; /* mails or posts, in memory that is shared */
};

/* SMTP without TLS, RFC 5321. */
void sink_smtp_start(struct sink *);
/* HTTPS; each post is answered by 201 and the connection kept. The files are
 * PEM. */
void sink_https_start(struct sink *, const char *cert_file,
    const char *key_file);
void sink_stop(struct sink *);

/* -- of the sinks' own -- */

#define SINK_BUFFER 65536

/* One peer. All bytes that came and are not yet understood are in the buffer.
 */
struct sink_peer {
	int fd;
	char in[SINK_BUFFER];
	size_t len;
	void *own;
};

struct sink_kind {
	/* Greet, or begin the handshake. False: hang up, as of the others. */
	bool (*begin)(struct sink_peer *, void *arg);
	/* Bytes may be there: take them and answer. */
	bool (*serve)(struct sink_peer *, _Atomic uint64_t *taken);
	void (*end)(struct sink_peer *);
};

/* Start the process that serves. arg: for begin. */
void sink_start(struct sink *, const struct sink_kind *, void *arg);

#endif
