#include "codec/datagram_read.h"

#include <stdio.h>

#include "base/utf8.h"
#include "codec/ip.h"
#include "codec/json_read.h"
#include "codec/uri.h"
#include "model/domain.h"
#include "model/limits.h"

struct reader {
	struct json_reader json;
	struct arena *arena;
	struct session *session;
	size_t ndetails, nstrings; /* of all policies, against their ceilings */
	enum counter refused; /* as what, if it is neither JSON nor shape */
};

static void
refuse(struct reader *r, enum counter as, enum err e, const char *fault)
{
	if (r->json.err != E_OK)
		return;
	r->refused = as;
	json_read_fail(&r->json, e, fault);
}

/* -- keys -- */

enum key {
	KEY_UNKNOWN = -1,
	/* datagram */
	KEY_DPV,
	KEY_D,
	KEY_PR,
	KEY_POLICIES,
	KEY_REPORT,
	/* policy */
	KEY_POLICY_TYPE,
	KEY_POLICY_DOMAIN,
	KEY_POLICY_STRING,
	KEY_MX_HOST,
	KEY_FAILURE_DETAILS,
	KEY_T,
	KEY_F,
	/* failure detail; f stands there too */
	KEY_C,
	KEY_S,
	KEY_N,
	KEY_H,
	KEY_R,
	KEY_A,
};

static enum key
find_long_key(struct span text)
{
	static const struct {
		struct span text;
		enum key key;
	} keys[] = {
		{ { "pr", 2 }, KEY_PR },
		{ { "dpv", 3 }, KEY_DPV },
		{ { "report", 6 }, KEY_REPORT },
		{ { "policies", 8 }, KEY_POLICIES },
		{ { "policy-type", 11 }, KEY_POLICY_TYPE },
		{ { "policy-domain", 13 }, KEY_POLICY_DOMAIN },
		{ { "policy-string", 13 }, KEY_POLICY_STRING },
		{ { "mx-host", 7 }, KEY_MX_HOST },
		{ { "failure-details", 15 }, KEY_FAILURE_DETAILS },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].text.len == text.len && span_eq(keys[i].text, text))
			return keys[i].key;
	return KEY_UNKNOWN;
}

static enum key
find_key(struct span text)
{
	if (text.len != 1)
		return find_long_key(text);
	switch (text.p[0]) {
	case 'd':
		return KEY_D;
	case 't':
		return KEY_T;
	case 'f':
		return KEY_F;
	case 'c':
		return KEY_C;
	case 's':
		return KEY_S;
	case 'n':
		return KEY_N;
	case 'h':
		return KEY_H;
	case 'r':
		return KEY_R;
	case 'a':
		return KEY_A;
	default:
		return KEY_UNKNOWN;
	}
}

/* The next member; one that is known and comes twice is refused, because
 * nobody can say which of the two was meant. */
static bool
next_member(struct reader *r, unsigned *seen, enum key *ret)
{
	struct span text;

	if (!json_read_member(&r->json, &text))
		return false;
	*ret = find_key(text);
	if (*ret == KEY_UNKNOWN)
		return true;
	if (*seen & 1U << *ret)
		refuse(r, COUNTER_REFUSED_SHAPE, E_SYNTAX, "key twice");
	*seen |= 1U << *ret;
	return r->json.err == E_OK;
}

static void
require(struct reader *r, unsigned seen, enum key key, const char *fault)
{
	if ((seen & 1U << key) == 0)
		refuse(r, COUNTER_REFUSED_SHAPE, E_SYNTAX, fault);
}

/* -- values -- */

static void
read_text(struct reader *r, size_t max, struct span *ret)
{
	struct span text = SPAN_NONE;

	json_read_string(&r->json, &text);
	*ret = utf8_cut(text, max);
	if (ret->len < text.len)
		r->session->marks |= MARK_CUT;
}

/* s4.4: a URI, which must not be cut: it would lead elsewhere. */
static void
read_uri(struct reader *r, size_t max, struct span *ret)
{
	struct span text = SPAN_NONE;

	json_read_string(&r->json, &text);
	if (text.len == 0)
		return;
	if (text.len <= max && uri_is_valid(text))
		*ret = text;
	else
		r->session->marks |= MARK_URI;
}

static void
read_name(struct reader *r, struct span *ret)
{
	struct span text = SPAN_NONE;
	bool repaired = false;

	json_read_string(&r->json, &text);
	if (r->json.err != E_OK)
		return;
	if (domain_canonical(text, r->arena, ret, &repaired) != E_OK)
		refuse(r, COUNTER_REFUSED_CEILING, E_NOMEM, "out of memory");
	if (repaired)
		r->session->marks |= MARK_NAME;
}

static void
read_address(struct reader *r, struct span *ret)
{
	char canonical[IP_TEXT_SIZE];
	struct span text = SPAN_NONE;
	size_t len;

	json_read_string(&r->json, &text);
	if (text.len == 0)
		return;
	if ((len = ip_canonical(text, canonical)) == 0) {
		r->session->marks |= MARK_ADDRESS;
		return;
	}
	*ret = arena_copy(r->arena, (struct span){ canonical, len });
	if (ret->p == NULL)
		refuse(r, COUNTER_REFUSED_CEILING, E_NOMEM, "out of memory");
}

