/* deliver/report_body.h -- a report in the form that deliver.format asks for.
 */
#ifndef DELIVER_REPORT_BODY_H
#define DELIVER_REPORT_BODY_H

#include "base/buf.h"
#include "config/config.h"

enum deliver_format { DELIVER_GZIP, DELIVER_JSON };

/* Its media type: s6.4, s6.5. */
const char *report_body_type(const struct config *);

/* Bring body, which is as the store has it (gzip), into that form. E_RANGE:
 * more than report.max_size; E_SYNTAX: damaged; E_NOMEM. */
MUST_CHECK enum err report_body_format(const struct config *, struct buf *body);

#endif
