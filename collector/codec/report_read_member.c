#include "codec/report_read_private.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "codec/count_read.h"
#include "codec/ip.h"
#include "codec/uri.h"
#include "model/domain.h"

void
incoming_note(struct incoming_reader *r, enum report_note note)
{
	r->report->notes |= UINT64_C(1) << note;
}

/* Case does not count, nor whether words are joined by '-' or '_'. */
static bool
nearly_same(struct span name, struct span text)
{
	if (name.len != text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i] == '_' ? '-' : ascii_lower(text.p[i]);

		if (c != name.p[i])
			return false;
	}
	return true;
}

static enum key
find_key(struct incoming_reader *r, const struct name *names, struct span text)
{
	const struct name *n = names;

	while (n->key != KEY_NONE && !span_eq(n->text, text))
		n++;
	if (n->key != KEY_NONE && !n->misspelt)
		return n->key;
	for (n = names; n->key != KEY_NONE; n++)
		if (nearly_same(n->text, text)) {
			incoming_note(r, REPORT_NOTE_MISSPELT_KEY);
			return n->key;
		}
	incoming_note(r, REPORT_NOTE_UNKNOWN_KEY);
	return KEY_NONE;
}

bool
incoming_member(struct incoming_reader *r, const struct name *names,
    unsigned *seen, enum key *ret)
{
	struct span text;

	while (json_read_member(&r->json, &text)) {
		*ret = find_key(r, names, text);
		if (*ret != KEY_NONE && (*seen & 1U << *ret) == 0) {
			*seen |= 1U << *ret;
			return true;
		}
		if (*ret != KEY_NONE)
			incoming_note(r, REPORT_NOTE_KEY_TWICE);
		json_read_skip(&r->json);
	}
	return false;
}

bool
incoming_member_alike(struct incoming_reader *r, const struct name *names,
    unsigned *place, unsigned *seen, enum key *ret)
{
	struct memo *memo;
	bool again;

	while (*place < MEMOS) {
		memo = &r->memos[(*place)++];
		if (!json_read_member_alike(&r->json, &memo->json, &again))
			return false;
		if (!again)
			memo->key = find_key(r, names, memo->json.key);
		*ret = memo->key;
		if (*ret != KEY_NONE && (*seen & 1U << *ret) == 0) {
			*seen |= 1U << *ret;
			return true;
		}
		if (*ret != KEY_NONE)
			incoming_note(r, REPORT_NOTE_KEY_TWICE);
		json_read_skip(&r->json);
	}
	return incoming_member(r, names, seen, ret);
}

/* -- values -- */

void
incoming_pass_over(struct incoming_reader *r)
{
	incoming_note(r,
	    json_read_peek(&r->json) == JSON_KIND_NULL
		? REPORT_NOTE_NULL_VALUE
		: REPORT_NOTE_WRONG_TYPE);
	json_read_skip(&r->json);
}

void
incoming_fail_memory(struct incoming_reader *r)
{
	json_read_fail(&r->json, E_NOMEM, "out of memory");
}

struct span
incoming_whole_text(struct incoming_reader *r)
{
	struct span text = json_read_if_string(&r->json);

	if (text.p != NULL)
		return text;
	text = json_read_if_number(&r->json);
	if (text.p != NULL)
		incoming_note(r, REPORT_NOTE_NUMBER_AS_TEXT);
	else
		incoming_pass_over(r);
	return text;
}

struct span
incoming_text(struct incoming_reader *r)
{
	struct span text = incoming_whole_text(r);

	if (text.len <= INCOMING_TEXT_MAX)
		return text;
	incoming_note(r, REPORT_NOTE_TEXT_CUT);
	return utf8_cut(text, INCOMING_TEXT_MAX);
}

/* True: domain_canonical would change nothing. Labels of such bytes, a dot
 * between each two. */
static bool
is_canonical_name(struct span name)
{
	enum { LABEL = 0, DOT = 1, OTHER = 2 };
	static const unsigned char classes[256] = {
		[0 ... ')'] = OTHER,
		['+'] = OTHER,
		[','] = OTHER,
		['.'] = DOT,
		['/'] = OTHER,
		[':' ... '^'] = OTHER,
		['`'] = OTHER,
		['{' ... 0xff] = OTHER,
	};
	struct ascii_found found;

	if (name.len == 0)
		return true;
	found = ascii_classify(name.p, name.len, classes);
	return found.any < OTHER && found.twice == 0 && name.p[0] != '.' &&
	    name.p[name.len - 1] != '.' && name.len <= DOMAIN_TEXT_MAX;
}

