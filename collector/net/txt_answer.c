#include "net/txt_answer.h"

#include <unbound.h>

#define RCODE_NOERROR 0
#define RCODE_SERVFAIL 2
#define RCODE_NXDOMAIN 3

const char *
dnssec_text(enum dnssec state)
{
	static const char *const texts[] = {
		[DNSSEC_UNKNOWN] = "unknown",
		[DNSSEC_INSECURE] = "insecure",
		[DNSSEC_SECURE] = "secure",
		[DNSSEC_BOGUS] = "bogus",
	};

	return texts[state];
}

static enum dnssec
dnssec_of(const struct ub_result *r, bool validated)
{
	if (!validated)
		return DNSSEC_UNKNOWN;
	if (r->bogus)
		return DNSSEC_BOGUS;
	if (r->secure)
		return DNSSEC_SECURE;
	return r->rcode == RCODE_NOERROR || r->nxdomain ? DNSSEC_INSECURE
							: DNSSEC_UNKNOWN;
}

/* RFC 1035 s3.3.14: character-strings, each its length and so many bytes. */
static enum err
join_strings(struct span rdata, struct arena *arena, struct span *ret)
{
	char *p = arena_bytes(arena, rdata.len);
	size_t len = 0, n;

	if (p == NULL)
		return E_NOMEM;
	if (rdata.len == 0)
		return E_SYNTAX;
	while (rdata.len > 0) {
		n = (unsigned char)rdata.p[0];
		rdata = span_skip(rdata, 1);
		if (n > rdata.len)
			return E_SYNTAX;
		memcpy(p + len, rdata.p, n);
		len += n;
		rdata = span_skip(rdata, n);
	}
	*ret = (struct span){ p, len };
	return E_OK;
}

static enum err
check_size(const struct ub_result *r, size_t *ret_n, struct why *why)
{
	size_t n = 0, bytes = 0;

	for (; r->data[n] != NULL; n++) {
		bytes += (size_t)r->len[n];
		if (n == TXT_RECORDS_MAX || bytes > TXT_BYTES_MAX)
			return why_set(why, E_RANGE,
			    "more records than %d, or than %d bytes of "
			    "them",
			    TXT_RECORDS_MAX, TXT_BYTES_MAX);
	}
	*ret_n = n;
	return E_OK;
}

static enum err
copy_records(const struct ub_result *r, struct arena *arena,
    struct span_list *ret, struct why *why)
{
	struct span_list all = { NULL, 0 };
	enum err e;

	if ((e = check_size(r, &all.n, why)) != E_OK)
		return e;
	if ((all.v = arena_alloc(arena, all.n * sizeof(*all.v))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < all.n; i++) {
		struct span rdata = { r->data[i], (size_t)r->len[i] };

		all.v[i] = arena_copy(arena, rdata);
		if (all.v[i].p == NULL && rdata.len > 0)
			return why_set(why, E_NOMEM, "out of memory");
	}
	*ret = all;
	return E_OK;
}

static enum err
read_records(const struct ub_result *r, struct arena *arena,
    struct span_list *ret, struct why *why)
{
	struct span_list txts = { NULL, 0 };
	enum err e;

	if (r->qtype != DNS_TXT)
		return copy_records(r, arena, ret, why);
	if ((e = check_size(r, &txts.n, why)) != E_OK)
		return e;
	if ((txts.v = arena_alloc(arena, txts.n * sizeof(*txts.v))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < txts.n; i++) {
		struct span rdata = { r->data[i], (size_t)r->len[i] };

		e = join_strings(rdata, arena, &txts.v[i]);
		if (e != E_OK)
			return why_set(why, e, "a TXT record: %s", err_text(e));
	}
	*ret = txts;
	return E_OK;
}

static enum txt_outcome
outcome_of(const struct ub_result *r, struct arena *arena,
    struct span_list *ret, struct why *why)
{
	/* Before the data: they are there all the same. */
	if (r->bogus)
		(void)why_set(why, E_DENIED, "DNSSEC: %s",
		    r->why_bogus == NULL ? "bogus" : r->why_bogus);
	else if (r->havedata)
		return read_records(r, arena, ret, why) == E_OK ? TXT_FOUND
								: TXT_FAILED;
	else if (r->rcode == RCODE_SERVFAIL)
		(void)why_set(why, E_AWAY, "no answer of use: SERVFAIL");
	else if (r->rcode != RCODE_NOERROR && r->rcode != RCODE_NXDOMAIN)
		(void)why_set(why, E_AWAY, "no answer of use: RCODE %d",
		    r->rcode);
	else {
		(void)why_set(why, E_ABSENT,
		    r->nxdomain		      ? "there is no such name"
			: r->qtype == DNS_TXT ? "there is no TXT record"
					      : "there is no such record");
		return TXT_NONE;
	}
	return TXT_FAILED;
}

static struct span
without_dot(const char *name)
{
	struct span s = span_str(name == NULL ? "" : name);

	return s.len > 0 && s.p[s.len - 1] == '.' ? span_head(s, s.len - 1) : s;
}

static struct span
alias_of(const struct ub_result *r)
{
	struct span name = without_dot(r->canonname);

	return span_eq_nocase(name, without_dot(r->qname)) ? SPAN_NONE : name;
}

void
txt_answer_read(const struct ub_result *r, bool validated, struct arena *arena,
    struct why *why, struct txt_answer *ret)
{
	struct span_list txts = { NULL, 0 };
	enum txt_outcome outcome = outcome_of(r, arena, &txts, why);

	*ret = (struct txt_answer){
		.outcome = outcome,
		.txts = txts,
		.alias_of = outcome == TXT_FOUND ? alias_of(r) : SPAN_NONE,
		.dnssec = dnssec_of(r, validated),
		.ttl_s = outcome == TXT_FAILED ? 0 : r->ttl,
		.why = span_str(why->text),
	};
}
