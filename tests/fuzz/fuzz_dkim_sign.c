/* Any message is signed or refused; what is signed are lines of 78 bytes. A
 * canonical body is its own canonical form, whatever the bytes. */
#include "fuzz/fuzz.h"

#include "codec/dkim_canonical.h"
#include "codec/dkim_sign.h"

/* RFC 8463 A.1. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

static const struct dkim_signing signing = {
	.domain = SPAN_LIT("football.example.com"),
	.selector = SPAN_LIT("brisbane"),
	.now_s = 1528637909,
	.expires_s = 1529242709,
};

static void
check_lines(struct span field)
{
	while (field.len > 0) {
		struct span line = span_until(&field, '\n');

		assert(line.len >= 1 && line.len <= 79);
		assert(line.p[line.len - 1] == '\r');
		assert(field.len == 0 || field.p[0] == ' ');
	}
}

static void
check_sign(struct span message)
{
	static struct dkim_key *key;
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	enum err e;

	if (key == NULL)
		assert(dkim_key_parse(span_str(pem), &key, NULL) == E_OK);
	e = dkim_sign(key, &signing, message, &field, NULL);
	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert((e == E_OK) == (field.len > 0));
	check_lines(buf_span(&field));
	buf_free(&field);
}

static void
check_canonical(enum dkim_canonical way, struct span in)
{
	struct buf once = BUF_INIT(in.len + 2), twice = BUF_INIT(in.len + 4);

	dkim_canonical_body(way, in, &once);
	assert(once.err == E_OK);
	dkim_canonical_body(way, buf_span(&once), &twice);
	assert(span_eq(buf_span(&once), buf_span(&twice)));
	buf_clear(&once);
	dkim_canonical_field(way, in, &once);
	assert(once.err == E_OK);
	buf_free(&once);
	buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };

	check_sign(in);
	check_canonical(DKIM_SIMPLE, in);
	check_canonical(DKIM_RELAXED, in);
	return 0;
}
