/* intake/key_lookup.h -- keys looked up by the name servers of dns.resolver. */
#ifndef INTAKE_KEY_LOOKUP_H
#define INTAKE_KEY_LOOKUP_H

#include "config/config.h"
#include "intake/keys.h"

struct key_lookup;

/* wake_fd: where it is readable nothing is waited for any more; -1: none.
 * *ret is NULL if dns.resolver is none. E_USAGE: dns.resolver or
 * dns.trust_anchor cannot be used. */
MUST_CHECK enum err key_lookup_open(const struct config *, int wake_fd,
    struct key_lookup **ret, struct why *why);
void key_lookup_close(struct key_lookup *); /* NULL is fine */

/* A keys_ask_fn, of a struct key_lookup: waits dns.timeout in all, and less
 * while nobody answers. */
void key_lookup_ask(void *arg, struct keys *);

#endif
