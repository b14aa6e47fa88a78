/* model/finding.h -- what was concluded from reports of others: something to be
 * looked at, with its evidence. */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The store keeps the numbers. */
enum finding_state {
#define FINDING_STATE(code, name, text, sentence) FINDING_##name = code,
#include "model/finding_states.def"
#undef FINDING_STATE
};

enum finding_conclusion {
#define FINDING_CONCLUSION(code, name, text, sentence) CONCLUSION_##name = code,
#include "model/finding_conclusions.def"
#undef FINDING_CONCLUSION
};

enum finding_severity {
#define FINDING_SEVERITY(code, name, text, sentence) SEVERITY_##name = code,
#include "model/finding_severities.def"
#undef FINDING_SEVERITY
};

enum finding_confidence {
#define FINDING_CONFIDENCE(code, name, text, sentence) CONFIDENCE_##name = code,
#include "model/finding_confidences.def"
#undef FINDING_CONFIDENCE
};

/* Texts for people and JSON. Of a number that there is none for: "". */
const char *finding_state_text(int64_t);      /* "open" */
const char *finding_conclusion_text(int64_t); /* "path" */
const char *finding_conclusion_sentence(int64_t);
const char *finding_severity_text(int64_t);   /* "critical" */
const char *finding_confidence_text(int64_t); /* "high" */

/* E_ABSENT: no such word. */
MUST_CHECK enum err finding_state_from_text(struct span,
    enum finding_state *ret);
MUST_CHECK enum err finding_severity_from_text(struct span,
    enum finding_severity *ret);
MUST_CHECK enum err finding_conclusion_from_text(struct span,
    enum finding_conclusion *ret);

/* Days are UTC days of the reports that show it. */
struct finding {
	struct span id;	     /* UUID */
	struct span kind;    /* insight/findings.def */
	struct span domain;  /* of ours; empty: of no domain */
	struct span subject; /* a reporter, host or address; may be empty */
	enum finding_state state;
	int64_t severity, conclusion, confidence;
	int64_t first_day, last_day;
	int64_t opened_s, closed_s; /* closed_s: 0 unless it is closed */
	int64_t muted_until_s;	    /* 0: for good, if it is muted */
	struct span reason;	    /* of who acknowledged or muted it */
	struct span evidence;	    /* JSON: an array */
};

#endif
