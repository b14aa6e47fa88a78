#include "codec/dkim_tags.h"

#include "base/ascii.h"

/* FWS, where only a fold has a reason to have CR and LF. */
static bool
is_blank(char c)
{
	return ascii_is_one_of(c, " \t\r\n");
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* tag-name = ALPHA *ALNUMPUNC */
static bool
is_tag_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return name.len > 0 && ascii_is_alpha(name.p[0]);
}

/* tag-value: printable ASCII and FWS. */
static bool
is_tag_value(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_printable(value.p[i]) && !is_blank(value.p[i]))
			return false;
	return true;
}

static const struct dkim_tag *
find(const struct dkim_tags *tags, struct span name)
{
	for (size_t i = 0; i < tags->n; i++)
		if (span_eq(tags->v[i].name, name))
			return &tags->v[i];
	return NULL;
}

/* RFC 6376 s3.2: a tag that is there twice makes the whole list invalid. */
static bool
add_tag(struct dkim_tags *tags, struct span text)
{
	bool assigned = span_has(text, '=');
	struct span name = trim(span_until(&text, '='));

	if (!assigned || !is_tag_name(name) || !is_tag_value(text) ||
	    tags->n == DKIM_TAGS_MAX || find(tags, name) != NULL)
		return false;
	tags->v[tags->n++] = (struct dkim_tag){ name, trim(text), text };
	return true;
}

bool
dkim_tags_read(struct span text, struct dkim_tags *ret)
{
	struct dkim_tags tags;

	tags.n = 0;
	text = trim(text);
	do
		if (!add_tag(&tags, span_until(&text, ';')))
			return false;
	while (trim(text).len > 0);
	*ret = tags;
	return true;
}

const struct dkim_tag *
dkim_tag(const struct dkim_tags *tags, const char *name)
{
	return find(tags, span_str(name));
}

struct span
dkim_tag_value(const struct dkim_tags *tags, const char *name)
{
	const struct dkim_tag *tag = dkim_tag(tags, name);

	return tag == NULL ? SPAN_NONE : tag->value;
}

struct span
dkim_take_word(struct span *list)
{
	return trim(span_until(list, ':'));
}

bool
dkim_has_word(struct span list, const char *word)
{
	while (list.len > 0)
		if (span_eq(dkim_take_word(&list), span_str(word)))
			return true;
	return false;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
dkim_base64_read(struct span text, unsigned char *bytes, size_t max,
    size_t *ret_len)
{
	unsigned bits = 0, digits = 0, pads = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = base64_value(text.p[i]);

		if (is_blank(text.p[i]))
			continue;
		if (text.p[i] == '=' && ++pads <= 2)
			continue;
		if (value < 0 || pads > 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		if (digits++ % 4 == 0)
			continue;
		if (len < max)
			bytes[len] = (unsigned char)(bits >>
			    (6 - 2 * ((digits - 1) % 4)));
		len++;
	}
	*ret_len = len;
	return digits % 4 != 1 && (pads == 0 || (digits + pads) % 4 == 0);
}
