/* support/dns_fixture.h -- a resolver, a name server for it, and what came of
 * its lookups. What names there are stands in dns_server.py. */
#ifndef TESTS_SUPPORT_DNS_FIXTURE_H
#define TESTS_SUPPORT_DNS_FIXTURE_H

#include "support/test.h"

#include <stdio.h>
#include <sys/types.h>

#include "net/resolver.h"

struct name_server {
	char address[64]; /* 127.0.0.1@PORT */
	char anchor[300], wrong_anchor[300];
	pid_t pid;
	FILE *in, *out;
};

/* A copy of the last answer. */
struct told {
	int n; /* times told */
	enum txt_outcome outcome;
	enum dnssec dnssec;
	int64_t ttl_s;
	size_t ntxts, bytes;
	char txt[64]; /* the first in byte order, cut */
	char why[WHY_MAX + 1];
};

extern struct name_server name_server;

/* For cmocka_run_group_tests. */
int start_name_server(void **state);
int stop_name_server(void **state);

/* A line to dns_server.py; returns when it is done. */
void name_server_do(const char *what);

/* A socket on a port of 127.0.0.1 that never answers; close it. */
int mute_server(char address[64]);

/* Of patience, validating by the name server's anchor. */
struct resolver_options dns_options(void);
struct resolver *open_resolver(const struct resolver_options *);
/* A txt_fn for a struct told. */
void note_answer(void *arg, const struct txt_answer *);
void ask(struct resolver *, const char *name, struct told *);
void run_resolver_until(struct resolver *, size_t left);

/* One lookup by a resolver of its own. */
struct told told_with(const struct resolver_options *, const char *name);
struct told told(const char *name);

#define assert_why(part, t) assert_non_null(strstr((t)->why, part))

#endif
