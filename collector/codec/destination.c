#include "codec/destination.h"

#include "base/ascii.h"
#include "base/num.h"
#include "codec/ip.h"
#include "codec/uri.h"
#include "model/address.h"
#include "model/limits.h"

#define HOST_MAX 253	/* RFC 1035 s2.3.4: 255 octets in a DNS message */
#define LABEL_MAX 63	/* RFC 1035 s2.3.4 */
#define ADDRESS_MAX 254 /* RFC 5321 s4.5.3.1.3: a path of 256 with "<>" */
#define PORT_DIGITS_MAX 5
#define HTTPS_PORT 443

/* Each function that reads returns the fault's name, or NULL. */

static const char *
check_bytes(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return "a byte that is not ASCII";
		if (!ascii_is_printable(s.p[i]))
			return "a control character";
		if (s.p[i] == ' ')
			return "a blank";
	}
	return NULL;
}

/* -- domain names -- */

/* RFC 1123 s2.1 */
static bool
is_label(struct span s)
{
	if (s.len == 0 || s.len > LABEL_MAX || s.p[0] == '-' ||
	    s.p[s.len - 1] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static bool
is_lower(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_lower(s.p[i]) != s.p[i])
			return false;
	return true;
}

static const char *
check_labels(struct span name)
{
	struct span label = SPAN_NONE;

	while (name.len > 0) {
		label = span_until(&name, '.');
		if (!is_label(label))
			return "a host that is no domain name";
	}
	/* RFC 1123 s2.1: the last label is alphabetic. Resolvers take "127.1"
	 * and "0x7f.1" for addresses. */
	if (!ascii_is_alpha(label.p[0]))
		return "a host that ends in a number";
	return NULL;
}

static const char *
check_name(struct span name)
{
	if (name.len == 0)
		return "no host";
	if (name.len > HOST_MAX)
		return "a host of more than 253 bytes";
	if (!is_lower(name))
		return "a host that is not in lower case";
	/* The same host would be counted as another one. */
	if (name.p[name.len - 1] == '.')
		return "a dot behind the host";
	/* The resolver would look for it among this machine's own domains. */
	if (!span_has(name, '.'))
		return "a host of one label";
	return check_labels(name);
}

/* -- mailto -- */

/* It is decoded once: whoever did it again would get other bytes. What could
 * not be decoded because it would be no address stands here encoded. */
static const char *
check_encoded(struct span s)
{
	for (; s.len > 0; s = span_skip(s, 1)) {
		int byte = uri_encoded_byte(s);

		if (byte < 0)
			continue;
		if (byte >= 0x80)
			return "an encoded byte that is not ASCII";
		if (byte < ' ' || byte == 0x7f)
			return "an encoded control character";
		return byte == ' ' ? "an encoded blank"
				   : "percent-encoded twice";
	}
	return NULL;
}

static const char *
check_local_part(struct span local)
{
	if (local.len > 0 && local.p[0] == '"')
		return "a quoted local part";
	/* A mail command could take it for an option. */
	if (local.len > 0 && local.p[0] == '-')
		return "\"-\" in front";
	return check_encoded(local);
}

static const char *
read_mail(struct span address, struct destination *to)
{
	struct span host = address, local = span_until(&host, '@');
	const char *fault;

	if (address.len > ADDRESS_MAX)
		return "an address of more than 254 bytes";
	if ((fault = check_local_part(local)) != NULL)
		return fault;
	if (!span_has(address, '@'))
		return "no \"@\"";
	if ((fault = check_encoded(host)) != NULL)
		return fault;
	if (host.len > 0 && host.p[0] == '[')
		return "an address literal";
	if ((fault = check_name(host)) != NULL)
		return fault;
	/* Of the rules for an address the local part's are what is left. */
	if (!address_is_valid(address))
		return "a local part that is no dot-atom of at most 64 bytes";
	to->kind = DESTINATION_MAIL;
	to->host = host;
	to->address = address;
	return NULL;
}

/* -- https -- */

/* In one spelling, so that one host is not several. An IPv4-mapped address has
 * another one: the IPv4 address. */
static bool
is_canonical_address(struct span text)
{
	char canonical[IP_TEXT_SIZE];
	size_t n = ip_canonical(text, canonical);

	return n > 0 && span_eq(text, (struct span){ canonical, n });
}

/* RFC 3986 s3.2.2. What is behind the host stays in *authority. */
static const char *
take_host(struct span *authority, struct destination *to)
{
	bool bracketed = span_take(authority, SPAN_LIT("["));
	char end = bracketed ? ']' : ':';
	size_t n = 0;

	while (n < authority->len && authority->p[n] != end)
		n++;
	to->host = span_head(*authority, n);
	*authority = span_skip(*authority, n);
	to->is_literal = is_canonical_address(to->host);
	if (bracketed) {
		if (!span_take(authority, SPAN_LIT("]")) || !to->is_literal ||
		    !span_has(to->host, ':'))
			return "brackets around what is no IPv6 address as in "
			       "RFC 5952";
		return NULL;
	}
	return to->is_literal ? NULL : check_name(to->host);
}

/* RFC 3986 s3.2.3: ":" and digits, or nothing. */
static const char *
read_port(struct span rest, struct destination *to)
{
	static const char fault[] = "a port that is not from 1 to 65535";
	int64_t port = HTTPS_PORT;

	if (rest.len > 0 &&
	    (!span_take(&rest, SPAN_LIT(":")) || rest.len == 0 ||
		rest.len > PORT_DIGITS_MAX || rest.p[0] == '0' ||
		num_parse(rest, 1, UINT16_MAX, &port) != E_OK))
		return fault;
	to->port = (uint16_t)port;
	return NULL;
}

static const char *
read_https(struct span uri, struct span rest, struct destination *to)
{
	struct span authority = uri_authority(rest);
	const char *fault;

	if (authority.len == 0)
		return "no host";
	/* "https://good.example@evil.example/" is a trick, and what is before
	 * the "@" may be a password. */
	if (span_has(authority, '@'))
		return "a user name";
	if ((fault = take_host(&authority, to)) != NULL ||
	    (fault = read_port(authority, to)) != NULL)
		return fault;
	/* RFC 9110 s7.1: a fragment is not part of what is asked for. */
	to->url = span_until(&uri, '#');
	if (!uri_is_valid(to->url))
		return "not a URI";
	to->kind = DESTINATION_HTTPS;
	return NULL;
}

enum err
destination_parse(struct span uri, struct destination *ret, struct why *why)
{
	struct destination to = { .kind = DESTINATION_MAIL };
	const char *scheme, *fault;
	struct span rest = uri;
	bool mail;

	if (uri.len > URI_TEXT_MAX)
		return why_set(why, E_SYNTAX, "a URI of more than %d bytes",
		    URI_TEXT_MAX);
	mail = span_take(&rest, SPAN_LIT("mailto:"));
	if (!mail && !span_take(&rest, SPAN_LIT("https:")))
		return why_set(why, E_SYNTAX, "neither mailto: nor https:");
	scheme = mail ? "mailto" : "https";
	fault = check_bytes(rest);
	if (fault == NULL)
		fault = mail ? read_mail(rest, &to)
			     : read_https(uri, rest, &to);
	if (fault != NULL)
		return why_set(why, E_SYNTAX, "%s: %s", scheme, fault);
	*ret = to;
	return E_OK;
}
