/* codec/canonical.h -- equal content to equal bytes: what keys are made of.
 * Pure.
 *
 * Each field is written with its length in front, so that no two contents give
 * the same bytes. Names and addresses are expected in their one spelling
 * already (model/domain, codec/ip). */
#ifndef CODEC_CANONICAL_H
#define CODEC_CANONICAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/tlsrpt_record.h"
#include "model/content_key.h"
#include "model/failure_detail.h"
#include "model/policy.h"

/* The set of destinations; the rest of the record does not count. NULL: a
 * record without any. */
void canonical_record(struct buf *out, const struct tlsrpt_record *);

/* TLSA records and the lines of an STS policy count as a set, whatever their
 * order, white space and case. E_NOMEM: scratch is used up. */
MUST_CHECK enum err canonical_policy(struct buf *out, const struct policy *,
    struct arena *scratch);

/* Of an EHLO reply only the name that the server gives itself counts: the rest
 * may differ with each connection. */
void canonical_detail(struct buf *out, const struct failure_detail *);

/* SHA-256 of canonical bytes, cut to 128 bits. E_NOMEM. */
MUST_CHECK enum err content_key(struct span canonical, struct content_key *ret);

/* The same of a report, cut to 160 bits, in 32 characters of a-z2-7 (RFC 4648
 * s6): the report-id. */
#define REPORT_ID_SIZE 33
MUST_CHECK enum err canonical_report_id(int64_t day, struct span domain,
    const struct content_key *record_key, struct span submitter, int64_t part,
    char ret[REPORT_ID_SIZE]);

/* TLSA records as "U S M HEX" with single blanks and upper-case digits and
 * without parentheses (s4.5), sorted, each once; a text that is no TLSA record
 * is only trimmed. The list is in the arena. E_NOMEM. */
MUST_CHECK enum err canonical_tlsa_set(struct span_list, struct arena *,
    struct span_list *ret);

#endif
