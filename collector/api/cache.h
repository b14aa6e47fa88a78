/* api/cache.h -- answers that are kept for a while: what many ask is made once.
 * Thread-safe. */
#ifndef API_CACHE_H
#define API_CACHE_H

#include "api/answer.h"
#include "api/job.h"

struct api_cache;

struct api_cache_options {
	int64_t age_ns;	  /* no answer is older; 0: none is kept */
	size_t bytes_max; /* of all bodies; one may take a quarter */
};

/* What is asked by whom, hashed. */
struct api_key {
	unsigned char b[SHA256_BYTES];
};

enum api_place {
	API_HERE,  /* the answer has what was kept */
	API_RENEW, /* likewise; and now the caller makes it, as with */
	API_MAKE,  /* the caller makes it: api_cache_keep or _give_up follows */
	API_WAIT,  /* somebody makes it: the job waits, and is taken over */
};

MUST_CHECK enum err api_cache_open(const struct api_cache_options *,
    struct api_cache **ret, struct why *why);
void api_cache_close(struct api_cache *); /* nobody waits; NULL is fine */

/* now_ns: monotonic. Half the age before an answer is too old, the first who
 * asks is to renew it, so that nobody waits. */
enum api_place api_cache_find(struct api_cache *, const struct api_key *,
    int64_t now_ns, struct api_job *, struct api_answer *ret);
/* A finished answer is copied; since_ns: when its making began. waiting gets
 * the jobs that waited for it, which are to be asked again. */
void api_cache_keep(struct api_cache *, const struct api_key *,
    int64_t since_ns, const struct api_answer *, struct api_jobs *waiting);
/* It could not be made. waiting likewise. */
void api_cache_give_up(struct api_cache *, const struct api_key *,
    struct api_jobs *waiting);

#endif
