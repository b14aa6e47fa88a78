/* api/export.h -- a list as one table: page after page of its resource. */
#ifndef API_EXPORT_H
#define API_EXPORT_H

#include "api/answer.h"

/* Have the resource put all pages of its list, up to what an answer holds.
 * Errors are the resource's. */
MUST_CHECK enum err api_export(api_resource_fn *, const struct api_request *,
    struct api_answer *, struct why *);

#endif
