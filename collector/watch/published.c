#include "watch/published.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "codec/sts_record.h"
#include "codec/tlsa.h"

#define ADDRESSES_TEXT_MAX 1024

struct look {
	const struct published_options *options;
	struct published *p;
	struct why *why;
};

static enum err
no_memory(struct look *l)
{
	return why_set(l->why, E_NOMEM, "out of memory");
}

static bool
is_over(const struct look *l)
{
	return l->options->dns.is_over != NULL && l->options->dns.is_over();
}

/* -- the domain's records -- */

static enum err
ask_domain(struct look *l)
{
	struct published *p = l->p;
	struct dns_question qs[5];
	enum err e;

	dns_question_set(&qs[0], "", p->domain, DNS_MX);
	dns_question_set(&qs[1], "_smtp._tls.", p->domain, DNS_TXT);
	dns_question_set(&qs[2], "_mta-sts.", p->domain, DNS_TXT);
	dns_question_set(&qs[3], "mta-sts.", p->domain, DNS_A);
	dns_question_set(&qs[4], "mta-sts.", p->domain, DNS_AAAA);
	e = dns_ask(&l->options->dns, qs, 5, &p->arena, l->why);
	p->mx = qs[0];
	p->tlsrpt = qs[1];
	p->sts = qs[2];
	p->sts_a = qs[3];
	p->sts_aaaa = qs[4];
	return e;
}

static enum err
read_tlsrpt(struct look *l)
{
	struct published *p = l->p;
	struct span txt;
	enum err e = E_ABSENT;

	if (p->tlsrpt.outcome == TXT_FOUND)
		e = tlsrpt_record_select(p->tlsrpt.records, &txt, NULL);
	if (p->tlsrpt.outcome == TXT_FOUND && e == E_OK) {
		e = tlsrpt_record_parse(txt, &p->arena, &p->record, NULL);
		/* There is one, and it names nobody. */
		if (e == E_ABSENT)
			e = E_SYNTAX;
	}
	p->record_err = e;
	return e == E_NOMEM ? no_memory(l) : E_OK;
}

/* -- the policy -- */

const char *
published_address(struct span rdata, struct arena *arena)
{
	const int family = rdata.len == 4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];

	if ((rdata.len != 4 && rdata.len != 16) ||
	    inet_ntop(family, rdata.p, text, sizeof(text)) == NULL)
		return NULL;
	return arena_copy(arena, span_str(text)).p;
}

static bool
is_allowed(const struct address_filter *filter, struct span rdata)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	const char *what;

	if (filter == NULL)
		return true;
	if (rdata.len == sizeof(four.sin_addr)) {
		memcpy(&four.sin_addr, rdata.p, rdata.len);
		return address_filter_allows(filter, (struct sockaddr *)&four,
		    sizeof(four), &what);
	}
	memcpy(&six.sin6_addr, rdata.p, sizeof(six.sin6_addr));
	return address_filter_allows(filter, (struct sockaddr *)&six,
	    sizeof(six), &what);
}

static void
add_addresses(struct look *l, struct buf *out, const struct dns_question *q)
{
	for (size_t i = 0; i < q->records.n; i++) {
		const char *text = published_address(q->records.v[i],
		    &l->p->arena);

		if (text == NULL ||
		    !is_allowed(l->options->filter, q->records.v[i]))
			continue;
		if (out->len > 0)
			buf_addc(out, ',');
		buf_addf(out, q->type == DNS_A ? "%s" : "[%s]", text);
	}
}

static enum err
fetch_policy(struct look *l)
{
	struct published *p = l->p;
	struct buf addresses = BUF_INIT(ADDRESSES_TEXT_MAX);
	struct policy_fetch_options o = {
		.domain = p->domain.p,
		.port = l->options->https_port,
		.ca_file = l->options->ca_file,
		.timeout_ms = l->options->timeout_ms,
	};
	enum err e = E_OK;

	add_addresses(l, &addresses, &p->sts_a);
	add_addresses(l, &addresses, &p->sts_aaaa);
	if (addresses.err == E_OK && addresses.len > 0) {
		o.addresses = buf_str(&addresses);
		e = policy_fetch_run(&o, &p->policy_file, &p->fetch, l->why);
		p->is_fetched = e == E_OK;
	}
	buf_free(&addresses);
	return e;
}

