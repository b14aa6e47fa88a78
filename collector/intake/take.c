#include "intake/take.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "codec/lines.h"
#include "intake/attribute.h"
#include "intake/weigh.h"
#include "model/org_domain.h"
#include "model/trust.h"
#include "store/store_inbox_account.h"
#include "store/store_inbox_level.h"

#define LINES_MAX (2 * (size_t)INCOMING_BYTES_MAX)

static const char *const ways[] = {
	[RECEIPT_HTTPS] = "https",
	[RECEIPT_LMTP] = "lmtp",
	[RECEIPT_FILE] = "file",
	[RECEIPT_IMAP] = "imap",
};

const char *
take_way_text(enum receipt_way way)
{
	return ways[way];
}

enum receipt_way
take_way_of(struct span text)
{
	size_t i = sizeof(ways) / sizeof(ways[0]) - 1;

	while (i > 0 && !span_eq(text, span_str(ways[i])))
		i--;
	return (enum receipt_way)i;
}

/* -- the row of what was received -- */

static struct span
or_empty(struct span text)
{
	return text.p == NULL ? SPAN_LIT("") : text;
}

/* Strangers' bytes, as a database takes them. */
static struct span
clean(struct examined *x, struct span text)
{
	struct buf kept = BUF_INIT((size_t)RECEIPT_TEXT_MAX * UTF8_MAX);
	struct span copy;

	utf8_repair(utf8_cut(or_empty(text), RECEIPT_TEXT_MAX), &kept);
	copy = arena_copy(&x->arena, buf_span(&kept));
	buf_free(&kept);
	return copy.p == NULL ? SPAN_LIT("") : copy;
}

static struct inbox_row
row_of(const struct take *t, struct examined *x, const char id[UUID_TEXT_SIZE])
{
	const struct receipt_facts *f = t->facts;

	return (struct inbox_row){
		.intake = span_str(id),
		.received_s = f->received_ns / NS_PER_S,
		.way = span_str(take_way_text(f->way)),
		.peer = clean(x, f->peer),
		.route = clean(x, f->route),
		.sender = clean(x, f->sender),
		.recipient = clean(x, f->recipient),
		.reason = SPAN_LIT(""),
		.trust = SPAN_LIT(""),
		.submitter = SPAN_LIT(""),
		.organization = SPAN_LIT(""),
		.contact = SPAN_LIT(""),
		.report_id = SPAN_LIT(""),
		.notes = SPAN_LIT(""),
		.like = SPAN_LIT(""),
	};
}

/* -- a report -- */

static void
add_totals(const struct session_totals *totals, struct inbox_row *row)
{
	row->succeeded = totals->succeeded.n;
	row->failed = totals->failed.n;
	row->has_succeeded = totals->succeeded.is_told;
	row->has_failed = totals->failed.is_told;
}

/* Totals, and what is odd; whether the report may count. */
static bool
add_notes(const struct incoming_report *r, const struct attribution *about,
    struct inbox_row *row, struct buf *notes)
{
	struct session_totals totals;
	uint32_t flags;

	report_totals(r, about->owned, &totals);
	add_totals(&totals, row);
	flags = about->flags | receipt_flags(r, &totals, row->received_s);
	deviations_join(notes, r->notes, flags);
	return receipt_flags_count(flags);
}

static void
describe(const struct examined_report *from, struct span notes,
    struct inbox_row *row)
{
	const struct incoming_report *r = &from->report;

	row->submitter = from->submitter;
	row->organization = or_empty(r->organization);
	row->contact = or_empty(r->contact);
	row->report_id = or_empty(r->id);
	row->start_s = r->has_start ? r->start_s : 0;
	row->end_s = r->has_end ? r->end_s : 0;
	row->policies = r->npolicies;
	row->notes = notes;
	row->identity = from->identity;
	row->content = from->content;
}

/* -- others of the same identity -- */

struct rival {
	const struct take *take;
	struct inbox_row *row;
	bool is_plausible; /* its range and totals */
	enum trust_rank rank;
	char like[UUID_TEXT_SIZE];
	/* What is to be demoted, since this one has the higher rank. */
	struct {
		char intake[UUID_TEXT_SIZE];
		int64_t part;
		bool is_same;
	} beaten[8];
	size_t nbeaten;
};

static void
copy_id(char to[UUID_TEXT_SIZE], struct span from)
{
	size_t n = span_head(from, UUID_TEXT_SIZE - 1).len;

	memcpy(to, from.p, n);
	to[n] = '\0';
}

