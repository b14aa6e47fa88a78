#include "corpus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static uint64_t
next_random(uint64_t *s)
{
	/* xorshift64* (Vigna): the same everywhere. */
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return *s * UINT64_C(2685821657736338717);
}

static double
next_unit(uint64_t *s)
{
	return (double)(next_random(s) >> 11) / 9007199254740992.0;
}

/* Sums of 1/k, for drawing ranks by bisection. */
static double *
zipf_table(size_t n)
{
	double *sums = calloc(n, sizeof(*sums)), sum = 0;

	for (size_t i = 0; i < n; i++)
		sums[i] = sum += 1.0 / (double)(i + 1);
	return sums;
}

static size_t
zipf_draw(const double *sums, size_t n, uint64_t *seed)
{
	double x = next_unit(seed) * sums[n - 1];
	size_t low = 0, high = n - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sums[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Which policy a domain has does not change: 37 % STS, 21 % DANE, else none. */
static void
add_policy(struct buf *out, size_t domain)
{
	unsigned kind = (unsigned)(domain * 2654435761u >> 7) % 100;

	if (kind < 37)
		buf_addf(out,
		    "{\"policy-type\":2,\"policy-domain\": \"d%zu.customers.example\","
		    "\"policy-string\":[\"version: STSv1\",\"mode: enforce\","
		    "\"mx: mx1.d%zu.customers.example\",\"mx: *.mail.d%zu.customers.example\","
		    "\"max_age: 604800\"],\"mx-host\":[\"mx1.d%zu.customers.example\","
		    "\"*.mail.d%zu.customers.example\"]",
		    domain, domain, domain, domain, domain);
	else if (kind < 58)
		buf_addf(out,
		    "{\"policy-type\":1,\"policy-domain\": \"mx1.d%zu.customers.example"
		    "\",\"policy-string\":[\"3 1 1 4FC82B26AECB47D2868C4EFBE358"
		    "1732A3E7CBCC6C2EFB32062C08170A05%04zX\"]",
		    domain, domain % 65536);
	else
		buf_addf(out,
		    "{\"policy-type\":9,\"policy-domain\": "
		    "\"d%zu.customers.example\"",
		    domain);
}

static void
add_detail(struct buf *out, size_t domain, uint64_t *seed)
{
	static const struct {
		int code;
		const char *reason;
	} kinds[] = {
		{ 201, NULL },
		{ 202, NULL },
		{ 204, NULL },
		{ 205, "tls-handshake-failure" },
		{ 205, "self-signed_certificate" },
	};
	unsigned k = (unsigned)(next_random(seed) % 5);
	unsigned mx = (unsigned)(next_random(seed) % 3) + 1;

	buf_addf(out,
	    "{\"c\":%d,\"s\": \"192.0.2.%u\",\"n\": \"mx%u.d%zu.customers.example\","
	    "\"h\": \"250-mx%u.d%zu.customers.example greets you\\r\\n250-SIZE 10485760"
	    "\\r\\n250-8BITMIME\\r\\n250 STARTTLS\",\"r\": \"198.51.100.%u\"",
	    kinds[k].code, (unsigned)(next_random(seed) % 4), mx, domain, mx,
	    domain, (unsigned)(domain % 200) + mx);
	if (kinds[k].reason != NULL)
		buf_addf(out, ",\"f\": \"%s\"", kinds[k].reason);
	buf_addc(out, '}');
}

static void
add_datagram(struct buf *out, size_t domain, bool failed, uint64_t *seed)
{
	unsigned chance = (unsigned)(next_random(seed) % 10);
	unsigned details = !failed ? 0 : chance < 7 ? 1 : chance < 9 ? 2 : 3;

	buf_addf(out,
	    "{\"dpv\": \"1\",\"d\": \"d%zu.customers.example\",\"pr\": \"v=TLSRPTv1; "
	    "rua=mailto:tls-reports@d%zu.customers.example\",\"policies\":[",
	    domain, domain);
	add_policy(out, domain);
	for (unsigned i = 0; i < details; i++) {
		buf_adds(out, i == 0 ? ",\"failure-details\":[" : ",");
		add_detail(out, domain, seed);
	}
	buf_addf(out, "%s,\"t\":%u,\"f\":%d}]}", details > 0 ? "]" : "",
	    details, failed);
}

void
corpus_make(struct corpus *c, size_t n, size_t domains, uint64_t seed)
{
	struct buf text = BUF_INIT((size_t)1 << 32);
	double *sums = zipf_table(domains);
	size_t *ends = calloc(n + 1, sizeof(*ends));

	*c = (struct corpus){ .n = n };
	seed += 88172645463325252u;
	for (size_t i = 0; i < n; i++) {
		size_t domain = zipf_draw(sums, domains, &seed);
		bool failed = next_random(&seed) % 10 == 0;

		add_datagram(&text, domain, failed, &seed);
		c->failures += failed;
		ends[i + 1] = text.len;
	}
	c->text = text.p;
	c->bytes = text.len;
	c->v = calloc(n, sizeof(*c->v));
	for (size_t i = 0; i < n; i++)
		c->v[i] = (struct span){ text.p + ends[i],
			ends[i + 1] - ends[i] };
	free(ends);
	free(sums);
}

void
corpus_free(struct corpus *c)
{
	free(c->v);
	free(c->text);
}
