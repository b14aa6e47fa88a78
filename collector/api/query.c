#include "api/query.h"

#include "api/text.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/base64url.h"
#include "codec/ip.h"
#include "codec/typed.h"
#include "insight/found.h"
#include "model/delivery_state.h"
#include "model/finding.h"
#include "model/domain.h"
#include "model/inbox_state.h"
#include "model/levels.h"
#include "model/trust.h"

struct reader {
	struct arena *arena;
	struct api_query *query;
	bool has_from, has_limit;
};

typedef enum err read_fn(struct reader *, struct span value);

/* -- values -- */

/* E_SYNTAX: none of the words. */
static enum err
read_word(struct span value, const char *const *words, size_t n, unsigned *ret)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(span_str(words[i]), value)) {
			*ret = (unsigned)i;
			return E_OK;
		}
	return E_SYNTAX;
}

#define READ_WORD(value, words, ret) \
	read_word((value), (words), sizeof(words) / sizeof((words)[0]), (ret))

static enum err
read_domain(struct reader *r, struct span value)
{
	return typed_domain(value, r->arena, &r->query->domain, NULL);
}

static enum err
read_from(struct reader *r, struct span value)
{
	r->has_from = r->query->has_range = true;
	return day_parse(value, &r->query->from);
}

static enum err
read_to(struct reader *r, struct span value)
{
	r->query->has_range = true;
	return day_parse(value, &r->query->to);
}

static enum err
read_date(struct reader *r, struct span value)
{
	return day_parse(value, &r->query->date);
}

static enum err
read_name(struct reader *r, struct span value, struct span *ret)
{
	bool repaired = false;

	if (value.len == 0)
		return E_SYNTAX;
	return domain_canonical(value, r->arena, ret, &repaired);
}

static enum err
read_reporter(struct reader *r, struct span value)
{
	return read_name(r, value, &r->query->reporter);
}

static enum err
read_mx(struct reader *r, struct span value)
{
	return read_name(r, value, &r->query->mx);
}

static enum err
read_ip(struct reader *r, struct span value, struct span *ret)
{
	char text[IP_TEXT_SIZE];
	size_t len = ip_canonical(value, text);

	if (len == 0)
		return E_SYNTAX;
	*ret = arena_copy(r->arena, (struct span){ text, len });
	return ret->p == NULL ? E_NOMEM : E_OK;
}

static enum err
read_receiving_ip(struct reader *r, struct span value)
{
	return read_ip(r, value, &r->query->receiving_ip);
}

static enum err
read_sending_ip(struct reader *r, struct span value)
{
	return read_ip(r, value, &r->query->sending_ip);
}

static enum err
read_result_type(struct reader *r, struct span value)
{
	r->query->has_result_type = true;
	return result_type_from_text(value, &r->query->result_type) == E_OK
	    ? E_OK
	    : E_SYNTAX;
}

static enum err
read_trust(struct reader *r, struct span value)
{
	static const char *const words[] = {
		[API_TRUST_COUNTED] = "counted",
		[API_TRUST_AUTHENTICATED] = "authenticated",
		[API_TRUST_UNAUTHENTICATED] = "unauthenticated",
		[API_TRUST_ALL] = "all",
	};

	return READ_WORD(value, words, &r->query->trust);
}

