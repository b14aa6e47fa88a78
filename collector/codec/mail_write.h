/* codec/mail_write.h -- a report as a mail, s5.3. Pure. */
#ifndef CODEC_MAIL_WRITE_H
#define CODEC_MAIL_WRITE_H

#include <stdint.h>

#include "base/buf.h"
#include "codec/report_summary.h"

/* Bytes: a report of 64 MiB in base64, and all that is around it. */
#define MAIL_MAX ((size_t)96 << 20)
#define MAIL_FILE_NAME_MAX 900 /* a line has 998: RFC 5322 s2.1.1 */

/* Who submits, for whom, and the report-id are taken from the report itself, so
 * that the mail cannot say anything else (s5.6). */
struct report_mail {
	struct span domain;    /* whose TLSRPT record asked, A-labels */
	struct span from, to;  /* addresses as in model/address.h */
	struct span file_name; /* of the attachment, s5.1 */
	struct span body;      /* the report */
	bool is_gzip;	       /* the body is gzip, else it is JSON */
	int64_t now_s;	       /* Date, UTC */
	const struct report_summary *summary; /* of the body */
};

/* Append the whole message: lines end with CRLF, are of at most 998 bytes and
 * 7-bit ASCII, so that no server changes them once they are signed. The
 * Message-ID is that of the Subject: <report-id@submitter>, or the report-id if
 * that has an "@".
 * E_SYNTAX: a domain, address, report-id or file name that cannot stand in a
 * header, or a time before 1970 or past 9999; E_RANGE: past out's ceiling;
 * E_NOMEM. After the last two out may hold a part of it. */
MUST_CHECK enum err mail_write(const struct report_mail *, struct buf *out,
    struct why *why);

#endif
