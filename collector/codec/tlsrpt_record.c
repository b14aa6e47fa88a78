#include "codec/tlsrpt_record.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "codec/uri.h"
#include "model/address.h"

static const char *const sentences[NRECORD_NOTES] = {
#define RECORD_NOTE(name, sentence) [NOTE_##name] = sentence,
#include "codec/tlsrpt_record_notes.def"
#undef RECORD_NOTE
};

const char *
record_note_sentence(enum record_note note)
{
	return sentences[note];
}

static void
add_note(struct tlsrpt_record *rec, enum record_note note)
{
	rec->notes |= 1U << note;
}

/* s3: %s"v=TLSRPTv1" is case-sensitive, comes first and *WSP ";" follows. */
static bool
take_version(struct span *txt, bool *ret_blank)
{
	struct span rest = *txt;
	size_t before;

	if (!span_take(&rest, SPAN_LIT("v=TLSRPTv1")))
		return false;
	before = rest.len;
	while (rest.len > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		rest = span_skip(rest, 1);
	*ret_blank = rest.len < before;
	if (!span_take(&rest, SPAN_LIT(";")))
		return false;
	*txt = rest;
	return true;
}

enum err
tlsrpt_record_select(struct span_list txts, struct span *ret, struct why *why)
{
	size_t found = 0;
	bool blank;

	for (size_t i = 0; i < txts.n; i++) {
		struct span rest = txts.v[i];

		/* s3: records that do not begin so are discarded. */
		if (!take_version(&rest, &blank))
			continue;
		if (found++ == 0)
			*ret = txts.v[i];
	}
	if (found == 0)
		return why_set(why, E_ABSENT, "no v=TLSRPTv1 record");
	if (found > 1)
		return why_set(why, E_CONFLICT,
		    "%zu v=TLSRPTv1 records where there may be one", found);
	return E_OK;
}

/* -- mailto: (RFC 6068) -- */

/* RFC 3986 s2.1. False: a "%" without two digits behind it. */
static bool
percent_decode(struct span s, char *at, struct span *ret)
{
	char *start = at;
	int byte;

	while (s.len > 0) {
		if (s.p[0] != '%') {
			*at++ = s.p[0];
			s = span_skip(s, 1);
			continue;
		}
		if ((byte = uri_encoded_byte(s)) < 0)
			return false;
		*at++ = (char)byte;
		s = span_skip(s, 3);
	}
	*ret = (struct span){ start, (size_t)(at - start) };
	return true;
}

static void
lower_in_place(char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[i] = ascii_lower(p[i]);
}

static void
add_rua(struct tlsrpt_record *rec, enum rua_scheme scheme, struct span uri)
{
	for (size_t i = 0; i < rec->nrua; i++) {
		if (span_eq(rec->rua[i].uri, uri)) {
			add_note(rec, NOTE_REPEATED_URI);
			return;
		}
	}
	if (rec->nrua == RUA_MAX)
		add_note(rec, NOTE_TOO_MANY_URIS);
	else
		rec->rua[rec->nrua++] = (struct rua){ scheme, uri };
}

static bool
is_refused(const struct tlsrpt_record *rec, struct span uri)
{
	for (size_t i = 0; i < rec->nrefused; i++)
		if (span_eq(rec->refused[i], uri))
			return true;
	return false;
}

/* What is cut is longer than an address may be, so that it stays one that is
 * refused. */
static void
write_refused(struct span address, struct buf *uri)
{
	buf_adds(uri, "mailto:");
	for (size_t i = 0; i < address.len; i++) {
		unsigned char byte = (unsigned char)address.p[i];

		if (uri->len + sizeof("%XX") - 1 > URI_TEXT_MAX)
			break;
		if (byte > ' ' && byte < 0x7f && byte != '%')
			buf_addc(uri, (char)byte);
		else
			buf_addf(uri, "%%%02X", byte);
	}
}

static enum err
add_refused(struct tlsrpt_record *rec, struct span address, struct arena *arena)
{
	struct buf uri = BUF_INIT(URI_TEXT_MAX + 1);
	struct span copy = SPAN_NONE;
	enum err e;

	add_note(rec, NOTE_URI_MALFORMED);
	/* Written as it stands it would be a destination. */
	if (rec->nrefused == RUA_MAX ||
	    (address_is_valid(address) && !span_has(address, '%')))
		return E_OK;
	write_refused(address, &uri);
	if ((e = uri.err) == E_OK && !is_refused(rec, buf_span(&uri))) {
		copy = arena_copy(arena, buf_span(&uri));
		if (copy.p != NULL)
			rec->refused[rec->nrefused++] = copy;
		else
			e = E_NOMEM;
	}
	buf_free(&uri);
	return e;
}

static enum err
add_address(struct tlsrpt_record *rec, struct span address, struct arena *arena)
{
	static const char scheme[] = "mailto:";
	const size_t head = sizeof(scheme) - 1;
	size_t host = address_host(address).len;
	char *p;

	if (!address_is_valid(address))
		return add_refused(rec, address, arena);
	if ((p = arena_alloc(arena, head + address.len)) == NULL)
		return E_NOMEM;
	memcpy(p, scheme, head);
	memcpy(p + head, address.p, address.len);
	lower_in_place(p + head + address.len - host, host);
	add_rua(rec, RUA_MAILTO, (struct span){ p, head + address.len });
	return E_OK;
}

/* One mailto URI may name several addresses; the commas between them are
 * percent-encoded, because s3 keeps the bare comma for itself. */
static enum err
add_mailto(struct tlsrpt_record *rec, struct span rest, struct arena *arena)
{
	struct span to = span_until(&rest, '?'), addresses;
	char decoded[URI_TEXT_MAX];
	enum err e = E_OK;

	if (rest.len > 0)
		add_note(rec, NOTE_MAILTO_HEADERS);
	if (!percent_decode(to, decoded, &addresses))
		return add_refused(rec, to, arena);
	do
		e = add_address(rec, span_until(&addresses, ','), arena);
	while (e == E_OK && addresses.len > 0);
	return e;
}

/* -- https: -- */

/* Host and port of "//user@host:port/path" (RFC 3986 s3.2), empty if there is
 * no host: RFC 9110 s4.2.2 has such a URI rejected. */
static struct span
find_host(struct span rest)
{
	struct span host = uri_authority(rest);

	if (span_has(host, '@'))
		(void)span_until(&host, '@');
	if (host.len > 0 && (host.p[0] == ':' || span_has(host, '@')))
		return SPAN_NONE;
	return host;
}

static enum err
add_https(struct tlsrpt_record *rec, struct span rest, struct arena *arena)
{
	static const char scheme[] = "https:";
	const size_t head = sizeof(scheme) - 1;
	struct span host = find_host(rest);
	char *p;

	if (host.len == 0) {
		add_note(rec, NOTE_URI_MALFORMED);
		return E_OK;
	}
	if ((p = arena_alloc(arena, head + rest.len)) == NULL)
		return E_NOMEM;
	memcpy(p, scheme, head);
	memcpy(p + head, rest.p, rest.len);
	lower_in_place(p + head + (host.p - rest.p), host.len);
	add_rua(rec, RUA_HTTPS, (struct span){ p, head + rest.len });
	return E_OK;
}

/* -- fields -- */

static enum err
add_uri(struct tlsrpt_record *rec, struct span uri, struct arena *arena)
{
	struct span rest = uri, scheme = span_until(&rest, ':');

	bool is_mailto = span_eq_nocase(scheme, SPAN_LIT("mailto"));

	if (!uri_is_text(uri) || uri.len > URI_TEXT_MAX) {
		if (is_mailto)
			return add_refused(rec, rest, arena);
		add_note(rec, NOTE_URI_MALFORMED);
		return E_OK;
	}
	if (span_has(uri, '!'))
		add_note(rec, NOTE_URI_UNENCODED);
	/* Schemes have no case: RFC 3986 s3.1. */
	if (is_mailto)
		return add_mailto(rec, rest, arena);
	if (span_eq_nocase(scheme, SPAN_LIT("https")))
		return add_https(rec, rest, arena);
	add_note(rec, NOTE_URI_SCHEME);
	return E_OK;
}

/* s3: tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri) */
static enum err
add_uris(struct tlsrpt_record *rec, struct span list, struct arena *arena)
{
	enum err e;

	do
		e = add_uri(rec, span_trim(span_until(&list, ',')), arena);
	while (e == E_OK && list.len > 0);
	return e;
}

enum err
tlsrpt_record_uri(struct span uri, struct arena *arena, struct span *ret,
    struct why *why)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	enum err e = add_uri(&rec, uri, arena);

	if (e != E_OK)
		return why_set(why, e, "out of memory");
	if (rec.nrua == 0 || (rec.notes & 1U << NOTE_URI_MALFORMED) != 0)
		return why_set(why, E_SYNTAX,
		    "neither a mailto: nor an https: URI");
	if (rec.nrua > 1)
		return why_set(why, E_SYNTAX, "more than one address");
	*ret = rec.rua[0].uri;
	return E_OK;
}

