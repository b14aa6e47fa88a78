/* intake/imap_mark.h -- how a mailbox is told which messages are done with. */
#ifndef INTAKE_IMAP_MARK_H
#define INTAKE_IMAP_MARK_H

#include "codec/imap_answer.h"
#include "intake/imap_link.h"

/* Messages that one command is about. */
#define IMAP_BATCH 50

/* What is done with a message that was taken. */
enum imap_taken {
	IMAP_TAKEN_FLAG,
	IMAP_TAKEN_MOVE,
	IMAP_TAKEN_DELETE,
};

struct imap_marking {
	const struct imap_link *link;
	const struct imap_state *state; /* of the mailbox, as it is told */
	enum imap_taken taken;
	const char *folder; /* of IMAP_TAKEN_MOVE: imap_folder_is_valid */
};

/* The keys of SEARCH that leave out what is done with: a constant. */
const char *imap_mark_search(const struct imap_state *);

/* "1,2,3" */
void imap_mark_add_uids(struct buf *out, const uint32_t *uids, size_t n);

/* These, at most IMAP_BATCH, are in the spool. Messages that are gone are no
 * error; for the others see net/imap_client.h. */
MUST_CHECK enum err imap_mark_taken(const struct imap_marking *,
    const uint32_t *uids, size_t n, struct why *why);

/* These are left where they are, for a person to see. */
MUST_CHECK enum err imap_mark_refused(const struct imap_marking *,
    const uint32_t *uids, size_t n, struct why *why);

#endif
