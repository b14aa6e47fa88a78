/* store/store_view.h -- questions about what others reported, for pages. They
 * only read. Errors and lists as in store.h.
 *
 * Each is limited to the domains that the filter allows by its SQL itself: what
 * is about others is not there. */
#ifndef STORE_STORE_VIEW_H
#define STORE_STORE_VIEW_H

#include "model/inbox.h"
#include "model/levels.h"
#include "store/store.h"

/* Texts that are empty, and a result_type of 0, ask for any. */
struct view_filter {
	/* Domains that may be seen, "|a.example|b.example|"; empty: all, "|":
	 * none. */
	struct span allowed;
	struct span domain;
	int64_t first, last; /* days of the reports */
	/* Which reports: 1 << code of model/inbox_state.h, model/trust.h. */
	int64_t states, verdicts;
	bool is_merged; /* verdicts are not told apart */
	struct span reporter;
	struct span mx, receiving_ip, sending_ip;
	int64_t result_type;
	int64_t level; /* enum level; 0: any */
};

/* -- roll-ups -- */

/* Reports of one state and verdict. */
struct view_sum {
	struct span domain; /* empty: about none of ours */
	int64_t day;	    /* -1: all of the range */
	int64_t state, verdict;
	uint64_t reports, reporters; /* reporters: of a day only */
	int64_t received_s;	     /* the last */
	struct levels levels;
	int64_t worst_type; /* of a day only; 0: none failed */
};

typedef enum err view_sum_fn(void *arg, const struct view_sum *);
/* Of each domain over the range, by domain: all states and verdicts. Filtered
 * by allowed, domain, range and reporter. */
MUST_CHECK enum err store_view_domains(struct store *,
    const struct view_filter *, view_sum_fn *, void *arg, struct why *why);
/* Of the filter's one domain, by day; filtered likewise. */
MUST_CHECK enum err store_view_days(struct store *, const struct view_filter *,
    view_sum_fn *, void *arg, struct why *why);
/* Of all that the filter allows by name, in no order; filtered by range. */
MUST_CHECK enum err store_view_days_of(struct store *,
    const struct view_filter *, view_sum_fn *, void *arg, struct why *why);

typedef enum err view_name_fn(void *arg, struct span name);
/* All domains of ours, by name. Filtered by allowed and domain. */
MUST_CHECK enum err store_view_names(struct store *, const struct view_filter *,
    view_name_fn *, void *arg, struct why *why);

struct view_domain {
	struct span domain, token;
	int64_t added_s;
	int64_t received_s; /* the last report that counts; 0: none */
};

typedef enum err view_domain_fn(void *arg, const struct view_domain *);
/* At most max domains of ours behind after, by name. Filtered by allowed and
 * domain. */
MUST_CHECK enum err store_view_owned(struct store *, const struct view_filter *,
    struct span after, size_t max, view_domain_fn *, void *arg,
    struct why *why);

/* When the last report that counts was received; 0: there is none. Filtered by
 * allowed and domain. */
MUST_CHECK enum err store_view_newest(struct store *,
    const struct view_filter *, int64_t *ret_s, struct why *why);

struct view_reporter {
	struct span reporter;
	int64_t first, last; /* days */
	uint64_t days;	     /* with reports */
	int64_t received_s;
	uint64_t reports, sessions; /* from the filter's first day on */
};

typedef enum err view_reporter_fn(void *arg, const struct view_reporter *);
/* By name, seen from day since on. Filtered by allowed, domain, last day,
 * states and verdicts. */
MUST_CHECK enum err store_view_reporters(struct store *,
    const struct view_filter *, int64_t since, view_reporter_fn *, void *arg,
    struct why *why);
/* How many there are for the filter's one domain and its range. */
MUST_CHECK enum err store_view_reporter_count(struct store *,
    const struct view_filter *, uint64_t *ret, struct why *why);
typedef enum err view_count_fn(void *arg, struct span domain, uint64_t n);
/* How many there are for each domain that the filter allows by name; without
 * any it may be left out. Filtered by range, states and verdicts. */
MUST_CHECK enum err store_view_reporter_counts(struct store *,
    const struct view_filter *, view_count_fn *, void *arg, struct why *why);

/* -- one domain: filtered by all but what is said, and by level only failures
 * -- */

enum view_group {
	VIEW_BY_TYPE,
	VIEW_BY_MX,
	VIEW_BY_RECEIVING_IP,
	VIEW_BY_REPORTER,
	VIEW_BY_SENDING_IP,
	VIEW_BY_POLICY,
};

struct view_failure {
	/* Of the group; empty by type, or not told. By policy: its strings, as
	 * codec/lines. */
	struct span name;
	int64_t result_type;
	struct span unknown_type; /* another one, as it was told */
	int64_t verdict;	  /* 0: merged */
	int64_t level;		  /* enum level; 0: not known yet */
	uint64_t sessions;
	bool is_told; /* or no report tells how many */
	uint64_t reports, reporters;
	int64_t first, last; /* days */
	/* By policy. */
	enum policy_type policy_type;
	struct span unknown_policy, policy_domain;
};

typedef enum err view_failure_fn(void *arg, const struct view_failure *);
/* At most max, most sessions first. */
MUST_CHECK enum err store_view_failures(struct store *,
    const struct view_filter *, enum view_group, size_t max, view_failure_fn *,
    void *arg, struct why *why);