/* v, or a larger copy, with room for one more than its n elements of size
 * bytes; it grows whenever n reaches a power of two. NULL: refused. */
static void *
grow(struct reader *r, void *v, size_t n, size_t size)
{
	if (n == 0)
		v = arena_grow(r->arena, NULL, 0, 4, size);
	else if (n >= 4 && (n & (n - 1)) == 0)
		v = arena_grow(r->arena, v, n, n * 2, size);
	if (v == NULL)
		refuse(r, COUNTER_REFUSED_CEILING, E_NOMEM, "out of memory");
	return v;
}

/* An array of texts of max bytes in all; name: each is a domain name. */
static void
read_list(struct reader *r, size_t max, bool name, struct span_list *ret)
{
	struct span_list list = { NULL, 0 };
	struct span item, *v;
	bool full = false;

	json_read_array(&r->json);
	while (json_read_element(&r->json)) {
		item = SPAN_NONE;
		if (name)
			read_name(r, &item);
		else
			json_read_string(&r->json, &item);
		/* What follows a text left out would leave a gap. */
		full |= item.len > max || r->nstrings == DATAGRAM_STRINGS_MAX;
		if (full) {
			r->session->marks |= MARK_CUT;
			continue;
		}
		if ((v = grow(r, list.v, list.n, sizeof(*v))) == NULL)
			return;
		list.v = v;
		list.v[list.n++] = item;
		max -= item.len;
		r->nstrings++;
	}
	*ret = list;
}

/* -- failure details -- */

/* s4.3.3: what fits no other type is validation-failure, with a reason. */
static void
name_unknown_code(struct reader *r, int64_t code, struct failure_detail *d)
{
	char *text = arena_alloc(r->arena, REASON_TEXT_MAX);
	struct span given = d->reason;
	int n;

	if (text == NULL) {
		refuse(r, COUNTER_REFUSED_CEILING, E_NOMEM, "out of memory");
		return;
	}
	n = snprintf(text, REASON_TEXT_MAX, "unknown-failure-code-%lld%s",
	    (long long)code, given.len > 0 ? ": " : "");
	given = utf8_cut(given, REASON_TEXT_MAX - (size_t)n);
	if (given.len < d->reason.len)
		r->session->marks |= MARK_CUT;
	if (given.len > 0)
		memcpy(text + n, given.p, given.len);
	d->reason = (struct span){ text, (size_t)n + given.len };
	d->type = RESULT_VALIDATION_FAILURE;
	r->session->marks |= MARK_CODE;
}

static void
read_detail(struct reader *r, struct failure_detail *d)
{
	struct json_reader *j = &r->json;
	unsigned seen = 0;
	int64_t code = 0;
	enum key key;

	json_read_object(j);
	while (next_member(r, &seen, &key)) {
		switch (key) {
		case KEY_C:
			json_read_int(j, &code);
			break;
		case KEY_S:
			read_address(r, &d->sending_ip);
			break;
		case KEY_N:
			read_name(r, &d->mx_hostname);
			break;
		case KEY_H:
			read_text(r, HELO_TEXT_MAX, &d->helo);
			break;
		case KEY_R:
			read_address(r, &d->receiving_ip);
			break;
		case KEY_A:
			read_uri(r, INFO_TEXT_MAX, &d->info);
			break;
		case KEY_F:
			read_text(r, REASON_TEXT_MAX, &d->reason);
			break;
		default:
			json_read_skip(j);
		}
	}
	require(r, seen, KEY_C, "failure detail without \"c\"");
	if (j->err == E_OK && result_type_from_code(code, &d->type) != E_OK)
		name_unknown_code(r, code, d);
}

/* ret_listed: how many there were, kept or not. */
static void
read_details(struct reader *r, struct session_policy *p, int64_t *ret_listed)
{
	struct failure_detail d, *v;

	json_read_array(&r->json);
	while (json_read_element(&r->json)) {
		d = (struct failure_detail){ .helo = SPAN_NONE };
		read_detail(r, &d);
		++*ret_listed;
		if (r->ndetails == DATAGRAM_DETAILS_MAX) {
			r->session->marks |= MARK_DETAILS;
			continue;
		}
		if ((v = grow(r, p->details, p->ndetails, sizeof(*v))) == NULL)
			return;
		p->details = v;
		p->details[p->ndetails++] = d;
		r->ndetails++;
	}
}

/* -- policies -- */

static void
read_policy_type(struct reader *r, enum policy_type *ret)
{
	int64_t code = 0;

	json_read_int(&r->json, &code);
	if (r->json.err == E_OK && policy_type_from_code(code, ret) != E_OK)
		refuse(r, COUNTER_REFUSED_POLICY, E_SYNTAX,
		    "unknown policy type");
}

