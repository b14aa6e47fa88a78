/* aggregate/tally_rows.c -- find or make the row that something counts in. Past
 * a ceiling it is looked for again with less of its content. */
#include "aggregate/tally_rows.h"

#include "base/siphash.h"
#include "codec/lines.h"

/* Beside the rows: a repeat of the session would not know. */
static void
count_beside(struct tally_table *t, int64_t day, enum counter which)
{
	counters_add(tally_table_counters(t, day), which, 1);
	t->unlike = true;
}

/* -- keys and rows of any kind -- */

struct wanted {
	size_t content; /* offset of the canonical content in t->key */
	struct id id;
	uint64_t path;
};

static void
begin_key(struct tally_table *t, const void *parent)
{
	buf_clear(&t->key);
	buf_add_u64(&t->key, (uint64_t)(uintptr_t)parent);
}

static struct span
content(const struct tally_table *t, const struct wanted *w)
{
	return span_skip(buf_span(&t->key), w->content);
}

/* A step of folding that left the content as it was. */
static bool
is_same(const struct wanted *a, const struct wanted *b)
{
	return a->id.v[0] == b->id.v[0] && a->id.v[1] == b->id.v[1];
}

static void *
find(struct tally_table *t, struct wanted *w)
{
	siphash_table_128(t->key.p, t->key.len, w->id.v);
	return id_table_find(&t->rows, &w->id);
}

static uint64_t
path_hash(uint64_t parent, uint64_t child)
{
	const uint64_t path[2] = { parent, child };

	return siphash_table(path, sizeof(path));
}

/* At each level down there is room for half as many. */
static bool
admit(struct tally_table *t, struct wanted *w, uint64_t parent, unsigned level,
    uint32_t max)
{
	struct span s = content(t, w);

	w->path = path_hash(parent, siphash_table(s.p, s.len));
	return ceiling_admit(t->ceiling, path_hash(parent, level), w->path,
	    max >> level);
}

/* A row of size bytes, zeroed but for its first member. */
static void *
make(struct tally_table *t, const struct wanted *w, size_t size)
{
	struct row *row = arena_zalloc(&t->arena, size);

	if (row == NULL || content_key(content(t, w), &row->key) != E_OK ||
	    !id_table_add(&t->rows, &w->id, row))
		return NULL;
	row->path = w->path;
	t->nrows++;
	return row;
}

static enum err
copy(struct tally_table *t, struct span from, struct span *ret)
{
	char *p;

	*ret = SPAN_LIT("");
	if (from.len == 0)
		return E_OK;
	if ((p = arena_bytes(&t->arena, from.len)) == NULL)
		return E_NOMEM;
	memcpy(p, from.p, from.len);
	*ret = (struct span){ p, from.len };
	return E_OK;
}

/* Keep the lesser of two texts that mean the same, so that which one stays does
 * not depend on who came first. */
static enum err
keep_least(struct tally_table *t, struct span *kept, struct span other)
{
	if (span_cmp(other, *kept) >= 0)
		return E_OK;
	return copy(t, other, kept);
}

/* -- records -- */

enum record_level {
	RECORD_WHOLE,
	RECORD_NOBODY,	 /* the domain, with nobody to report to */
	RECORD_NAMELESS, /* not even the domain */
};

struct record_content {
	int64_t day;
	struct span domain;
	struct span text;
	struct tlsrpt_record record;
};

static void
record_fold(struct record_content *c, enum record_level level)
{
	if (level >= RECORD_NOBODY)
		c->record.nrua = c->record.nrefused = 0;
	if (level >= RECORD_NAMELESS)
		c->domain = c->text = SPAN_LIT("");
}

static void
record_key(struct tally_table *t, const struct record_content *c,
    struct wanted *w)
{
	begin_key(t, NULL);
	buf_add_u64(&t->key, (uint64_t)c->day);
	buf_add_u32(&t->key, (uint32_t)c->domain.len);
	buf_add(&t->key, c->domain);
	w->content = t->key.len;
	canonical_record(&t->key, &c->record);
}

/* Without a URI there is one row a domain, which needs no ceiling. */
static bool
record_admit(struct tally_table *t, const struct record_content *c,
    enum record_level level, struct wanted *w)
{
	uint64_t of_day = siphash_table(&c->day, sizeof(c->day));
	uint64_t of_domain = path_hash(of_day,
	    siphash_table(c->domain.p, c->domain.len));

