/* model/protection.h -- what a policy's sessions were protected by, and what a
 * failure under it did. */
#ifndef MODEL_PROTECTION_H
#define MODEL_PROTECTION_H

#include "model/policy.h"

enum protection {
#define PROTECTION(name, text, sentence) PROTECTION_##name,
#include "model/protections.def"
#undef PROTECTION
	NPROTECTIONS
};

enum failure_effect {
#define FAILURE_EFFECT(name, text, sentence) FAILURE_EFFECT_##name,
#include "model/failure_effects.def"
#undef FAILURE_EFFECT
	NFAILURE_EFFECTS
};

/* A policy of a report. is_known: its type is one of s4.4; tlsa_invalid: it has
 * failures of that result type. */
enum protection protection_of(const struct policy *, bool is_known,
    bool tlsa_invalid);
enum failure_effect failure_effect_of(const struct policy *, bool is_known,
    bool tlsa_invalid);

const char *protection_text(enum protection);	      /* "authenticated" */
const char *protection_sentence(enum protection);     /* for a person */
const char *failure_effect_text(enum failure_effect); /* "not-delivered" */
const char *failure_effect_sentence(enum failure_effect);

#endif