/* s3: tlsrpt-ext-name "=" tlsrpt-ext-value */
static bool
is_extension(struct span field)
{
	struct span value = field, name = span_until(&value, '=');

	if (name.len == 0 || name.len > 32 || value.len == 0 ||
	    !ascii_is_alnum(name.p[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) &&
		    !ascii_is_one_of(name.p[i], "_-."))
			return false;
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_printable(value.p[i]) || value.p[i] == ' ' ||
		    value.p[i] == '=')
			return false;
	return true;
}

/* Unknown fields SHALL be ignored (s3). */
static void
pass_over(struct tlsrpt_record *rec, struct span field)
{
	if (field.len >= 4 &&
	    span_eq_nocase(span_head(field, 4), SPAN_LIT("rua=")))
		add_note(rec, NOTE_FIELD_CASE);
	else if (!is_extension(field))
		add_note(rec, NOTE_MALFORMED_FIELD);
}

static int
compare_rua(const void *a, const void *b)
{
	const struct rua *ra = a, *rb = b;

	return span_cmp(ra->uri, rb->uri);
}

static int
compare_refused(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* In one order for all senders of the domain; what is usable comes before. */
static void
end_refused(struct tlsrpt_record *rec)
{
	qsort(rec->refused, rec->nrefused, sizeof(rec->refused[0]),
	    compare_refused);
	if (rec->nrefused > RUA_MAX - rec->nrua)
		rec->nrefused = RUA_MAX - rec->nrua;
}

enum err
tlsrpt_record_parse(struct span txt, struct arena *arena,
    struct tlsrpt_record *ret, struct why *why)
{
	struct tlsrpt_record rec = { .nrua = 0 };
	bool blank, delimited, seen_rua = false;
	struct span field, rest = txt;
	enum err e = E_OK;

	if (!take_version(&rest, &blank))
		return why_set(why, E_SYNTAX,
		    "does not begin with \"v=TLSRPTv1;\"");
	if (blank)
		add_note(&rec, NOTE_BLANK_BEFORE_DELIMITER);
	while (e == E_OK && rest.len > 0) {
		delimited = span_has(rest, ';');
		field = span_trim(span_until(&rest, ';'));
		if (field.len == 0) {
			if (delimited)
				add_note(&rec, NOTE_EMPTY_FIELD);
			continue;
		}
		if (!span_take(&field, SPAN_LIT("rua="))) {
			pass_over(&rec, field);
			continue;
		}
		if (seen_rua)
			add_note(&rec, NOTE_SEVERAL_RUA);
		seen_rua = true;
		e = add_uris(&rec, field, arena);
	}
	ret->notes = rec.notes;
	ret->nrefused = 0;
	if (e != E_OK)
		return why_set(why, e, "out of memory");
	if (!seen_rua)
		return why_set(why, E_ABSENT, "no rua field");
	end_refused(&rec);
	memcpy(ret->refused, rec.refused, sizeof(rec.refused));
	ret->nrefused = rec.nrefused;
	if (rec.nrua == 0)
		return why_set(why, E_ABSENT, "no usable URI in rua");
	qsort(rec.rua, rec.nrua, sizeof(rec.rua[0]), compare_rua);
	*ret = rec;
	return E_OK;
}
