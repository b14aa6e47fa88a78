/* support/intake_fixture.h -- what takes reports in: a SQLite store in a folder
 * of its own, a configuration, and a clock of the test's. */
#ifndef TESTS_SUPPORT_INTAKE_FIXTURE_H
#define TESTS_SUPPORT_INTAKE_FIXTURE_H

#include "support/test.h"

#include "intake/taking.h"
#include "store/store_inbox.h"

#define NOW_S 1795300000

struct intake_fixture {
	char folder[256];
	struct config *config;
	struct store *store;
	/* A clock that goes on by step_ns each time that it is read. */
	struct clock clock;
	int64_t now_ns, step_ns;
};

/* In place: the clock points to it. */
void intake_fixture_open(struct intake_fixture *);
void intake_fixture_close(struct intake_fixture *);

/* So many of that state are in the inbox; 0: of any. */
void assert_inbox(struct intake_fixture *, enum inbox_state, size_t want);

#endif