	w->path = of_domain;
	if (level == RECORD_NAMELESS)
		return true;
	if (!ceiling_admit(t->ceiling, of_day, of_domain,
		t->limits.day_domains))
		return false;
	return c->record.nrua + c->record.nrefused == 0 ||
	    admit(t, w, of_domain, 0, t->limits.domain_records);
}

static enum err
record_make(struct tally_table *t, const struct record_content *c,
    const struct wanted *w, struct record_row **ret)
{
	struct record_row *row = make(t, w, sizeof(*row));
	struct buf rua = BUF_INIT(RUA_MAX * 2 * (URI_TEXT_MAX + 1));
	struct span uris[RUA_MAX];
	size_t n = 0;
	enum err e;

	if (row == NULL)
		return E_NOMEM;
	row->next = t->records;
	t->records = row;
	t->nrecords++;
	row->day = c->day;
	for (size_t i = 0; i < c->record.nrua; i++)
		uris[n++] = c->record.rua[i].uri;
	/* Deliveries tell that they are refused, and by what. */
	for (size_t i = 0; i < c->record.nrefused; i++)
		uris[n++] = c->record.refused[i];
	lines_join(&rua, (struct span_list){ uris, n });
	e = rua.err;
	if (e == E_OK)
		e = copy(t, c->domain, &row->domain);
	if (e == E_OK)
		e = copy(t, c->text, &row->record);
	if (e == E_OK)
		e = copy(t, buf_span(&rua), &row->rua);
	buf_free(&rua);
	*ret = row;
	return e;
}

static enum err
record_find(struct tally_table *t, struct record_content *c,
    struct record_row **ret)
{
	enum record_level level = RECORD_WHOLE;
	struct wanted w;

	for (;; level++) {
		record_fold(c, level);
		record_key(t, c, &w);
		if (t->key.err != E_OK)
			return E_NOMEM;
		*ret = find(t, &w);
		if (*ret != NULL || record_admit(t, c, level, &w))
			break;
	}
	if (level == RECORD_NOBODY)
		count_beside(t, c->day, COUNTER_FOLDED_RECORD);
	else if (level == RECORD_NAMELESS)
		count_beside(t, c->day, COUNTER_FOLDED_DOMAIN);
	if (*ret == NULL)
		return record_make(t, c, &w, ret);
	return keep_least(t, &(*ret)->record, c->text);
}

enum err
tally_record_row(struct tally_table *t, int64_t day, const struct session *s,
    struct record_row **ret)
{
	struct record_content c = {
		.day = day,
		.domain = s->domain,
		.text = s->record,
	};
	enum err e = tlsrpt_record_parse(s->record, &t->scratch, &c.record,
	    NULL);

	if (e == E_NOMEM)
		return e;
	if (e != E_OK)
		count_beside(t, day, COUNTER_REPAIRED_RECORD);
	return record_find(t, &c, ret);
}

/* -- policies -- */

enum policy_level {
	POLICY_WHOLE,
	POLICY_NAME, /* its type and domain, without its text */
	POLICY_KIND, /* its type */
};

/* Only an STS policy has MX patterns, only a policy has a text. */
static struct policy
policy_fold(const struct policy *p, enum policy_level level)
{
	struct policy folded = *p;

	if (level >= POLICY_NAME || p->type == POLICY_NO_POLICY_FOUND)
		folded.strings.n = 0;
	if (level >= POLICY_NAME || p->type != POLICY_STS)
		folded.mx_hosts.n = 0;
	if (level >= POLICY_KIND)
		folded.domain = SPAN_LIT("");
	return folded;
}

static enum err
list_text(struct tally_table *t, struct span_list list, struct span *ret)
{
	struct buf text = BUF_INIT(4 * POLICY_TEXT_MAX);
	enum err e;

	lines_join(&text, list);
	e = text.err == E_OK ? copy(t, buf_span(&text), ret) : E_NOMEM;
	buf_free(&text);
	return e;
}

/* s4.5: TLSA records in one spelling, sorted, because their order says nothing;
 * STS lines as published. */
static enum err
policy_strings(struct tally_table *t, const struct policy *p, struct span *ret)
{
	struct span_list list;
	enum err e = E_OK;

	if (p->type == POLICY_TLSA)
		e = canonical_tlsa_set(p->strings, &t->scratch, &list);
	else
		list = p->strings;
	return e == E_OK ? list_text(t, list, ret) : e;
}

