/* api/api_private.h -- the frame, as its files and the resources of accounts
 * see it. */
#ifndef API_API_PRIVATE_H
#define API_API_PRIVATE_H

#include <pthread.h>

#include "api/answer.h"
#include "api/api.h"
#include "api/cache.h"
#include "api/pool.h"
#include "api/throttle.h"
#include "codec/secret.h"

#define API_FIELDS 10

struct api {
	struct api_options options;
	struct api_pool *pool;
	struct api_cache *cache;
	const char *cookie_name;
	bool is_secure; /* whoever comes, comes by HTTPS */
	struct http_field fields[API_FIELDS + 1];

	/* Of the thread that writes. */
	struct throttle throttle;
	int64_t house_kept_ns; /* monotonic; 0: never */

	pthread_mutex_t lock; /* over the next two */
	bool has_setup;	      /* somebody may yet make the first user */
	unsigned char setup_key[SHA256_BYTES];
};

/* -- api/account.c: who asks -- */

#define API_CSRF_MAX 64

struct api_identity {
	struct api_account account;
	struct span csrf;  /* of the session */
	int64_t expires_s; /* 0: nobody has logged in */
	/* It is time to note that it was used. */
	bool note_session, note_token;
	struct span session_key, token_id;
};

/* What session or token stand for; nobody if they are not there, wrong or past
 * their time. Texts are in the arena. */
MUST_CHECK enum err api_identify(struct api *, struct store *,
    struct span session, struct span token, int64_t now_s, struct arena *,
    struct api_identity *ret, struct why *why);

/* 0, or the status it is refused with. */
unsigned api_permit(const struct api_route *, const struct api_identity *,
    struct span csrf, const char **ret_detail);

/* -- api/setup.c: the first user -- */

/* Where there is no user, have a link that makes one, and log it once. */
MUST_CHECK enum err api_setup_look(struct api *, struct store *,
    struct why *why);
bool api_setup_is_open(struct api *);
/* True once for the link's secret. */
bool api_setup_take(struct api *, struct span secret);
/* It was not used after all. */
void api_setup_give_back(struct api *);

/* -- api/resource_audit.c: what is done about accounts -- */

/* In the transaction of what is done. detail: for a person. */
enum err api_audit(const struct api_request *, struct span name,
    const char *event, struct span detail, struct why *why);

/* -- api/resource_user.c: users as the resources make them -- */

/* Of the password in the arena, as it is kept. E_RANGE: why says how it has to
 * be. */
MUST_CHECK enum err api_password(struct span password, struct arena *,
    struct span *ret, struct why *why);
/* Have each in its one spelling. E_SYNTAX. */
MUST_CHECK enum err api_domains(struct span_list, struct arena *,
    struct why *why);

/* -- api/files.c: the page -- */

void api_files_answer(struct http_request *);

#endif
