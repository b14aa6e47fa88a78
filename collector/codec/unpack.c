#include "codec/unpack.h"

#include "base/ascii.h"
#include "codec/gzip.h"
#include "codec/zip.h"

#define GZIP_MAGIC "\x1f\x8b"
/* Of an entry, and of an archive without any. */
#define ZIP_MAGIC "PK\3\4"
#define EMPTY_ZIP_MAGIC "PK\5\6"
#define UTF8_MARK "\xef\xbb\xbf"

static bool
starts(struct span s, struct span with)
{
	return span_take(&s, with);
}

static size_t
output_ceiling(size_t received, const struct unpack_limits *limits)
{
	if (limits->ratio_max == 0 ||
	    received <= limits->output_max / limits->ratio_max)
		return received * limits->ratio_max;
	return limits->output_max;
}

static struct span
without_space(struct span s)
{
	while (s.len > 0 && ascii_is_one_of(s.p[0], " \t\r\n"))
		s = span_skip(s, 1);
	return s;
}

/* Not JSON: what else it seems to be. */
static const char *
guess(struct span text)
{
	static const struct {
		struct span start;
		const char *what;
	} kinds[] = {
		{ { "\xff\xfe", 2 }, "UTF-16, not UTF-8" },
		{ { "\xfe\xff", 2 }, "UTF-16, not UTF-8" },
		{ { "\0", 1 }, "UTF-16, not UTF-8" },
		{ { "{\0", 2 }, "UTF-16, not UTF-8" },
		{ { GZIP_MAGIC, 2 }, "packed twice" },
		{ { ZIP_MAGIC, 4 }, "packed twice" },
		{ { "<", 1 }, "XML or HTML, not a TLS report" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (starts(text, kinds[i].start))
			return kinds[i].what;
	return "neither gzip, zip nor a JSON object";
}

/* RFC 8259 s8.1: a byte order mark may be ignored. */
static enum err
take_text(struct span text, struct span *ret, struct why *why)
{
	struct span s;

	(void)span_take(&text, SPAN_LIT(UTF8_MARK));
	s = without_space(text);
	if (s.len == 0)
		return why_set(why, E_SYNTAX, "empty");
	if (s.p[0] != '{' || starts(s, SPAN_LIT("{\0")))
		return why_set(why, E_SYNTAX, "%s", guess(s));
	*ret = text;
	return E_OK;
}

static enum err
expand(struct span received, bool zip, struct buf *out, struct why *why)
{
	enum err e;

	e = zip ? zip_expand(received, out, why) : gzip_expand(received, out);
	if (e == E_RANGE)
		return why_set(why, e, "more than %zu bytes unpacked",
		    out->max);
	return e == E_OK ? E_OK : why_set(why, e, "gzip: %s", err_text(e));
}

static bool
is_gzip(struct span received)
{
	return starts(received, SPAN_LIT(GZIP_MAGIC));
}

static bool
is_zip(struct span received)
{
	return starts(received, SPAN_LIT(ZIP_MAGIC)) ||
	    starts(received, SPAN_LIT(EMPTY_ZIP_MAGIC));
}

bool
unpack_is_packed(struct span received)
{
	return is_gzip(received) || is_zip(received);
}

enum err
unpack(struct span received, const struct unpack_limits *limits,
    struct buf *out, struct span *ret, struct why *why)
{
	bool packed = unpack_is_packed(received);
	enum err e;

	buf_clear(out);
	out->max = output_ceiling(received.len, limits);
	if (received.len > limits->input_max)
		return why_set(why, E_RANGE, "more than %zu bytes",
		    limits->input_max);
	if (!packed && received.len > limits->output_max)
		return why_set(why, E_RANGE, "more than %zu bytes",
		    limits->output_max);
	if (!packed)
		return take_text(received, ret, why);
	if ((e = expand(received, is_zip(received), out, why)) != E_OK)
		return e;
	return take_text(buf_span(out), ret, why);
}
