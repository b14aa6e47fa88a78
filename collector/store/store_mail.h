/* store/store_mail.h -- the signed mails of deliveries: role report makes them,
 * role deliver, which has no key, hands them over. Errors as in store.h. */
#ifndef STORE_STORE_MAIL_H
#define STORE_STORE_MAIL_H

#include "store/store.h"

struct mail_wanted {
	struct span delivery, report;
	struct span uri; /* that it is sent to: of the rua set, or the target */
};

/* The next deliveries that wait for their mail, longest waiting first. */
typedef enum err mail_wanted_fn(void *arg, const struct mail_wanted *);
MUST_CHECK enum err store_mail_wanted(struct store *, size_t max,
    mail_wanted_fn *, void *arg, struct why *why);

struct signed_mail {
	struct span message; /* lines end with CRLF */
	struct span keys;    /* codec/lines: domain name of the key's record,
			      * blank, what the record has to say */
	int64_t signed_s;
};

/* Now it may be claimed. One that does not wait any more stays as it is. In a
 * transaction of the caller's. */
enum err store_mail_put(struct store *, struct span delivery,
    const struct signed_mail *, struct why *why);
/* No mail can be made: it is given up. Likewise. */
enum err store_mail_refuse(struct store *, struct span delivery,
    struct span reason, int64_t now_s, struct why *why);

/* E_ABSENT: there is none. */
typedef enum err signed_mail_fn(void *arg, const struct signed_mail *);
MUST_CHECK enum err store_mail_get(struct store *, struct span delivery,
    signed_mail_fn *, void *arg, struct why *why);

/* It is made anew, with the keys of then. */
MUST_CHECK enum err store_mail_again(struct store *, struct span delivery,
    struct why *why);

#endif
