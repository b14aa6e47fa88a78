/* net/smtp_reply.h -- what a mail server says to one command, RFC 5321 s4.2, as
 * it comes in line by line. Pure. */
#ifndef NET_SMTP_REPLY_H
#define NET_SMTP_REPLY_H

#include "base/span.h"

#define SMTP_ANSWER_MAX 512 /* bytes of a reply that are kept */

struct smtp_reply {
	int code;     /* known from the first line on; 0: none */
	bool goes_on; /* the next line is of this reply too */
	size_t len;
	char text[SMTP_ANSWER_MAX]; /* its lines, CRLF in between */
};

#define SMTP_REPLY_NONE ((struct smtp_reply){ .code = 0 })

/* Add a line, its end included; behind a reply that does not go on it begins
 * the next one. */
void smtp_reply_add(struct smtp_reply *, struct span line);

#endif