static enum err
policy_make(struct tally_table *t, struct record_row *record,
    const struct policy *p, const struct wanted *w, struct policy_row **ret)
{
	struct policy_row *row = make(t, w, sizeof(*row));
	enum err e = E_OK;

	if (row == NULL)
		return E_NOMEM;
	row->type = p->type;
	if (span_eq(p->domain, record->domain))
		row->domain = record->domain;
	else
		e = copy(t, p->domain, &row->domain);
	if (e == E_OK)
		e = policy_strings(t, p, &row->strings);
	if (e == E_OK)
		e = list_text(t, p->mx_hosts, &row->mx_hosts);
	row->next = record->policies;
	record->policies = row;
	record->npolicies++;
	*ret = row;
	return e;
}

static enum err
keep_least_list(struct tally_table *t, struct span *kept, struct span_list list)
{
	struct span other;
	enum err e;

	if (lines_equal(*kept, list))
		return E_OK;
	if ((e = list_text(t, list, &other)) != E_OK)
		return e;
	return keep_least(t, kept, other);
}

/* Two texts may be one policy. */
static enum err
policy_sample(struct tally_table *t, struct policy_row *row,
    const struct policy *p)
{
	enum err e = E_OK;

	if (p->type != POLICY_STS)
		return E_OK;
	e = keep_least_list(t, &row->strings, p->strings);
	return e == E_OK ? keep_least_list(t, &row->mx_hosts, p->mx_hosts) : e;
}

enum err
tally_policy_row(struct tally_table *t, struct record_row *record,
    const struct policy *policy, struct policy_row **ret)
{
	enum policy_level level = POLICY_WHOLE;
	struct policy p;
	struct wanted w = { 0 }, whole, before;

	for (;; level++) {
		before = w;
		p = policy_fold(policy, level);
		begin_key(t, record);
		w.content = t->key.len;
		if (canonical_policy(&t->key, &p, &t->scratch) != E_OK ||
		    t->key.err != E_OK)
			return E_NOMEM;
		*ret = find(t, &w);
		if (level == POLICY_WHOLE)
			whole = w;
		if (*ret != NULL ||
		    (!is_same(&w, &before) &&
			admit(t, &w, record->row.path, level,
			    t->limits.record_policies)) ||
		    level == POLICY_KIND)
			break;
	}
	if (!is_same(&w, &whole))
		count_beside(t, record->day, COUNTER_FOLDED_POLICY);
	if (*ret == NULL)
		return policy_make(t, record, &p, &w, ret);
	return policy_sample(t, *ret, &p);
}

/* -- failure details -- */

static enum err
detail_make(struct tally_table *t, struct policy_row *policy,
    const struct failure_detail *d, const struct wanted *w,
    struct detail_row **ret)
{
	struct detail_row *row = make(t, w, sizeof(*row));
	struct failure_detail *to;

	if (row == NULL)
		return E_NOMEM;
	to = &row->detail;
	to->type = d->type;
	if (copy(t, d->sending_ip, &to->sending_ip) != E_OK ||
	    copy(t, d->mx_hostname, &to->mx_hostname) != E_OK ||
	    copy(t, d->helo, &to->helo) != E_OK ||
	    copy(t, d->receiving_ip, &to->receiving_ip) != E_OK ||
	    copy(t, d->info, &to->info) != E_OK ||
	    copy(t, d->reason, &to->reason) != E_OK)
		return E_NOMEM;
	row->next = policy->details;
	policy->details = row;
	policy->ndetails++;
	*ret = row;
	return E_OK;
}

enum err
tally_detail_row(struct tally_table *t, struct record_row *record,
    struct policy_row *policy, const struct failure_detail *detail,
    struct detail_row **ret)
{
	enum detail_level level = DETAIL_WHOLE;
	struct failure_detail d;
	struct wanted w = { 0 }, whole, before;

	for (;; level++) {
		before = w;
		d = failure_detail_fold(detail, level);
		begin_key(t, policy);
		w.content = t->key.len;
		canonical_detail(&t->key, &d);
		if (t->key.err != E_OK)
			return E_NOMEM;
		*ret = find(t, &w);
		if (level == DETAIL_WHOLE)
			whole = w;
		if (*ret != NULL ||
		    (!is_same(&w, &before) &&
			admit(t, &w, policy->row.path, level,
			    t->limits.policy_details)) ||
		    level == DETAIL_TYPE)
			break;
	}
	if (!is_same(&w, &whole))
		count_beside(t, record->day, COUNTER_FOLDED_DETAIL);
	if (*ret == NULL)
		return detail_make(t, policy, &d, &w, ret);
	return keep_least(t, &(*ret)->detail.helo, d.helo);
}
