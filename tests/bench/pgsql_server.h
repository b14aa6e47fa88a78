/* tests/bench/pgsql_server.h -- a PostgreSQL of the bench's own, by
 * tests/contract/pgsql. */
#ifndef TESTS_BENCH_PGSQL_SERVER_H
#define TESTS_BENCH_PGSQL_SERVER_H

#include <stddef.h>

/* Whoever starts one stops it; the folder is there. Any failure ends the
 * bench. */
void pgsql_server_start(const char *folder);
void pgsql_server_stop(const char *folder);
void pgsql_server_url(const char *folder, char *ret, size_t size);

#endif
