/* codec/sts_record.h -- the TXT record at _mta-sts.<domain>, RFC 8461 s3.1.
 * Pure. */
#ifndef CODEC_STS_RECORD_H
#define CODEC_STS_RECORD_H

#include "base/err.h"
#include "base/span.h"

#define STS_ID_MAX 32

/* Pick the one record of the TXT records of the name, the strings of each
 * joined without separator, and read its id, which is a part of the record:
 * letters and digits, at most STS_ID_MAX. E_ABSENT: none; E_CONFLICT: more than
 * one; E_SYNTAX: malformed. Of these the domain has no MTA-STS. */
MUST_CHECK enum err sts_record_read(struct span_list txts, struct span *ret_id,
    struct why *why);

#endif