static enum err
look_at_sts(struct look *l)
{
	struct published *p = l->p;
	enum err e = E_OK;

	p->sts_err = E_ABSENT;
	if (p->sts.outcome == TXT_FOUND)
		p->sts_err = sts_record_read(p->sts.records, &p->sts_id, NULL);
	if (p->sts_err == E_OK)
		e = fetch_policy(l);
	if (e == E_OK && p->is_fetched && p->fetch.outcome == POLICY_FETCHED)
		p->has_policy = sts_policy_parse(buf_span(&p->policy_file),
				    &p->policy, NULL) == E_OK;
	return e;
}

/* -- the MX hosts -- */

static int
compare_hosts(const void *a, const void *b)
{
	const struct published_host *ha = a, *hb = b;

	if (ha->preference != hb->preference)
		return ha->preference < hb->preference ? -1 : 1;
	return span_cmp(ha->name, hb->name);
}

/* RFC 5321 s5.1: without MX records the domain is its own host; RFC 7505: a
 * root is none. */
static void
find_hosts(struct published *p)
{
	if (p->mx.outcome == TXT_NONE)
		p->hosts[p->nhosts++].name = p->domain;
	for (size_t i = 0;
	     i < p->mx.records.n && p->nhosts < PUBLISHED_HOSTS_MAX; i++) {
		struct span rdata = p->mx.records.v[i], name;

		if (rdata.len < 3)
			continue;
		name = dns_name(span_skip(rdata, 2), &p->arena);
		if (name.p != NULL && name.len == 0)
			p->is_null_mx = p->mx.records.n == 1;
		if (name.len == 0)
			continue;
		p->hosts[p->nhosts].name = name;
		p->hosts[p->nhosts++].preference =
		    (unsigned)(unsigned char)rdata.p[0] << 8 |
		    (unsigned char)rdata.p[1];
	}
	qsort(p->hosts, p->nhosts, sizeof(p->hosts[0]), compare_hosts);
}

static enum err
ask_addresses(struct look *l)
{
	struct published *p = l->p;
	struct dns_question qs[2 * PUBLISHED_HOSTS_MAX];
	enum err e;

	for (size_t i = 0; i < p->nhosts; i++) {
		dns_question_set(&qs[2 * i], "", p->hosts[i].name, DNS_A);
		dns_question_set(&qs[2 * i + 1], "", p->hosts[i].name,
		    DNS_AAAA);
	}
	e = dns_ask(&l->options->dns, qs, 2 * p->nhosts, &p->arena, l->why);
	for (size_t i = 0; i < p->nhosts; i++) {
		p->hosts[i].a = qs[2 * i];
		p->hosts[i].aaaa = qs[2 * i + 1];
	}
	return e;
}

static const struct dns_question *
address_of(const struct published_host *h)
{
	return h->a.outcome == TXT_FOUND ? &h->a : &h->aaaa;
}

/* RFC 7672 s2.2.3: what an alias is one of, if all of that is secure, else the
 * alias itself. */
static void
choose_base(struct published_host *h, const struct dns_question *of_name,
    const struct dns_question *of_alias, const struct dns_question *alias)
{
	const struct dns_question *address = address_of(h);

	h->base = h->name;
	h->tlsa = *of_name;
	if (address->alias_of.len == 0)
		return;
	h->has_secure_alias = alias->outcome == TXT_FOUND &&
	    alias->dnssec == DNSSEC_SECURE;
	if (address->dnssec == DNSSEC_SECURE &&
	    of_alias->dnssec == DNSSEC_SECURE && of_alias->records.n > 0) {
		h->base = address->alias_of;
		h->tlsa = *of_alias;
	}
}

static enum err
ask_tlsa(struct look *l)
{
	struct published *p = l->p;
	struct dns_question qs[3 * PUBLISHED_HOSTS_MAX];
	size_t n = 0, at = 0;
	enum err e;

	for (size_t i = 0; i < p->nhosts; i++) {
		const struct published_host *h = &p->hosts[i];
		struct span alias_of = address_of(h)->alias_of;

		dns_question_set(&qs[n++], "_25._tcp.", h->name, DNS_TLSA);
		if (alias_of.len == 0)
			continue;
		dns_question_set(&qs[n++], "_25._tcp.", alias_of, DNS_TLSA);
		dns_question_set(&qs[n++], "", h->name, DNS_CNAME);
	}
	e = dns_ask(&l->options->dns, qs, n, &p->arena, l->why);
	for (size_t i = 0; i < p->nhosts; i++) {
		bool is_alias = address_of(&p->hosts[i])->alias_of.len > 0;

		choose_base(&p->hosts[i], &qs[at], &qs[at + 1], &qs[at + 2]);
		at += is_alias ? 3 : 1;
	}
	return e;
}

