/* codec/csv_write.h -- tables as RFC 4180 has them, for spreadsheets. Pure.
 *
 * What others wrote must not become a formula: a text that a spreadsheet could
 * take for one gets an apostrophe in front. */
#ifndef CODEC_CSV_WRITE_H
#define CODEC_CSV_WRITE_H

#include "base/buf.h"

struct csv_out {
	struct buf *out;
	bool in_row;
};

/* The next field of the row; csv_end_row ends it by CRLF. */
void csv_text(struct csv_out *, struct span);
void csv_int(struct csv_out *, int64_t);
void csv_count(struct csv_out *, uint64_t);
void csv_empty(struct csv_out *);
void csv_end_row(struct csv_out *);

#endif
