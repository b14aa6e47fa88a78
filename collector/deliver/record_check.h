/* deliver/record_check.h -- whether the record of now still asks for a report:
 * the one of the session may be two days old. Pure. */
#ifndef DELIVER_RECORD_CHECK_H
#define DELIVER_RECORD_CHECK_H

#include "codec/tlsrpt_record.h"
#include "net/resolver.h"

enum record_check {
	RECORD_ASKS,
	/* It names others, which are to get the report. */
	RECORD_ASKS_OTHERS,
	/* It is gone, or is none that counts (s3): the owner opted out. */
	RECORD_VANISHED,
	/* DNS does not tell at the moment. */
	RECORD_UNKNOWN,
};

/* What an answer to _smtp._tls.<domain> means for a report to uri. record is
 * set, with texts in the arena, for the first two; why for the others. E_NOMEM.
 */
MUST_CHECK enum err record_check(enum txt_outcome, struct span_list txts,
    struct span uri, struct arena *, enum record_check *ret,
    struct tlsrpt_record *record, struct why *why);

#endif
