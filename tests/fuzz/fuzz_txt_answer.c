/* Whatever the records' bytes, what is found is within the ceilings, and no
 * bogus answer is taken. The input: a byte of flags, then records, each behind
 * its length in two bytes. */
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <unbound.h>

#include "net/txt_answer.h"

#define RECORDS 200

struct given {
	struct ub_result result;
	char *data[RECORDS + 1];
	int len[RECORDS];
};

/* Each in memory of its own, so that a byte read past it is seen. */
static size_t
give_records(struct given *g, struct span in)
{
	size_t n = 0, len;

	while (n < RECORDS && in.len >= 2) {
		len = (size_t)(unsigned char)in.p[0] << 8 |
		    (unsigned char)in.p[1];
		in = span_skip(in, 2);
		len = len < in.len ? len : in.len;
		assert((g->data[n] = malloc(len + (len == 0))) != NULL);
		memcpy(g->data[n], in.p, len);
		g->len[n++] = (int)len;
		in = span_skip(in, len);
	}
	return n;
}

static void
check_found(const struct given *g, const struct txt_answer *a, size_t n)
{
	size_t bytes = 0;

	assert(!g->result.bogus && a->dnssec != DNSSEC_BOGUS);
	assert(n > 0 && a->txts.n == n && n <= TXT_RECORDS_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t left = (size_t)g->len[i], strings = 0;

		for (const char *p = g->data[i]; left > 0; strings++) {
			size_t size = (size_t)(unsigned char)*p + 1;

			assert(size <= left);
			p += size;
			left -= size;
		}
		assert(a->txts.v[i].len + strings == (size_t)g->len[i]);
		bytes += a->txts.v[i].len;
	}
	assert(bytes <= TXT_BYTES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT((size_t)2 * TXT_BYTES_MAX);
	struct given g = { .len = { 0 } };
	struct txt_answer a;
	struct why why = { { 0 } };
	size_t n;

	if (size == 0)
		return 0;
	n = give_records(&g, (struct span){ (const char *)data + 1, size - 1 });
	g.result = (struct ub_result){ .qtype = DNS_TXT,
		.data = g.data,
		.len = g.len,
		.havedata = n > 0,
		.secure = data[0] & 1,
		.bogus = data[0] >> 1 & 1,
		.rcode = n > 0 ? 0 : data[0] >> 2 & 7,
		.ttl = 1 };
	txt_answer_read(&g.result, (data[0] >> 5 & 1) != 0, &arena, &why, &a);
	if (a.outcome == TXT_FOUND)
		check_found(&g, &a, n);
	else
		assert(a.txts.n == 0 && a.why.len > 0);
	arena_free(&arena);
	for (size_t i = 0; i < n; i++)
		free(g.data[i]);
	return 0;
}
