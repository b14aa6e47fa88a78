/* daemon/intake_lmtp.h -- the service's LMTP server: where it listens, and how
 * much it takes. */
#ifndef DAEMON_INTAKE_LMTP_H
#define DAEMON_INTAKE_LMTP_H

#include "daemon/role.h"
#include "intake/receipt.h"

struct intake_lmtp;

/* *ret stays as it is where the configuration wants none. The context outlives
 * it. */
MUST_CHECK enum err intake_lmtp_open(const struct role_context *,
    struct receipt_sink, struct intake_lmtp **ret, struct why *why);
/* The sink must still be at work. NULL is fine. */
void intake_lmtp_close(struct intake_lmtp *);

#endif
