/* codec/lmtp.h -- one session of LMTP on the server's side, RFC 2033 on RFC
 * 5321: bytes come in, replies and messages come out. Pure.
 *
 *	lmtp_begin(&l, &options, &out);
 *	while (in.len > 0)
 *		switch (lmtp_next(&l, &in, &out, &data)) {
 *		case LMTP_MORE: break;
 *		case LMTP_DATA: keep(data); break;
 *		case LMTP_VOID: forget(); break;
 *		case LMTP_END: lmtp_answer(&l, deliver(), &out); break;
 *		case LMTP_CLOSE: return;
 *		}
 */
#ifndef CODEC_LMTP_H
#define CODEC_LMTP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "codec/lmtp_content.h"

#define LMTP_LINE_MAX 4096	/* bytes of a command, CRLF included */
#define LMTP_PATH_MAX 500	/* of an address in the envelope */
#define LMTP_RECIPIENTS_MAX 100 /* of a message: RFC 5321 s4.5.3.1.8 */
#define LMTP_ERRORS_MAX 20	/* commands in a session that are none */
/* Of what lmtp_next and lmtp_answer add at a time, with a reply of at most
 * LMTP_ANSWER_MAX bytes, for each recipient. */
#define LMTP_ANSWER_MAX 128
#define LMTP_REPLIES_MAX (LMTP_RECIPIENTS_MAX * (LMTP_ANSWER_MAX + 2))

struct lmtp_options {
	struct span name;   /* our host's, for the greeting */
	uint64_t max_bytes; /* of a message */
	/* Domains whose mail is taken, in canonical form (model/domain.h);
	 * none: all. */
	struct span_list domains;
	/* "local@domain": what codec/bounce_address.h makes of it is taken as
	 * well. Or empty. */
	struct span bounce;
};

struct lmtp {
	/* For the caller to set: there is no room for a message now. */
	bool is_full;

	/* From LMTP_END on until it is answered; views. sender may be empty. */
	struct span sender;
	struct span recipients[LMTP_RECIPIENTS_MAX];
	size_t nrecipients;

	/* The rest is the session's own. */
	const struct lmtp_options *options;
	enum {
		LMTP_AT_COMMAND,
		LMTP_AT_CONTENT,
		LMTP_AT_ANSWER,
		LMTP_AT_END,
	} at;
	struct lmtp_content content;
	bool was_greeted, has_sender;
	unsigned errors;
	uint64_t size; /* of the content so far */
	struct arena envelope;
	size_t line_len; /* LMTP_LINE_MAX + 1: the line is too long */
	char line[LMTP_LINE_MAX];
};

enum lmtp_event {
	LMTP_MORE,  /* nothing to do; more input may follow */
	LMTP_DATA,  /* a piece of the message */
	LMTP_VOID,  /* all of the message is to be forgotten: too large */
	LMTP_END,   /* the message is there: lmtp_answer comes next */
	LMTP_CLOSE, /* the session is over once the replies are sent */
};

/* Add the greeting to out. options outlive the session. */
void lmtp_begin(struct lmtp *, const struct lmtp_options *, struct buf *out);
void lmtp_free(struct lmtp *);

/* Take a command or a piece of a message off in, and add to out what is said to
 * it, at most LMTP_REPLIES_MAX bytes.
 *   in        untrusted; at least one byte
 *   ret_data  for LMTP_DATA: a view of in, or a constant; the bytes as they
 * were before the sender put dots before dots, RFC 5321 s4.5.2 */
enum lmtp_event lmtp_next(struct lmtp *, struct span *in, struct buf *out,
    struct span *ret_data);

/* Say the same for each recipient.
 *   reply  code, enhanced code and text: "250 2.0.0 taken" */
void lmtp_answer(struct lmtp *, struct span reply, struct buf *out);

#endif
