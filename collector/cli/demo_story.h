/* cli/demo_story.h -- reports of others, made up: who reported about which
 * domains on each of 60 days, and what went wrong. The same for everybody, but
 * for its days, which are the last ones. */
#ifndef CLI_DEMO_STORY_H
#define CLI_DEMO_STORY_H

#include "model/report.h"

#define STORY_DAYS 60

enum story_domain_name {
#define STORY_DOMAIN(name, domain, volume, every, mx0, ip0, mx1, ip1) \
	STORY_##name,
#include "cli/demo_story_domains.def"
#undef STORY_DOMAIN
	STORY_DOMAINS,
	STORY_OURS = STORY_FOREIGN /* those before it */
};

enum story_reporter_name {
	STORY_ALL, /* nobody alone */
#define STORY_REPORTER(name, organization, domain, size, traits, days, way, \
    ip, delay_min)                                                          \
	STORY_##name,
#include "cli/demo_story_reporters.def"
#undef STORY_REPORTER
	STORY_REPORTERS
};

enum story_way { STORY_SIGNED, STORY_UNSIGNED, STORY_POSTED };

enum story_what {
	STORY_USUAL,
	STORY_AGAIN,
	STORY_FORGED,
	STORY_CUT,
	STORY_FOOTER,
	STORY_NO_KEY,
	STORY_AHEAD,
	STORY_MISPLACED
};

/* One that comes. ago: days, where yesterday is 1. */
struct story_case {
	int64_t ago;
	enum story_domain_name domain;
	enum story_reporter_name reporter;
};

const char *story_domain(enum story_domain_name);

struct story_sender {
	const char *organization, *domain, *contact;
	const char *ip;
	enum story_way way;
	int64_t delay_s; /* from a day's end to the report of it */
};

const struct story_sender *story_sender(enum story_reporter_name);

/* Whether there is a report, and what is special about it. */
bool story_has(const struct story_case *, enum story_what *ret);

/* The same number for the same case, any other for another. */
uint64_t story_number(const struct story_case *, uint64_t purpose);

#define STORY_POLICIES_MAX 2
#define STORY_DETAILS_MAX 8
#define STORY_STRINGS_MAX 8
#define STORY_ID_SIZE 80

/* A report with all that it points to; it stays where it is. */
struct story_report {
	struct report report;
	struct report_policy policies[STORY_POLICIES_MAX];
	struct report_detail details[STORY_POLICIES_MAX][STORY_DETAILS_MAX];
	struct span strings[STORY_POLICIES_MAX][STORY_STRINGS_MAX];
	struct span mx_hosts[STORY_POLICIES_MAX][STORY_STRINGS_MAX];
	char id[STORY_ID_SIZE];
};

/* day: what it is dated. */
void story_tell(const struct story_case *, int64_t day,
    struct story_report *ret);

#endif
