/* model/delivery_state.h -- what has become of a report for one destination. */
#ifndef MODEL_DELIVERY_STATE_H
#define MODEL_DELIVERY_STATE_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The store keeps the number. */
enum delivery_state {
#define DELIVERY_STATE(code, name, text, sentence) DELIVERY_##name = code,
#include "model/delivery_states.def"
#undef DELIVERY_STATE
};

/* E_ABSENT: no such state. */
MUST_CHECK enum err delivery_state_from_code(int64_t code,
    enum delivery_state *ret);
MUST_CHECK enum err delivery_state_from_text(struct span,
    enum delivery_state *ret);

const char *delivery_state_text(enum delivery_state);	  /* "handed-over" */
const char *delivery_state_sentence(enum delivery_state); /* for a person */

#endif