/* Who comes first counts, unless what vouches for the second goes further. */
static enum err
meet(void *arg, const struct inbox_row *other)
{
	struct rival *v = arg;
	bool is_same = content_key_cmp(&other->content, &v->row->content) == 0;

	if (span_eq(other->intake, v->row->intake) &&
	    other->part == v->row->part)
		return E_OK;
	copy_id(v->like, other->intake);
	if (v->rank <= trust_rank_of(other->verdict)) {
		v->row->state = is_same ? INBOX_DUPLICATE : INBOX_CONTRADICTED;
	} else if (v->nbeaten < sizeof(v->beaten) / sizeof(v->beaten[0])) {
		copy_id(v->beaten[v->nbeaten].intake, other->intake);
		v->beaten[v->nbeaten].part = other->part;
		v->beaten[v->nbeaten++].is_same = is_same;
	}
	return E_OK;
}

static enum err
demote_beaten(const struct rival *v, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < v->nbeaten; i++)
		e = store_inbox_demote(v->take->store,
		    span_str(v->beaten[i].intake), v->beaten[i].part,
		    v->beaten[i].is_same ? INBOX_DUPLICATE : INBOX_CONTRADICTED,
		    v->row->intake, why);
	return e;
}

/* -- policies and details -- */

static enum err
join(struct span_list list, struct buf *out)
{
	lines_join(out, list);
	return out->err;
}

static enum err
put_details(const struct take *t, const struct inbox_row *row,
    const struct inbox_policy *p, const struct incoming_policy *from,
    struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < from->ndetails; i++) {
		const struct incoming_detail *d = &from->details[i];
		struct inbox_detail out = {
			.policy = p->number,
			.number = (int64_t)i,
			.detail = d->detail,
			.unknown_type = or_empty(d->unknown_type),
			.sessions = d->sessions.n,
			.has_sessions = d->sessions.given == INCOMING_GIVEN,
		};

		out.detail.sending_ip = or_empty(out.detail.sending_ip);
		out.detail.mx_hostname = or_empty(out.detail.mx_hostname);
		out.detail.helo = or_empty(out.detail.helo);
		out.detail.receiving_ip = or_empty(out.detail.receiving_ip);
		out.detail.info = or_empty(out.detail.info);
		out.detail.reason = or_empty(out.detail.reason);
		e = store_inbox_put_detail(t->store, row, p, &out, why);
	}
	return e;
}

static enum err
put_policy(const struct take *t, const struct inbox_row *row, size_t number,
    const struct incoming_policy *from, struct span owned, struct why *why)
{
	struct buf strings = BUF_INIT(LINES_MAX), hosts = BUF_INIT(LINES_MAX);
	struct inbox_policy p = {
		.day = day_of_s(
		    row->start_s == 0 ? row->received_s : row->start_s),
		.domain = owned,
		.number = (int64_t)number,
		.type = from->policy.type,
		.unknown_type = or_empty(from->unknown_type),
		.policy_domain = or_empty(from->policy.domain),
		.succeeded = from->succeeded.n,
		.failed = from->failed.n,
		.has_succeeded = from->succeeded.given == INCOMING_GIVEN,
		.has_failed = from->failed.given == INCOMING_GIVEN,
	};
	enum err e = join(from->policy.strings, &strings);

	if (e == E_OK)
		e = join(from->policy.mx_hosts, &hosts);
	p.strings = buf_span(&strings);
	p.mx_hosts = buf_span(&hosts);
	e = e == E_OK ? store_inbox_put_policy(t->store, row, &p, why)
		      : why_set(why, e, "%s", err_text(e));
	if (e == E_OK)
		e = put_details(t, row, &p, from, why);
	buf_free(&strings);
	buf_free(&hosts);
	return e;
}

/* -- what becomes of it -- */

/* Which policies are about domains or MX hosts of ours. */
static enum err
find_owners(const struct take *t, struct examined *x, struct examined_report *r,
    const struct take_trust *trust, struct attribution *ret, struct why *why)
{
	const struct attribution_hints hints = {
		.header = or_empty(trust->domain),
		.route = or_empty(t->facts->route),
	};

	return attribute(t->store, &r->report, &hints, &x->arena, ret, why);
}

/* rival: keeps the texts of the row. */
static enum err
judge(const struct take *t, const struct take_trust *trust, bool any_owned,
    struct rival *rival, struct why *why)
{
	struct inbox_row *row = rival->row;
	enum err e;

	row->verdict = trust->verdict;
	row->trust = trust->trust;
	rival->rank = trust->rank;
	row->state = !any_owned			    ? INBOX_FOREIGN
	    : !rival->is_plausible		    ? INBOX_IMPLAUSIBLE
	    : trust->due_s != 0			    ? INBOX_WAITING
	    : trust->rank == TRUST_RANK_NOT_COUNTED ? INBOX_UNTRUSTED
						    : INBOX_COUNTED;
	row->due_s = row->state == INBOX_WAITING ? trust->due_s : 0;
	if (row->state != INBOX_UNTRUSTED && row->state != INBOX_COUNTED)
		return E_OK;
	e = store_inbox_same(t->store, &row->identity, meet, rival, why);
	if (e == E_OK)
		e = demote_beaten(rival, why);
	if (row->state == INBOX_DUPLICATE || row->state == INBOX_CONTRADICTED)
		row->like = span_str(rival->like);
	return e;
}

