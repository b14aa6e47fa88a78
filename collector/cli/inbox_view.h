/* cli/inbox_view.h -- a report of somebody else, whole, for showing it. */
#ifndef CLI_INBOX_VIEW_H
#define CLI_INBOX_VIEW_H

#include "codec/json_write.h"
#include "model/inbox.h"
#include "model/protection.h"
#include "model/session_totals.h"
#include "store/store.h"

struct inbox_view_policy {
	struct inbox_policy row;
	struct policy policy;
	bool is_known; /* its type */
	enum protection protection;
	enum failure_effect effect;
	struct inbox_detail *details;
	size_t ndetails;
};

struct inbox_view {
	const struct inbox_row *row;
	struct inbox_view_policy *policies;
	size_t npolicies;
	struct arena arena;
};

/* row stays as it is while ret is used. Without details nothing is known about
 * protection. Free ret in any case. E_NOMEM, and the store's. */
MUST_CHECK enum err inbox_view_load(struct store *, const struct inbox_row *row,
    bool details, struct inbox_view *ret, struct why *why);
void inbox_view_free(struct inbox_view *);

/* "" while nothing was judged. */
const char *inbox_verdict_text(int64_t verdict);

/* Sessions that succeeded with that protection, that failed with that effect;
 * each once. */
struct told_count inbox_view_protected(const struct inbox_view *,
    enum protection);
struct told_count inbox_view_failed(const struct inbox_view *,
    enum failure_effect);

/* An object: RFC 8460's members, and ours beside them. */
void inbox_view_json(const struct inbox_view *, struct json_out *);

#endif
