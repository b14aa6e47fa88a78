/* net/imap_client.h -- one mailbox of an IMAP server, RFC 3501, by TLS and
 * nothing else; asked by the thread that calls, which waits.
 *
 * The connection is made when something is asked and kept until imap_hang_up;
 * one that breaks is made anew by the next question. A message comes by its
 * URL, and by no command of ours: so libcurl takes it by its length, and no
 * line in it can be taken for the server's. */
#ifndef NET_IMAP_CLIENT_H
#define NET_IMAP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes that the server may say to a question beside a message. */
#define IMAP_LINES_MAX ((size_t)128 * 1024)

struct imap_client;

struct imap_client_options {
	const char *host; /* name or address; an IPv6 one without "[]" */
	uint16_t port;	  /* not 0 */
	bool is_implicit; /* TLS from the first byte; else STARTTLS, or nothing
			   */
	const char *user, *password;
	const char *folder;
	const char *ca_file; /* PEM, and no others then; NULL: the system's */
	int64_t question_ms; /* for one, with all it takes to connect; not 0 */
	/* Asked now and then by the thread that waits: break off. */
	bool (*should_stop)(void *arg);
	void *arg;
};

/* Nothing is connected yet. The texts of the options are copied. E_USAGE: the
 * file cannot be read, or user or password cannot be sent; E_NOMEM. */
MUST_CHECK enum err imap_client_open(const struct imap_client_options *,
    struct imap_client **ret, struct why *why);
void imap_client_close(struct imap_client *); /* NULL is fine */

/* What is asked from here on is of this mailbox and no other of its name,
 * RFC 3501 s2.3.1.1; 0: of any. */
void imap_client_pin(struct imap_client *, uint32_t uid_validity);

/* Errors of both:
 *   E_AWAY      no answer: name, connection, time, or what comes is no IMAP
 *   E_DENIED    TLS, certificate or login; or there is no such mailbox
 *   E_CONFLICT  the server says no
 *   E_ABSENT    no such message, or the mailbox is another than was pinned
 *   E_RANGE     more than has room
 *   E_BUSY      told to stop
 *   E_NOMEM */

/* Send a command, without a tag, for which the server says no message. Add the
 * lines of its answer, and of what led to it, to lines: untrusted. */
MUST_CHECK enum err imap_client_ask(struct imap_client *, const char *command,
    struct buf *lines, struct why *why);

/* Add the message to body; the server marks it as \Seen. */
MUST_CHECK enum err imap_client_fetch(struct imap_client *, uint32_t uid,
    struct buf *body, struct why *why);

/* Without waiting for the server. */
void imap_client_hang_up(struct imap_client *);

#endif
