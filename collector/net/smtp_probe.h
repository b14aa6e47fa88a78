/* net/smtp_probe.h -- what one mail server shows of TLS: EHLO, STARTTLS, the
 * handshake, QUIT; no mail. Asked by the thread that calls, which waits. */
#ifndef NET_SMTP_PROBE_H
#define NET_SMTP_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

#define PROBE_REPLY_BYTES_MAX 8192 /* all that is read before TLS */

struct smtp_probe_options {
	const char *host;      /* the MX host: of the certificate, for a CA */
	const char *tlsa_base; /* with tlsa: its base domain, RFC 7672 s2.2.3 */
	const char *domain; /* whose mail it takes, another name for DANE-TA */
	const char *const *addresses; /* tried one by one; text */
	size_t naddresses;
	uint16_t port;
	const char *helo;
	const char *ca_file; /* PEM, and no others then; NULL: the system's */
	int64_t timeout_ms;  /* for all of it; not 0 */
	/* Data of usable TLSA records that are secure; none: no DANE. */
	struct span_list tlsa;
};

enum smtp_probe_outcome {
	PROBE_AWAY,	    /* not measured: no connection, or it was no talk */
	PROBE_NO_STARTTLS,  /* not offered, or refused */
	PROBE_NO_HANDSHAKE, /* STARTTLS was accepted, and no TLS came of it */
	PROBE_TLS,
};

/* What a certificate is to a sender that verifies. */
enum smtp_probe_trust {
	PROBE_TRUSTED,
	PROBE_EXPIRED,
	PROBE_NOT_YET_VALID,
	PROBE_OTHER_NAME,
	PROBE_NOT_TRUSTED,
};

struct smtp_probe {
	enum smtp_probe_outcome outcome;
	struct why why; /* one line unless PROBE_TLS; may quote the peer */
	char address[64];
	/* Of PROBE_TLS: */
	enum smtp_probe_trust trust; /* by the CAs, with the host's name */
	struct why trust_why;	     /* unless PROBE_TRUSTED */
	bool dane_matches;	     /* false without options.tlsa */
	struct why dane_why;	     /* with options.tlsa, unless it matches */
	int64_t expires_s;	     /* UTC */
	char protocol[16], cipher[64];
	char subject[256]; /* untrusted bytes */
};

/* *ret is set on E_OK, whatever the server did. E_USAGE: ca_file; E_NOMEM. */
MUST_CHECK enum err smtp_probe_run(const struct smtp_probe_options *,
    struct smtp_probe *ret, struct why *why);

#endif
