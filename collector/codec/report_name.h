/* codec/report_name.h -- the file name of a report, s5.1. Pure. */
#ifndef CODEC_REPORT_NAME_H
#define CODEC_REPORT_NAME_H

#include <stdint.h>

#include "base/buf.h"

/* Append submitter!policy-domain!begin!end!unique-id.json.gz, the report-id
 * being the unique-id. A name may be longer than a file system allows: two
 * domains alone can have 510 bytes. */
void report_name(struct buf *out, struct span submitter, struct span domain,
    int64_t day, struct span id);

#endif
