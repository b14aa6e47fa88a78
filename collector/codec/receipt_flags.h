/* codec/receipt_flags.h -- what is odd about a report at the time when it is
 * received. Pure. */
#ifndef CODEC_RECEIPT_FLAGS_H
#define CODEC_RECEIPT_FLAGS_H

#include "base/buf.h"
#include "codec/report_read.h"
#include "model/session_totals.h"

/* By so much a reporter's clock may be ahead. */
#define RECEIPT_CLOCK_ALLOWANCE_S 3600

enum receipt_flag {
#define RECEIPT_FLAG(name, counts, sentence) RECEIPT_FLAG_##name,
#include "codec/receipt_flags.def"
#undef RECEIPT_FLAG
	NRECEIPT_FLAGS
};

/* Its totals, each session once.
 *   owners  for each policy the domain that it is known to be about, or empty;
 *           NULL: only the report tells */
void report_totals(const struct incoming_report *, const struct span *owners,
    struct session_totals *ret);

/* Whose each policy is, as session_owners says; ret: room for all. */
void report_owners(const struct incoming_report *, struct span *ret);

/* A set of 1 << enum receipt_flag, without those of who takes it in:
 * DOMAIN_OF_HEADER, DOMAIN_OF_TOKEN. */
uint32_t receipt_flags(const struct incoming_report *,
    const struct session_totals *, int64_t received_s);

/* Whether what it says may be added to what others say. */
bool receipt_flags_count(uint32_t flags);

/* All that is odd about it, by name, for a column of the store: codec/lines. */
void deviations_join(struct buf *out, uint64_t notes, uint32_t flags);

/* For a person; NULL: there is no such name. */
const char *deviation_sentence(struct span name);

#endif
