/* ingest/log_journal.h -- an export of systemd's journal as it comes in, and
 * which of its entries count already. */
#ifndef INGEST_LOG_JOURNAL_H
#define INGEST_LOG_JOURNAL_H

#include "codec/journal_export.h"
#include "ingest/log_lines.h"
#include "store/store_log_level.h"

struct log_journal {
	struct log_lines *lines; /* the caller's */
	struct journal_export entry;
	struct log_place at;   /* the last whole entry */
	struct log_place from; /* where it was left the last time */
	bool is_past;	       /* that place */
	struct buf name;       /* once there was an entry */
};

/* first: the line that was read already. */
void log_journal_begin(struct log_journal *, struct log_lines *,
    struct span first);
void log_journal_free(struct log_journal *);

/* The next entry that has a message. E_ABSENT: the export is at its end; E_IO.
 */
MUST_CHECK enum err log_journal_next(struct log_journal *,
    const struct mta_log_clock *, struct mta_log_head *ret, struct why *why);

/* What its place goes by: "journal:" and the machine's id, of its first entry.
 */
struct span log_journal_name(const struct log_journal *);
void log_journal_resume(struct log_journal *, const struct log_place *from);

/* Whether the last entry counts already: to be asked of each. By its number in
 * the sequence that the cursor names; in another sequence than the place's by
 * its time, up to where the place is found. */
bool log_journal_is_known(struct log_journal *);

#endif
