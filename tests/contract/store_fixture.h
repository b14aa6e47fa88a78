/* tests/contract/store_fixture.h -- an empty store for each test, of the kind
 * that the program was started for: "sqlite", or a PostgreSQL URL; behind it
 * the word "pooler" if it is that of one. */
#ifndef TESTS_CONTRACT_STORE_FIXTURE_H
#define TESTS_CONTRACT_STORE_FIXTURE_H

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "store/store_delivery.h"

#define NOW_S 1795300000 /* some time in 2026 */
#define DAY 20778

struct fixture {
	char folder[256];
	char url[1024];
	struct store *store;
	struct arena arena;
	struct uuid collector, journal;
};

int store_setup(void **state);
int store_teardown(void **state);
#define TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, store_setup, store_teardown)

/* Another connection to it. */
struct db *open_db(const struct fixture *);
struct store *open_store(const struct fixture *);
/* The same for a thread, which may not assert. */
enum err open_store_quietly(const struct fixture *, struct store **ret);
/* Take everything out of a PostgreSQL database. */
void empty_database(const struct fixture *);

/* From main's arguments. */
void store_kind(int argc, char **argv);

struct position position(const struct fixture *, int64_t segment,
    int64_t offset);
void register_collector(struct fixture *);

/* Content keys of tests are numbers. */
struct content_key key(unsigned n);
struct failure_detail detail(enum result_type, const char *helo);

enum err flush(struct fixture *, int64_t from, int64_t to, struct tally *,
    size_t n, struct why *);

/* A tally with one policy and, if it failed, one detail. */
struct one {
	struct tally tally;
	struct tally_policy policy;
	struct tally_detail detail;
};

void make_one(struct one *, int64_t day, const char *domain, uint64_t succeeded,
    uint64_t failed);
void flush_one(struct fixture *, int64_t from, int64_t to, int64_t day,
    const char *domain, uint64_t succeeded, uint64_t failed);

/* One alone. E_CONFLICT: its claim is lost. */
enum err settle_delivery(struct store *, const struct uuid *claim,
    struct span id, const struct delivery_outcome *, struct why *);

/* Up to 1,000 tallies of the day, in the fixture's arena. */
struct tally *read_all(struct fixture *, int64_t day, size_t *ret_n);

#endif
