#include "codec/report_summary.h"

#include "base/utf8.h"

#include <stdlib.h>

#include "base/num.h"
#include "codec/json_read.h"

#define DEPTH_MAX 8 /* the format needs 5 */
/* Decoded escapes of what is read or passed over between two resets: one
 * failure detail, or the texts of one policy. */
#define SCRATCH_MAX ((size_t)1 << 20)

struct reader {
	struct json_reader json;
	struct arena scratch;
	struct arena *arena;
	struct report_summary summary;
};

/* -- keys -- */

enum key {
	KEY_UNKNOWN = -1,
	/* report */
	KEY_ORGANIZATION,
	KEY_DATE_RANGE,
	KEY_CONTACT,
	KEY_ID,
	KEY_POLICIES,
	/* date-range */
	KEY_START,
	KEY_END,
	/* element of policies */
	KEY_POLICY,
	KEY_SUMMARY,
	KEY_DETAILS,
	/* policy */
	KEY_POLICY_TYPE,
	KEY_POLICY_DOMAIN,
	KEY_MX_HOST,
	/* summary */
	KEY_SUCCEEDED,
	KEY_FAILED,
	/* failure detail */
	KEY_RESULT_TYPE,
	KEY_SESSIONS,
};

static const char *const keys[] = {
	[KEY_ORGANIZATION] = "organization-name",
	[KEY_DATE_RANGE] = "date-range",
	[KEY_CONTACT] = "contact-info",
	[KEY_ID] = "report-id",
	[KEY_POLICIES] = "policies",
	[KEY_START] = "start-datetime",
	[KEY_END] = "end-datetime",
	[KEY_POLICY] = "policy",
	[KEY_SUMMARY] = "summary",
	[KEY_DETAILS] = "failure-details",
	[KEY_POLICY_TYPE] = "policy-type",
	[KEY_POLICY_DOMAIN] = "policy-domain",
	[KEY_MX_HOST] = "mx-host",
	[KEY_SUCCEEDED] = "total-successful-session-count",
	[KEY_FAILED] = "total-failure-session-count",
	[KEY_RESULT_TYPE] = "result-type",
	[KEY_SESSIONS] = "failed-session-count",
};

#define NKEYS ((int)(sizeof(keys) / sizeof(keys[0])))

static enum key
find_key(struct span text)
{
	for (int i = 0; i < NKEYS; i++)
		if (span_eq(span_str(keys[i]), text))
			return (enum key)i;
	return KEY_UNKNOWN;
}

/* The next member. One that is known and comes twice is refused, because
 * readers differ in which of the two they take (RFC 7493 s2.3). */
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
		json_read_fail(&r->json, E_SYNTAX, "key twice");
	*seen |= 1U << *ret;
	return r->json.err == E_OK;
}

static void
require(struct reader *r, unsigned seen, enum key key, const char *fault)
{
	if ((seen & 1U << key) == 0)
		json_read_fail(&r->json, E_SYNTAX, fault);
}

/* -- values -- */

static void
read_view(struct reader *r, struct span *ret)
{
	struct span text = SPAN_NONE;

	json_read_string(&r->json, &text);
	if (text.len > SUMMARY_TEXT_MAX)
		json_read_fail(&r->json, E_RANGE, "a text is too long");
	if (r->json.err == E_OK)
		*ret = text;
}

static struct span
keep(struct reader *r, struct span text)
{
	struct span copy = arena_copy(r->arena, text);

	if (copy.p == NULL && text.p != NULL)
		json_read_fail(&r->json, E_NOMEM, "out of memory");
	return copy;
}

static void
read_text(struct reader *r, struct span *ret)
{
	struct span text = SPAN_NONE;

	read_view(r, &text);
	*ret = keep(r, text);
}

static void
read_count(struct reader *r, uint64_t *sum)
{
	int64_t n = 0;

	json_read_int(&r->json, &n);
	if (n < 0 || (uint64_t)n > COUNT_MAX)
		json_read_fail(&r->json, E_RANGE, "a count is out of range");
	else
		*sum = count_add(*sum, (uint64_t)n);
}

/* -- failure details -- */

static void
add_failure(struct reader *r, struct policy_summary *p, struct span type,
    uint64_t sessions)
{
	size_t i = 0;

	while (i < p->nfailures && !span_eq(p->failures[i].type, type))
		i++;
	if (i == SUMMARY_TYPES_MAX) {
		p->other_failures = count_add(p->other_failures, sessions);
		return;
	}
	if (i == p->nfailures) {
		p->failures[i] = (struct failure_summary){ keep(r, type), 0 };
		p->nfailures++;
	}
	p->failures[i].sessions = count_add(p->failures[i].sessions, sessions);
}

static void
read_detail(struct reader *r, struct policy_summary *p)
{
	struct span type = SPAN_NONE;
	uint64_t sessions = 0;
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		if (key == KEY_RESULT_TYPE)
			read_view(r, &type);
		else if (key == KEY_SESSIONS)
			read_count(r, &sessions);
		else
			json_read_skip(&r->json);
	}
	require(r, seen, KEY_RESULT_TYPE, "no \"result-type\"");
	require(r, seen, KEY_SESSIONS, "no \"failed-session-count\"");
	if (r->json.err == E_OK)
		add_failure(r, p, type, sessions);
	arena_reset(&r->scratch);
}

/* -- policies -- */

/* A pattern may be any text of a policy: what is too long to be shown is cut,
 * and does not keep the report back. */
static void
read_host(struct reader *r, struct span *ret)
{
	struct span text = SPAN_NONE;

	json_read_string(&r->json, &text);
	if (r->json.err == E_OK)
		*ret = keep(r, utf8_cut(text, SUMMARY_TEXT_MAX));
}

