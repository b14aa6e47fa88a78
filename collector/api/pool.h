/* api/pool.h -- the threads that ask the store: some read, one writes. */
#ifndef API_POOL_H
#define API_POOL_H

#include "base/fault.h"
#include "api/job.h"

struct api_pool;

struct api_pool_options {
	unsigned threads; /* that read */
	/* As in api.h. */
	enum err (*open_store)(void *arg, bool read_only, struct store **ret,
	    struct why *why);
	/* Answer the job, which is taken over. Anything but E_OK: the store is
	 * at fault; may_retry: it is called again with another connection, and
	 * has neither answered nor taken it. */
	enum err (*run)(void *arg, struct store *, struct api_job *,
	    bool may_retry, struct why *why);
	/* The store cannot be had. */
	void (*refuse)(void *arg, struct api_job *);
	/* By the one that writes, each second at most. */
	enum err (*keep_house)(void *arg, struct store *, struct why *why);
	void *arg;
};

MUST_CHECK enum err api_pool_open(const struct api_pool_options *,
    struct api_pool **ret, struct why *why);
void api_pool_close(struct api_pool *); /* all is answered; NULL is fine */

/* By any thread. The job is taken over on E_OK. E_FULL: too many wait. */
MUST_CHECK enum err api_pool_put(struct api_pool *, struct api_job *,
    bool writes);

#endif
