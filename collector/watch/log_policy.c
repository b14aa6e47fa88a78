#include "watch/log_policy.h"

#include "codec/tlsa.h"
#include "model/limits.h"

enum presence { NONE, THERE, UNCLEAR, NOT_MEASURED };

/* -- what there is -- */

/* RFC 8461 s3.1: of a record that is no valid one the domain has no MTA-STS;
 * s5: nor with the mode "none". */
static enum presence
sts_of(const struct published *p)
{
	if (p->sts.outcome == TXT_NONE)
		return NONE;
	if (p->sts.outcome != TXT_FOUND)
		return NOT_MEASURED;
	if (p->sts_err != E_OK)
		return NONE;
	if (!p->is_fetched || p->fetch.outcome != POLICY_FETCHED)
		return NOT_MEASURED;
	if (!p->has_policy)
		return UNCLEAR;
	return p->policy.mode == STS_MODE_NONE ? NONE : THERE;
}

/* RFC 7672 s2.2: TLSA records count where all that leads to them is secure.
 * Where none of them is usable TLS is a must, with no server verified: no
 * report has a word for that. */
static enum presence
dane_of(const struct published *p, const struct published_host *h)
{
	if (h->tlsa.outcome == TXT_NONE)
		return NONE;
	if (h->tlsa.outcome != TXT_FOUND)
		return NOT_MEASURED;
	if (published_host_has_dane(p, h))
		return h->usable.n > 0 ? THERE : UNCLEAR;
	return h->tlsa.dnssec == DNSSEC_INSECURE ||
		p->mx.dnssec == DNSSEC_INSECURE
	    ? NONE
	    : UNCLEAR;
}

/* NULL: it is no MX host now. */
static const struct published_host *
host_of(const struct published *p, struct span name)
{
	for (size_t i = 0; i < p->nhosts; i++)
		if (span_eq_nocase(p->hosts[i].name, name))
			return &p->hosts[i];
	return NULL;
}

/* -- how it went -- */

static enum log_fate
fate_without_policy(enum tls_seen tls)
{
	if (tls_seen_is_success(tls))
		return LOG_SUCCEEDED;
	return tls_seen_is_missing(tls) ? LOG_FAILED : LOG_LEFT_OUT;
}

/* What was not verified may have been sent by a rule of the MTA's own; so was
 * what was, at a host that the policy does not allow. */
static enum log_fate
fate_with_policy(enum tls_seen tls, bool is_allowed)
{
	if (tls == TLS_SEEN_VERIFIED)
		return is_allowed ? LOG_SUCCEEDED : LOG_LEFT_OUT;
	return tls == TLS_SEEN_NOT_VERIFIED ? LOG_FAILED : LOG_LEFT_OUT;
}

/* That the server refused is told beside; why there was no STARTTLS nobody
 * knows, and report/seen_tls.h may say since when. */
static struct failure_detail
detail_of(const struct log_level_row *row)
{
	const bool has_starttls = row->tls == TLS_SEEN_HANDSHAKE ||
	    row->tls == TLS_SEEN_NOT_VERIFIED;
	struct failure_detail d = {
		.type = has_starttls ? RESULT_VALIDATION_FAILURE
				     : RESULT_STARTTLS_NOT_SUPPORTED,
		.mx_hostname = row->mx_host,
		.receiving_ip = row->peer_ip,
	};

	if (has_starttls || row->tls == TLS_SEEN_REFUSED)
		d.reason = span_str(tls_seen_text(row->tls));
	return d;
}

/* -- policies -- */

static enum err
set_sts(struct published *p, struct policy *ret)
{
	*ret = (struct policy){
		.type = POLICY_STS,
		.domain = p->domain,
		.mx_hosts = { p->policy.mx, p->policy.nmx },
	};
	return sts_policy_lines(buf_span(&p->policy_file), &p->arena,
	    &ret->strings);
}

static enum err
set_tlsa(struct published *p, const struct published_host *h,
    struct policy *ret)
{
	struct span_list all = h->tlsa.records;
	struct buf text = BUF_INIT(POLICY_TEXT_MAX);
	struct tlsa t;
	enum err e = E_OK;

	*ret = (struct policy){ .type = POLICY_TLSA, .domain = h->base };
	ret->strings.v = arena_alloc(&p->arena, all.n * sizeof(*all.v));
	if (ret->strings.v == NULL)
		return E_NOMEM;
	for (size_t i = 0; e == E_OK && i < all.n; i++) {
		if (tlsa_read(all.v[i], &t, NULL) != E_OK)
			continue;
		buf_clear(&text);
		tlsa_write(&text, &t);
		ret->strings.v[ret->strings.n] = arena_copy(&p->arena,
		    buf_span(&text));
		if (text.err != E_OK ||
		    ret->strings.v[ret->strings.n++].p == NULL)
			e = E_NOMEM;
	}
	buf_free(&text);
	return e;
}

static enum err
set_policy(struct published *p, const struct published_host *h,
    enum presence sts, enum presence dane, struct log_outcome *ret)
{
	if (ret->fate != LOG_SUCCEEDED && ret->fate != LOG_FAILED)
		return E_OK;
	if (sts == THERE)
		return set_sts(p, &ret->policy);
	if (dane == THERE)
		return set_tlsa(p, h, &ret->policy);
	ret->policy = (struct policy){ .type = POLICY_NO_POLICY_FOUND,
		.domain = p->domain };
	return E_OK;
}

static bool
is_told(enum tls_seen tls)
{
	return tls != TLS_SEEN_NOT_TOLD && tls != TLS_SEEN_OFF;
}

enum err
log_outcome_of(struct published *p, const struct log_level_row *row,
    struct log_outcome *ret)
{
	const struct published_host *h = host_of(p, row->mx_host);
	enum presence sts = sts_of(p);
	enum presence dane = h == NULL ? UNCLEAR : dane_of(p, h);

	*ret = (struct log_outcome){ .fate = LOG_LEFT_OUT };
	if (!is_told(row->tls))
		return E_OK;
	if (p->mx.outcome == TXT_FAILED || sts == NOT_MEASURED ||
	    dane == NOT_MEASURED)
		ret->fate = LOG_NOT_MEASURED;
	else if (sts == NONE && dane == NONE)
		ret->fate = fate_without_policy(row->tls);
	else if (sts == THERE && dane == NONE)
		ret->fate = fate_with_policy(row->tls,
		    sts_policy_allows(&p->policy, row->mx_host));
	else if (sts == NONE && dane == THERE)
		ret->fate = fate_with_policy(row->tls, true);
	if (ret->fate == LOG_FAILED)
		ret->detail = detail_of(row);
	return set_policy(p, h, sts, dane, ret);
}
