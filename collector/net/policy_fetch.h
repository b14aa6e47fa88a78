/* net/policy_fetch.h -- the file of an MTA-STS policy by HTTPS, RFC 8461 s3.3.
 * Fetched by the thread that calls, which waits. */
#ifndef NET_POLICY_FETCH_H
#define NET_POLICY_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define POLICY_FETCH_MAX 65536 /* bytes of a policy, RFC 8461 s3.3 */

struct policy_fetch_options {
	const char *domain; /* the policy's; its host is mta-sts.<domain> */
	/* "192.0.2.1,[2001:db8::1]", where that host is. */
	const char *addresses;
	uint16_t port;	     /* 443 but in tests */
	const char *ca_file; /* PEM, and no others then; NULL: the system's */
	int64_t timeout_ms;  /* of all of it; not 0 */
};

enum policy_fetch_outcome {
	POLICY_FETCHED,
	POLICY_AWAY,	  /* no connection: not measured */
	POLICY_UNTRUSTED, /* the certificate is not trusted or another name's */
	POLICY_REFUSED,	  /* no status of 200, or too long, or it broke off */
};

struct policy_fetch {
	enum policy_fetch_outcome outcome;
	long status;	    /* of HTTP; 0: none */
	bool is_plain_text; /* its Content-Type, RFC 8461 s3.2 */
	struct why why;	    /* unless POLICY_FETCHED; may quote the peer */
};

/* Add the file to body; *ret is set on E_OK. E_USAGE: ca_file; E_IO: libcurl
 * cannot be had; E_NOMEM. */
MUST_CHECK enum err policy_fetch_run(const struct policy_fetch_options *,
    struct buf *body, struct policy_fetch *ret, struct why *why);

#endif
