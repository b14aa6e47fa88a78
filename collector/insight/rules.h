/* insight/rules.h -- the rules of rules.def. Each adds what it finds, with its
 * evidence. Out of memory is noted in the findings. */
#ifndef INSIGHT_RULES_H
#define INSIGHT_RULES_H

#include "insight/found.h"

typedef void rule_fn(const struct view *, struct findings *);

rule_fn rule_starttls;
rule_fn rule_certificate;
rule_fn rule_foreign_mx;
rule_fn rule_foreign_address;
rule_fn rule_policy_fetch;
rule_fn rule_policy_seen;
rule_fn rule_policy_not_found;
rule_fn rule_dane_sts;
rule_fn rule_enforce;
rule_fn rule_record_gone;
rule_fn rule_silent;
rule_fn rule_volume;
rule_fn rule_flood;
rule_fn rule_contradiction;
rule_fn rule_day_late;

/* All rules for a domain, or for what is of none: first on what is
 * authenticated, then on what is not, whose findings go beside. E_NOMEM. */
MUST_CHECK enum err rules_apply(const struct evidence *, struct arena *,
    struct findings *ret);

/* -- for rules -- */

/* A grid, or an empty one and the error noted. */
bool rule_grid(const struct view *, const struct question *, struct grid *ret,
    struct findings *);
/* A failure_fn of the result types in a set, 1 << (result % 64). */
bool is_of_types(const struct evidence_failure *, const void *set);
#define TYPE_BIT(type) (UINT64_C(1) << ((type) % 64))

#endif
