/* codec/imap_answer.h -- what an IMAP server says to our questions, RFC 3501
 * s7: of the lines of an answer those that matter, the others are passed over.
 * Pure. */
#ifndef CODEC_IMAP_ANSWER_H
#define CODEC_IMAP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Keywords of ours, RFC 3501 s2.3.2. */
#define IMAP_KEYWORD_TAKEN "TlsrptTaken"
#define IMAP_KEYWORD_REFUSED "TlsrptRefused"

/* What is said of a mailbox when it is selected, and later. */
struct imap_state {
	uint32_t uid_validity; /* 0: not told */
	uint32_t messages;     /* highest sequence number */
	bool is_read_only;
	bool keeps_keywords; /* both of ours, for good */
	bool keeps_flags;    /* \Seen, \Answered, \Flagged and \Deleted */
};

/* Before anything is said all flags are kept, RFC 3501 s7.1, but for keywords.
 */
#define IMAP_STATE_INIT ((struct imap_state){ .keeps_flags = true })

/* Bring the state up to what the lines say. */
void imap_state_read(struct imap_state *, struct span lines);

/* Add the numbers of SEARCH lines, none of them 0, behind the *n that uids has.
 * E_SYNTAX: a line has something else; E_RANGE: more than max. */
MUST_CHECK enum err imap_search_read(struct span lines, uint32_t *uids,
    size_t max, size_t *n, struct why *why);

/* A FETCH line: what it tells of a message. */
struct imap_message {
	uint32_t uid; /* 0: not told */
	bool has_size;
	uint64_t bytes;
	int64_t received_s; /* INTERNALDATE in UTC; -1: not told */
};

/* Take lines off until one is a FETCH. False: there was none. */
bool imap_message_take(struct span *lines, struct imap_message *ret);

enum imap_said {
	IMAP_SAID_NOTHING,
	IMAP_SAID_OK,
	IMAP_SAID_NO,
	IMAP_SAID_BAD,
};

/* What ends an answer, of the last line that does; RFC 3501 s7.1. */
struct imap_end {
	enum imap_said said;
	struct span text; /* behind it, with "[CODE]": untrusted */
};

struct imap_end imap_end_read(struct span lines);

/* "[CODE" stands in front of the text; case does not count. */
bool imap_end_has(const struct imap_end *, const char *code);

#endif
