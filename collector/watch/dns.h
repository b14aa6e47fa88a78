/* watch/dns.h -- several questions to DNS at a time, and their answers. */
#ifndef WATCH_DNS_H
#define WATCH_DNS_H

#include "net/resolver.h"

#define DNS_NAME_MAX 320 /* a domain and what is put before it */

struct dns_question {
	char name[DNS_NAME_MAX];
	enum dns_type type;
	/* Once answered, of the arena: */
	enum txt_outcome outcome;
	enum dnssec dnssec;
	struct span_list records;
	struct span alias_of; /* as in struct txt_answer, in lower case */
	struct span why;      /* one line unless TXT_FOUND */
	struct arena *arena;
	bool no_memory;
};

/* prefix: "" or what ends with ".". */
void dns_question_set(struct dns_question *, const char *prefix,
    struct span name, enum dns_type);

struct dns_way {
	struct resolver *resolver;
	bool (*is_over)(void); /* nobody waits any more; NULL: never */
};

/* Ask all, and wait for the answers; each has the resolver's time. A name that
 * cannot be asked for is answered with TXT_FAILED. E_IO, E_NOMEM; E_BUSY:
 * nobody waits any more. */
MUST_CHECK enum err dns_ask(const struct dns_way *, struct dns_question *,
    size_t n, struct arena *, struct why *why);

/* "mx.example": the name at the front of a record's data, in lower case and
 * without the final dot, "" for the root. Empty with p NULL: malformed; or out
 * of memory. */
struct span dns_name(struct span rdata, struct arena *);

#endif
