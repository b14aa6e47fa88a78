/* cli/emit_check.h -- refuse values of `emit` that no report could carry: the
 * collector would repair them or leave them out, and emit would not learn it.
 */
#ifndef CLI_EMIT_CHECK_H
#define CLI_EMIT_CHECK_H

#include "base/err.h"
#include "base/span.h"

/* why: what is wrong with the value, as in `"x" is no IP address`. E_SYNTAX,
 * E_RANGE, E_NOMEM. */
typedef enum err emit_check_fn(struct span value, struct why *why);

/* A domain with mail: neither a pattern nor an address literal. */
MUST_CHECK emit_check_fn emit_check_domain;
/* A host name, an address literal or an MX pattern. */
MUST_CHECK emit_check_fn emit_check_host;
MUST_CHECK emit_check_fn emit_check_ip;
MUST_CHECK emit_check_fn emit_check_info;
/* A TXT record, with somebody to report to. */
MUST_CHECK emit_check_fn emit_check_record;
/* One URI as it stands in a record (s3). */
MUST_CHECK emit_check_fn emit_check_rua;

#endif
