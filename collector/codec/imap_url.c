#include "codec/imap_url.h"

#include "base/ascii.h"
#include "base/num.h"
#include "codec/uri.h"
#include "model/address.h"

#define PORT_IMAP 143
#define PORT_IMAPS 993

/* Without control characters. */
static enum err
decode(struct span s, struct arena *arena, struct span *ret, struct why *why)
{
	char *text = arena_bytes(arena, s.len + 1);
	size_t n = 0;

	if (text == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	while (s.len > 0) {
		int byte = s.p[0] == '%' ? uri_encoded_byte(s)
					 : (unsigned char)s.p[0];

		if (byte < ' ' || byte == 0x7f)
			return why_set(why, E_SYNTAX,
			    "it has a \"%%\" without two digits behind it, or "
			    "a control character");
		s = span_skip(s, s.p[0] == '%' ? 3 : 1);
		text[n++] = (char)byte;
	}
	text[n] = '\0';
	*ret = (struct span){ text, n };
	return E_OK;
}

static enum err
read_user(struct imap_url *u, struct span text, struct arena *arena,
    struct why *why)
{
	/* RFC 5092 s3.2 has no place for one either. */
	if (span_has(text, ':'))
		return why_set(why, E_SYNTAX,
		    "a password stands in the URL: it belongs into the file");
	if (text.len == 0 || span_has(text, ';'))
		return why_set(why, E_SYNTAX,
		    "a user is needed in front of the \"@\", and nothing "
		    "else");
	return decode(text, arena, &u->user, why);
}

static bool
is_v6(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_hex_value(s.p[i]) < 0 &&
		    !ascii_is_one_of(s.p[i], ":."))
			return false;
	return span_has(s, ':');
}

static enum err
read_host(struct imap_url *u, struct span text, struct arena *arena,
    struct why *why)
{
	int64_t port = u->is_implicit ? PORT_IMAPS : PORT_IMAP;
	struct span host;
	bool is_literal = span_take(&text, SPAN_LIT("[")), has_port;
	bool is_open = is_literal && !span_has(text, ']');

	if (is_literal) {
		host = span_until(&text, ']');
		has_port = span_take(&text, SPAN_LIT(":"));
		if (is_open || (!has_port && text.len > 0))
			host.len = 0;
	} else {
		has_port = span_has(text, ':');
		host = span_until(&text, ':');
	}
	if (is_literal ? !is_v6(host) : !address_host_is_valid(host))
		return why_set(why, E_SYNTAX,
		    "no host stands behind the \"@\"");
	if (has_port && num_parse(text, 1, UINT16_MAX, &port) != E_OK)
		return why_set(why, E_SYNTAX,
		    "the port is no number from 1 to 65535");
	u->port = (uint16_t)port;
	u->host = arena_copy(arena, host);
	return u->host.p != NULL ? E_OK
				 : why_set(why, E_NOMEM, "out of memory");
}

bool
imap_folder_is_valid(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_printable(s.p[i]) ||
		    ascii_is_one_of(s.p[i], "\"\\"))
			return false;
	return s.len > 0;
}

static enum err
read_folder(struct imap_url *u, struct span text, struct arena *arena,
    struct why *why)
{
	enum err e;

	if (span_has(text, ';') || span_has(text, '?') || span_has(text, '#'))
		return why_set(why, E_SYNTAX,
		    "only a folder may stand behind the host");
	if (text.len == 0)
		text = SPAN_LIT("INBOX");
	if ((e = decode(text, arena, &u->folder, why)) != E_OK)
		return e;
	if (!imap_folder_is_valid(u->folder))
		return why_set(why, E_SYNTAX,
		    "the folder's name is not as IMAP writes it: ASCII, "
		    "without \"\\\" and quotes");
	return E_OK;
}

enum err
imap_url_parse(struct span text, struct arena *arena, struct imap_url *ret,
    struct why *why)
{
	struct imap_url u = { .is_implicit = false };
	struct span authority;
	enum err e;

	if (text.len > IMAP_URL_MAX)
		return why_set(why, E_RANGE, "it is longer than %d bytes",
		    IMAP_URL_MAX);
	u.is_implicit = span_take(&text, SPAN_LIT("imaps://"));
	if (!u.is_implicit && !span_take(&text, SPAN_LIT("imap://")))
		return why_set(why, E_SYNTAX,
		    "it begins neither with imaps:// nor with imap://");
	authority = span_until(&text, '/');
	if (!span_has(authority, '@'))
		return why_set(why, E_SYNTAX,
		    "it is not written imaps://USER@HOST/FOLDER");
	e = read_user(&u, span_until(&authority, '@'), arena, why);
	if (e == E_OK)
		e = read_host(&u, authority, arena, why);
	if (e == E_OK)
		e = read_folder(&u, text, arena, why);
	if (e == E_OK)
		*ret = u;
	return e;
}
