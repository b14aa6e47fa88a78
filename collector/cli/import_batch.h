/* cli/import_batch.h -- what was read out of files goes into the inbox, some of
 * it at a time. */
#ifndef CLI_IMPORT_BATCH_H
#define CLI_IMPORT_BATCH_H

#include "intake/taking_batch.h"

/* Largest mail or report that is looked at, and what is kept of a larger one.
 */
#define IMPORT_BODY_MAX ((size_t)64 << 20)
#define IMPORT_HEAD_MAX ((size_t)1 << 20)

struct import_batch;

/* Codes of enum inbox_state are below that. */
enum {
	IMPORT_STATES = 1
#define INBOX_STATE(code, name, text, sentence) +1
#include "model/inbox_states.def"
#undef INBOX_STATE
};

/* Reports, and what was none, by what has become of them; those that are in the
 * store. */
struct import_counts {
	uint64_t n[IMPORT_STATES];
};

/* NULL: out of memory. What is given to it outlives it. */
struct import_batch *import_batch_new(const struct intake *, struct store *);
void import_batch_free(struct import_batch *); /* NULL is fine */

/* Take one in; it may wait until others have come.
 *   name  the file's, or "-"
 *   body  a mail or a report; taken over and empty after, in any case. With
 *         E_RANGE it is the beginning of a larger one, and kept as such.
 * The store's errors, after which nothing that was added since the last
 * transaction is there. */
MUST_CHECK enum err import_batch_add(struct import_batch *, const char *name,
    struct buf *body, bool is_mail, struct why *why);
/* The same of one that came otherwise, or before. The facts' texts but for peer
 * outlast the batch. */
MUST_CHECK enum err import_batch_receive(struct import_batch *,
    const struct receipt_facts *, struct buf *body, struct why *why);
/* Put what waits into the store. Errors as above. */
MUST_CHECK enum err import_batch_flush(struct import_batch *, struct why *why);

struct import_counts import_batch_counts(const struct import_batch *);

#endif
