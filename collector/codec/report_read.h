/* codec/report_read.h -- an aggregate report of somebody else, s4.4, read with
 * every leniency that real reporters need. Pure. */
#ifndef CODEC_REPORT_READ_H
#define CODEC_REPORT_READ_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/failure_detail.h"
#include "model/limits.h"
#include "model/policy.h"

/* Arena room that any report can be read with. */
#define INCOMING_ARENA_MAX (8 * (size_t)INCOMING_BYTES_MAX)

enum report_note {
#define REPORT_NOTE(name, sentence) REPORT_NOTE_##name,
#include "codec/report_notes.def"
#undef REPORT_NOTE
	NREPORT_NOTES
};

enum incoming_given {
	INCOMING_ABSENT,
	INCOMING_NULL,
	INCOMING_UNREADABLE,
	INCOMING_GIVEN,
};

struct incoming_count {
	uint64_t n; /* at most COUNT_MAX; 0 unless given */
	enum incoming_given given;
};

/* In what follows a text is SPAN_NONE if it is absent, null or unreadable, and
 * of len 0 if it is there and empty. Domain names and IP addresses are in their
 * one spelling, other texts well-formed UTF-8, and nothing more: whoever shows
 * them has to escape them. */

struct incoming_detail {
	struct failure_detail detail; /* validation-failure if unknown (s4.3) */
	struct span unknown_type;     /* result-type, if it is not known */
	struct incoming_count sessions;
};

struct incoming_policy {
	struct policy policy;	  /* no-policy-found if the type is unknown */
	struct span unknown_type; /* policy-type, if not known; may be empty */
	bool known;
	struct incoming_count succeeded, failed; /* totals: details only explain
						  */
	struct incoming_detail *details;
	size_t ndetails;
};

struct incoming_report {
	struct span organization, contact, id;
	/* UTC seconds, both within the range. An end at 00:00:00, which is not
	 * the start, is the second before. */
	int64_t start_s, end_s;
	bool has_start, has_end;
	struct incoming_policy *policies;
	size_t npolicies;
	size_t dropped_policies, dropped_details;
	uint64_t notes; /* bit n: enum report_note n */
};

/* Read a report: untrusted bytes, which stay where they are while the report is
 * in use, as does the arena. A detail or policy that cannot be used is left out
 * and counted, a member that cannot be read is as absent, and each deviation is
 * noted; of a member that stands there twice the first one counts. Ceilings are
 * in model/limits.h.
 * E_SYNTAX: no JSON object, or without any member of a report; E_RANGE: past
 * INCOMING_BYTES_MAX or INCOMING_DEPTH_MAX; E_NOMEM. ret is then unspecified.
 */
MUST_CHECK enum err report_read(struct span text, struct arena *,
    struct incoming_report *ret, struct why *why);

const char *report_note_sentence(enum report_note);

static inline bool
report_has_note(const struct incoming_report *r, enum report_note note)
{
	return (r->notes >> note & 1) != 0;
}

#endif
