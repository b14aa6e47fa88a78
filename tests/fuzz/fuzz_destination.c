/* Whatever the URI, what is taken apart has harmless bytes and is the same when
 * it is read again, and what is refused is told without its bytes. */
#include "fuzz/fuzz.h"

#include <arpa/inet.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "codec/destination.h"
#include "codec/tlsrpt_record.h"

static void
check_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		assert(s.p[i] > ' ' && s.p[i] <= '~');
}

static void
check_host(const struct destination *to)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr six;
	struct in_addr four;
	bool is_address;

	assert(to->host.len > 0 && to->host.len <= 253);
	for (size_t i = 0; i < to->host.len; i++)
		assert(ascii_lower(to->host.p[i]) == to->host.p[i] &&
		    (ascii_is_alnum(to->host.p[i]) ||
			ascii_is_one_of(to->host.p[i], ".-:")));
	if (to->host.len < sizeof(text))
		memcpy(text, to->host.p, to->host.len);
	/* inet_aton takes what a resolver takes: "127.1" too. */
	is_address = inet_pton(AF_INET6, text, &six) == 1 ||
	    inet_aton(text, &four) == 1;
	assert(to->is_literal == is_address);
	assert(is_address ||
	    (span_has(to->host, '.') && !span_has(to->host, ':')));
}

static size_t
count(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

static void
check_mail(const struct destination *to)
{
	struct span host = to->address, local = span_until(&host, '@');

	assert(to->url.p == NULL && to->port == 0 && !to->is_literal);
	assert(to->address.len <= 254 && count(to->address, '@') == 1);
	assert(local.len > 0 && local.len <= 64 && local.p[0] != '-');
	assert(span_eq(host, to->host));
	for (size_t i = 0; i < local.len; i++)
		assert(!ascii_is_one_of(local.p[i], "\"(),:;<>[\\]"));
}

static void
check_https(const struct destination *to)
{
	struct span rest = to->url;

	assert(to->address.p == NULL && to->port > 0);
	assert(to->url.len <= URI_TEXT_MAX && !span_has(to->url, '#'));
	assert(span_take(&rest, SPAN_LIT("https://")));
	if (span_has(to->host, ':'))
		assert(span_take(&rest, SPAN_LIT("[")));
	assert(span_take(&rest, to->host));
	if (span_has(to->host, ':'))
		assert(span_take(&rest, SPAN_LIT("]")));
	assert(rest.len == 0 || ascii_is_one_of(rest.p[0], ":/?"));
	if (rest.len == 0 || rest.p[0] != ':')
		assert(to->port == 443);
}

static void
check_equal(const struct destination *a, const struct destination *b)
{
	assert(a->kind == b->kind && a->port == b->port);
	assert(a->is_literal == b->is_literal);
	assert(span_eq(a->host, b->host));
	assert(span_eq(a->address, b->address) && span_eq(a->url, b->url));
}

/* What is accepted is what the record's reader makes of it: no spelling is left
 * for that one to change. It keeps "," and ";" for the record's grammar. */
static void
check_record(const struct destination *to, struct span uri)
{
	struct arena arena = ARENA_INIT(1 << 20);
	struct buf txt = BUF_INIT(10000);
	struct tlsrpt_record rec;

	buf_adds(&txt, "v=TLSRPTv1;rua=");
	if (to->kind == DESTINATION_MAIL) {
		buf_adds(&txt, "mailto:");
		fuzz_add_encoded(&txt, to->address);
	} else {
		buf_add(&txt, uri);
	}
	if (to->kind == DESTINATION_MAIL ||
	    (!span_has(uri, ',') && !span_has(uri, ';'))) {
		assert(tlsrpt_record_parse(buf_span(&txt), &arena, &rec,
			   NULL) == E_OK);
		assert(rec.nrua == 1 && span_eq(rec.rua[0].uri, uri));
	}
	buf_free(&txt);
	arena_free(&arena);
}

static void
check_accepted(const struct destination *to)
{
	struct buf uri = BUF_INIT(URI_TEXT_MAX);
	struct destination again;

	if (to->kind == DESTINATION_MAIL) {
		check_mail(to);
		buf_adds(&uri, "mailto:");
		buf_add(&uri, to->address);
	} else {
		check_https(to);
		buf_add(&uri, to->url);
	}
	assert(uri.err == E_OK);
	check_visible(buf_span(&uri));
	check_host(to);
	assert(destination_parse(buf_span(&uri), &again, NULL) == E_OK);
	check_equal(to, &again);
	check_record(to, buf_span(&uri));
	buf_free(&uri);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span uri = { (const char *)data, size };
	struct destination to;
	struct why why = { { 0 } };
	enum err e = destination_parse(uri, &to, &why);

	assert(e == E_OK || e == E_SYNTAX);
	assert((e == E_OK) == (why.text[0] == '\0'));
	for (const char *p = why.text; *p != '\0'; p++)
		assert(ascii_is_printable(*p));
	if (e == E_OK)
		check_accepted(&to);
	return 0;
}