void
incoming_make_name(struct incoming_reader *r, struct span text,
    struct span *ret)
{
	bool escaped = false;

	if (is_canonical_name(text)) {
		*ret = text;
		return;
	}
	if (domain_canonical(text, r->arena, ret, &escaped) != E_OK)
		incoming_fail_memory(r);
	incoming_note(r,
	    escaped ? REPORT_NOTE_NAME_ESCAPED : REPORT_NOTE_NAME_SPELLING);
}

void
incoming_name(struct incoming_reader *r, struct span *ret)
{
	struct span text = incoming_whole_text(r);

	if (r->json.err == E_OK)
		incoming_make_name(r, text, ret);
}

/* "" is what Google writes where it has no address. */
static void
make_address(struct incoming_reader *r, struct span text, struct span *ret)
{
	char canonical[IP_TEXT_SIZE];
	size_t len;

	if (text.p == NULL)
		return;
	if (text.len == 0) {
		incoming_note(r, REPORT_NOTE_ADDRESS_EMPTY);
		return;
	}
	if ((len = ip_canonical(text, canonical)) == 0) {
		incoming_note(r, REPORT_NOTE_ADDRESS_MALFORMED);
		return;
	}
	*ret = arena_copy(r->arena, (struct span){ canonical, len });
	if (ret->p == NULL)
		incoming_fail_memory(r);
}

void
incoming_address(struct incoming_reader *r, struct span *ret)
{
	struct span text = incoming_whole_text(r);

	if (ip_is_canonical(text))
		*ret = text;
	else
		make_address(r, text, ret);
}

/* A URI that was cut would lead elsewhere. */
void
incoming_info(struct incoming_reader *r, struct span *ret)
{
	struct span text = incoming_whole_text(r);

	if (text.len > INFO_TEXT_MAX) {
		incoming_note(r, REPORT_NOTE_TEXT_CUT);
		return;
	}
	if (text.len > 0 && !uri_is_valid(text))
		incoming_note(r, REPORT_NOTE_INFO_NOT_URI);
	*ret = text;
}

static void
take_count(struct incoming_reader *r, struct span text,
    struct incoming_count *ret)
{
	unsigned marks = 0;

	ret->given = INCOMING_UNREADABLE;
	switch (count_read(text, &ret->n, &marks)) {
	case E_OK:
		ret->given = INCOMING_GIVEN;
		break;
	case E_RANGE:
		incoming_note(r, REPORT_NOTE_COUNT_NEGATIVE);
		break;
	default:
		incoming_note(r, REPORT_NOTE_COUNT_UNREADABLE);
	}
	if ((marks & COUNT_FORM) != 0)
		incoming_note(r, REPORT_NOTE_COUNT_FORM);
	if ((marks & COUNT_TOO_LARGE) != 0)
		incoming_note(r, REPORT_NOTE_COUNT_TOO_LARGE);
}

void
incoming_count(struct incoming_reader *r, struct incoming_count *ret)
{
	struct span text = json_read_if_number(&r->json);

	if (text.p != NULL) {
		take_count(r, text, ret);
		return;
	}
	text = json_read_if_string(&r->json);
	if (text.p != NULL) {
		incoming_note(r, REPORT_NOTE_COUNT_AS_TEXT);
		take_count(r, span_trim(text), ret);
		return;
	}
	ret->given = json_read_peek(&r->json) == JSON_KIND_NULL
	    ? INCOMING_NULL
	    : INCOMING_UNREADABLE;
	incoming_pass_over(r);
}

void *
incoming_grow(struct incoming_reader *r, void *v, size_t n, size_t *cap,
    size_t size)
{
	if (n < *cap)
		return v;
	*cap = n == 0 ? 4 : n * 8;
	if ((v = arena_grow(r->arena, v, n, *cap, size)) == NULL)
		incoming_fail_memory(r);
	return v;
}
