#include "store/store_inbox.h"

#include "store/store_inbox_private.h"

#define PAGE 1000

static struct db_value
time_or_null(int64_t s)
{
	return s == 0 ? (struct db_value){ .type = DB_NULL } : DB_I(s);
}

/* -- putting in -- */

enum err
store_inbox_put_raw(struct store *store, struct span intake, struct span raw,
    uint64_t raw_bytes, bool is_mail, const struct content_key *posted,
    struct why *why)
{
	const struct db_value key = posted == NULL
	    ? (struct db_value){ .type = DB_NULL }
	    : DB_B(content_key_span(posted));

	return db_write(store->db, QUERY_INBOX_PUT_RAW, why, DB_T(intake),
	    DB_B(raw), DB_I(raw_bytes), DB_I(is_mail), key);
}

enum err
store_inbox_put(struct store *store, const struct inbox_row *r, struct why *why)
{
	return db_write(store->db, QUERY_INBOX_PUT, why, DB_T(r->intake),
	    DB_I(r->part), DB_I(r->received_s), DB_T(r->way), DB_T(r->peer),
	    DB_T(r->route), DB_T(r->sender), DB_T(r->recipient), DB_I(r->state),
	    DB_T(r->reason), DB_I(r->verdict), DB_T(r->trust),
	    DB_T(r->submitter), DB_T(r->organization), DB_T(r->contact),
	    DB_T(r->report_id), time_or_null(r->start_s),
	    time_or_null(r->end_s), DB_I(r->policies), DB_I(r->succeeded),
	    DB_I(r->failed), DB_I(r->has_succeeded), DB_I(r->has_failed),
	    DB_T(r->notes), DB_B(content_key_span(&r->identity)),
	    DB_B(content_key_span(&r->content)), DB_T(r->like),
	    time_or_null(r->due_s));
}

enum err
store_inbox_put_policy(struct store *store, const struct inbox_row *r,
    const struct inbox_policy *p, struct why *why)
{
	return db_write(store->db, QUERY_INBOX_PUT_POLICY, why, DB_I(p->day),
	    DB_T(p->domain), DB_T(r->intake), DB_I(r->part), DB_I(p->number),
	    DB_I(p->type), DB_T(p->unknown_type), DB_T(p->policy_domain),
	    DB_T(p->strings), DB_T(p->mx_hosts), DB_I(p->succeeded),
	    DB_I(p->failed), DB_I(p->has_succeeded), DB_I(p->has_failed));
}

enum err
store_inbox_put_detail(struct store *store, const struct inbox_row *r,
    const struct inbox_policy *p, const struct inbox_detail *d, struct why *why)
{
	const struct failure_detail *f = &d->detail;

	return db_write(store->db, QUERY_INBOX_PUT_DETAIL, why, DB_I(p->day),
	    DB_T(p->domain), DB_T(r->intake), DB_I(r->part), DB_I(p->number),
	    DB_I(d->number), DB_I(f->type), DB_T(d->unknown_type),
	    DB_T(f->sending_ip), DB_T(f->mx_hostname), DB_T(f->helo),
	    DB_T(f->receiving_ip), DB_T(f->info), DB_T(f->reason),
	    d->has_sessions ? DB_I(d->sessions)
			    : (struct db_value){ .type = DB_NULL });
}

enum err
store_inbox_demote(struct store *store, struct span intake, int64_t part,
    enum inbox_state state, struct span like, struct why *why)
{
	enum err e = db_write(store->db, QUERY_INBOX_DEMOTE, why, DB_T(intake),
	    DB_I(part), DB_I(state), DB_T(like));

	if (e == E_OK)
		e = db_write(store->db, QUERY_INBOX_LEVEL_JUDGE, why,
		    DB_T(intake));
	return e == E_OK ? inbox_touch_intake(store, intake, why) : e;
}

/* -- lists -- */

struct list {
	inbox_fn *fn;
	void *arg;
	/* The last row's place, for the next page. */
	int64_t received_s, part;
	char intake[64];
	size_t n;
};

