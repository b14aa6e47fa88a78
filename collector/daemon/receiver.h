/* daemon/receiver.h -- from the socket into the journal: drain and keeper, put
 * together. Whatever the store does, datagrams are safe once it runs. */
#ifndef DAEMON_RECEIVER_H
#define DAEMON_RECEIVER_H

#include "daemon/identity.h"
#include "daemon/role.h"
#include "ingest/journal.h"

struct receiver;

/* Start to receive from the socket that was handed over. The calling thread,
 * and those that it starts later, step back behind it. */
MUST_CHECK enum err receiver_start(const struct role_context *,
    struct receiver **ret, struct why *why);
/* Take what the socket has, write it down, and close. NULL is fine. */
void receiver_stop(struct receiver *);

struct journal *receiver_journal(struct receiver *);
struct identity *receiver_identity(struct receiver *);

#endif
