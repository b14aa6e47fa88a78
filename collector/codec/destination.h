/* codec/destination.h -- where a report goes: one rua URI, s3, taken apart for
 * a mail command or an HTTP request. Pure. */
#ifndef CODEC_DESTINATION_H
#define CODEC_DESTINATION_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum destination_kind {
	DESTINATION_MAIL,
	DESTINATION_HTTPS,
};

/* Views into the URI. */
struct destination {
	enum destination_kind kind;
	/* What ceilings for each host count: the mailbox's domain or the URL's
	 * host, in lower case, an IPv6 address without its brackets. */
	struct span host;
	uint16_t port;	     /* https: 443 unless the URL names one; mail: 0 */
	struct span address; /* mail: the addr-spec; https: none */
	struct span url;     /* https: without a fragment; mail: none */
	bool is_literal;     /* https: host is an IP address */
};

/* Take apart a URI in the spelling that tlsrpt_record keeps: decoded once, host
 * in lower case. Stricter than that reader, because here a stranger's bytes
 * become part of a command: visible ASCII only, a host of two or more labels of
 * letters, digits and hyphens, a local part that is a dot-atom, no user name.
 * IP addresses are let pass in https alone, in one spelling each (dotted IPv4,
 * RFC 5952). ret is set on E_OK only. E_SYNTAX: why names the fault and has
 * none of the URI's bytes. */
MUST_CHECK enum err destination_parse(struct span uri, struct destination *ret,
    struct why *why);

#endif
