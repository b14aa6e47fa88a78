/* api/body.h -- the body of a request: one JSON object of texts and lists of
 * texts. Pure. */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/arena.h"
#include "base/err.h"

#define API_BODY_TEXTS_MAX 1000 /* of a list */

struct api_member {
	const char *name; /* NULL ends a table of them */
	/* One of the two; left alone where the member is missing or null. */
	struct span *text;
	struct span_list *texts; /* v is not NULL, be the list empty */
	bool is_required;	 /* a text */
	bool *is_given;		 /* be it as null; NULL: nobody asks */
};

/* Texts are UTF-8 without control characters, in the arena. E_SYNTAX, E_RANGE,
 * E_NOMEM; why names none of the bytes. */
MUST_CHECK enum err api_body_read(struct span json, const struct api_member *,
    struct arena *, struct why *why);

#endif