static void
set_addresses(struct published_host *h, const struct dns_question *q,
    struct arena *arena)
{
	for (size_t i = 0; i < q->records.n; i++) {
		const char *text = published_address(q->records.v[i], arena);

		if (text != NULL && h->naddresses < PUBLISHED_ADDRESSES_MAX)
			h->addresses[h->naddresses++] = text;
	}
}

bool
published_host_has_dane(const struct published *p,
    const struct published_host *h)
{
	return p->mx.dnssec == DNSSEC_SECURE &&
	    (address_of(h)->dnssec == DNSSEC_SECURE || h->has_secure_alias) &&
	    h->tlsa.dnssec == DNSSEC_SECURE && h->tlsa.records.n > 0;
}

static enum err
find_usable(struct look *l, struct published_host *h)
{
	struct span_list all = h->tlsa.records;
	struct tlsa t;

	if (!published_host_has_dane(l->p, h))
		return E_OK;
	h->usable.v = arena_alloc(&l->p->arena, all.n * sizeof(*all.v));
	if (h->usable.v == NULL)
		return no_memory(l);
	for (size_t i = 0; i < all.n; i++)
		if (tlsa_read(all.v[i], &t, NULL) == E_OK &&
		    tlsa_unusable(&t) == NULL)
			h->usable.v[h->usable.n++] = all.v[i];
	return E_OK;
}

static void
keep_pace(struct look *l, const struct published_host *h)
{
	struct clock clock = clock_machine(0);
	int64_t ns = pace_wait_ns(l->options->pace, h->name,
	    clock_mono_ns(&clock));
	struct timespec left = { ns / NS_PER_S, ns % NS_PER_S };

	if (ns > 0)
		(void)nanosleep(&left, NULL);
}

static enum err
look_at_host(struct look *l, struct published_host *h)
{
	struct smtp_probe_options o = {
		.host = h->name.p,
		.tlsa_base = h->base.p,
		.domain = l->p->domain.p,
		.addresses = h->addresses,
		.port = l->options->smtp_port,
		.helo = l->options->helo,
		.ca_file = l->options->ca_file,
		.timeout_ms = l->options->timeout_ms,
	};
	enum err e = find_usable(l, h);

	h->sts_allows = l->p->has_policy &&
	    sts_policy_allows(&l->p->policy, h->name);
	set_addresses(h, &h->a, &l->p->arena);
	set_addresses(h, &h->aaaa, &l->p->arena);
	o.naddresses = h->naddresses;
	o.tlsa = h->usable;
	if (e != E_OK || !l->options->connects)
		return e;
	if (h->naddresses > 0)
		keep_pace(l, h);
	return smtp_probe_run(&o, &h->probe, l->why);
}

/* -- all of it -- */

enum err
published_look(struct span domain, const struct published_options *o,
    struct published *p, struct why *why)
{
	struct look l = { o, p, why };
	enum err e;

	*p = (struct published){
		.arena = ARENA_INIT(PUBLISHED_BYTES_MAX),
		.is_probed = o->connects,
		.policy_file = BUF_INIT(POLICY_FETCH_MAX),
	};
	p->domain = arena_copy(&p->arena, domain);
	if (p->domain.p == NULL)
		return no_memory(&l);
	e = ask_domain(&l);
	if (e == E_OK)
		e = read_tlsrpt(&l);
	if (e == E_OK && is_over(&l))
		e = E_BUSY;
	if (e == E_OK)
		e = look_at_sts(&l);
	if (e == E_OK)
		find_hosts(p);
	if (e == E_OK)
		e = ask_addresses(&l);
	if (e == E_OK)
		e = ask_tlsa(&l);
	for (size_t i = 0; e == E_OK && i < p->nhosts; i++)
		e = is_over(&l) ? E_BUSY : look_at_host(&l, &p->hosts[i]);
	if (e == E_OK && o->connects)
		verdict_add(p);
	return e;
}

void
published_free(struct published *p)
{
	buf_free(&p->policy_file);
	arena_free(&p->arena);
}