static void
read_final_result(struct reader *r, bool *ret_failed)
{
	int64_t f = 0;

	json_read_int(&r->json, &f);
	*ret_failed = f != 0;
	if (f != 0 && f != 1)
		r->session->marks |= MARK_RESULT;
}

static void
read_policy(struct reader *r, struct session_policy *p)
{
	struct json_reader *j = &r->json;
	int64_t told = -1, listed = 0;
	unsigned seen = 0;
	enum key key;

	json_read_object(j);
	while (next_member(r, &seen, &key)) {
		switch (key) {
		case KEY_POLICY_TYPE:
			read_policy_type(r, &p->policy.type);
			break;
		case KEY_POLICY_DOMAIN:
			read_name(r, &p->policy.domain);
			break;
		case KEY_POLICY_STRING:
			read_list(r, POLICY_TEXT_MAX, false,
			    &p->policy.strings);
			break;
		case KEY_MX_HOST:
			read_list(r, POLICY_TEXT_MAX, true,
			    &p->policy.mx_hosts);
			break;
		case KEY_FAILURE_DETAILS:
			read_details(r, p, &listed);
			break;
		case KEY_T:
			json_read_int(j, &told);
			break;
		case KEY_F:
			read_final_result(r, &p->failed);
			break;
		default:
			json_read_skip(j);
		}
	}
	require(r, seen, KEY_POLICY_TYPE, "policy without \"policy-type\"");
	require(r, seen, KEY_F, "policy without \"f\"");
	if ((seen & 1U << KEY_T) != 0 && told != listed)
		r->session->marks |= MARK_COUNT;
}

static void
read_policies(struct reader *r)
{
	struct session *s = r->session;
	struct session_policy *v;

	json_read_array(&r->json);
	while (json_read_element(&r->json)) {
		if (s->npolicies == DATAGRAM_POLICIES_MAX) {
			refuse(r, COUNTER_REFUSED_CEILING, E_RANGE,
			    "too many policies");
			return;
		}
		if ((v = grow(r, s->policies, s->npolicies, sizeof(*v))) ==
		    NULL)
			return;
		s->policies = v;
		s->policies[s->npolicies] = (struct session_policy){
			.failed = false
		};
		read_policy(r, &s->policies[s->npolicies++]);
	}
}

/* -- datagram -- */

static void
read_version(struct reader *r)
{
	struct span version = SPAN_NONE;

	json_read_string(&r->json, &version);
	if (!span_eq(version, SPAN_LIT("1")))
		refuse(r, COUNTER_REFUSED_VERSION, E_VERSION,
		    "datagram version is not \"1\"");
}

static void
read_record(struct reader *r, struct span *ret)
{
	if (json_read_peek(&r->json) == JSON_KIND_NULL)
		json_read_null(&r->json);
	else
		read_text(r, RECORD_TEXT_MAX, ret);
}

/* s3: a session that carried a report is no part of the next one. */
static void
read_report_mark(struct reader *r)
{
	int64_t n = 0;

	json_read_int(&r->json, &n);
	r->session->carries_report = n != 0;
}

static void
read_session(struct reader *r)
{
	struct session *s = r->session;
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		switch (key) {
		case KEY_DPV:
			read_version(r);
			break;
		case KEY_D:
			read_name(r, &s->domain);
			break;
		case KEY_PR:
			read_record(r, &s->record);
			break;
		case KEY_POLICIES:
			read_policies(r);
			break;
		case KEY_REPORT:
			read_report_mark(r);
			break;
		default:
			json_read_skip(&r->json);
		}
	}
	require(r, seen, KEY_D, "no \"d\"");
	require(r, seen, KEY_POLICIES, "no \"policies\"");
	if (s->domain.len == 0)
		refuse(r, COUNTER_REFUSED_SHAPE, E_SYNTAX, "\"d\" is empty");
	if (s->npolicies == 0)
		refuse(r, COUNTER_REFUSED_SHAPE, E_SYNTAX,
		    "\"policies\" is empty");
	if ((seen & 1U << KEY_DPV) == 0)
		s->marks |= MARK_VERSION;
}

static enum counter
refused_as(const struct reader *r)
{
	if (r->refused != NCOUNTERS)
		return r->refused;
	if (r->json.wrong_type)
		return COUNTER_REFUSED_SHAPE;
	return r->json.err == E_SYNTAX ? COUNTER_REFUSED_JSON
				       : COUNTER_REFUSED_CEILING;
}

enum err
datagram_read(struct span datagram, struct arena *arena, struct session *ret,
    enum counter *ret_refused, struct why *why)
{
	struct reader r = {
		.arena = arena,
		.session = ret,
		.refused = NCOUNTERS,
	};
	enum err e;

	*ret = (struct session){ .marks = 0 };
	json_read_begin(&r.json, datagram, arena, DATAGRAM_DEPTH_MAX, true);
	read_session(&r);
	if (r.json.repaired)
		ret->marks |= MARK_UTF8;
	e = json_read_end(&r.json, why);
	if (e != E_OK)
		*ret_refused = refused_as(&r);
	return e;
}