typedef enum err view_certificate_fn(void *arg, int64_t result_type,
    int64_t day);
/* Days on which a certificate failed, of a host or of its MTA-STS policy, by
 * type. Not by MX, IP or type. */
MUST_CHECK enum err store_view_certificates(struct store *,
    const struct view_filter *, view_certificate_fn *, void *arg,
    struct why *why);

/* A policy as one reporter saw it. */
struct view_policy {
	enum policy_type type;
	struct span unknown_type, policy_domain;
	struct span strings, mx_hosts; /* codec/lines */
	int64_t verdict;	       /* 0: merged */
	struct span reporter;
	uint64_t succeeded, failed;
	int64_t first, last; /* days */
};

typedef enum err view_policy_fn(void *arg, const struct view_policy *);
/* At most max, by policy and verdict, then reporter. Not by MX, IP or type. */
MUST_CHECK enum err store_view_policies(struct store *,
    const struct view_filter *, size_t max, view_policy_fn *, void *arg,
    struct why *why);

/* What a reporter told of one type of policy on a day. */
struct view_outcome {
	int64_t day;
	struct span reporter;
	int64_t verdict; /* 0: merged */
	enum policy_type type;
	uint64_t succeeded, failed;
};

typedef enum err view_outcome_fn(void *arg, const struct view_outcome *);
/* MTA-STS and DANE, by day and reporter; at most max. Likewise. */
MUST_CHECK enum err store_view_compare(struct store *,
    const struct view_filter *, size_t max, view_outcome_fn *, void *arg,
    struct why *why);

/* Sessions under MTA-STS policies whose successes have that level. */
struct view_basis {
	enum level level;
	uint64_t days, reporters, succeeded, failed;
};

typedef enum err view_basis_fn(void *arg, const struct view_basis *);
MUST_CHECK enum err store_view_readiness(struct store *,
    const struct view_filter *, view_basis_fn *, void *arg, struct why *why);

/* -- reports -- */

/* A place in the list of them; start: VIEW_PLACE_START. */
struct view_place {
	int64_t day;
	struct span intake;
	int64_t part;
};
#define VIEW_PLACE_START \
	((struct view_place){ INT64_MAX, SPAN_LIT(""), INT64_MAX })

typedef enum err view_report_fn(void *arg, int64_t day,
    const struct inbox_row *);
/* At most max behind the place, the newest day first. Filtered by all. */
MUST_CHECK enum err store_view_reports(struct store *,
    const struct view_filter *, const struct view_place *after, size_t max,
    view_report_fn *, void *arg, struct why *why);
/* One. E_ABSENT: there is none, or it is about none of the allowed domains. */
MUST_CHECK enum err store_view_report(struct store *, struct span allowed,
    struct span intake, int64_t part, view_report_fn *, void *arg,
    struct why *why);
/* The domains of ours that it is about. */
MUST_CHECK enum err store_view_report_domains(struct store *,
    struct span allowed, struct span intake, int64_t part, view_sum_fn *,
    void *arg, struct why *why);

struct view_report_id {
	struct span intake;
	int64_t part;
};

typedef enum err view_report_sum_fn(void *arg, const struct view_report_id *,
    const struct view_sum *);
/* The same of many, each of which is given once; by intake, part, domain. */
MUST_CHECK enum err store_view_report_domains_of(struct store *,
    struct span allowed, const struct view_report_id *, size_t n,
    view_report_sum_fn *, void *arg, struct why *why);

struct view_report_policy {
	struct inbox_policy row; /* day: not set */
	int64_t succeeded_level, failed_level;
	uint64_t details;
};

typedef enum err view_report_policy_fn(void *arg,
    const struct view_report_policy *);
MUST_CHECK enum err store_view_report_policies(struct store *,
    struct span allowed, struct span intake, int64_t part,
    view_report_policy_fn *, void *arg, struct why *why);

typedef enum err view_detail_fn(void *arg, const struct inbox_detail *);
/* At most max behind that policy and detail; start: 0 and -1. */
MUST_CHECK enum err store_view_report_details(struct store *,
    struct span allowed, struct span intake, int64_t part, int64_t policy,
    int64_t detail, size_t max, view_detail_fn *, void *arg, struct why *why);

/* Whether all that was received with it may be seen, and so its bytes. */
MUST_CHECK enum err store_view_is_open(struct store *, struct span allowed,
    struct span intake, bool *ret, struct why *why);

/* -- search: at most max of each kind -- */

/* Domains that have the text in them. */
MUST_CHECK enum err store_view_search_domains(struct store *,
    struct span allowed, struct span text, size_t max, view_name_fn *,
    void *arg, struct why *why);
/* Reporters that begin with it. */
MUST_CHECK enum err store_view_search_reporters(struct store *,
    struct span allowed, struct span text, size_t max, view_name_fn *,
    void *arg, struct why *why);

typedef enum err view_found_fn(void *arg, struct span intake, int64_t part,
    struct span report_id);
/* Reports whose id, or ours of their intake, begins with it. */
MUST_CHECK enum err store_view_search_reports(struct store *,
    struct span allowed, struct span text, size_t max, view_found_fn *,
    void *arg, struct why *why);

#endif
