/* alert/send.h -- one message, by one way. */
#ifndef ALERT_SEND_H
#define ALERT_SEND_H

#include "alert/message.h"
#include "base/clock.h"
#include "config/config.h"
#include "config/route_word.h"
#include "store/store_alert.h"

#define ALERT_ANSWER_SIZE 512

struct alert_sender {
	const struct config *config;
	const struct clock *clock;
	int wake_fd; /* readable: break it off; -1: nothing is */
};

/* It is to break off what it does, and begin nothing. */
bool alert_is_to_end(const struct alert_sender *);

struct alert_outcome {
	enum alert_fate fate;
	int64_t retry_after_s; /* as the receiver wants it; -1: does not say */
	char answer[ALERT_ANSWER_SIZE]; /* a line for a person: ASCII */
};

/* It takes at most alert.timeout, and little more. */
void alert_send(const struct alert_sender *, const struct route_word *,
    const struct alert_message *, struct alert_outcome *ret);

#endif
