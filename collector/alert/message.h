/* alert/message.h -- what a person or a program is told: several alerts at
 * once. Pure. */
#ifndef ALERT_MESSAGE_H
#define ALERT_MESSAGE_H

#include "base/buf.h"
#include "model/alert.h"

/* Alerts that wait for one way, and so of one message: past it they are only
 * counted. */
#define ALERT_WAITING_MAX 500
#define ALERT_MESSAGE_MAX ((size_t)8 << 20) /* bytes */

/* Told again it is the same, but for its time. */
struct alert_message {
	struct span id; /* UUID */
	const struct alert *alerts;
	size_t nalerts;
	uint64_t left_out; /* and so many that are not listed */
};

/* One object of JSON, on one line. E_NOMEM, E_RANGE. */
MUST_CHECK enum err alert_message_json(const struct alert_message *,
    struct buf *out);

/* A line for a subject or a log: printable ASCII, single blanks. */
void alert_message_subject(const struct alert_message *, struct buf *out);

struct alert_mail {
	const struct alert_message *message;
	struct span from, to; /* valid addresses */
	int64_t now_s;	      /* Date */
};

/* A whole mail in plain text; lines end with CRLF. What is wrong stays in
 * out. */
void alert_message_mail(const struct alert_mail *, struct buf *out);

#endif
