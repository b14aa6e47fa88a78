/* net/transfers.h -- all that the clients of this folder have under way,
 * carried on together from one thread. */
#ifndef NET_TRANSFERS_H
#define NET_TRANSFERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct transfers;

/* E_IO: libcurl cannot be had. E_NOMEM. */
MUST_CHECK enum err transfers_open(struct transfers **ret, struct why *why);

/* Its clients are closed before. NULL is fine. */
void transfers_close(struct transfers *);

/* Those not yet done. */
size_t transfers_pending(const struct transfers *);

/* Work until one is done, wake_fd is readable, or max_ns have passed; 0: what
 * can be done now. Returns at once if nothing is pending and wake_fd is -1.
 * wake_fd is not read. E_IO. */
MUST_CHECK enum err transfers_run(struct transfers *, int wake_fd,
    int64_t max_ns, struct why *why);

#endif
