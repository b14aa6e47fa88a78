/* codec/journal_export.h -- entries of systemd's journal as "journalctl -o
 * export" writes them: a field a line, an empty line behind each entry. Pure.
 */
#ifndef CODEC_JOURNAL_EXPORT_H
#define CODEC_JOURNAL_EXPORT_H

#include "base/buf.h"
#include "codec/mta_log.h"

#define JOURNAL_TEXT_MAX 16384 /* bytes of a field: the rest is left out */
#define JOURNAL_LENGTH_BYTES 8 /* of a value that is no line */

enum journal_step {
	JOURNAL_MORE,
	JOURNAL_ENTRY, /* it is whole: journal_export_head */
	/* Behind this line stand the value's length, little-endian, the value,
	 * and an LF: hand over the value. */
	JOURNAL_VALUE,
};

/* Fields of the entry that is being read. */
struct journal_export {
	struct buf cursor, host, machine, program, pid, message;
	int64_t time_us;   /* UTC; 0: not told */
	struct buf *value; /* whose value is to come; NULL: nobody needs it */
};

void journal_export_init(struct journal_export *);
void journal_export_free(struct journal_export *);

/* Whether what begins with this line is an export. */
bool journal_export_is(struct span line);

enum journal_step journal_export_line(struct journal_export *,
    struct span line);
void journal_export_value(struct journal_export *, struct span);

/* What a cursor tells of the entry: "s=" the sequence, "i=" its number in it,
 * which only grows. False: it does not. */
struct journal_cursor {
	struct span sequence;
	int64_t number;
};

bool journal_cursor_read(struct span cursor, struct journal_cursor *ret);

/* False: it has no message. The texts are valid until the next line. */
bool journal_export_head(const struct journal_export *,
    const struct mta_log_clock *, struct mta_log_head *ret);

#endif
