/* intake/claims.h -- whose signatures a mail says it has, before anybody has
 * looked whether that is true. Pure. */
#ifndef INTAKE_CLAIMS_H
#define INTAKE_CLAIMS_H

#include "base/id_table.h"
#include "base/span.h"

#define CLAIMS_MAX 8 /* DKIM signatures that are looked at */

struct claims {
	struct id v[CLAIMS_MAX]; /* signer_id of each */
	size_t n;
};

/* The name of whoever signs: an organisational domain. */
struct id signer_id(struct span domain);

/* mail: untrusted. The organisations of d= (RFC 6376 s3.5) of its DKIM
 * signatures, from the top. None where they cannot be read. */
void claims_read(struct span mail, struct claims *ret);

#endif
