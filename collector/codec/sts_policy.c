#include "codec/sts_policy.h"

#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"

#define MAX_AGE_DIGITS 10
#define EXTENSION_NAME_MAX 32
#define LABEL_MAX 63
#define NAME_BYTES_MAX 253

struct fields {
	struct sts_policy *policy;
	bool has_version, has_mode, has_max_age;
};

/* -- values -- */

/* RFC 5321 s4.1.2: sub-domain; and the underscores that there are. */
static bool
is_label(struct span label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.p[i]) &&
		    !ascii_is_one_of(label.p[i], "-_"))
			return false;
	return label.len > 0 && label.len <= LABEL_MAX && label.p[0] != '-' &&
	    label.p[label.len - 1] != '-';
}

/* sts-policy-mx-value: ["*."] Domain */
static bool
is_pattern(struct span value)
{
	(void)span_take(&value, SPAN_LIT("*."));
	if (value.len == 0 || value.len > NAME_BYTES_MAX ||
	    value.p[value.len - 1] == '.')
		return false;
	while (value.len > 0)
		if (!is_label(span_until(&value, '.')))
			return false;
	return true;
}

static enum err
read_version(struct fields *f, struct span value, struct why *why)
{
	if (f->has_version)
		return E_OK;
	f->has_version = true;
	if (!span_eq(value, SPAN_LIT("STSv1")))
		return why_set(why, E_SYNTAX, "version is not STSv1");
	return E_OK;
}

static enum err
read_mode(struct fields *f, struct span value, struct why *why)
{
	if (f->has_mode)
		return E_OK;
	f->has_mode = true;
	for (int i = STS_MODE_ENFORCE; i < NSTS_MODES; i++) {
		const enum sts_mode mode = (enum sts_mode)i;

		if (span_eq(value, span_str(sts_mode_text(mode)))) {
			f->policy->mode = mode;
			return E_OK;
		}
	}
	return why_set(why, E_SYNTAX,
	    "mode is none of enforce, testing and none");
}

static enum err
read_max_age(struct fields *f, struct span value, struct why *why)
{
	if (f->has_max_age)
		return E_OK;
	f->has_max_age = true;
	if (value.len > MAX_AGE_DIGITS ||
	    num_parse(value, 0, STS_MAX_AGE_MAX_S, &f->policy->max_age_s) !=
		E_OK)
		return why_set(why, E_SYNTAX,
		    "max_age is not a number of seconds up to %d",
		    STS_MAX_AGE_MAX_S);
	return E_OK;
}

static enum err
add_mx(struct fields *f, struct span value, struct why *why)
{
	if (!is_pattern(value))
		return why_set(why, E_SYNTAX, "an mx that is no host pattern");
	if (f->policy->nmx == STS_POLICY_MX_MAX)
		return why_set(why, E_RANGE, "more than %d mx lines",
		    STS_POLICY_MX_MAX);
	f->policy->mx[f->policy->nmx++] = value;
	return E_OK;
}

static bool
is_extension_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) &&
		    !ascii_is_one_of(name.p[i], "_-."))
			return false;
	return name.len > 0 && name.len <= EXTENSION_NAME_MAX &&
	    ascii_is_alnum(name.p[0]);
}

/* UTF-8 without control characters. */
static bool
is_extension_value(struct span value)
{
	const bool is_empty = value.len == 0;

	while (value.len > 0) {
		size_t n = utf8_char(value);

		if (n == 0 || (unsigned char)value.p[0] < ' ' ||
		    value.p[0] == 0x7f)
			return false;
		value = span_skip(value, n);
	}
	return !is_empty;
}

/* sts-policy-extension: unknown fields SHALL be ignored once their syntax is
 * right. */
static enum err
check_extension(struct span name, struct span value, struct why *why)
{
	return is_extension_name(name) && is_extension_value(value)
	    ? E_OK
	    : why_set(why, E_SYNTAX, "a malformed field");
}

/* -- lines -- */

static enum err
read_field(struct fields *f, struct span line, struct why *why)
{
	struct span value = line, name = span_until(&value, ':');

	if (!span_has(line, ':'))
		return why_set(why, E_SYNTAX, "a line without \":\"");
	value = span_trim(value);
	if (span_eq(name, SPAN_LIT("version")))
		return read_version(f, value, why);
	if (span_eq(name, SPAN_LIT("mode")))
		return read_mode(f, value, why);
	if (span_eq(name, SPAN_LIT("max_age")))
		return read_max_age(f, value, why);
	if (span_eq(name, SPAN_LIT("mx")))
		return add_mx(f, value, why);
	return check_extension(name, value, why);
}

/* sts-policy-term: LF / CRLF */
static struct span
next_line(struct span *rest)
{
	struct span line = span_until(rest, '\n');

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

static enum err
check_complete(const struct fields *f, struct why *why)
{
	if (!f->has_version)
		return why_set(why, E_SYNTAX, "no version");
	if (!f->has_mode)
		return why_set(why, E_SYNTAX, "no mode");
	if (!f->has_max_age)
		return why_set(why, E_SYNTAX, "no max_age");
	if (f->policy->nmx == 0 && f->policy->mode != STS_MODE_NONE)
		return why_set(why, E_SYNTAX, "no mx");
	return E_OK;
}

enum err
sts_policy_parse(struct span file, struct sts_policy *ret, struct why *why)
{
	struct fields f = { .policy = ret };
	struct span rest = file;
	enum err e = E_OK;

	if (file.len > STS_POLICY_BYTES_MAX)
		return why_set(why, E_RANGE, "more than %d bytes",
		    STS_POLICY_BYTES_MAX);
	ret->nmx = 0;
	while (e == E_OK && rest.len > 0)
		e = read_field(&f, next_line(&rest), why);
	return e == E_OK ? check_complete(&f, why) : e;
}

enum err
sts_policy_lines(struct span file, struct arena *arena, struct span_list *ret)
{
	size_t all = 1;

	for (size_t i = 0; i < file.len; i++)
		all += file.p[i] == '\n';
	*ret = (struct span_list){ arena_alloc(arena, all * sizeof(*ret->v)),
		0 };
	if (ret->v == NULL)
		return E_NOMEM;
	while (file.len > 0) {
		struct span line = span_trim(next_line(&file));

		if (line.len > 0)
			ret->v[ret->n++] = line;
	}
	return E_OK;
}

bool
sts_policy_allows(const struct sts_policy *policy, struct span host)
{
	for (size_t i = 0; i < policy->nmx; i++)
		if (sts_mx_matches(policy->mx[i], host))
			return true;
	return false;
}
