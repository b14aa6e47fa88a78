/* daemon/identity.h -- who this collector is: a UUID that stays, and what it
 * has told the store to be known by. */
#ifndef DAEMON_IDENTITY_H
#define DAEMON_IDENTITY_H

#include "base/clock.h"
#include "base/uuid.h"

struct identity;

/* Read the file "collector-id" in the folder, or make it. E_SYNTAX: it holds no
 * UUID. */
MUST_CHECK enum err identity_open(const char *folder, const struct clock *,
    struct identity **ret, struct why *why);
void identity_free(struct identity *); /* NULL is fine */

const struct uuid *identity_id(const struct identity *);

/* A further claim, in the file before it is used anywhere. is_copy: the older
 * ones are somebody else's. */
MUST_CHECK enum err identity_claim_anew(struct identity *, bool is_copy,
    struct why *why);
/* The newest claim, once there is one. */
void identity_claim(const struct identity *, char ret[UUID_TEXT_SIZE]);
/* Whether the claim was made in this folder, or the folder is a copy. */
bool identity_knows(const struct identity *, struct span claim);

/* Where the folder is in use: no two places at one time are the same. */
#define IDENTITY_PLACE_SIZE 96
MUST_CHECK enum err identity_place(const struct identity *,
    char ret[IDENTITY_PLACE_SIZE], struct why *why);

/* Which run of the machine this is, by the kernel; where it does not say, a
 * new one each time. */
void identity_boot(const struct clock *, struct uuid *ret);

#endif
