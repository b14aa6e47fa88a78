/* model/inbox_state.h -- what has become of a report that was received. */
#ifndef MODEL_INBOX_STATE_H
#define MODEL_INBOX_STATE_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The store keeps the number. */
enum inbox_state {
#define INBOX_STATE(code, name, text, sentence) INBOX_##name = code,
#include "model/inbox_states.def"
#undef INBOX_STATE
};

/* E_ABSENT: no such state. */
MUST_CHECK enum err inbox_state_from_code(int64_t code, enum inbox_state *ret);
MUST_CHECK enum err inbox_state_from_text(struct span, enum inbox_state *ret);

const char *inbox_state_text(enum inbox_state);	    /* "counted" */
const char *inbox_state_sentence(enum inbox_state); /* for a person */

#endif