enum err
inbox_row_of(const struct db_value *row, struct inbox_row *ret)
{
	*ret = (struct inbox_row){
		.intake = row[0].bytes,
		.part = row[1].num,
		.received_s = row[2].num,
		.way = row[3].bytes,
		.peer = row[4].bytes,
		.route = row[5].bytes,
		.sender = row[6].bytes,
		.recipient = row[7].bytes,
		.reason = row[9].bytes,
		.verdict = row[10].num,
		.trust = row[11].bytes,
		.submitter = row[12].bytes,
		.organization = row[13].bytes,
		.contact = row[14].bytes,
		.report_id = row[15].bytes,
		.start_s = row[16].num,
		.end_s = row[17].num,
		.policies = (uint64_t)row[18].num,
		.succeeded = (uint64_t)row[19].num,
		.failed = (uint64_t)row[20].num,
		.notes = row[21].bytes,
		.like = row[22].bytes,
		.has_succeeded = row[23].num != 0,
		.has_failed = row[24].num != 0,
	};
	return inbox_state_from_code(row[8].num, &ret->state);
}

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct inbox_row r;
	size_t n;

	if (inbox_row_of(row, &r) != E_OK)
		return E_SYNTAX;
	list->received_s = r.received_s;
	list->part = r.part;
	n = span_head(r.intake, sizeof(list->intake) - 1).len;
	memcpy(list->intake, r.intake.p, n);
	list->intake[n] = '\0';
	list->n++;
	return list->fn(list->arg, &r);
}

enum err
store_inbox_list(struct store *store, const struct inbox_filter *f,
    inbox_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg, .received_s = INT64_MIN };
	enum err e;

	do {
		list.n = 0;
		e = db_read(store->db, QUERY_INBOX_LIST, hand_over, &list, why,
		    DB_I(list.received_s), DB_T(span_str(list.intake)),
		    DB_I(list.part), DB_I(PAGE), DB_I(f->state),
		    DB_I(f->verdict), DB_T(f->reporter), DB_T(f->domain),
		    DB_I(f->since_s), DB_I(f->until_s));
	} while (e == E_OK && list.n == PAGE);
	return e;
}

enum err
store_inbox_get(struct store *store, struct span intake, inbox_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_INBOX_GET, hand_over, &list, why,
	    DB_T(intake));

	if (e == E_OK && list.n == 0)
		e = why_set(why, E_ABSENT, "nothing was received as %.*s",
		    SPAN_ARG(intake));
	return e;
}

enum err
inbox_rival_of(void *arg, const struct db_value *row)
{
	const struct inbox_rivals *list = arg;
	struct inbox_row r = {
		.intake = row[0].bytes,
		.part = row[1].num,
		.verdict = row[3].num,
		.content = content_key_of(&row[4]),
	};

	if (inbox_state_from_code(row[2].num, &r.state) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &r);
}

enum err
store_inbox_same(struct store *store, const struct content_key *identity,
    inbox_fn *fn, void *arg, struct why *why)
{
	struct inbox_rivals list = { fn, arg };

	return db_read(store->db, QUERY_INBOX_SAME, inbox_rival_of, &list, why,
	    DB_B(content_key_span(identity)), DB_I(INBOX_COUNTED),
	    DB_I(INBOX_UNTRUSTED));
}

/* -- raw bytes, policies, details -- */

struct raw {
	inbox_raw_fn *fn;
	void *arg;
	bool any;
};

static enum err
hand_over_raw(void *arg, const struct db_value *row)
{
	struct raw *r = arg;

	r->any = true;
	return r->fn(r->arg, row[0].bytes, (uint64_t)row[1].num);
}

enum err
store_inbox_raw(struct store *store, struct span intake, inbox_raw_fn *fn,
    void *arg, struct why *why)
{
	struct raw r = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_INBOX_RAW, hand_over_raw, &r, why,
	    DB_T(intake));

	if (e == E_OK && !r.any)
		e = why_set(why, E_ABSENT, "nothing was received as %.*s",
		    SPAN_ARG(intake));
	return e;
}

struct policies {
	inbox_policy_fn *fn;
	void *arg;
};

