/* model/alert.h -- what is told of a finding, by one way. */
#ifndef MODEL_ALERT_H
#define MODEL_ALERT_H

#include <stdbool.h>

#include "model/finding.h"

/* The store keeps the numbers. */
enum alert_event {
#define ALERT_EVENT(code, name, text, sentence) ALERT_##name = code,
#include "model/alert_events.def"
#undef ALERT_EVENT
};

enum alert_state {
#define ALERT_STATE(code, name, text, sentence) ALERT_IS_##name = code,
#include "model/alert_states.def"
#undef ALERT_STATE
};

/* Texts for people and JSON. Of a number that there is none for: "". */
const char *alert_event_text(int64_t); /* "opened" */
const char *alert_event_sentence(int64_t);
const char *alert_state_text(int64_t); /* "waiting" */

/* E_ABSENT: no such state. */
MUST_CHECK enum err alert_state_from_text(struct span, enum alert_state *ret);

struct alert {
	struct span id;	 /* UUID */
	struct span way; /* as alert.routes names it */
	int64_t event, state;
	int64_t made_s, done_s; /* done_s: 0 while it waits */
	/* As it was then: without its state, times, reason and evidence. */
	struct finding finding;
};

/* What was said last of what is found, or is to be. */
struct alert_said {
	bool is_there;		/* anything was */
	struct span finding_id; /* of then */
	int64_t severity, conclusion;
	bool is_closed;
	bool is_silent; /* it was acknowledged or muted since */
	int64_t said_s;
};

#endif
