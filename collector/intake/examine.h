/* intake/examine.h -- the reports in what was received: a body as it was
 * posted, or a mail. Pure. */
#ifndef INTAKE_EXAMINE_H
#define INTAKE_EXAMINE_H

#include "codec/mime_read.h"
#include "codec/report_read.h"
#include "intake/receipt.h"
#include "model/content_key.h"

#define EXAMINED_REPORTS_MAX 16			  /* in one mail */
#define EXAMINED_DOMAIN_FIELD "TLS-Report-Domain" /* s5.3 */

struct examined_report {
	struct incoming_report report;
	struct span contact;   /* domain of contact-info; empty: it has none */
	struct span submitter; /* domain; empty if nothing tells */
	/* Of submitter, report-id, range and policies, without their counts. */
	struct content_key identity;
	struct content_key content; /* of all the JSON */
};

struct examined {
	struct examined_report v[EXAMINED_REPORTS_MAX];
	size_t n;
	struct mime mail;      /* of a mail, for its signatures */
	struct span from;      /* domain of its From; empty: none */
	struct span submitter; /* its TLS-Report-Submitter; empty: none */
	struct span domain; /* its TLS-Report-Domain; empty: not exactly one */
	/* Private: what the above are views of. */
	struct arena arena;
	struct buf texts[EXAMINED_REPORTS_MAX];
	size_t unpacked; /* bytes, of use or not */
};

/* Free ret in any case. body stays as it is while ret is used. E_SYNTAX: there
 * is no report in it; E_RANGE: past a ceiling; why says what there was.
 * E_NOMEM.
 */
MUST_CHECK enum err examine(const struct receipt_facts *, struct span body,
    struct examined *ret, struct why *why);
void examined_free(struct examined *);

#endif
