/* intake/imap_known.h -- messages of one mailbox that need more than one look:
 * what the mailbox itself cannot tell of them. Pure. */
#ifndef INTAKE_IMAP_KNOWN_H
#define INTAKE_IMAP_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAP_KNOWN_MAX 300

enum imap_known_as {
	IMAP_FAILED,  /* could not be had so far */
	IMAP_TAKEN,   /* is in the spool, and not marked as such yet */
	IMAP_REFUSED, /* is not taken, and not marked as such yet */
};

struct imap_known {
	struct imap_known_message {
		uint32_t uid;
		enum imap_known_as as;
		unsigned tries;
	} v[IMAP_KNOWN_MAX]; /* as they came */
	size_t n;
};

struct imap_known_message *imap_known_find(struct imap_known *, uint32_t uid);

/* Know it as that, and one try more. Where there is no room one that failed is
 * forgotten. NULL: there is none. */
struct imap_known_message *imap_known_note(struct imap_known *, uint32_t uid,
    enum imap_known_as);
void imap_known_forget(struct imap_known *, uint32_t uid);

/* Whether n further ones can be known, whatever becomes of those that failed.
 */
bool imap_known_has_room(const struct imap_known *, size_t n);

/* Add those that are known so, at most max: how many. */
size_t imap_known_list(const struct imap_known *, enum imap_known_as,
    uint32_t *uids, size_t max);

#endif
