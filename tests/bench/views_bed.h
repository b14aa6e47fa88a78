/* tests/bench/views_bed.h -- stores full of what others reported: 1,000,000
 * failure details of 500 domains and 90 days in SQLite, ten times as many of
 * 5,000 domains in PostgreSQL. */
#ifndef TESTS_BENCH_VIEWS_BED_H
#define TESTS_BENCH_VIEWS_BED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define VIEWS_DAYS 90
#define VIEWS_LAST 20778 /* a day of 2026 */
#define VIEWS_NOW_S ((VIEWS_LAST + 1) * INT64_C(86400))

struct bed {
	const char *name; /* "sqlite" */
	char url[256];
	int domains; /* "d0.example" and on */
	bool is_pgsql;
};

/* Call it once. run is given each store when it is full. VIEWS_PGSQL=0: without
 * PostgreSQL; VIEWS_FOLDER: the stores are kept there for the next time. */
void views_beds(void (*run)(const struct bed *));

void views_must(enum err, const struct why *);

#endif
