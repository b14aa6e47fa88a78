#include "insight/found.h"

#include "base/num.h"

static const struct kind_info kinds[] = {
#define FINDING(name, text, severity, conclusion, sentence, reasoning) \
	{ text, sentence, reasoning, SEVERITY_##severity,              \
		CONCLUSION_##conclusion },
#include "insight/findings.def"
#undef FINDING
};

static const char *const next_steps[NKINDS] = {
#define NEXT_STEP(name, text) [KIND_##name] = text,
#include "insight/next_steps.def"
#undef NEXT_STEP
};

const struct kind_info *
kind_info(enum finding_kind kind)
{
	return &kinds[kind];
}

const struct kind_info *
kind_named(struct span text)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (span_eq(text, span_str(kinds[i].text)))
			return &kinds[i];
	return NULL;
}

const char *
kind_next_step(const struct kind_info *kind)
{
	const char *text = next_steps[kind - kinds];

	return text == NULL ? "" : text;
}

struct found
found_of(enum finding_kind kind, struct span subject, int64_t first,
    int64_t last)
{
	return (struct found){ .kind = kind,
		.subject = subject,
		.severity = kinds[kind].severity,
		.conclusion = kinds[kind].conclusion,
		.confidence = CONFIDENCE_LOW,
		.first = first,
		.last = last };
}

void
found_row(struct found *f, const struct found_row *row)
{
	if (f->nrows < FOUND_ROWS_MAX)
		f->rows[f->nrows++] = *row;
}

/* -- rows -- */

#define CONTRAST_ROWS_MAX 8

static bool
is_same_failure(const struct found_row *row, const struct evidence_failure *d)
{
	return span_eq(row->reporter, d->told.reporter) &&
	    row->result_type == (int)d->result && span_eq(row->mx, d->mx) &&
	    span_eq(row->receiving_ip, d->receiving_ip) &&
	    span_eq(row->sending_ip, d->sending_ip) &&
	    span_eq(row->detail, d->reason);
}

static void
add_failure(struct found *f, const struct evidence_failure *d)
{
	for (size_t i = 0; i < f->nrows; i++) {
		struct found_row *row = &f->rows[i];

		if (!is_same_failure(row, d))
			continue;
		row->failed = count_add(row->failed, d->sessions);
		if (d->told.day < row->first)
			row->first = d->told.day;
		if (d->told.day > row->last)
			row->last = d->told.day;
		return;
	}
	if (f->nrows == FOUND_ROWS_MAX - CONTRAST_ROWS_MAX)
		return;
	found_row(f,
	    &(const struct found_row){ .role = ROLE_SHOWS,
		.layer = layer_of(&d->told),
		.reporter = d->told.reporter,
		.intake = d->told.intake,
		.first = d->told.day,
		.last = d->told.day,
		.failed = d->sessions,
		.result_type = (int)d->result,
		.mx = d->mx,
		.receiving_ip = d->receiving_ip,
		.sending_ip = d->sending_ip,
		.detail = d->reason });
}

void
found_failures(struct found *f, const struct view *v, const struct question *q,
    size_t reporter)
{
	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *d = &v->failures[i];

		if (d->told.day < f->first || d->told.day > f->last ||
		    (q->policy_type != 0 && (int)d->type != q->policy_type) ||
		    (reporter < v->nreporters &&
			!span_eq(d->told.reporter, v->reporters[reporter])) ||
		    !q->is_meant(d, q->arg))
			continue;
		add_failure(f, d);
	}
}

void
found_contrast(struct found *f, const struct grid *g, size_t reporter)
{
	for (size_t r = 0, n = 0;
	     r < g->view->nreporters && n < CONTRAST_ROWS_MAX; r++) {
		struct found_row row = { .role = ROLE_CONTRAST,
			.layer = g->view->layer,
			.reporter = g->view->reporters[r],
			.first = f->first,
			.last = f->last };

		for (int64_t day = f->first; r != reporter && day <= f->last;
		     day++) {
			const struct cell *c;

			if (day < g->first)
				continue;
			c = grid_cell(g, r, (size_t)(day - g->first));
			row.sessions = count_add(row.sessions, c->sessions);
			row.failed = count_add(row.failed, c->failed);
		}
		if (row.sessions == 0)
			continue;
		found_row(f, &row);
		n++;
	}
}

/* -- all of a domain -- */

/* NULL: there is none. */
static struct found *
same_of(const struct findings *f, enum finding_kind kind, struct span subject)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == kind && span_eq(f->v[i].subject, subject))
			return &f->v[i];
	return NULL;
}

bool
findings_has(const struct findings *f, enum finding_kind kind,
    struct span subject)
{
	return same_of(f, kind, subject) != NULL;
}

static bool
is_vouched_for(const struct found *f)
{
	for (size_t i = 0; i < f->nrows; i++)
		if (f->rows[i].role == ROLE_SHOWS &&
		    f->rows[i].layer == LAYER_AUTHENTICATED)
			return true;
	return false;
}

static void
restrain(struct found *f)
{
	if (f->conclusion != CONCLUSION_PATH || is_vouched_for(f))
		return;
	f->conclusion = CONCLUSION_UNKNOWN;
	f->confidence = CONFIDENCE_LOW;
	f->severity = kinds[f->kind].severity;
}

/* Where it goes; NULL: nowhere. */
static struct found *
place_of(struct findings *f, const struct found *found)
{
	struct found *same = same_of(f, found->kind, found->subject);

	if (same != NULL)
		return found->conclusion == CONCLUSION_PATH &&
			same->conclusion != CONCLUSION_PATH
		    ? same
		    : NULL;
	return f->n == FOUND_MAX ? NULL : &f->v[f->n++];
}

void
findings_add(struct findings *f, const struct found *found)
{
	struct found restrained = *found;
	struct found *to;

	if (f->err != E_OK)
		return;
	if (f->v == NULL &&
	    (f->v = arena_alloc(f->arena, FOUND_MAX * sizeof(*f->v))) == NULL) {
		f->err = E_NOMEM;
		return;
	}
	restrain(&restrained);
	if ((to = place_of(f, &restrained)) != NULL)
		*to = restrained;
}