static enum err
put_policies(const struct take *t, const struct inbox_row *row,
    const struct incoming_report *r, const struct attribution *about,
    struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < r->npolicies; i++)
		e = put_policy(t, row, i, &r->policies[i], about->owned[i],
		    why);
	return e;
}

static enum err
put_report(const struct take *t, struct examined *x, size_t part,
    struct inbox_row *row, struct why *why)
{
	struct examined_report *r = &x->v[part];
	struct rival rival = { .take = t, .row = row };
	struct take_trust trust = { .trust = SPAN_LIT("") };
	struct attribution about = { .owned = NULL };
	struct buf notes = BUF_INIT(LINES_MAX);
	enum err e = t->judge(t->judge_arg, x, r, &trust);

	if (e != E_OK)
		return why_set(why, e, "%s", err_text(e));
	e = find_owners(t, x, r, &trust, &about, why);
	if (e != E_OK)
		return e;
	rival.is_plausible = add_notes(&r->report, &about, row, &notes);
	row->part = (int64_t)part;
	describe(r, buf_span(&notes), row);
	e = judge(t, &trust, about.any, &rival, why);
	if (e == E_OK)
		e = store_inbox_put(t->store, row, why);
	if (e == E_OK)
		e = put_policies(t, row, &r->report, &about, why);
	if (e == E_OK)
		e = store_inbox_put_levels(t->store, row, why);
	buf_free(&notes);
	return e;
}

/* -- what it is worth -- */

/* A signature of another organisation than the submitter's vouches for nothing.
 */
static void
note_signer(struct taken *taken, struct span submitter)
{
	struct span org = span_head(org_domain(submitter), SOURCE_SIZE - 1);

	if (org.len == 0)
		return;
	memcpy(taken->signer, org.p, org.len);
	taken->signer[org.len] = '\0';
}

static void
note_taken(struct taken *taken, const struct inbox_row *row)
{
	enum inbox_class class = inbox_class_of(row->state, row->verdict);

	if (row->verdict == TRUST_AUTHENTICATED && taken->signer[0] == '\0')
		note_signer(taken, row->submitter);
	if (taken->class != 0 && taken->class <= class)
		return;
	taken->class = class;
	taken->verdict = row->verdict;
}

static enum err
hold(const struct take *t, const struct examined *x, struct span id,
    uint64_t raw_bytes, const struct taken *taken, struct why *why)
{
	char text[SOURCE_SIZE];
	struct span source = taken->class == INBOX_CLASS_AUTHENTICATED
	    ? span_str(taken->signer)
	    : source_of(t->facts, text);
	struct buf name = BUF_INIT((size_t)SOURCE_SIZE * UTF8_MAX);
	enum err e;

	utf8_repair(source, &name);
	e = store_inbox_hold(t->store, t->account,
	    &(const struct inbox_held){
		.intake = id,
		.class = taken->class,
		.received_s = t->facts->received_ns / NS_PER_S,
		.source = or_empty(buf_span(&name)),
		.raw_bytes = raw_bytes,
		.row_bytes = weigh_rows(t->facts, x),
	    },
	    why);
	buf_free(&name);
	if (e == E_OK && t->taken != NULL)
		*t->taken = *taken;
	return e;
}

static enum err
put_unreadable(const struct take *t, struct inbox_row *row, struct why *why)
{
	enum err e;

	row->state = t->parked_until_s == 0 ? INBOX_UNREADABLE : INBOX_WAITING;
	row->due_s = t->parked_until_s;
	row->reason = span_str(t->opened->fault.text);
	e = store_inbox_put(t->store, row, why);
	return e == E_OK ? store_inbox_put_levels(t->store, row, why) : e;
}

enum err
take_receipt(const struct take *t, struct why *why)
{
	struct examined *x = &t->opened->examined;
	const struct span raw = buf_span(&t->opened->raw);
	struct taken taken = { .class = 0 };
	char id[UUID_TEXT_SIZE];
	enum err e;

	uuid_text(t->id, id);
	e = store_inbox_put_raw(t->store, span_str(id), raw, t->opened->bytes,
	    t->facts->is_mail, t->posted, why);
	for (size_t i = 0; e == E_OK && i < x->n; i++) {
		struct inbox_row row = row_of(t, x, id);

		e = put_report(t, x, i, &row, why);
		note_taken(&taken, &row);
	}
	if (e == E_OK && x->n == 0) {
		struct inbox_row row = row_of(t, x, id);

		e = put_unreadable(t, &row, why);
		note_taken(&taken, &row);
	}
	return e == E_OK ? hold(t, x, span_str(id), raw.len, &taken, why) : e;
}

bool
take_is_own_fault(enum err e)
{
	return e == E_RANGE || e == E_SYNTAX || e == E_CONFLICT || e == E_NOMEM;
}
