/* intake/imap_link.h -- the mailbox that is looked into, as net/imap_client.h
 * has it, or a test. The errors are the same. */
#ifndef INTAKE_IMAP_LINK_H
#define INTAKE_IMAP_LINK_H

#include <stdint.h>

#include "base/buf.h"

struct imap_link {
	enum err (*ask)(void *arg, const char *command, struct buf *lines,
	    struct why *why);
	enum err (
	    *fetch)(void *arg, uint32_t uid, struct buf *body, struct why *why);
	void (*pin)(void *arg, uint32_t uid_validity);
	void *arg;
};

/* Of all that is said to one question. */
#define IMAP_ANSWER_MAX ((size_t)256 * 1024)

#endif
