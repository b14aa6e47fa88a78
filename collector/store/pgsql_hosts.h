/* store/pgsql_hosts.h -- where the store's URL leads to: each address of each
 * host; private to store/. */
#ifndef STORE_PGSQL_HOSTS_H
#define STORE_PGSQL_HOSTS_H

#include "store/pgsql_connect.h"

#define PGSQL_HOSTS_MAX 32 /* the others are left out */

/* One to be tried; NULL: as libpq finds it. */
struct pgsql_host {
	char *name, *address, *port;
};

struct pgsql_hosts {
	struct pgsql_host v[PGSQL_HOSTS_MAX]; /* at least one */
	size_t n;
	int64_t connect_timeout_s; /* for each; 0: the URL has none */
};

/* In the order of the URL and of the resolver; a name that it does not know is
 * listed once. E_USAGE: libpq cannot read the URL; E_NOMEM. */
MUST_CHECK enum err pgsql_hosts_find(const char *url, struct pgsql_hosts *ret,
    struct why *why);
void pgsql_hosts_free(struct pgsql_hosts *);

#endif
