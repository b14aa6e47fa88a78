#include "watch/history.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "codec/lines.h"
#include "codec/tlsa.h"

#define VALUE_BYTES_MAX ((size_t)1 << 20)
#define NOT_MEASURED_BYTES_MAX 8192

struct making {
	struct published *p;
	struct history *h;
};

/* -- values -- */

static enum err
add(struct making *m, enum published_kind kind, struct span subject,
    struct span_list lines, enum dnssec dnssec)
{
	struct buf value = BUF_INIT(VALUE_BYTES_MAX);
	struct published_value *to = &m->h->v[m->h->n];
	enum err e;

	lines_join(&value, lines);
	*to = (struct published_value){ .domain = m->p->domain,
		.kind = kind,
		.subject = subject,
		.value = arena_copy(&m->p->arena, buf_span(&value)),
		.dnssec = kind == PUBLISHED_POLICY || kind == PUBLISHED_SMTP
		    ? SPAN_LIT("")
		    : span_str(dnssec_text(dnssec)) };
	e = value.err != E_OK || (value.len > 0 && to->value.p == NULL)
	    ? E_NOMEM
	    : E_OK;
	buf_free(&value);
	m->h->n += e == E_OK;
	return e;
}

static void
not_measured(struct making *m, enum published_kind kind, struct span subject,
    struct span why)
{
	struct buf *out = &m->h->not_measured;

	buf_adds(out, published_kind_text(kind));
	if (subject.len > 0)
		buf_addc(out, ' ');
	buf_add(out, subject);
	buf_adds(out, ": ");
	escape_terminal(out, why);
	buf_addc(out, '\n');
}

static bool
is_answered(const struct dns_question *q)
{
	return q->outcome == TXT_FOUND || q->outcome == TXT_NONE;
}

/* One record as text, harmless; false: there is nothing to say of it. */
typedef bool write_fn(struct buf *out, struct span rdata, struct arena *);

static enum err
add_lines(struct span_list *lines, const struct dns_question *q,
    write_fn *write, struct arena *arena)
{
	struct buf text = BUF_INIT(VALUE_BYTES_MAX);
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < q->records.n; i++) {
		buf_clear(&text);
		if (!write(&text, q->records.v[i], arena))
			continue;
		lines->v[lines->n] = arena_copy(arena, buf_span(&text));
		if (text.err != E_OK ||
		    (text.len > 0 && lines->v[lines->n].p == NULL))
			e = E_NOMEM;
		lines->n++;
	}
	buf_free(&text);
	return e;
}

/* In no order: they are sorted. */
static enum err
add_answers(struct making *m, enum published_kind kind, struct span subject,
    const struct dns_question *const *qs, size_t n, write_fn *write)
{
	struct arena *arena = &m->p->arena;
	struct span_list lines = { NULL, 0 };
	enum dnssec dnssec = qs[0]->dnssec;
	size_t all = 0;
	enum err e = E_OK;

	for (size_t i = 0; i < n; i++) {
		if (!is_answered(qs[i])) {
			not_measured(m, kind, subject, qs[i]->why);
			return E_OK;
		}
		all += qs[i]->records.n;
		if (i > 0 && qs[0]->records.n == 0 && qs[i]->records.n > 0)
			dnssec = qs[i]->dnssec;
	}
	lines.v = arena_alloc(arena, (all + 1) * sizeof(*lines.v));
	if (lines.v == NULL)
		return E_NOMEM;
	for (size_t i = 0; e == E_OK && i < n; i++)
		e = add_lines(&lines, qs[i], write, arena);
	qsort(lines.v, lines.n, sizeof(*lines.v), span_qsort_cmp);
	return e == E_OK ? add(m, kind, subject, lines, dnssec) : e;
}

static enum err
add_answer(struct making *m, enum published_kind kind, struct span subject,
    const struct dns_question *q, write_fn *write)
{
	return add_answers(m, kind, subject, &q, 1, write);
}

/* -- records -- */

static bool
write_text(struct buf *out, struct span rdata, struct arena *arena)
{
	(void)arena;
	escape_terminal(out, rdata);
	return true;
}

static bool
write_mx(struct buf *out, struct span rdata, struct arena *arena)
{
	struct span name;

	if (rdata.len < 3)
		return false;
	name = dns_name(span_skip(rdata, 2), arena);
	buf_addf(out, "%u ",
	    (unsigned)(unsigned char)rdata.p[0] << 8 |
		(unsigned char)rdata.p[1]);
	escape_terminal(out, name.len == 0 ? SPAN_LIT(".") : name);
	return name.p != NULL;
}

static bool
write_address(struct buf *out, struct span rdata, struct arena *arena)
{
	const char *text = published_address(rdata, arena);

	if (text != NULL)
		buf_adds(out, text);
	return text != NULL;
}

static bool
write_tlsa(struct buf *out, struct span rdata, struct arena *arena)
{
	struct tlsa t;

	(void)arena;
	if (tlsa_read(rdata, &t, NULL) != E_OK)
		return false;
	tlsa_write(out, &t);
	return true;
}

