/* report/own_mail.h -- s3: sessions that carried our own report mails are no
 * news about a domain. */
#ifndef REPORT_OWN_MAIL_H
#define REPORT_OWN_MAIL_H

#include "store/store.h"

/* Of a domain on a UTC day. */
struct own_mail {
	uint64_t mails;	   /* of ours to mailboxes of the domain */
	uint64_t sessions; /* at least; not looked up if there was no mail */
	uint64_t failed;   /* policy results; likewise */
};

/* In the transaction that holds the day. E_SYNTAX: a row that no program of
 * ours wrote. */
MUST_CHECK enum err own_mail_look(struct store *, int64_t day,
    struct span domain, struct own_mail *ret, struct why *why);

/* Nothing but our own mails is known of the domain's day: a report about them
 * would be mailed, and be a session again, and so on for ever. */
bool own_mail_is_all(const struct own_mail *);

#endif
