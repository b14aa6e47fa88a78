/* store/store_domain.h -- the domains and MX hosts that are ours: what others
 * report about them counts. Errors and lists as in store.h. */
#ifndef STORE_STORE_DOMAIN_H
#define STORE_STORE_DOMAIN_H

#include "store/store.h"

struct owned_domain {
	struct span domain; /* A-labels, lower case */
	struct span token;  /* of its rua's path or subaddress; may be empty */
	int64_t added_s;
};

/* Its token is changed if it is there. */
MUST_CHECK enum err store_domain_add(struct store *,
    const struct owned_domain *, struct why *why);
/* E_ABSENT. Its MX hosts go as well, in a transaction of the caller's. What was
 * received stays as it is. */
MUST_CHECK enum err store_domain_remove(struct store *, struct span domain,
    struct why *why);

typedef enum err owned_domain_fn(void *arg, const struct owned_domain *);
MUST_CHECK enum err store_domain_list(struct store *, owned_domain_fn *,
    void *arg, struct why *why);
MUST_CHECK enum err store_domain_is_owned(struct store *, struct span domain,
    bool *ret, struct why *why);

/* The only one with that token, in the arena. E_ABSENT: there is none, or not
 * only one; *ret stays. */
MUST_CHECK enum err store_domain_of_token(struct store *, struct span token,
    struct arena *, struct span *ret, struct why *why);

/* -- its MX hosts, which may be of other domains as well -- */

/* These and no others; in a transaction of the caller's. */
enum err store_domain_set_hosts(struct store *, struct span domain,
    struct span_list hosts, struct why *why);

typedef enum err owned_host_fn(void *arg, struct span host);
MUST_CHECK enum err store_domain_hosts(struct store *, struct span domain,
    owned_host_fn *, void *arg, struct why *why);
MUST_CHECK enum err store_domain_has_host(struct store *, struct span domain,
    struct span host, bool *ret, struct why *why);
/* As store_domain_of_token. */
MUST_CHECK enum err store_domain_of_host(struct store *, struct span host,
    struct arena *, struct span *ret, struct why *why);

#endif