/* -- the policy -- */

static enum err
add_policy_lines(struct making *m)
{
	struct arena *arena = &m->p->arena;
	struct buf text = BUF_INIT(VALUE_BYTES_MAX);
	struct span_list lines;
	enum err e = sts_policy_lines(buf_span(&m->p->policy_file), arena,
	    &lines);

	for (size_t i = 0; e == E_OK && i < lines.n; i++) {
		buf_clear(&text);
		escape_terminal(&text, lines.v[i]);
		lines.v[i] = arena_copy(arena, buf_span(&text));
		if (text.err != E_OK || lines.v[i].p == NULL)
			e = E_NOMEM;
	}
	buf_free(&text);
	return e == E_OK
	    ? add(m, PUBLISHED_POLICY, SPAN_LIT(""), lines, DNSSEC_UNKNOWN)
	    : e;
}

/* A policy that is not served is not gone: senders go by the one that they
 * have (RFC 8461 s5.1). It is gone with its record. */
static enum err
add_policy(struct making *m)
{
	const struct published *p = m->p;
	const struct dns_question *host = p->sts_a.outcome == TXT_FAILED
	    ? &p->sts_a
	    : &p->sts_aaaa;

	if (!is_answered(&p->sts))
		return E_OK;
	if (p->sts_err != E_OK)
		return add(m, PUBLISHED_POLICY, SPAN_LIT(""),
		    (struct span_list){ NULL, 0 }, DNSSEC_UNKNOWN);
	if (p->is_fetched && p->fetch.outcome == POLICY_FETCHED)
		return add_policy_lines(m);
	not_measured(m, PUBLISHED_POLICY, SPAN_LIT(""),
	    p->is_fetched	    ? span_str(p->fetch.why.text)
		: is_answered(host) ? SPAN_LIT("its host has no address")
				    : host->why);
	return E_OK;
}

/* -- hosts -- */

static void
write_certificate(struct buf *out, const struct smtp_probe *probe)
{
	char date[DAY_TEXT_SIZE];

	day_text(day_of_s(probe->expires_s), date);
	buf_adds(out, "certificate ");
	if (probe->trust == PROBE_TRUSTED)
		buf_adds(out, "trusted");
	else
		escape_terminal(out, span_str(probe->trust_why.text));
	buf_addf(out, ", until %s, ", date);
	escape_terminal(out, span_str(probe->subject));
}

static enum err
add_smtp(struct making *m, const struct published_host *h)
{
	struct buf text = BUF_INIT(VALUE_BYTES_MAX);
	struct span lines[2];
	size_t n = 1;
	enum err e;

	switch (h->probe.outcome) {
	case PROBE_AWAY:
		not_measured(m, PUBLISHED_SMTP, h->name,
		    span_str(h->probe.why.text));
		return E_OK;
	case PROBE_NO_STARTTLS:
		lines[0] = SPAN_LIT("no STARTTLS");
		break;
	case PROBE_NO_HANDSHAKE:
		lines[0] = SPAN_LIT("STARTTLS, and no TLS");
		break;
	case PROBE_TLS:
		lines[0] = span_str(h->probe.protocol);
		write_certificate(&text, &h->probe);
		lines[n++] = buf_span(&text);
		break;
	}
	e = add(m, PUBLISHED_SMTP, h->name, (struct span_list){ lines, n },
	    DNSSEC_UNKNOWN);
	buf_free(&text);
	return e;
}

static enum err
add_host(struct making *m, const struct published_host *h)
{
	const struct dns_question *addresses[] = { &h->a, &h->aaaa };
	enum err e = add_answers(m, PUBLISHED_ADDRESS, h->name, addresses, 2,
	    write_address);

	if (e == E_OK)
		e = add_answer(m, PUBLISHED_TLSA, h->name, &h->tlsa,
		    write_tlsa);
	if (e == E_OK && m->p->is_probed)
		e = add_smtp(m, h);
	return e;
}

/* -- all of it -- */

enum err
history_of(struct published *p, struct history *ret)
{
	struct making m = { p, ret };
	enum err e;

	ret->n = 0;
	ret->not_measured = BUF_INIT(NOT_MEASURED_BYTES_MAX);
	e = add_answer(&m, PUBLISHED_MX, SPAN_LIT(""), &p->mx, write_mx);
	if (e == E_OK)
		e = add_answer(&m, PUBLISHED_TLSRPT, SPAN_LIT(""), &p->tlsrpt,
		    write_text);
	if (e == E_OK)
		e = add_answer(&m, PUBLISHED_STS, SPAN_LIT(""), &p->sts,
		    write_text);
	if (e == E_OK)
		e = add_policy(&m);
	for (size_t i = 0; e == E_OK && i < p->nhosts; i++)
		e = add_host(&m, &p->hosts[i]);
	return e;
}

void
history_free(struct history *h)
{
	buf_free(&h->not_measured);
}
