/* Whatever the TXT record, its destinations are harmless, sorted, few, and
 * written as a record again they are the same. */
#include "fuzz/fuzz.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "codec/destination.h"
#include "codec/tlsrpt_record.h"

static bool
is_mailto(const struct rua *r)
{
	return r->scheme == RUA_MAILTO;
}

static void
check_mailto(struct span address)
{
	struct span domain = address, local = span_until(&domain, '@');

	assert(local.len > 0 && local.len <= 64);
	assert(domain.len > 0 && domain.len <= DOMAIN_TEXT_MAX);
	/* Nothing that a command line or a header field could take for its
	 * own. */
	assert(local.p[0] != '-' && domain.p[0] != '-');
	for (size_t i = 0; i < address.len; i++)
		assert(!ascii_is_one_of(address.p[i], " \t\"(),:;<>[\\]"));
	for (size_t i = 0; i < domain.len; i++)
		assert(ascii_lower(domain.p[i]) == domain.p[i] &&
		    domain.p[i] != '@');
}

static void
check_https(struct span rest)
{
	assert(rest.len > 0);
	assert(!ascii_is_one_of(rest.p[0], "/?#"));
	for (size_t i = 0; i < rest.len; i++)
		assert(!ascii_is_one_of(rest.p[i], " ,;\"<>\\^`{|}"));
}

static void
check_rua(const struct rua *r)
{
	struct span rest = r->uri;

	assert(r->uri.len <= URI_TEXT_MAX);
	for (size_t i = 0; i < r->uri.len; i++)
		assert(ascii_is_printable(r->uri.p[i]));
	if (is_mailto(r)) {
		assert(span_take(&rest, SPAN_LIT("mailto:")));
		check_mailto(rest);
	} else {
		assert(span_take(&rest, SPAN_LIT("https://")));
		check_https(rest);
	}
}

/* A line of visible ASCII that is never a destination. */
static void
check_refused(struct span uri)
{
	struct destination to;

	assert(uri.len <= URI_TEXT_MAX);
	for (size_t i = 0; i < uri.len; i++)
		assert(ascii_is_printable(uri.p[i]) && uri.p[i] != ' ');
	assert(destination_parse(uri, &to, NULL) == E_SYNTAX);
}

static void
write_record(struct buf *out, const struct tlsrpt_record *rec)
{
	buf_adds(out, "v=TLSRPTv1; rua=");
	for (size_t i = 0; i < rec->nrua; i++) {
		struct span rest = rec->rua[i].uri;

		if (i > 0)
			buf_addc(out, ',');
		if (!is_mailto(&rec->rua[i])) {
			buf_add(out, rest);
			continue;
		}
		(void)span_take(&rest, SPAN_LIT("mailto:"));
		buf_adds(out, "mailto:");
		fuzz_add_encoded(out, rest);
	}
	assert(out->err == E_OK);
}

static void
check_again(const struct tlsrpt_record *rec, struct arena *arena)
{
	struct buf txt = BUF_INIT(100000);
	struct tlsrpt_record again;

	write_record(&txt, rec);
	assert(
	    tlsrpt_record_parse(buf_span(&txt), arena, &again, NULL) == E_OK);
	assert(again.nrua == rec->nrua);
	for (size_t i = 0; i < rec->nrua; i++) {
		assert(span_eq(again.rua[i].uri, rec->rua[i].uri));
		assert(again.rua[i].scheme == rec->rua[i].scheme);
	}
	/* A bare "!" in a URL stays: it is the same destination. */
	assert((again.notes & ~(1U << NOTE_URI_UNENCODED)) == 0);
	buf_free(&txt);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span txt = { (const char *)data, size }, picked = SPAN_NONE;
	struct arena arena = ARENA_INIT(1 << 20);
	struct tlsrpt_record rec = { .nrua = 0 };
	enum err e;

	if (size > 65535) /* a TXT record cannot be longer */
		return 0;
	e = tlsrpt_record_parse(txt, &arena, &rec, NULL);
	assert(e == E_OK || e == E_SYNTAX || e == E_ABSENT);
	assert((e == E_OK) == (rec.nrua > 0));
	assert(rec.nrua <= RUA_MAX && rec.notes < 1U << NRECORD_NOTES);
	/* Both agree on what is a TLSRPT record at all. */
	assert((e == E_SYNTAX) ==
	    (tlsrpt_record_select((struct span_list){ &txt, 1 }, &picked,
		 NULL) == E_ABSENT));
	for (size_t i = 0; i < rec.nrua; i++) {
		check_rua(&rec.rua[i]);
		assert(
		    i == 0 || span_cmp(rec.rua[i - 1].uri, rec.rua[i].uri) < 0);
	}
	assert(rec.nrua + rec.nrefused <= RUA_MAX);
	for (size_t i = 0; i < rec.nrefused; i++)
		check_refused(rec.refused[i]);
	if (e == E_OK)
		check_again(&rec, &arena);
	arena_free(&arena);
	return 0;
}
