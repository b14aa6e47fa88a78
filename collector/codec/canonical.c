#include "codec/canonical.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "codec/ehlo.h"

/* Changes whenever the bytes for a content do: keys of then and now differ. */
#define CANONICAL_VERSION 1

enum kind {
	KIND_RECORD = 'r',
	KIND_POLICY = 'p',
	KIND_DETAIL = 'd',
	KIND_REPORT = 'R',
};

static void
begin(struct buf *out, enum kind kind)
{
	buf_addc(out, CANONICAL_VERSION);
	buf_addc(out, (char)kind);
}

static void
add_text(struct buf *out, struct span s)
{
	buf_add_u32(out, (uint32_t)s.len);
	buf_add(out, s);
}

/* -- records -- */

void
canonical_record(struct buf *out, const struct tlsrpt_record *rec)
{
	begin(out, KIND_RECORD);
	for (size_t i = 0; rec != NULL && i < rec->nrua; i++)
		add_text(out, rec->rua[i].uri);
	for (size_t i = 0; rec != NULL && i < rec->nrefused; i++)
		add_text(out, rec->refused[i]);
}

/* -- policies -- */

static struct span
take_word(struct span *s)
{
	struct span word;

	*s = span_trim(*s);
	word = (struct span){ s->p, 0 };
	while (word.len < s->len && s->p[word.len] != ' ' &&
	    s->p[word.len] != '\t')
		word.len++;
	*s = span_skip(*s, word.len);
	return word;
}

static bool
is_small_number(struct span s)
{
	if (s.len == 0 || s.len > 3)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return true;
}

/* RFC 6698 s2.2: three numbers, then hexadecimal digits that may be broken up
 * by white space and parentheses. Writes at most s.len bytes. */
static size_t
tlsa_presentation(struct span s, char *at)
{
	char *start = at, *hex;

	for (int i = 0; i < 3; i++) {
		struct span number = take_word(&s);

		if (!is_small_number(number))
			return 0;
		memcpy(at, number.p, number.len);
		at += number.len;
		*at++ = ' ';
	}
	hex = at;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (ascii_is_one_of(c, " \t()"))
			continue;
		if (ascii_hex_value(c) < 0)
			return 0;
		*at++ = c >= 'a' ? (char)(c - ('a' - 'A')) : c;
	}
	return at > hex ? (size_t)(at - start) : 0;
}

static struct span
canonical_tlsa(struct span text, struct arena *scratch)
{
	char *p = arena_alloc(scratch, text.len + 1);
	size_t len;

	if (p == NULL)
		return SPAN_NONE;
	len = tlsa_presentation(text, p);
	return len > 0 ? (struct span){ p, len } : span_trim(text);
}

/* RFC 8461 s3.2: "key: value". Keys and our mode and mx values have no case. */
static struct span
canonical_sts_line(struct span line, struct arena *scratch)
{
	struct span value = line, key = span_trim(span_until(&value, ':'));
	char *p = arena_alloc(scratch, line.len + 1);
	size_t len = 0;

	if (p == NULL)
		return SPAN_NONE;
	value = span_trim(value);
	for (size_t i = 0; i < key.len; i++)
		p[len++] = ascii_lower(key.p[i]);
	if (key.len < line.len && span_has(line, ':'))
		p[len++] = ':';
	for (size_t i = 0; i < value.len; i++)
		p[len++] = ascii_lower(value.p[i]);
	return (struct span){ p, len };
}

static void
sort_set(struct span_list *set)
{
	size_t distinct = 0;

	if (set->n > 1)
		qsort(set->v, set->n, sizeof(*set->v), span_qsort_cmp);
	for (size_t i = 0; i < set->n; i++)
		if (i == 0 || !span_eq(set->v[i], set->v[distinct - 1]))
			set->v[distinct++] = set->v[i];
	set->n = distinct;
}

/* A sorted copy of the list, each element put through the function first, if
 * there is one. */
static enum err
canonical_set(struct span_list list,
    struct span (*one)(struct span, struct arena *), struct arena *scratch,
    struct span_list *ret)
{
	struct span_list set = { NULL, list.n };

