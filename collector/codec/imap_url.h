/* codec/imap_url.h -- a mailbox's URL, RFC 5092, as far as a configuration
 * needs it: imaps://USER@HOST[:PORT]/FOLDER. Pure. */
#ifndef CODEC_IMAP_URL_H
#define CODEC_IMAP_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define IMAP_URL_MAX 1024 /* bytes */

struct imap_url {
	bool is_implicit; /* TLS from the first byte: imaps */
	uint16_t port;	  /* not 0 */
	/* Of the arena, with a NUL behind. user and folder are decoded, without
	 * control characters; the folder is printable ASCII, as RFC 3501 s5.1.3
	 * writes others. */
	struct span user, host, folder;
};

/* An empty folder is INBOX. E_SYNTAX: why says what is wrong, and quotes
 * nothing of the text, which may have a password; E_RANGE; E_NOMEM. */
MUST_CHECK enum err imap_url_parse(struct span text, struct arena *,
    struct imap_url *ret, struct why *why);

/* A name that a server may have for a folder, and that needs no other way to be
 * sent than in quotes. */
bool imap_folder_is_valid(struct span);

#endif
