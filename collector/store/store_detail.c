/* store/store_detail.c -- one tally's failure details, a page at a time: memory
 * stays bounded however many there are. */
#include "store/store_private.h"

#define PAGE 1000

enum err
tally_detail_of(const struct db_value *v, struct tally_detail *ret)
{
	*ret = (struct tally_detail){
		.key = content_key_of(&v[0]),
		.detail = {
			.sending_ip = v[2].bytes,
			.mx_hostname = v[3].bytes,
			.helo = v[4].bytes,
			.receiving_ip = v[5].bytes,
			.info = v[6].bytes,
			.reason = v[7].bytes,
		},
		.sessions = (uint64_t)v[8].num,
	};
	return result_type_from_code(v[1].num, &ret->detail.type) == E_OK
	    ? E_OK
	    : E_SYNTAX;
}

struct reader {
	const struct tally *tally;
	size_t policy; /* that the details belong to */
	tally_detail_fn *fn;
	void *arg;
	/* The last row's place, for the next page. */
	struct content_key policy_key, detail_key;
	size_t n;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct reader *r = arg;
	const struct tally *t = r->tally;
	struct tally_detail d;
	enum err e = tally_detail_of(row + 1, &d);
	int c = 1;

	if (e != E_OK)
		return e;
	r->n++;
	r->policy_key = content_key_of(&row[0]);
	r->detail_key = d.key;
	/* Both are sorted by the policy's key. */
	for (; r->policy < t->npolicies; r->policy++) {
		c = content_key_cmp(&t->policies[r->policy].key,
		    &r->policy_key);
		if (c >= 0)
			break;
	}
	return c == 0 ? r->fn(r->arg, r->policy, &d) : E_OK;
}

enum err
store_tally_details(struct store *store, const struct tally *t,
    tally_detail_fn *fn, void *arg, struct why *why)
{
	struct reader r = { .tally = t, .fn = fn, .arg = arg };
	bool first = true;
	enum err e;

	do {
		r.n = 0;
		e = db_read(store->db, QUERY_TALLY_DETAIL_PAGE, hand_over, &r,
		    why, DB_I(t->day), DB_T(t->domain),
		    DB_B(content_key_span(&t->record_key)), DB_I(t->part),
		    DB_B(
			first ? SPAN_LIT("") : content_key_span(&r.policy_key)),
		    DB_B(content_key_span(&r.detail_key)), DB_I(PAGE));
		first = false;
	} while (e == E_OK && r.n == PAGE);
	return e;
}
