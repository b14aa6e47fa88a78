/* codec/report_write.h -- a report to JSON, s4.4. Pure. */
#ifndef CODEC_REPORT_WRITE_H
#define CODEC_REPORT_WRITE_H

#include "base/buf.h"
#include "codec/json_write.h"
#include "model/report.h"

/* Append the report's JSON: equal reports give equal bytes. E_NOMEM, E_SYNTAX:
 * a text is no UTF-8, E_RANGE: past out's ceiling. */
MUST_CHECK enum err report_write(const struct report *, struct buf *out);

/* One element of "policies", for other documents that have such. */
void report_write_policy(struct json_out *, const struct report_policy *);

#endif
