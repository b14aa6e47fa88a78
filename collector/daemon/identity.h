/* daemon/identity.h -- who this collector is: a UUID that stays. */
#ifndef DAEMON_IDENTITY_H
#define DAEMON_IDENTITY_H

#include "base/clock.h"
#include "base/uuid.h"

/* Read the file "collector-id" in the folder, or make it. E_SYNTAX: it holds no
 * UUID. */
MUST_CHECK enum err identity_get(const char *folder, const struct clock *,
    struct uuid *ret, struct why *why);

/* Which run of the machine this is, by the kernel; where it does not say, a
 * new one each time. */
void identity_boot(const struct clock *, struct uuid *ret);

#endif
