/* What jansson refuses as JSON is refused here too, and where both take a
 * report, they find the same in it. Whatever the bytes, a report keeps what
 * report_read.h promises of it. */
#include "fuzz/fuzz.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/num.h"
#include "codec/date_read.h"
#include "codec/ip.h"
#include "codec/report_read.h"

/* -- what is promised -- */

struct totals {
	size_t details, strings;
};

static void
check_text(struct span s, size_t max)
{
	assert(s.len <= max);
	assert(s.len == 0 || s.p != NULL);
	fuzz_assert_utf8(s);
}

static void
check_name(struct span s)
{
	check_text(s, DOMAIN_TEXT_MAX);
	for (size_t i = 0; i < s.len; i++)
		assert(s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != '<');
}

static void
check_address(struct span s)
{
	char again[IP_TEXT_SIZE];

	if (s.len > 0)
		assert(
		    span_eq(s, (struct span){ again, ip_canonical(s, again) }));
}

static void
check_count(struct incoming_count c)
{
	assert(c.n <= COUNT_MAX);
	assert(c.n == 0 || c.given == INCOMING_GIVEN);
}

static void
check_detail(const struct incoming_detail *d)
{
	enum result_type type;

	assert(result_type_from_code((long long)d->detail.type, &type) == E_OK);
	assert(d->unknown_type.p == NULL || d->unknown_type.len > 0);
	check_text(d->unknown_type, INCOMING_TEXT_MAX);
	check_address(d->detail.sending_ip);
	check_address(d->detail.receiving_ip);
	check_name(d->detail.mx_hostname);
	check_text(d->detail.helo, INCOMING_TEXT_MAX);
	check_text(d->detail.info, INFO_TEXT_MAX);
	check_text(d->detail.reason, INCOMING_TEXT_MAX);
	check_count(d->sessions);
}

static void
check_list(struct span_list list, bool names, struct totals *all)
{
	size_t bytes = 0;

	for (size_t i = 0; i < list.n; i++) {
		bytes += list.v[i].len;
		if (names)
			check_name(list.v[i]);
		else
			fuzz_assert_utf8(list.v[i]);
	}
	assert(bytes <= POLICY_TEXT_MAX);
	all->strings += list.n;
}

static void
check_policy(const struct incoming_policy *p, struct totals *all)
{
	assert(!p->known || p->unknown_type.p == NULL);
	check_text(p->unknown_type, INCOMING_TEXT_MAX);
	check_name(p->policy.domain);
	check_list(p->policy.strings, false, all);
	check_list(p->policy.mx_hosts, true, all);
	check_count(p->succeeded);
	check_count(p->failed);
	for (size_t i = 0; i < p->ndetails; i++)
		check_detail(&p->details[i]);
	all->details += p->ndetails;
}

static void
check_report(const struct incoming_report *r)
{
	struct totals all = { 0, 0 };

	check_text(r->organization, INCOMING_TEXT_MAX);
	check_text(r->contact, INCOMING_TEXT_MAX);
	check_text(r->id, INCOMING_TEXT_MAX);
	assert(r->npolicies <= INCOMING_POLICIES_MAX);
	for (size_t i = 0; i < r->npolicies; i++)
		check_policy(&r->policies[i], &all);
	assert(all.details <= INCOMING_DETAILS_MAX);
	assert(all.strings <= INCOMING_STRINGS_MAX);
	assert(r->notes >> NREPORT_NOTES == 0);
	for (int i = 0; i < NREPORT_NOTES; i++)
		assert(report_note_sentence((enum report_note)i)[0] != '\0');
}

/* -- what jansson finds -- */

static bool
same_key(const char *key, const char *name)
{
	for (; *key != '\0' && *name != '\0'; key++, name++)
		if ((*key == '_' ? '-' : ascii_lower(*key)) != *name)
			return false;
	return *key == *name;
}

/* The first member of one of these names. Members keep their order. */
static const json_t *
get(const json_t *object, const char *name, const char *another)
{
	json_t *o = (json_t *)(uintptr_t)object, *value;
	const char *key;

	json_object_foreach(o, key, value) if (same_key(key, name) ||
	    (another != NULL && same_key(key, another))) return value;
	return NULL;
}

static struct span
text_of(const json_t *v)
{
	if (!json_is_string(v))
		return SPAN_NONE;
	return (struct span){ json_string_value(v), json_string_length(v) };
}

static bool
is_text(const json_t *v)
{
	return json_is_string(v) || json_is_number(v);
}

static void
compare_text(const json_t *v, struct span ours, size_t max)
{
	if (!is_text(v))
		assert(ours.p == NULL);
	else if (json_is_string(v))
		assert(span_eq(utf8_cut(text_of(v), max), ours));
}

