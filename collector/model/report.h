/* model/report.h -- one aggregate report, s4. */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include <stdint.h>

#include "model/failure_detail.h"
#include "model/policy.h"

struct report_detail {
	struct failure_detail detail;
	uint64_t sessions; /* failed-session-count */
};

struct report_policy {
	struct policy policy;
	uint64_t succeeded, failed; /* the policy's summary */
	struct report_detail *details;
	size_t ndetails;
};

/* Who reports: one value for the whole installation. */
struct reporter {
	struct span organization;
	struct span contact;   /* addr-spec */
	struct span submitter; /* the domain of contact */
};

struct report {
	struct reporter reporter;
	struct span id;	    /* report-id */
	struct span domain; /* whose TLSRPT record asked for it */
	int64_t day;	    /* UTC; the range is all of it (s4.1) */
	struct report_policy *policies;
	size_t npolicies;
};

#endif
