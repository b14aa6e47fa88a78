/* model/readiness.h -- whether an MTA-STS policy may go from testing to enforce
 * (RFC 8461 s8.3), by what was reported. Silence is no success. */
#ifndef MODEL_READINESS_H
#define MODEL_READINESS_H

#include <stdbool.h>
#include <stdint.h>

/* Of authenticated reports about sessions under a policy in testing. */
struct readiness_basis {
	uint64_t days, reporters, sessions, failures;
	uint64_t enforced;  /* sessions under one that is enforced already */
	uint64_t uncounted; /* reports about the domain that do not count */
	uint64_t silent;    /* reporters */
};

enum readiness { READINESS_UNKNOWN, READINESS_NO, READINESS_YES };

/* A set of 1 << reason. */
enum readiness_reason {
#define READINESS(name, sentence) READINESS_REASON_##name,
#include "model/readiness.def"
#undef READINESS
	NREADINESS_REASONS
};

enum readiness readiness_of(const struct readiness_basis *, unsigned *reasons);
const char *readiness_text(enum readiness); /* "unknown" */
const char *readiness_sentence(enum readiness_reason);

#endif
