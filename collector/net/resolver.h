/* net/resolver.h -- many lookups, of TXT records or others, at a time from one
 * thread, by way of name servers that resolve for us; validated here (DNSSEC).
 */
#ifndef NET_RESOLVER_H
#define NET_RESOLVER_H

#include "net/txt_answer.h"

/* Lookups under way at a time: the others wait, first come, first served. */
#define RESOLVER_LOOKUPS_MAX 100

struct resolver;

struct resolver_options {
	/* "system": those of /etc/resolv.conf as it is at opening; or addresses
	 * with commas or blanks between them, each 192.0.2.1, 2001:db8::1 or
	 * either with @PORT. */
	const char *servers;
	/* A file of DS or DNSKEY records as in a zone file. NULL or "": nothing
	 * is validated, each answer is DNSSEC_UNKNOWN. */
	const char *trust_anchor;
	int64_t timeout_ms; /* of one lookup once started; not 0 */
};

/* The options are not kept. E_USAGE: servers or trust_anchor is not usable.
 * E_IO: libunbound cannot be had. E_NOMEM. */
MUST_CHECK enum err resolver_open(const struct resolver_options *,
    struct resolver **ret, struct why *why);

/* What is pending is told, as TXT_ABANDONED. Does not wait for any server. NULL
 * is fine. */
void resolver_close(struct resolver *);

/* Readable: it is time for resolver_run. Stays the same until the close. */
int resolver_fd(const struct resolver *);

/* Called from resolver_run, where it may ask anew, and resolver_close, where it
 * may not. It may neither run nor close the resolver. The answer is valid
 * during the call. */
typedef void txt_fn(void *arg, const struct txt_answer *);

/* Ask for the TXT records of a name: labels of letters, digits, "-" and "_"
 * without a final dot; aliases are followed. fn is called exactly once on E_OK,
 * else never, and not before resolver_run. E_SYNTAX: no such name; E_NOMEM. */
MUST_CHECK enum err resolver_txt(struct resolver *, const char *name, txt_fn *,
    void *arg, struct why *why);

/* The same for records of another type, whose data is told as it stands in the
 * DNS, names in full. */
MUST_CHECK enum err resolver_ask(struct resolver *, const char *name,
    enum dns_type, txt_fn *, void *arg, struct why *why);

/* What is pending is told, as TXT_ABANDONED; there fn may not ask anew. */
void resolver_abandon(struct resolver *);

/* Lookups not yet told. */
size_t resolver_pending(const struct resolver *);

/* Tell what has an answer or is past its time. Does not block. E_IO: no answer
 * will come any more, each lookup ends with its time. */
MUST_CHECK enum err resolver_run(struct resolver *, struct why *why);

/* When to resolver_run even if the descriptor is not readable: monotonic
 * nanoseconds of clock_machine. INT64_MAX: nothing is pending. */
int64_t resolver_next_deadline_ns(const struct resolver *);

#endif