static enum err
hand_over_policy(void *arg, const struct db_value *row)
{
	const struct policies *list = arg;
	struct inbox_policy p = {
		.day = row[0].num,
		.domain = row[1].bytes,
		.number = row[2].num,
		.unknown_type = row[4].bytes,
		.policy_domain = row[5].bytes,
		.strings = row[6].bytes,
		.mx_hosts = row[7].bytes,
		.succeeded = (uint64_t)row[8].num,
		.failed = (uint64_t)row[9].num,
		.has_succeeded = row[10].num != 0,
		.has_failed = row[11].num != 0,
	};

	if (policy_type_from_code(row[3].num, &p.type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &p);
}

enum err
store_inbox_policies(struct store *store, struct span intake, int64_t part,
    inbox_policy_fn *fn, void *arg, struct why *why)
{
	struct policies list = { fn, arg };

	return db_read(store->db, QUERY_INBOX_POLICIES, hand_over_policy, &list,
	    why, DB_T(intake), DB_I(part));
}

struct details {
	inbox_detail_fn *fn;
	void *arg;
};

enum err
inbox_detail_of(const struct db_value *row, struct inbox_detail *ret)
{
	*ret = (struct inbox_detail){
		.policy = row[0].num,
		.number = row[1].num,
		.unknown_type = row[3].bytes,
		.detail = { .sending_ip = row[4].bytes,
		    .mx_hostname = row[5].bytes,
		    .helo = row[6].bytes,
		    .receiving_ip = row[7].bytes,
		    .info = row[8].bytes,
		    .reason = row[9].bytes },
		.sessions = (uint64_t)row[10].num,
		.has_sessions = row[10].type != DB_NULL,
	};

	return result_type_from_code(row[2].num, &ret->detail.type);
}

static enum err
hand_over_detail(void *arg, const struct db_value *row)
{
	const struct details *list = arg;
	struct inbox_detail d;

	return inbox_detail_of(row, &d) == E_OK ? list->fn(list->arg, &d)
						: E_SYNTAX;
}

enum err
store_inbox_details(struct store *store, struct span intake, int64_t part,
    inbox_detail_fn *fn, void *arg, struct why *why)
{
	struct details list = { fn, arg };

	return db_read(store->db, QUERY_INBOX_DETAILS, hand_over_detail, &list,
	    why, DB_T(intake), DB_I(part));
}

/* -- what does not count -- */

struct heaps {
	inbox_heap_fn *fn;
	void *arg;
};

static enum err
hand_over_heap(void *arg, const struct db_value *row)
{
	const struct heaps *heaps = arg;
	struct inbox_heap heap = {
		.verdict = row[1].num,
		.text = row[2].bytes,
		.reports = (uint64_t)row[3].num,
		.first_s = row[4].num,
		.last_s = row[5].num,
	};

	if (inbox_state_from_code(row[0].num, &heap.state) != E_OK)
		return E_SYNTAX;
	return heaps->fn(heaps->arg, &heap);
}

enum err
store_inbox_heaps(struct store *store, inbox_heap_fn *fn, void *arg,
    struct why *why)
{
	struct heaps heaps = { fn, arg };

	return db_read(store->db, QUERY_INBOX_HEAPS, hand_over_heap, &heaps,
	    why, DB_I(INBOX_UNREADABLE));
}

enum err
store_inbox_foreign(struct store *store, size_t max, inbox_heap_fn *fn,
    void *arg, struct why *why)
{
	struct heaps heaps = { fn, arg };

	return db_read(store->db, QUERY_INBOX_FOREIGN, hand_over_heap, &heaps,
	    why, DB_I(INBOX_FOREIGN), DB_I(max));
}

/* -- the spool -- */

static enum err
note_place(void *arg, const struct db_value *row)
{
	struct intake_place *place = arg;

	*place = (struct intake_place){ row[0].num, row[1].num };
	return E_OK;
}

enum err
store_intake_place(struct store *store, const struct uuid *spool,
    struct intake_place *ret, struct why *why)
{
	char text[UUID_TEXT_SIZE];
	enum err e;

	uuid_text(spool, text);
	ret->segment = -1;
	e = db_read(store->db, QUERY_INTAKE_PLACE, note_place, ret, why,
	    DB_T(span_str(text)));
	if (e == E_OK && ret->segment == -1)
		e = why_set(why, E_ABSENT, "nothing of spool %s was read",
		    text);
	return e;
}

enum err
store_intake_move(struct store *store, const struct uuid *spool,
    const struct intake_place *place, struct why *why)
{
	char text[UUID_TEXT_SIZE];

	uuid_text(spool, text);
	return db_write(store->db, QUERY_INTAKE_MOVE, why, DB_T(span_str(text)),
	    DB_I(place->segment), DB_I(place->offset));
}
