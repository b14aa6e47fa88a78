/* Whatever the bytes, a session keeps what datagram_read.h promises of it. */
#include "fuzz/fuzz.h"

#include "base/ascii.h"
#include "codec/datagram_read.h"
#include "codec/ip.h"
#include "codec/uri.h"
#include "model/limits.h"

struct totals {
	size_t details, strings;
};

static void
check_text(struct span s, size_t max)
{
	assert(s.len <= max);
	fuzz_assert_utf8(s);
}

/* a-z 0-9 - _ . * and %XX */
/* RFC 5321 s4.1.3 */
static void
check_literal(struct span s)
{
	char again[IP_TEXT_SIZE];

	assert(s.p[s.len - 1] == ']');
	assert(ip_canonical(s, again) > 0);
	for (size_t i = 1; i + 1 < s.len; i++)
		assert(ascii_is_digit(s.p[i]) ||
		    ascii_is_one_of(s.p[i], "abcdef.:ipv"));
}

static void
check_name(struct span s)
{
	assert(s.len <= DOMAIN_TEXT_MAX);
	if (s.len > 0 && s.p[0] == '[') {
		check_literal(s);
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '%') {
			assert(s.len - i >= 3);
			assert(ascii_is_one_of(s.p[i + 1], "0123456789ABCDEF"));
			assert(ascii_is_one_of(s.p[i + 2], "0123456789ABCDEF"));
			i += 2;
		} else {
			assert((c >= 'a' && c <= 'z') || ascii_is_digit(c) ||
			    ascii_is_one_of(c, "-_.*"));
		}
	}
}

static void
check_address(struct span s)
{
	char again[IP_TEXT_SIZE];

	if (s.len == 0)
		return;
	assert(ip_canonical(s, again) == s.len);
	assert(memcmp(again, s.p, s.len) == 0);
}

static void
check_detail(const struct failure_detail *d)
{
	enum result_type type;

	assert(result_type_from_code((long long)d->type, &type) == E_OK);
	check_address(d->sending_ip);
	check_address(d->receiving_ip);
	check_name(d->mx_hostname);
	check_text(d->helo, HELO_TEXT_MAX);
	assert(d->info.len == 0 || uri_is_valid(d->info));
	assert(d->info.len <= INFO_TEXT_MAX);
	check_text(d->reason, REASON_TEXT_MAX);
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
check_policy(const struct session_policy *p, struct totals *all)
{
	enum policy_type type;

	assert(policy_type_from_code((long long)p->policy.type, &type) == E_OK);
	check_name(p->policy.domain);
	check_list(p->policy.strings, false, all);
	check_list(p->policy.mx_hosts, true, all);
	for (size_t i = 0; i < p->ndetails; i++)
		check_detail(&p->details[i]);
	all->details += p->ndetails;
}

static void
check_session(const struct session *s)
{
	struct totals all = { 0, 0 };

	assert(s->domain.len > 0);
	check_name(s->domain);
	check_text(s->record, RECORD_TEXT_MAX);
	assert(s->npolicies > 0 && s->npolicies <= DATAGRAM_POLICIES_MAX);
	for (size_t i = 0; i < s->npolicies; i++)
		check_policy(&s->policies[i], &all);
	assert(all.details <= DATAGRAM_DETAILS_MAX);
	assert(all.strings <= DATAGRAM_STRINGS_MAX);
	assert((s->marks & ~(unsigned)(2 * MARK_URI - 1)) == 0);
}

static void
check_refusal(enum err e, enum counter as)
{
	assert(as >= COUNTER_REFUSED_JSON && as <= COUNTER_REFUSED_CEILING);
	assert((e == E_RANGE) == (as == COUNTER_REFUSED_CEILING));
	assert((e == E_VERSION) == (as == COUNTER_REFUSED_VERSION));
	assert(e == E_RANGE || e == E_VERSION || e == E_SYNTAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
	struct why why = { { 0 } };
	enum counter refused = NCOUNTERS;
	struct session s;
	enum err e;

	if (size > DATAGRAM_MAX)
		return 0;
	e = datagram_read((struct span){ (const char *)data, size }, &arena, &s,
	    &refused, &why);
	if (e == E_OK) {
		assert(refused == NCOUNTERS && why.text[0] == '\0');
		check_session(&s);
	} else {
		assert(why.text[0] != '\0');
		check_refusal(e, refused);
	}
	arena_free(&arena);
	return 0;
}
