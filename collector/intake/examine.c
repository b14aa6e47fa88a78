#include "intake/examine.h"

#include "codec/canonical.h"
#include "codec/from_domain.h"
#include "codec/unpack.h"
#include "model/address.h"
#include "model/domain.h"

#define ARENA_MAX (2 * INCOMING_ARENA_MAX)
#define PART_MAX ((size_t)64 << 20) /* bytes of a part of a mail, decoded */
#define RATIO_MAX 1100		    /* deflate gives no more than 1032 */
#define IDENTITY_MAX ((size_t)64 << 20)

/* -- who submits, and which report it is -- */

static struct span
domain_of(struct examined *x, struct span address)
{
	struct span domain = SPAN_LIT("");
	bool repaired = false;

	(void)span_take(&address, SPAN_LIT("mailto:"));
	if (!address_is_valid(address) ||
	    domain_canonical(address_host(address), &x->arena, &domain,
		&repaired) != E_OK)
		return SPAN_LIT("");
	return domain;
}

/* s5.3: the header's submitter is the domain of contact-info, which some
 * reporters leave out. */
static struct span
submitter_of(const struct examined *x, struct span contact)
{
	if (contact.len > 0)
		return contact;
	return x->submitter.len > 0 ? x->submitter : x->from;
}

static void
add_text(struct buf *out, struct span text)
{
	buf_add_u32(out, (uint32_t)text.len);
	buf_add(out, text);
}

static enum err
identify(struct examined *x, struct examined_report *r)
{
	const struct incoming_report *report = &r->report;
	struct buf text = BUF_INIT(IDENTITY_MAX);
	enum err e = E_OK;

	add_text(&text, r->submitter);
	add_text(&text, report->id);
	buf_add_u64(&text, (uint64_t)report->start_s);
	buf_add_u64(&text, (uint64_t)report->end_s);
	for (size_t i = 0; e == E_OK && i < report->npolicies; i++) {
		add_text(&text, report->policies[i].unknown_type);
		e = canonical_policy(&text, &report->policies[i].policy,
		    &x->arena);
	}
	if (e == E_OK && (e = text.err) == E_OK)
		e = content_key(buf_span(&text), &r->identity);
	buf_free(&text);
	return e;
}

/* -- one report -- */

/* All that is in one mail has to do with the room of one report. */
static enum err
unpack_next(struct examined *x, struct span received, struct span *ret,
    struct why *why)
{
	const struct unpack_limits limits = {
		.input_max = PART_MAX,
		.output_max = INCOMING_BYTES_MAX - x->unpacked,
		.ratio_max = RATIO_MAX,
	};
	struct buf *out = &x->texts[x->n];
	enum err e = unpack(received, &limits, out, ret, why);

	x->unpacked += out->len;
	return e;
}

static enum err
add_report(struct examined *x, struct span received, struct why *why)
{
	struct examined_report *r = &x->v[x->n];
	struct span text;
	enum err e = unpack_next(x, received, &text, why);

	if (e == E_OK)
		e = report_read(text, &x->arena, &r->report, why);
	if (e != E_OK)
		return e;
	r->contact = domain_of(x, r->report.contact);
	r->submitter = submitter_of(x, r->contact);
	e = identify(x, r);
	if (e == E_OK)
		e = content_key(text, &r->content);
	if (e != E_OK)
		return why_set(why, e, "%s", err_text(e));
	x->n++;
	return E_OK;
}

/* -- a mail -- */

/* Labels are often wrong: only what people read is passed over. */
static bool
may_be_report(const struct mime_part *p)
{
	return !p->is_multipart && !mime_is(p, "text", "html") &&
	    !mime_is(p, "message", "rfc822");
}

/* In the arena, as reports point into it. */
static enum err
decode(struct examined *x, const struct mime_part *p, struct span *ret)
{
	struct buf bytes = BUF_INIT(PART_MAX);
	enum err e = mime_decode(p, &bytes);

	if (e == E_OK)
		*ret = arena_copy(&x->arena, buf_span(&bytes));
	if (e == E_OK && ret->p == NULL)
		e = E_NOMEM;
	buf_free(&bytes);
	return e;
}

