/* daemon/intake_imap.h -- the mailboxes of the configuration, for role intake.
 */
#ifndef DAEMON_INTAKE_IMAP_H
#define DAEMON_INTAKE_IMAP_H

#include "daemon/role.h"
#include "intake/receipt.h"

struct intake_imap;

/* Begin to look into each. One that cannot be is logged, and the others are.
 * *ret is NULL if there is none; the sink outlives it. E_NOMEM. */
MUST_CHECK enum err intake_imap_open(const struct role_context *,
    const struct receipt_sink *, struct intake_imap **ret, struct why *why);
void intake_imap_close(struct intake_imap *); /* NULL is fine */

#endif