	if (list.n > 0) {
		set.v = arena_grow(scratch, list.v, list.n, list.n,
		    sizeof(*set.v));
		if (set.v == NULL)
			return E_NOMEM;
	}
	for (size_t i = 0; one != NULL && i < set.n; i++)
		if ((set.v[i] = one(set.v[i], scratch)).p == NULL)
			return E_NOMEM;
	sort_set(&set);
	*ret = set;
	return E_OK;
}

enum err
canonical_tlsa_set(struct span_list list, struct arena *arena,
    struct span_list *ret)
{
	return canonical_set(list, canonical_tlsa, arena, ret);
}

static void
add_list(struct buf *out, struct span_list list)
{
	buf_add_u32(out, (uint32_t)list.n);
	for (size_t i = 0; i < list.n; i++)
		add_text(out, list.v[i]);
}

enum err
canonical_policy(struct buf *out, const struct policy *p, struct arena *scratch)
{
	struct span_list strings, mx_hosts;
	enum err e = canonical_set(p->strings,
	    p->type == POLICY_TLSA ? canonical_tlsa : canonical_sts_line,
	    scratch, &strings);

	if (e == E_OK)
		e = canonical_set(p->mx_hosts, NULL, scratch, &mx_hosts);
	if (e != E_OK)
		return e;
	begin(out, KIND_POLICY);
	buf_add_u32(out, (uint32_t)p->type);
	add_text(out, p->domain);
	add_list(out, strings);
	add_list(out, mx_hosts);
	return E_OK;
}

/* -- failure details -- */

void
canonical_detail(struct buf *out, const struct failure_detail *d)
{
	begin(out, KIND_DETAIL);
	buf_add_u32(out, (uint32_t)d->type);
	add_text(out, d->sending_ip);
	add_text(out, d->mx_hostname);
	add_text(out, ehlo_name(d->helo));
	add_text(out, d->receiving_ip);
	add_text(out, d->info);
	add_text(out, d->reason);
}

/* -- keys -- */

static EVP_MD *fetched_sha256;

static void
fetch_sha256(void)
{
	fetched_sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
}

/* EVP_sha256() would be looked up again at each digest, which costs more than
 * the digest of so little. */
static enum err
sha256(struct span bytes, unsigned char ret[EVP_MAX_MD_SIZE])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, fetch_sha256);
	if (fetched_sha256 == NULL ||
	    EVP_Digest(bytes.p, bytes.len, ret, NULL, fetched_sha256, NULL) !=
		1)
		return E_NOMEM;
	return E_OK;
}

enum err
content_key(struct span canonical, struct content_key *ret)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	enum err e = sha256(canonical, digest);

	if (e == E_OK)
		memcpy(ret->b, digest, sizeof(ret->b));
	return e;
}

/* RFC 4648 s6, five bytes to eight characters, in lower case. */
static void
base32(const unsigned char *bytes, size_t groups, char *at)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (; groups > 0; groups--, bytes += 5) {
		uint64_t v = 0;

		for (int i = 0; i < 5; i++)
			v = v << 8 | bytes[i];
		for (int shift = 35; shift >= 0; shift -= 5)
			*at++ = digits[v >> shift & 31];
	}
	*at = '\0';
}

enum err
canonical_report_id(int64_t day, struct span domain,
    const struct content_key *record_key, struct span submitter, int64_t part,
    char ret[REPORT_ID_SIZE])
{
	struct buf bytes = BUF_INIT(4096);
	unsigned char digest[EVP_MAX_MD_SIZE];
	enum err e;

	begin(&bytes, KIND_REPORT);
	buf_add_u64(&bytes, (uint64_t)day);
	add_text(&bytes, domain);
	add_text(&bytes, content_key_span(record_key));
	add_text(&bytes, submitter);
	buf_add_u64(&bytes, (uint64_t)part);
	e = bytes.err == E_OK ? sha256(buf_span(&bytes), digest) : bytes.err;
	if (e == E_OK)
		base32(digest, (REPORT_ID_SIZE - 1) / 8, ret);
	buf_free(&bytes);
	return e;
}
