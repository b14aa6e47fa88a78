/* tests/unit/insight/insight_fixture.h -- evidence made by hand. */
#ifndef TESTS_UNIT_INSIGHT_INSIGHT_FIXTURE_H
#define TESTS_UNIT_INSIGHT_INSIGHT_FIXTURE_H

#include "support/test.h"

#include "base/clock.h"
#include "insight/past.h"
#include "insight/rules.h"
#include "model/inbox_state.h"
#include "model/levels.h"
#include "model/trust.h"

#define TODAY 20800
#define ROWS 4000
#define PASTS 8
#define ENFORCE "version: STSv1\nmode: enforce\nmx: mx1.o.example\n"

/* What reporters told, a row at a time, as of the end of TODAY. */
struct story {
	struct arena arena;
	struct span hosts[2], lines[8];
	struct evidence evidence;
	struct evidence_day days[ROWS];
	struct seen_policy policies[ROWS];
	struct evidence_failure failures[ROWS];
	struct elsewhere elsewhere[8];
	struct own_day own_days[8];
	struct past past[PASTS]; /* what the domain published */
	int64_t state, verdict;	 /* of what is told next */
	int64_t delay;		 /* days from a day to its report */
	struct findings found;
};

int story_setup(void **state);
int story_teardown(void **state);
#define STORY_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, story_setup, story_teardown)

/* A day of a reporter, so many days ago, under an enforced MTA-STS policy. */
void tell(struct story *, const char *reporter, int64_t ago, uint64_t sessions,
    uint64_t failed);
/* The same under another policy. */
void tell_under(struct story *, const char *reporter, int64_t ago,
    enum policy_type, const char *policy_domain, const char *strings,
    uint64_t sessions, uint64_t failed);
/* And what failed. */
struct evidence_failure *tell_failed(struct story *, const char *reporter,
    int64_t ago, enum result_type, uint64_t sessions);
/* Sessions without a failure from one day ago to another. */
void quiet(struct story *, const char *reporter, int64_t from, int64_t to,
    uint64_t sessions);

/* All rules; the finding of that kind and subject, or NULL. */
void judge_story(struct story *);
const struct found *found(const struct story *, enum finding_kind,
    const char *subject);

#endif
