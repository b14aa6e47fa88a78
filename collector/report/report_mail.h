/* report/report_mail.h -- one report as a signed mail to one destination. Pure.
 */
#ifndef REPORT_REPORT_MAIL_H
#define REPORT_REPORT_MAIL_H

#include "report/signing_key.h"
#include "store/store.h"

struct report_mail_options {
	const struct config *config;
	const struct signing_keys *keys;
	int64_t now_s; /* Date, and when it is signed */
};

/* Append the message and, a line each, the keys that sign it as in struct
 * signed_mail.
 *   report  with its body
 *   uri     of the rua set
 * E_ABSENT: no key, or the report is of another submitter than the configured
 * one, whose key would not vouch for it (s3); E_SYNTAX: uri is no mailbox, or
 * the report cannot be read; E_RANGE: past a ceiling; E_NOMEM, E_IO. */
MUST_CHECK enum err report_mail_write(const struct report_mail_options *,
    const struct report_row *report, struct span uri, struct buf *ret_message,
    struct buf *ret_keys, struct why *why);

#endif
