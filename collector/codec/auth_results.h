/* codec/auth_results.h -- what our own mail server found of a mail's DKIM
 * signatures: Authentication-Results, RFC 8601. Pure. */
#ifndef CODEC_AUTH_RESULTS_H
#define CODEC_AUTH_RESULTS_H

#include "codec/mime_read.h"

#define AUTH_RESULTS_MAX 16 /* of a field, those past it are left out */

/* Untrusted bytes, lower case but for the last; empty where it does not say. */
struct auth_result {
	struct span result;    /* "pass" */
	struct span domain;    /* header.d */
	struct span selector;  /* header.s */
	struct span identity;  /* the domain of header.i */
	struct span signature; /* header.b: how b= begins */
};

struct auth_results {
	struct auth_result *v;
	size_t n;
};

/* The results of DKIM in the uppermost field of authserv_id that has such. One
 * that others put below it, or below one that says "none" or cannot be read,
 * does not count; the server has to take such out where it puts none itself
 * (RFC 8601 s5). All is in the arena. E_ABSENT: there is none; E_NOMEM. */
MUST_CHECK enum err auth_results_read(const struct mime_header *,
    struct span authserv_id, struct arena *, struct auth_results *ret);

#endif
