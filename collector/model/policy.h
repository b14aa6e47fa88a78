/* model/policy.h -- the policy that was applied to a session, s4.4, s4.5. */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include "base/err.h"
#include "base/span.h"

/* Numbered as in datagrams; the store keeps the number. */
enum policy_type {
#define POLICY_TYPE(code, name, text) POLICY_##name = code,
#include "tlsrpt_policy_types.def"
#undef POLICY_TYPE
};

struct policy {
	enum policy_type type;
	/* Whom it was defined for: for tlsa the MX host (TLSA base domain),
	 * else a domain. May be absent. */
	struct span domain;
	/* tlsa: one "U S M HEX" each; sts: one line of the policy each, as
	 * published, errors included. */
	struct span_list strings;
	struct span_list mx_hosts; /* sts: the "mx" patterns */
};

/* E_ABSENT: no such type. */
MUST_CHECK enum err policy_type_from_code(long long code,
    enum policy_type *ret);
MUST_CHECK enum err policy_type_from_text(struct span, enum policy_type *ret);
const char *policy_type_text(enum policy_type); /* "no-policy-found" */

#endif
