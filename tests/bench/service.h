/* tests/bench/service.h -- the real tlsrptd in a folder of its own. */
#ifndef TESTS_BENCH_SERVICE_H
#define TESTS_BENCH_SERVICE_H

#include <stdint.h>
#include <sys/types.h>

#include "store/store.h"

struct service {
	char folder[64];
	char socket[96];
	pid_t pid;	     /* of the supervisor */
	struct store *store; /* ours, for reading */
};

/* options: further lines of the configuration, from a section's head on. Waits
 * until the socket is there. */
void service_start(struct service *, const char *options);
/* SIGTERM, wait, remove the folder. */
void service_stop(struct service *);

/* Sum of a counter over all days in the store, as of its last commit. */
uint64_t service_counter(struct service *, enum counter);
/* Wait until so many datagrams are committed. */
void service_wait_received(struct service *, uint64_t n);
/* Successes and failures that the store has counted, over all days. */
void service_totals(struct service *, uint64_t *succeeded, uint64_t *failed);

/* The process that runs the role, 0 if there is none. */
pid_t service_role(const struct service *, const char *role);
/* Bytes: anonymous memory of the role, now; all files below the data folder. */
uint64_t service_anonymous(const struct service *, const char *role);
uint64_t service_disk(const struct service *);

#endif
