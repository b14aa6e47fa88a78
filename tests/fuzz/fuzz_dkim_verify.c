/* Any message has its signatures read and judged, whatever the key; a signature
 * of it without l= is not one of the message with a line more. */
#include "fuzz/fuzz.h"

#include "codec/crlf.h"
#include "codec/dkim_verify.h"

#define ARENA_MAX ((size_t)1 << 20)
#define RECEIVED_S 1528637909

/* Of RFC 8463 A.2, and of RFC 6376's example. */
static struct span records[] = {
	SPAN_LIT("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
	SPAN_LIT("p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJ"
		 "W3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBI"
		 "tLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf"
		 "6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"),
};

static void
check_signature(const struct dkim_signatures *all,
    const struct dkim_signature *s)
{
	struct dkim_judgement j;

	assert((s->fault == DKIM_FAULT_NONE) == (s->key_name.len > 0));
	assert(s->key_name.len <= 253);
	assert(s->fault != DKIM_FAULT_NONE ||
	    (s->domain.len > 0 && s->selector.len > 0 && s->signature.len > 0 &&
		s->algorithm.len > 0));
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		assert(dkim_verify(all, s, (struct span_list){ &records[i], 1 },
			   &j) == E_OK);
		assert(s->fault == DKIM_FAULT_NONE || j.fault == s->fault);
		assert(dkim_fault_sentence(j.fault) != NULL);
	}
}

static struct span
last_field(const struct dkim_signatures *all)
{
	return all->header.n == 0 ? SPAN_NONE
				  : all->header.v[all->header.n - 1].raw;
}

static void
check_other_body(struct span message, const struct dkim_signatures *before)
{
	struct arena arena = ARENA_INIT(ARENA_MAX);
	struct buf longer = BUF_INIT(message.len + 3);
	struct dkim_signatures all;

	buf_add(&longer, message);
	buf_adds(&longer, "x\r\n");
	if (dkim_signatures_read(buf_span(&longer), RECEIVED_S, &arena, &all,
		NULL) == E_OK &&
	    all.header.n == before->header.n &&
	    span_eq(last_field(&all), last_field(before)))
		for (size_t i = 0; i < all.n; i++)
			assert(all.v[i].fault != DKIM_FAULT_NONE ||
			    before->v[i].fault != DKIM_FAULT_NONE ||
			    all.v[i].has_length);
	buf_free(&longer);
	arena_free(&arena);
}

static void
check(struct span message)
{
	struct arena arena = ARENA_INIT(ARENA_MAX);
	struct why why = { { 0 } };
	struct dkim_signatures all;
	enum err e = dkim_signatures_read(message, RECEIVED_S, &arena, &all,
	    &why);

	assert(e == E_OK || e == E_RANGE);
	assert((e == E_OK) == (why.text[0] == '\0'));
	if (e == E_OK) {
		assert(all.n <= DKIM_SIGNATURES_MAX);
		assert(all.left_out == 0 || all.n == DKIM_SIGNATURES_MAX);
		for (size_t i = 0; i < all.n; i++)
			check_signature(&all, &all.v[i]);
		check_other_body(message, &all);
	}
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct buf lines = BUF_INIT(2 * size);

	check(in);
	crlf_add(in, &lines);
	assert(lines.err == E_OK && !crlf_is_missing(buf_span(&lines)));
	check(buf_span(&lines));
	buf_free(&lines);
	return 0;
}
