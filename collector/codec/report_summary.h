/* codec/report_summary.h -- what a person wants to know of a report, read out
 * of its JSON (s4.4). Pure. */
#ifndef CODEC_REPORT_SUMMARY_H
#define CODEC_REPORT_SUMMARY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define SUMMARY_POLICIES_MAX 64 /* further ones are summed */
#define SUMMARY_TYPES_MAX 16	/* of failures, in each policy; likewise */
#define SUMMARY_HOSTS_MAX 8	/* in each policy; further ones are counted */
#define SUMMARY_TEXT_MAX 512	/* bytes of one text */
#define SUMMARY_ARENA_MAX ((size_t)1 << 20) /* enough for any summary */

struct failure_summary {
	struct span type;  /* result-type, known or not */
	uint64_t sessions; /* all failed-session-count of that type */
};

struct policy_summary {
	struct span type;   /* policy-type, known or not */
	struct span domain; /* empty if the report names none */
	struct span mx_hosts[SUMMARY_HOSTS_MAX];
	size_t nmx_hosts;
	size_t more_mx_hosts; /* that did not fit */
	uint64_t succeeded, failed;
	/* The most frequent first. */
	struct failure_summary failures[SUMMARY_TYPES_MAX];
	size_t nfailures;
	uint64_t other_failures; /* sessions whose type did not fit */
};

struct report_summary {
	struct span organization;
	struct span contact;
	struct span id;
	struct span start, end; /* date-range, as written */
	struct policy_summary *policies;
	size_t npolicies;
	struct policy_summary others; /* all policies that did not fit; only
				       * its counts and failures are set */
	size_t nothers;
	/* Over all policies: a session has a count in each that applied. */
	uint64_t succeeded, failed;
};

/* Read a report such as codec/report_write.h makes. json is untrusted; texts
 * are copied into the arena. ret is set on E_OK only.
 * E_SYNTAX: no such report; E_RANGE: a text or count past its ceiling, or too
 * deep; E_NOMEM: the same for the arena. */
MUST_CHECK enum err report_summary_read(struct span json, struct arena *,
    struct report_summary *ret, struct why *why);

#endif
