/* intake/imap_facts.h -- what the header of a message in a mailbox says of how
 * it came there: what our own mail server wrote on top. Pure. */
#ifndef INTAKE_IMAP_FACTS_H
#define INTAKE_IMAP_FACTS_H

#include "base/arena.h"
#include "intake/receipt.h"

/* Set sender, recipient and route as far as they can be found; the others stay
 * as they are. The texts are in the arena. */
void imap_facts_read(struct span message, struct arena *,
    struct receipt_facts *facts);

#endif
