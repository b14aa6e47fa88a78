/* codec/collectd_datagram.h -- a row of tlsrpt-collectd's tables as the
 * datagram that it came from (docs/datagram.md), for datagram_read. Pure.
 *
 * tlsrpt-collectd takes a datagram apart: of each policy it keeps the JSON
 * without "f", "t" and "failure-details", and of each failure detail the JSON.
 */
#ifndef CODEC_COLLECTD_DATAGRAM_H
#define CODEC_COLLECTD_DATAGRAM_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/limits.h"

/* Of a row that came from a datagram: the JSON is written anew, with blanks and
 * all but ASCII escaped, which takes three times as much at most. */
#define COLLECTD_DATAGRAM_MAX ((size_t)4 * DATAGRAM_MAX)

struct collectd_texts {
	struct span domain, record; /* SPAN_NONE: null */
	struct span policy;	    /* JSON */
	struct span reason;	    /* JSON; SPAN_NONE: no failure detail */
};

/* Append the datagram of one session that failed if there is a reason;
 * untrusted bytes. scratch is reset. E_SYNTAX: policy or reason is not one JSON
 * object; E_RANGE: past COLLECTD_DATAGRAM_MAX or out's ceiling. */
MUST_CHECK enum err collectd_datagram(const struct collectd_texts *,
    struct arena *scratch, struct buf *out, struct why *why);

#endif
