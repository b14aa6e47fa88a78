/* model/session.h -- one TLS attempt of a Sending MTA, as a datagram tells it.
 * libtlsrpt calls it a delivery request. */
#ifndef MODEL_SESSION_H
#define MODEL_SESSION_H

#include <stdint.h>

#include "model/failure_detail.h"
#include "model/policy.h"

/* What had to be repaired so that the session still counts. */
enum session_mark {
	MARK_VERSION = 1 << 0, /* no "dpv": taken for version 1 */
	MARK_UTF8 = 1 << 1,    /* invalid UTF-8 or U+0000 replaced by U+FFFD */
	MARK_CUT = 1 << 2,     /* a text past its ceiling was cut */
	MARK_NAME = 1 << 3,    /* a domain name that is none was escaped */
	MARK_ADDRESS = 1 << 4, /* an IP address that is none was left out */
	MARK_RESULT = 1 << 5,  /* "f" other than 0 and 1: taken for failure */
	MARK_CODE = 1 << 6,    /* unknown "c": said as validation-failure */
	MARK_COUNT = 1 << 7,   /* "t" is not the number of details */
	MARK_DETAILS = 1 << 8, /* details past the ceiling were left out */
	MARK_URI = 1 << 9,     /* information that is no URI was left out */
};

struct session_policy {
	struct policy policy;
	struct failure_detail *details;
	size_t ndetails;
	bool failed; /* the final result; details never decide it */
};

/* All texts point into memory of whoever made the session. */
struct session {
	struct span domain; /* the TLSRPT domain, which asked for reports */
	struct span record; /* its TXT record as the MTA saw it; may be empty */
	struct session_policy *policies;
	size_t npolicies;
	unsigned marks;	     /* of enum session_mark */
	bool carries_report; /* s3: it is not to be counted */
};

#endif