static enum err
read_verdict(struct reader *r, struct span value)
{
	enum trust_verdict code;

	if (trust_verdict_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->verdict = (int64_t)code;
	return E_OK;
}

static enum err
read_state(struct reader *r, struct span value)
{
	enum inbox_state code;

	if (inbox_state_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->state = (int64_t)code;
	return E_OK;
}

static enum err
read_level(struct reader *r, struct span value)
{
	enum level code;

	if (level_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->level = (int64_t)code;
	return E_OK;
}

static enum err
read_delivery_state(struct reader *r, struct span value)
{
	enum delivery_state code;

	if (delivery_state_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->delivery_state = (int64_t)code;
	return E_OK;
}

static enum err
read_finding_state(struct reader *r, struct span value)
{
	enum finding_state code;

	if (finding_state_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->finding_state = (int64_t)code;
	return E_OK;
}

static enum err
read_kind(struct reader *r, struct span value)
{
	r->query->kind = value;
	return kind_named(value) == NULL ? E_SYNTAX : E_OK;
}

static enum err
read_severity(struct reader *r, struct span value)
{
	enum finding_severity code;

	if (finding_severity_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->severity = (int64_t)code;
	return E_OK;
}

static enum err
read_conclusion(struct reader *r, struct span value)
{
	enum finding_conclusion code;

	if (finding_conclusion_from_text(value, &code) != E_OK)
		return E_SYNTAX;
	r->query->conclusion = (int64_t)code;
	return E_OK;
}

static enum err
read_group(struct reader *r, struct span value)
{
	static const char *const words[] = {
		[API_GROUP_TYPE] = "type",
		[API_GROUP_MX] = "mx",
		[API_GROUP_RECEIVING_IP] = "receiving-ip",
		[API_GROUP_REPORTER] = "reporter",
		[API_GROUP_SENDING_IP] = "sending-ip",
		[API_GROUP_POLICY] = "policy",
	};

	return READ_WORD(value, words, &r->query->group);
}

static enum err
read_text(struct reader *r, struct span value)
{
	r->query->text = value;
	return E_OK;
}

static enum err
read_cursor(struct reader *r, struct span value)
{
	struct buf cursor = BUF_INIT(API_CURSOR_MAX);
	enum err e = base64url_decode(value, &cursor);

	/* A database takes no other bytes for text; no list wrote them. */
	if (!api_is_plain(buf_span(&cursor)))
		buf_clear(&cursor);
	if (e == E_OK)
		r->query->cursor = arena_copy(r->arena, buf_span(&cursor));
	buf_free(&cursor);
	return e == E_OK && r->query->cursor.p == NULL ? E_NOMEM : e;
}

static enum err
read_limit(struct reader *r, struct span value)
{
	int64_t n;
	enum err e = num_parse(value, 1, API_LIMIT_MAX, &n);

	r->has_limit = true;
	if (e == E_OK)
		r->query->limit = (size_t)n;
	return e;
}

static enum err
read_format(struct reader *r, struct span value)
{
	static const char *const words[] = { "json", "csv" };
	unsigned word = 0;
	enum err e = READ_WORD(value, words, &word);

	r->query->csv = word == 1;
	return e;
}

static const struct {
	struct api_parameter_row row;
	read_fn *read;
} parameters[] = {
#define PARAMETER(NAME, name, reader, sentence) { { name, sentence }, reader },
#include "api/parameters.def"
#undef PARAMETER
};

const struct api_parameter_row *
api_parameter(enum api_parameter i)
{
	return &parameters[i].row;
}

/* -- the text -- */

static bool
find(struct span name, enum api_parameter *ret)
{
	for (unsigned i = 0; i < API_NPARAMETERS; i++)
		if (span_eq(span_str(parameters[i].row.name), name)) {
			*ret = (enum api_parameter)i;
			return true;
		}
	return false;
}

static enum err
value_fault(enum api_parameter p, enum err e, struct why *why)
{
	return why_set(why, e, "%s: %s", parameters[p].row.name,
	    e == E_NOMEM       ? "out of memory"
		: e == E_RANGE ? "out of range"
			       : "not a value that it may have");
}

/* "name=value" */
static enum err
read_pair(struct reader *r, struct span pair, unsigned allowed, unsigned *given,
    struct why *why)
{
	struct span value = pair, name = span_until(&value, '=');
	enum api_parameter p;
	enum err e;

	if (!find(name, &p) || (allowed & (1U << p)) == 0)
		return why_set(why, E_USAGE,
		    "there is a parameter that this route does not have");
	if ((*given & (1U << p)) != 0)
		return why_set(why, E_USAGE, "%s stands there twice",
		    parameters[p].row.name);
	*given |= 1U << p;
	if (value.len >
	    (p == API_BIT_CURSOR ? API_CURSOR_MAX : 3 * API_TEXT_MAX))
		return value_fault(p, E_RANGE, why);
	e = api_decode(value, true, r->arena, &value);
	if (e == E_OK && p != API_BIT_CURSOR && value.len > API_TEXT_MAX)
		e = E_RANGE;
	if (e == E_OK)
		e = parameters[p].read(r, value);
	return e == E_OK ? E_OK : value_fault(p, e, why);
}

static enum err
check_range(struct reader *r, struct why *why)
{
	struct api_query *q = r->query;

	if (!r->has_from)
		q->from = q->to < API_DAYS_DEFAULT
		    ? 0
		    : q->to - API_DAYS_DEFAULT + 1;
	if (q->from > q->to)
		return why_set(why, E_RANGE, "from is later than to");
	if (q->to - q->from >= API_DAYS_MAX)
		return why_set(why, E_RANGE, "a range has at most %d days",
		    API_DAYS_MAX);
	return E_OK;
}

enum err
api_query_read(struct span text, unsigned allowed, int64_t today,
    struct arena *arena, struct api_query *ret, struct why *why)
{
	struct api_query query = { .to = today,
		.date = -1,
		.limit = API_LIMIT_DEFAULT };
	struct reader r = { .arena = arena, .query = &query };
	unsigned given = 0;
	enum err e = E_OK;

	if (text.len > API_QUERY_BYTES_MAX)
		return why_set(why, E_RANGE, "the query is too long");
	while (e == E_OK && text.len > 0) {
		struct span pair = span_until(&text, '&');

		if (pair.len > 0)
			e = read_pair(&r, pair, allowed, &given, why);
	}
	if (e == E_OK)
		e = check_range(&r, why);
	/* A table in one piece: a spreadsheet follows no cursor. */
	query.is_whole = query.csv && !r.has_limit;
	if (query.is_whole)
		query.limit = API_EXPORT_ROWS;
	if (e == E_OK)
		*ret = query;
	return e;
}

void
api_cursor_write(struct span cursor, struct buf *out)
{
	base64url_encode(cursor, out);
}
