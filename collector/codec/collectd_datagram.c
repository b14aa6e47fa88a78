#include "codec/collectd_datagram.h"

#include "codec/json_read.h"

/* What stands in an object cannot end it, and so be read as more than the one
 * policy or detail. */
static enum err
check_object(struct span json, const char *what, struct arena *scratch,
    struct why *why)
{
	struct json_reader r;
	struct why own = { { 0 } };
	enum err e;

	arena_reset(scratch);
	json_read_begin(&r, json, scratch, DATAGRAM_DEPTH_MAX, true);
	if (json_read_peek(&r) != JSON_KIND_OBJECT)
		json_read_fail(&r, E_SYNTAX, "no object");
	json_read_skip(&r);
	e = json_read_end(&r, &own);
	return e == E_OK ? e : why_set(why, e, "%s: %s", what, own.text);
}

/* Control characters and what ends a string are escaped; the rest stays, and is
 * for the reader to judge. */
static void
add_string(struct buf *out, struct span s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20)
			buf_addf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static void
add_text(struct buf *out, struct span s)
{
	if (s.p == NULL)
		buf_adds(out, "null");
	else
		add_string(out, s);
}

static void
add_policy(struct buf *out, const struct collectd_texts *t)
{
	struct span rest = t->policy;

	(void)span_until(&rest, '{');
	if (t->reason.p == NULL) {
		buf_adds(out, "{\"f\":0,\"t\":0,");
	} else {
		buf_adds(out, "{\"f\":1,\"t\":1,\"failure-details\":[");
		buf_add(out, t->reason);
		buf_adds(out, "],");
	}
	buf_add(out, rest);
}

enum err
collectd_datagram(const struct collectd_texts *t, struct arena *scratch,
    struct buf *out, struct why *why)
{
	size_t given = t->domain.len + t->record.len + t->policy.len +
	    t->reason.len;
	enum err e;

	if (given > COLLECTD_DATAGRAM_MAX)
		return why_set(why, E_RANGE, "more than %zu bytes",
		    COLLECTD_DATAGRAM_MAX);
	e = check_object(t->policy, "policy", scratch, why);
	if (e == E_OK && t->reason.p != NULL)
		e = check_object(t->reason, "failure detail", scratch, why);
	if (e != E_OK)
		return e;
	buf_adds(out, "{\"dpv\":\"1\",\"d\":");
	add_text(out, t->domain);
	buf_adds(out, ",\"pr\":");
	add_text(out, t->record);
	buf_adds(out, ",\"policies\":[");
	add_policy(out, t);
	buf_adds(out, "]}");
	return out->err == E_OK
	    ? E_OK
	    : why_set(why, out->err, "%s", err_text(out->err));
}
