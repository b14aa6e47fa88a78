/* tests/bench/bed.h -- a folder with a store full of deliveries, and the roles
 * of the service that work on them. */
#ifndef TESTS_BENCH_BED_H
#define TESTS_BENCH_BED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/config.h"
#include "store/store.h"

struct bed {
	char folder[64];
	char key_rsa[96], key_ed25519[96]; /* that sign mails; PEM */
	char cert[96], key[96];		   /* of the HTTPS sink, likewise */
	struct config *config;
};

/* options: further lines of section deliver. There is an empty store. */
void bed_make(struct bed *, const char *options);
void bed_remove(struct bed *);

/* A connection of the caller's. */
struct store *bed_store(const struct bed *);

/* Write the URI that the i-th report goes to. */
typedef void bed_uri_fn(char ret[256], size_t i, void *arg);

/* Build n reports, each to one destination, and queue them, due at once. */
void bed_fill(const struct bed *, size_t n, bed_uri_fn *, void *arg);

/* The i-th of these reports, of two policies and three failure details: 1.6 kB
 * of JSON. In the arena. */
struct arena;
void bed_report(const struct bed *, size_t i, struct span uri, struct arena *,
    struct report_row *ret);

/* Run a role in a process of its own. Its log goes into the folder. */
pid_t bed_start(const struct bed *, const char *role);
/* Ask it to end. Seconds that it has used of the processor. */
double bed_stop(const struct bed *, pid_t);

/* For who looks whether something has happened. */
void bed_pause(void);

/* Wait until no delivery waits any more, nor a mail for being made. */
void bed_wait_done(const struct bed *);

#endif
