/* daemon/uids.h -- user names and numbers to numbers. */
#ifndef DAEMON_UIDS_H
#define DAEMON_UIDS_H

#include "config/config.h"

struct uids {
	uint32_t *v;
	size_t n;
};

/* E_USAGE: there is no such user. */
MUST_CHECK enum err uids_resolve(const struct list *, struct uids *ret,
    struct why *why);
void uids_free(struct uids *);

#endif
