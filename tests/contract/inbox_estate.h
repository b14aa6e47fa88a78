/* tests/contract/inbox_estate.h -- reports of others, put as intake puts them.
 */
#ifndef TESTS_CONTRACT_INBOX_ESTATE_H
#define TESTS_CONTRACT_INBOX_ESTATE_H

#include "store_fixture.h"

#include "model/inbox.h"
#include "model/trust.h"

#define NOT_TOLD UINT64_MAX

/* A policy of a report; the next one with a NULL domain is the end. */
struct told_policy {
	const char *domain; /* ours; "": nobody's */
	enum policy_type type;
	const char *text; /* its strings, a line each */
	uint64_t succeeded, failed;
	/* One detail, if it has a type. */
	enum result_type result;
	uint64_t sessions;
};

struct told_report {
	const char *intake;
	int64_t part, day;
	const char *reporter;
	enum inbox_state state;
	int64_t verdict;
	unsigned identity;
	struct told_policy policies[4];
};

#define ENFORCE "version: STSv1\nmode: enforce\nmx: mx.a.example\n"
#define TESTING "version: STSv1\nmode: testing\nmx: mx.a.example\n"
#define USABLE "3 1 1 aa\n"

/* In a transaction of its own, with its levels. */
void tell(struct fixture *, const struct told_report *);
/* The same in the caller's. */
void tell_within(struct fixture *, const struct told_report *);
void own(struct fixture *, const char *domain);

/* What test_inbox_day.c and test_view.c count by hand. Of a.example:
 *  DAY    90 + 10 sessions under enforce, of which g.example says that DANE
 *         failed for 5 more than succeeded: each once, the failures 10;
 *         40 + 2 without a policy, of m.example; by HTTPS 1000 failures of
 *         evil.example; a duplicate that does not count
 *  DAY+1  7 of u.example, whose mail has no signature
 *  DAY+2  a report of g.example without any count
 * Of b.example: DAY 30 + 3 in testing, in the same report of m.example. Of
 * c.example: nothing. One intake cannot be read. */
void tell_estate(struct fixture *);

#endif
