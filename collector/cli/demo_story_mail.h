/* cli/demo_story_mail.h -- a report of the story as it comes: a mail, signed by
 * who reports, with what the demo's mail server found of that on top; or as it
 * is posted. */
#ifndef CLI_DEMO_STORY_MAIL_H
#define CLI_DEMO_STORY_MAIL_H

#include "cli/demo_story.h"
#include "codec/dkim_key.h"

struct story_keys {
	/* The first is a stranger's. NULL: not made. */
	struct dkim_key *v[STORY_REPORTERS];
};

/* Free them in any case. */
MUST_CHECK enum err story_keys_make(struct story_keys *ret, struct why *why);
void story_keys_free(struct story_keys *);

/* It, and how it comes. */
struct story_post {
	const struct story_case *about;
	enum story_what what;
	int64_t day; /* that it is about */
	int64_t received_s;
};

/* Append a mail; or gzip, if its sender posts. */
MUST_CHECK enum err story_write(const struct story_keys *,
    const struct story_post *, struct buf *out, struct why *why);

#endif
