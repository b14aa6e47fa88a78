/* insight/found.h -- what rules find: kinds, conclusions, evidence. */
#ifndef INSIGHT_FOUND_H
#define INSIGHT_FOUND_H

#include "insight/contrast.h"
#include "model/finding.h"

enum finding_kind {
#define FINDING(name, text, severity, conclusion, sentence, reasoning) \
	KIND_##name,
#include "insight/findings.def"
#undef FINDING
	NKINDS
};

struct kind_info {
	const char *text, *sentence, *reasoning;
	enum finding_severity severity;
	enum finding_conclusion conclusion; /* unless a rule knows better */
};

const struct kind_info *kind_info(enum finding_kind);
/* NULL: no such kind. */
const struct kind_info *kind_named(struct span text);
/* What to do about it; "": nobody knows. */
const char *kind_next_step(const struct kind_info *);

#define FOUND_ROWS_MAX 20
#define FOUND_MAX 200 /* of a domain: the first ones stay */

enum found_role {
	ROLE_SHOWS,    /* has it */
	ROLE_CONTRAST, /* has it not, and would */
};

/* Texts may be empty. */
struct found_row {
	enum found_role role;
	enum layer layer;
	struct span reporter, intake;
	int64_t first, last; /* days */
	uint64_t sessions, failed;
	int result_type; /* 0: none */
	struct span mx, receiving_ip, sending_ip, detail;
};

struct found {
	enum finding_kind kind;
	struct span subject;
	enum finding_severity severity;
	enum finding_conclusion conclusion;
	enum finding_confidence confidence;
	int64_t first, last; /* days */
	struct found_row rows[FOUND_ROWS_MAX];
	size_t nrows;
};

/* Of one domain. */
struct findings {
	struct arena *arena;
	struct found *v;
	size_t n;
	enum err err; /* the first */
};

/* With the kind's severity and conclusion, and low confidence. */
struct found found_of(enum finding_kind, struct span subject, int64_t first,
    int64_t last);
/* Past FOUND_ROWS_MAX nothing. */
void found_row(struct found *, const struct found_row *);
/* One row of each failure that is meant, of the reporter or of all
 * (nreporters), in the days of the finding. */
void found_failures(struct found *, const struct view *,
    const struct question *, size_t reporter);
/* The others that would have had it. */
void found_contrast(struct found *, const struct grid *, size_t reporter);

/* Keep it. What is concluded goes no further than its evidence: "on the path"
 * needs a row that shows it and is authenticated. One of that kind and subject
 * that is there already stays. */
void findings_add(struct findings *, const struct found *);
bool findings_has(const struct findings *, enum finding_kind,
    struct span subject);

#endif
