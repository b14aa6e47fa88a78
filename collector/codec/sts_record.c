#include "codec/sts_record.h"

#include "base/ascii.h"

#define EXTENSION_NAME_MAX 32

static struct span
skip_blanks(struct span s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_skip(s, 1);
	return s;
}

/* RFC 8461 s3.1: what does not begin with "v=STSv1;" is discarded, and the
 * grammar has blanks before the ";". */
static bool
take_version(struct span *txt)
{
	struct span rest = *txt;

	if (!span_take(&rest, SPAN_LIT("v=STSv1")))
		return false;
	rest = skip_blanks(rest);
	if (!span_take(&rest, SPAN_LIT(";")))
		return false;
	*txt = skip_blanks(rest);
	return true;
}

/* sts-id: 1*32(ALPHA / DIGIT) */
static bool
is_id(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_alnum(value.p[i]))
			return false;
	return value.len > 0 && value.len <= STS_ID_MAX;
}

/* sts-extension: unknown fields SHALL be ignored once their syntax is right. */
static bool
is_extension(struct span field)
{
	struct span value = field, name = span_until(&value, '=');

	if (name.len == 0 || name.len > EXTENSION_NAME_MAX || value.len == 0 ||
	    !ascii_is_alnum(name.p[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) &&
		    !ascii_is_one_of(name.p[i], "_-."))
			return false;
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_printable(value.p[i]) ||
		    ascii_is_one_of(value.p[i], " ="))
			return false;
	return true;
}

/* RFC 8461 s3.2: of a field that is there twice the first counts. */
static enum err
read_fields(struct span rest, struct span *ret_id, struct why *why)
{
	struct span id = SPAN_NONE;

	while (rest.len > 0) {
		struct span field = span_trim(span_until(&rest, ';'));
		const bool is_first = id.p == NULL;

		if (span_take(&field, SPAN_LIT("id="))) {
			if (!is_id(field))
				return why_set(why, E_SYNTAX,
				    "the id is not 1 to %d letters and digits",
				    STS_ID_MAX);
			if (is_first)
				id = field;
		} else if (!is_extension(field)) {
			return why_set(why, E_SYNTAX, "a malformed field");
		}
	}
	if (id.p == NULL)
		return why_set(why, E_SYNTAX, "no id field");
	*ret_id = id;
	return E_OK;
}

enum err
sts_record_read(struct span_list txts, struct span *ret_id, struct why *why)
{
	struct span found = SPAN_NONE;
	size_t n = 0;

	for (size_t i = 0; i < txts.n; i++) {
		struct span rest = txts.v[i];

		if (take_version(&rest)) {
			found = rest;
			n++;
		}
	}
	if (n == 0)
		return why_set(why, E_ABSENT, "no v=STSv1 record");
	if (n > 1)
		return why_set(why, E_CONFLICT,
		    "%zu v=STSv1 records where there may be one", n);
	return read_fields(found, ret_id, why);
}
