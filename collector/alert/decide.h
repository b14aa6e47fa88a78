/* alert/decide.h -- whether something is to be said of a finding, by what was
 * said of it last. Pure. */
#ifndef ALERT_DECIDE_H
#define ALERT_DECIDE_H

#include "model/alert.h"

/* Clocks of those who tell may differ by so much: what was said later than that
 * from now was said while a clock was wrong, and keeps back nothing. */
#define ALERT_AHEAD_S 300

struct alert_decision {
	int64_t event;	 /* enum alert_event; 0: nothing is told */
	bool is_changed; /* said is another one from now on */
	struct alert_said said;
};

/* A finding as it is now: one that is not closed, or, with its state closed,
 * one that is found no more.
 *   cool_down_s  for so long nothing more is told, unless it gets worse */
struct alert_decision alert_decide(const struct finding *,
    const struct alert_said *, int64_t now_s, int64_t cool_down_s);

#endif