static void
read_mx_hosts(struct reader *r, struct policy_summary *p)
{
	json_read_array(&r->json);
	while (json_read_element(&r->json)) {
		if (p->nmx_hosts < SUMMARY_HOSTS_MAX) {
			read_host(r, &p->mx_hosts[p->nmx_hosts++]);
		} else {
			json_read_skip(&r->json);
			p->more_mx_hosts++;
		}
	}
}

static void
read_description(struct reader *r, struct policy_summary *p)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		if (key == KEY_POLICY_TYPE)
			read_text(r, &p->type);
		else if (key == KEY_POLICY_DOMAIN)
			read_text(r, &p->domain);
		else if (key == KEY_MX_HOST)
			read_mx_hosts(r, p);
		else
			json_read_skip(&r->json);
	}
	require(r, seen, KEY_POLICY_TYPE, "no \"policy-type\"");
}

static void
read_counts(struct reader *r, struct policy_summary *p)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		if (key == KEY_SUCCEEDED)
			read_count(r, &p->succeeded);
		else if (key == KEY_FAILED)
			read_count(r, &p->failed);
		else
			json_read_skip(&r->json);
	}
	require(r, seen, KEY_SUCCEEDED,
	    "no \"total-successful-session-count\"");
	require(r, seen, KEY_FAILED, "no \"total-failure-session-count\"");
}

static void
read_details(struct reader *r, struct policy_summary *p)
{
	json_read_array(&r->json);
	while (json_read_element(&r->json))
		read_detail(r, p);
}

/* What the summary keeps of the next policy. */
static struct policy_summary *
next_policy(struct report_summary *s)
{
	if (s->npolicies < SUMMARY_POLICIES_MAX)
		return &s->policies[s->npolicies++];
	s->nothers++;
	return &s->others;
}

static void
read_policy(struct reader *r)
{
	struct policy_summary *p = next_policy(&r->summary);
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		if (key == KEY_POLICY && p != &r->summary.others)
			read_description(r, p);
		else if (key == KEY_SUMMARY)
			read_counts(r, p);
		else if (key == KEY_DETAILS)
			read_details(r, p);
		else
			json_read_skip(&r->json);
	}
	require(r, seen, KEY_POLICY, "no \"policy\"");
	require(r, seen, KEY_SUMMARY, "no \"summary\"");
	arena_reset(&r->scratch);
}

/* -- report -- */

static void
read_policies(struct reader *r)
{
	struct report_summary *s = &r->summary;

	s->policies = arena_zalloc(r->arena,
	    SUMMARY_POLICIES_MAX * sizeof(*s->policies));
	if (s->policies == NULL)
		json_read_fail(&r->json, E_NOMEM, "out of memory");
	json_read_array(&r->json);
	while (json_read_element(&r->json))
		read_policy(r);
}

static void
read_date_range(struct reader *r)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key)) {
		if (key == KEY_START)
			read_text(r, &r->summary.start);
		else if (key == KEY_END)
			read_text(r, &r->summary.end);
		else
			json_read_skip(&r->json);
	}
	require(r, seen, KEY_START, "no \"start-datetime\"");
	require(r, seen, KEY_END, "no \"end-datetime\"");
}

static void
read_member(struct reader *r, enum key key)
{
	struct report_summary *s = &r->summary;

	switch (key) {
	case KEY_ORGANIZATION:
		read_text(r, &s->organization);
		break;
	case KEY_DATE_RANGE:
		read_date_range(r);
		break;
	case KEY_CONTACT:
		read_text(r, &s->contact);
		break;
	case KEY_ID:
		read_text(r, &s->id);
		break;
	case KEY_POLICIES:
		read_policies(r);
		break;
	default:
		json_read_skip(&r->json);
	}
}

static void
read_report(struct reader *r)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (next_member(r, &seen, &key))
		read_member(r, key);
	require(r, seen, KEY_ORGANIZATION, "no \"organization-name\"");
	require(r, seen, KEY_DATE_RANGE, "no \"date-range\"");
	require(r, seen, KEY_CONTACT, "no \"contact-info\"");
	require(r, seen, KEY_ID, "no \"report-id\"");
	require(r, seen, KEY_POLICIES, "no \"policies\"");
}

/* Falling counts, for qsort. */
static int
compare_failures(const void *va, const void *vb)
{
	const struct failure_summary *a = va, *b = vb;

	if (a->sessions != b->sessions)
		return a->sessions < b->sessions ? 1 : -1;
	return span_cmp(a->type, b->type);
}

static void
finish_policy(struct report_summary *s, struct policy_summary *p)
{
	qsort(p->failures, p->nfailures, sizeof(p->failures[0]),
	    compare_failures);
	s->succeeded = count_add(s->succeeded, p->succeeded);
	s->failed = count_add(s->failed, p->failed);
}

enum err
report_summary_read(struct span json, struct arena *arena,
    struct report_summary *ret, struct why *why)
{
	struct reader r = {
		.scratch = ARENA_INIT(SCRATCH_MAX),
		.arena = arena,
	};
	enum err e;

	json_read_begin(&r.json, json, &r.scratch, DEPTH_MAX, false);
	read_report(&r);
	e = json_read_end(&r.json, why);
	arena_free(&r.scratch);
	if (e != E_OK)
		return e;
	for (size_t i = 0; i < r.summary.npolicies; i++)
		finish_policy(&r.summary, &r.summary.policies[i]);
	finish_policy(&r.summary, &r.summary.others);
	*ret = r.summary;
	return E_OK;
}
