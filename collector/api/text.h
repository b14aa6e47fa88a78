/* api/text.h -- texts of URLs and bodies. Pure. */
#ifndef API_TEXT_H
#define API_TEXT_H

#include "base/arena.h"
#include "base/err.h"

/* UTF-8 without control characters. */
bool api_is_plain(struct span);

/* What "%XX" stands for, too; plus: "+" stands for a blank. E_SYNTAX: not
 * plain then, or a "%" alone; E_NOMEM. */
MUST_CHECK enum err api_decode(struct span text, bool plus, struct arena *,
    struct span *ret);

#endif
