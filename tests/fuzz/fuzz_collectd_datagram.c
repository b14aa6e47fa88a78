/* Rows of a database, one text a line, become one datagram of one policy, as
 * Jansson reads it, of the domain that the row names: no text says more than
 * its own. */
#include "fuzz/fuzz.h"

#include <jansson.h>

#include "codec/collectd_datagram.h"

static void
check(struct span datagram, const struct collectd_texts *t)
{
	json_t *value = json_loadb(datagram.p, datagram.len, 0, NULL);
	json_t *domain = json_object_get(value, "d");
	json_t *policies = json_object_get(value, "policies");
	json_t *details = json_object_get(json_array_get(policies, 0),
	    "failure-details");

	/* Bytes that are no UTF-8, \u0000, a policy of nothing: those are for
	 * datagram_read to refuse. */
	if (value == NULL)
		return;
	assert(json_object_size(value) == 4);
	assert(span_eq(t->domain,
	    (struct span){ json_string_value(domain),
		json_string_length(domain) }));
	assert(json_array_size(policies) == 1);
	if (t->reason.p != NULL &&
	    memmem(t->policy.p, t->policy.len, "details", 7) == NULL &&
	    memchr(t->policy.p, '\\', t->policy.len) == NULL)
		assert(json_array_size(details) == 1);
	json_decref(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct arena scratch = ARENA_INIT((size_t)16 << 20);
	struct buf out = BUF_INIT(COLLECTD_DATAGRAM_MAX);
	struct collectd_texts t;
	enum err e;

	t.domain = span_until(&rest, '\n');
	t.record = span_until(&rest, '\n');
	t.policy = span_until(&rest, '\n');
	t.reason = rest.len > 0 ? rest : SPAN_NONE;
	e = collectd_datagram(&t, &scratch, &out, NULL);
	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	if (e == E_OK)
		check(buf_span(&out), &t);
	buf_free(&out);
	arena_free(&scratch);
	return 0;
}