static void
compare_count(const json_t *v, struct incoming_count ours)
{
	double d;

	if (v == NULL)
		assert(ours.given == INCOMING_ABSENT);
	else if (json_is_null(v))
		assert(ours.given == INCOMING_NULL);
	else if (!is_text(v))
		assert(ours.given == INCOMING_UNREADABLE);
	if (!json_is_number(v))
		return;
	d = json_number_value(v);
	if (ours.given != INCOMING_GIVEN)
		/* A fraction may be too small for a double. */
		assert(d < 0 || d != (double)(uint64_t)d || d < 9e15);
	else if (ours.n == COUNT_MAX)
		assert(d >= (double)COUNT_MAX);
	else
		assert(d == (double)ours.n);
}

static void
compare_address(const json_t *v, struct span ours)
{
	unsigned char a[16], b[16];
	struct span theirs = text_of(v);
	char text[64] = "";
	int family;

	/* As address literals have it, or with a NUL: not jansson's to say. */
	if (theirs.len >= sizeof(text) || span_has(theirs, '[') ||
	    span_has(theirs, '\0') || span_has(theirs, 'v') ||
	    span_has(theirs, 'V') || json_is_number(v))
		return;
	memcpy(text, theirs.len == 0 ? "" : theirs.p, theirs.len);
	family = span_has(theirs, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, a) != 1) {
		assert(ours.len == 0);
		return;
	}
	assert(ours.len > 0);
	memcpy(text, ours.p, ours.len);
	text[ours.len] = '\0';
	if (inet_pton(family, text, b) == 1)
		assert(memcmp(a, b, family == AF_INET ? 4 : 16) == 0);
	else /* an IPv4-mapped address */
		assert(family == AF_INET6 && inet_pton(AF_INET, text, b) == 1 &&
		    memcmp(a + 12, b, 4) == 0);
}

/* Names that have one spelling only. */
static void
compare_name(const json_t *v, struct span ours)
{
	struct span theirs = text_of(v);

	for (size_t i = 0; i < theirs.len; i++)
		if (!ascii_is_digit(theirs.p[i]) &&
		    !(theirs.p[i] >= 'a' && theirs.p[i] <= 'z'))
			return;
	if (!json_is_number(v) && theirs.len <= DOMAIN_TEXT_MAX)
		assert(span_eq(theirs, ours));
}

static void
compare_type(const json_t *v, struct span unknown, const char *known)
{
	if (unknown.p != NULL)
		compare_text(v, unknown, INCOMING_TEXT_MAX);
	else if (json_is_string(v))
		assert(span_eq_nocase(text_of(v), span_str(known)));
}

static bool
detail_is_kept(const json_t *v)
{
	const json_t *type = get(v, "result-type", NULL);

	return json_is_number(type) || text_of(type).len > 0;
}

static void
compare_detail(const json_t *v, const struct incoming_detail *d)
{
	const struct failure_detail *f = &d->detail;
	const json_t *info = get(v, "additional-information",
	    "additional-info-uri");

	compare_type(get(v, "result-type", NULL), d->unknown_type,
	    result_type_text(f->type));
	compare_count(get(v, "failed-session-count", NULL), d->sessions);
	compare_address(get(v, "sending-mta-ip", NULL), f->sending_ip);
	compare_address(get(v, "receiving-ip", NULL), f->receiving_ip);
	compare_name(get(v, "receiving-mx-hostname", "receiving-mx-host-name"),
	    f->mx_hostname);
	compare_text(get(v, "receiving-mx-helo", NULL), f->helo,
	    INCOMING_TEXT_MAX);
	compare_text(get(v, "failure-reason-code", "failure-error-code"),
	    f->reason, INCOMING_TEXT_MAX);
	if (text_of(info).len <= INFO_TEXT_MAX)
		compare_text(info, f->info, INFO_TEXT_MAX);
}

/* v is an array, or one element; returns how many are kept. */
static size_t
compare_details(const json_t *v, const struct incoming_policy *p)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1, kept = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *d = json_is_array(v) ? json_array_get(v, i) : v;

		if (!detail_is_kept(d))
			continue;
		if (p != NULL) {
			assert(kept < p->ndetails);
			compare_detail(d, &p->details[kept]);
		}
		kept++;
	}
	return kept;
}

static void
compare_strings(const json_t *v, struct span_list ours)
{
	size_t n = json_array_size(v);

	for (size_t i = 0; i < n; i++) {
		struct span s = text_of(json_array_get(v, i));

		/* What jansson cannot say: numbers, JSON in a text. */
		if (s.p == NULL || (s.len > 0 && s.p[0] == '['))
			return;
	}
	assert(!json_is_array(v) || ours.n == n);
	for (size_t i = 0; i < n; i++)
		assert(span_eq(text_of(json_array_get(v, i)), ours.v[i]));
}

