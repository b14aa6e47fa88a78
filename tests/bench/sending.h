/* tests/bench/sending.h -- datagrams to a Unix socket, as an MTA that waits. */
#ifndef TESTS_BENCH_SENDING_H
#define TESTS_BENCH_SENDING_H

#include <stdint.h>
#include <sys/un.h>

#include "corpus.h"

struct sending {
	int fd;
	struct sockaddr_un to;
	uint64_t sent;
	int64_t longest_ns; /* that one send has waited */
};

void sending_open(struct sending *, const char *path);
void sending_close(struct sending *);

/* Send each datagram of the corpus once, waiting while the queue is full. */
void send_corpus(struct sending *, const struct corpus *);

/* A process that receives and does nothing else, from the same sender. */
struct bare {
	double rate;	    /* datagrams a second */
	double cpu_s;	    /* of the receiver, a million datagrams */
	int64_t longest_ns; /* of one send */
};
struct bare bare_run(const struct corpus *);

#endif
