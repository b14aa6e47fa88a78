/* model/tally.h -- counts on their way to becoming a report. */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

#include <stdint.h>

#include "model/content_key.h"
#include "model/failure_detail.h"
#include "model/policy.h"

struct tally_detail {
	struct content_key key;
	struct failure_detail detail; /* helo: one sample of an EHLO reply */
	uint64_t sessions;
};

struct tally_policy {
	struct content_key key;
	enum policy_type type;
	struct span domain;
	struct span strings;  /* codec/lines */
	struct span mx_hosts; /* codec/lines */
	uint64_t succeeded, failed;
	struct tally_detail *details;
	size_t ndetails;
};

/* What came in on one UTC day for one TLSRPT domain and one rua set. Sessions
 * that arrive after a report was handed over make another part, which becomes a
 * report of its own. */
struct tally {
	int64_t day;
	struct span domain; /* empty: past the ceiling of domains */
	struct content_key record_key;
	int64_t part;	    /* 0, 1, …; ignored where tallies are added */
	struct span record; /* one TXT record with this rua set, as published */
	struct span rua;    /* codec/lines; empty: nobody to report to */
	struct tally_policy *policies;
	size_t npolicies;
	struct span no_report; /* why there will be none, for a person; empty:
				* there will; set by store_tally_read alone */
};

#endif