static bool
entry_is_kept(const json_t *v)
{
	return json_is_object(get(v, "policy", NULL)) ||
	    json_is_object(get(v, "summary", NULL)) ||
	    json_is_object(get(v, "failure-details", NULL)) ||
	    compare_details(get(v, "failure-details", NULL), NULL) > 0;
}

static void
compare_entry(const json_t *v, const struct incoming_policy *p)
{
	const json_t *policy = get(v, "policy", NULL);
	const json_t *summary = get(v, "summary", NULL);
	const json_t *type = get(policy, "policy-type", NULL);

	if (p->known || text_of(type).len > 0)
		compare_type(type, p->unknown_type,
		    policy_type_text(p->policy.type));
	compare_name(get(policy, "policy-domain", NULL), p->policy.domain);
	compare_strings(get(policy, "policy-string", NULL), p->policy.strings);
	compare_count(get(summary, "total-successful-session-count", NULL),
	    p->succeeded);
	compare_count(get(summary, "total-failure-session-count", NULL),
	    p->failed);
	assert(
	    compare_details(get(v, "failure-details", NULL), p) == p->ndetails);
}

static void
compare_entries(const json_t *v, const struct incoming_report *r)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1, kept = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *e = json_is_array(v) ? json_array_get(v, i) : v;

		if (!json_is_object(e) || !entry_is_kept(e))
			continue;
		assert(kept < r->npolicies);
		compare_entry(e, &r->policies[kept++]);
	}
	assert(kept == r->npolicies);
}

static bool
has_date(const json_t *range, const char *name)
{
	unsigned marks;
	int64_t s;

	return date_read(text_of(get(range, name, NULL)), &s, &marks) == E_OK;
}

static bool
is_report(const json_t *v)
{
	const json_t *policies = get(v, "policies", "tls-report");
	const json_t *range = get(v, "date-range", NULL);

	return is_text(get(v, "organization-name", NULL)) ||
	    is_text(get(v, "contact-info", NULL)) ||
	    is_text(get(v, "report-id", NULL)) || json_is_array(policies) ||
	    json_is_object(policies) || has_date(range, "start-datetime") ||
	    has_date(range, "end-datetime");
}

static void
compare_report(const json_t *v, const struct incoming_report *r)
{
	const json_t *range = get(v, "date-range", NULL);

	compare_text(get(v, "organization-name", NULL), r->organization,
	    INCOMING_TEXT_MAX);
	compare_text(get(v, "contact-info", NULL), r->contact,
	    INCOMING_TEXT_MAX);
	compare_text(get(v, "report-id", NULL), r->id, INCOMING_TEXT_MAX);
	assert(r->has_start == has_date(range, "start-datetime"));
	assert(r->has_end == has_date(range, "end-datetime"));
	compare_entries(get(v, "policies", "tls-report"), r);
}

/* Differences that are meant, each with its reason. */
static void
check_refusal(const json_error_t *error, enum err e,
    const struct incoming_report *r)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key:	  /* the first counts here */
	case json_error_numeric_overflow: /* what is no count is not looked at
					   */
		return;
	default:
		/* Characters that are none are replaced here. */
		assert(
		    e != E_OK || report_has_note(r, REPORT_NOTE_TEXT_REPAIRED));
	}
}

static void
check_oracle(struct span text, enum err e, const struct incoming_report *r)
{
	const uint64_t cut = UINT64_C(1) << REPORT_NOTE_TEXT_REPAIRED |
	    UINT64_C(1) << REPORT_NOTE_METADATA_OBJECT |
	    UINT64_C(1) << REPORT_NOTE_POLICIES_CEILING |
	    UINT64_C(1) << REPORT_NOTE_DETAILS_CEILING |
	    UINT64_C(1) << REPORT_NOTE_STRINGS_CEILING;
	json_error_t error;
	json_t *tree = json_loadb(text.p, text.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL,
	    &error);

	if (tree == NULL)
		check_refusal(&error, e, r);
	else if (e == E_OK && (r->notes & cut) == 0)
		compare_report(tree, r);
	else if (e == E_SYNTAX && !span_has(text, '\0'))
		assert(!json_is_object(tree) || !is_report(tree));
	json_decref(tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena arena = ARENA_INIT(INCOMING_ARENA_MAX);
	struct why why = { { 0 } };
	struct incoming_report r;
	enum err e;

	e = report_read(text, &arena, &r, &why);
	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert((e == E_OK) == (why.text[0] == '\0'));
	if (e == E_OK)
		check_report(&r);
	check_oracle(text, e, &r);
	arena_free(&arena);
	return 0;
}
