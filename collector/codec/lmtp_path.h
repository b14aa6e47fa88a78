/* codec/lmtp_path.h -- addresses of an envelope, which may be quoted in ways
 * that those of reports are not. Pure. */
#ifndef CODEC_LMTP_PATH_H
#define CODEC_LMTP_PATH_H

#include "base/span.h"

/* Take "<address>" off s, and the blanks around it. False: there is none.
 *   ret  the address, without a source route; untrusted; may be empty */
bool lmtp_path_take(struct span *s, struct span *ret);

/* What stands behind the "@" of an address; SPAN_NONE: it has none. */
struct span lmtp_path_host(struct span address);

/* What stands behind the first "+" of an address's local part, RFC 5233; empty
 * for a quoted one. */
struct span lmtp_path_subaddress(struct span address);

#endif