/* The fault of the part that looks most like a report is told. */
static void
note_fault(const struct mime_part *p, const struct why *own, struct why *why)
{
	if (why != NULL &&
	    (why->text[0] == '\0' || mime_is(p, "application", "tlsrpt+gzip") ||
		mime_is(p, "application", "tlsrpt+json")))
		*why = *own;
}

static enum err
examine_part(struct examined *x, const struct mime_part *p, struct why *why)
{
	struct why own = { { 0 } };
	struct span bytes = SPAN_LIT("");
	enum err e;

	if (!may_be_report(p))
		return E_OK;
	if (x->n == EXAMINED_REPORTS_MAX)
		return why_set(why, E_RANGE, "more than %d reports",
		    EXAMINED_REPORTS_MAX);
	if ((e = decode(x, p, &bytes)) == E_OK && bytes.len > 0)
		e = add_report(x, bytes, &own);
	if (e == E_NOMEM)
		return why_set(why, e, "out of memory");
	if (e != E_OK)
		note_fault(p, &own, why);
	return E_OK;
}

/* As its signature is judged beside. */
static enum err
note_from(struct examined *x)
{
	enum err e = from_domain(&x->mail.v[0].header, &x->arena, &x->from);

	return e == E_ABSENT ? E_OK : e;
}

/* Empty if it is none. */
static struct span
domain_in(struct examined *x, const struct mime_field *field)
{
	struct buf text = BUF_INIT(DOMAIN_TEXT_MAX);
	struct span domain = SPAN_LIT("");
	bool repaired = false;

	mime_unfold(field->value, &text);
	if (text.err != E_OK ||
	    domain_canonical(buf_span(&text), &x->arena, &domain, &repaired) !=
		E_OK ||
	    repaired || !address_host_is_valid(domain))
		domain = SPAN_LIT("");
	buf_free(&text);
	return domain;
}

static void
note_submitter(struct examined *x)
{
	const struct mime_field *field = mime_field(&x->mail.v[0].header,
	    "TLS-Report-Submitter");

	if (field != NULL)
		x->submitter = domain_in(x, field);
}

/* Of two nobody can tell which one a signature is over. */
static void
note_domain(struct examined *x)
{
	const struct mime_header *h = &x->mail.v[0].header;
	const struct mime_field *found = NULL;

	for (size_t i = 0; i < h->n; i++) {
		if (!span_eq_nocase(h->v[i].name,
			SPAN_LIT(EXAMINED_DOMAIN_FIELD)))
			continue;
		if (found != NULL)
			return;
		found = &h->v[i];
	}
	if (found != NULL)
		x->domain = domain_in(x, found);
}

static enum err
examine_mail(struct examined *x, struct span body, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = mime_parse(body, &x->arena, &x->mail, why);

	if (e != E_OK)
		return e;
	if ((e = note_from(x)) != E_OK)
		return why_set(why, e, "out of memory");
	note_submitter(x);
	note_domain(x);
	for (size_t i = 0; e == E_OK && i < x->mail.n; i++)
		e = examine_part(x, &x->mail.v[i], &fault);
	if (x->n > 0 && e == E_RANGE)
		return E_OK;
	if (e == E_OK && x->n == 0)
		e = E_SYNTAX;
	if (e == E_OK)
		return E_OK;
	return fault.text[0] == '\0'
	    ? why_set(why, e, "no part is a report")
	    : why_set(why, e, "no part is a report: %s", fault.text);
}

enum err
examine(const struct receipt_facts *facts, struct span body,
    struct examined *ret, struct why *why)
{
	*ret = (struct examined){ .arena = ARENA_INIT(ARENA_MAX),
		.from = SPAN_LIT(""),
		.submitter = SPAN_LIT(""),
		.domain = SPAN_LIT("") };
	for (size_t i = 0; i < EXAMINED_REPORTS_MAX; i++)
		ret->texts[i] = BUF_INIT(INCOMING_BYTES_MAX);
	return facts->is_mail ? examine_mail(ret, body, why)
			      : add_report(ret, body, why);
}

void
examined_free(struct examined *x)
{
	for (size_t i = 0; i < EXAMINED_REPORTS_MAX; i++)
		buf_free(&x->texts[i]);
	arena_free(&x->arena);
}
