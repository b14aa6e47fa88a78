/* api/view.h -- what the resources of received reports share: which reports a
 * request means, and how numbers of different trust are kept apart. */
#ifndef API_VIEW_H
#define API_VIEW_H

#include "api/resource.h"
#include "base/uuid.h"
#include "store/store_view.h"

#define VIEW_TEXTS_MAX 500 /* of a policy, in one answer */

/* "trust=counted" are two layers, which never become one number: what DKIM
 * vouches for, and beside it what came by HTTPS. Else there is one. */
enum view_layer { VIEW_MAIN, VIEW_BESIDE, VIEW_NEITHER };

/* "|a.example|b.example|", as a filter allows them; of none "|". E_NOMEM,
 * E_RANGE. */
MUST_CHECK enum err view_allow(struct span_list domains, struct arena *,
    struct span *ret);
/* What the account sees, so that others' rows take no room on a page and their
 * names are in no cursor; "": all. E_NOMEM, E_RANGE. */
MUST_CHECK enum err view_allowed(const struct api_request *, struct span *ret);
/* Out of the account and the query; the path's domain is put in by the caller.
 * E_NOMEM. */
MUST_CHECK enum err view_filter_of(const struct api_request *,
    struct view_filter *ret);
/* Where a sum belongs; not one of both: it only says that there are reports. */
enum view_layer view_layer_of(const struct api_request *, int64_t state,
    int64_t verdict);
/* What a row of that verdict says as its "trust": "authenticated"; "all". */
struct span view_trust_text(int64_t verdict);

/* E_ABSENT: the path's domain is not ours. ret: with it as its domain. */
MUST_CHECK enum err view_domain_filter(const struct api_request *,
    struct view_filter *ret, struct why *why);

#define VIEW_REPORT_ID_SIZE (UUID_TEXT_SIZE + 21) /* "UUID.part" */
/* Out of the path: untrusted. E_ABSENT. */
MUST_CHECK enum err view_report_id_of(const struct api_request *,
    struct view_report_id *ret, struct why *why);
void view_report_id_text(struct span intake, int64_t part,
    char ret[VIEW_REPORT_ID_SIZE]);

/* The member "reporters", those that have fallen silent first; filtered as
 * store_view_reporters is, and by reporter. */
enum err view_put_reporters(const struct api_request *,
    const struct view_filter *, struct json_out *, struct why *why);

/* Add to what is there. */
void view_add(struct levels *to, const struct levels *more);
struct api_levels view_levels(const struct levels *);
/* NULL, which is "no data", if no report told any count. */
const struct api_levels *view_levels_or_null(const struct levels *,
    struct api_levels *room);

/* A member or column of texts out of codec/lines. E_NOMEM. */
MUST_CHECK enum err view_lines(struct arena *, struct span lines,
    struct span_list *ret);

/* Result and policy types as RFC 8460 has them, or as they were told. */
struct span view_result_text(int64_t type, struct span unknown);
struct span view_policy_text(enum policy_type, struct span unknown);
/* "not-sent"; SPAN_NONE: not known yet. */
struct span view_level_text(int64_t level);
/* "" while nothing was judged. */
struct span view_verdict_text(int64_t verdict);

#endif
