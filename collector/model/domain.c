#include "model/domain.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdio.h>

#include "base/ascii.h"
#include "model/limits.h"

static bool
is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' ||
	    c == '*';
}

/* Labels of such bytes, none of them empty. The root is plain. */
static bool
is_plain(struct span name)
{
	bool after_dot = true;

	for (size_t i = 0; i < name.len; i++) {
		bool dot = name.p[i] == '.';

		if (!is_name_char(name.p[i]) || (dot && after_dot))
			return false;
		after_dot = dot;
	}
	return name.len <= DOMAIN_TEXT_MAX && (name.len == 0 || !after_dot);
}

/* RFC 5321 s4.1.3: "[192.0.2.1]" or "[IPv6:2001:db8::1]", which is how an MTA
 * names a host that has no name. */
static bool
is_address_literal(struct span name)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	int family = AF_INET;

	if (name.len < 2 || name.p[0] != '[' || name.p[name.len - 1] != ']')
		return false;
	name = (struct span){ name.p + 1, name.len - 2 };
	if (span_eq_nocase(span_head(name, 5), SPAN_LIT("IPv6:"))) {
		family = AF_INET6;
		name = span_skip(name, 5);
	}
	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	return strlen(text) == name.len &&
	    inet_pton(family, text, &address) == 1;
}

static bool
is_ascii(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.p[i] >= 0x80)
			return false;
	return true;
}

static struct span
without_final_dot(struct span name)
{
	if (name.len > 0 && name.p[name.len - 1] == '.')
		name.len--;
	return name;
}

static enum err
to_lower(struct span name, struct arena *arena, struct span *ret)
{
	char *p = arena_alloc(arena, name.len + 1);

	if (p == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < name.len; i++)
		p[i] = ascii_lower(name.p[i]);
	p[name.len] = '\0';
	*ret = (struct span){ p, name.len };
	return E_OK;
}

static bool
is_escaped_in_names(char c)
{
	return !is_name_char(c);
}

/* Injective, so that two hostile names stay two. */
static enum err
to_escaped(struct span name, struct arena *arena, struct span *ret)
{
	size_t len = 0, room = DOMAIN_TEXT_MAX;
	char *p;

	/* A datagram may have very many names that are short. */
	if (name.len < room / 3)
		room = name.len * 3;
	if ((p = arena_alloc(arena, room + 1)) == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < name.len; i++) {
		size_t need = is_escaped_in_names(name.p[i]) ? 3 : 1;

		if (len + need > DOMAIN_TEXT_MAX)
			break;
		if (need == 1)
			p[len] = ascii_lower(name.p[i]);
		else
			(void)snprintf(p + len, 4, "%%%02X",
			    (unsigned char)name.p[i]);
		len += need;
	}
	p[len] = '\0';
	*ret = (struct span){ p, len };
	return E_OK;
}

/* The A-label form if libidn2 finds one, else escaped. */
static enum err
to_alabels(struct span name, struct arena *arena, struct span *ret,
    bool *ret_repaired)
{
	struct span terminated = arena_copy(arena, name);
	char *alabels = NULL;
	enum err e;

	if (terminated.p == NULL)
		return E_NOMEM;
	if (memchr(name.p, '\0', name.len) == NULL &&
	    idn2_to_ascii_8z(terminated.p, &alabels,
		IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
	    is_plain(without_final_dot(span_str(alabels)))) {
		/* libidn2 turns other full stops into dots. */
		e = to_lower(without_final_dot(span_str(alabels)), arena, ret);
	} else {
		*ret_repaired = true;
		e = to_escaped(name, arena, ret);
	}
	idn2_free(alabels);
	return e;
}

enum err
domain_canonical(struct span name, struct arena *arena, struct span *ret,
    bool *ret_repaired)
{
	name = without_final_dot(name);
	if (is_plain(name) || is_address_literal(name))
		return to_lower(name, arena, ret);
	if (!is_ascii(name))
		return to_alabels(name, arena, ret, ret_repaired);
	*ret_repaired = true;
	return to_escaped(name, arena, ret);
}
