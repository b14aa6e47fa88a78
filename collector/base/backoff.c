#include "base/backoff.h"

#include <sys/random.h>

int64_t
backoff_next_ns(struct backoff *b)
{
	int64_t longest = b->ns == 0 ? b->first_ns : b->ns;
	uint64_t random = 0;

	/* Without chance it is the lower end: no harm but less spread. */
	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	b->ns = longest < b->max_ns / 2 ? longest * 2 : b->max_ns;
	return longest / 2 +
	    (int64_t)(random % (uint64_t)(longest - longest / 2 + 1));
}

void
backoff_reset(struct backoff *b)
{
	b->ns = 0;
}
