/* cli/inbox_held.h -- what the inbox holds, and what came and went in some
 * days, for `status`. */
#ifndef CLI_INBOX_HELD_H
#define CLI_INBOX_HELD_H

#include "cli/cli.h"

/* Members "inbox" and "inbox-refused" of the object that is open. */
MUST_CHECK enum err inbox_held_json(struct store *, int64_t first, int64_t last,
    struct json_out *, struct why *why);

/* The same as tables. An exit code. */
int inbox_held_print(const struct cli *, int64_t first, int64_t last);

#endif
