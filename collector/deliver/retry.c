#include "deliver/retry.h"

#include "base/siphash.h"

#include <assert.h>

#define FOR_S INT64_C(86400) /* s5.5: 24 hours after the first attempt */
#define BACKOFF_MIN_S 300
#define BACKOFF_MAX_S 14400

/* -- the first attempt -- */

uint64_t
retry_random(struct span host, int64_t day)
{
	uint64_t both[2] = { siphash_table(host.p, host.len), (uint64_t)day };

	return siphash_table(both, sizeof(both));
}

/* random is so much wider than any delay that the rest is even. */
static int64_t
pick(int64_t least, int64_t most, uint64_t random)
{
	uint64_t n = (uint64_t)most - (uint64_t)least + 1;

	return least + (int64_t)(random % n);
}

int64_t
retry_first_s(int64_t from_s, int64_t min_s, int64_t max_s, uint64_t random)
{
	int64_t at_s;

	assert(min_s >= 0 && min_s <= max_s);
	if (__builtin_add_overflow(from_s, pick(min_s, max_s, random), &at_s))
		return INT64_MAX;
	return at_s;
}

/* -- further ones -- */

/* Seconds, with the most and the least jitter. */
struct wait {
	int64_t least, most;
};

static struct wait
wait_after(unsigned attempts)
{
	int64_t s = BACKOFF_MIN_S;

	for (unsigned n = 1; n < attempts && s < BACKOFF_MAX_S; n++)
		s *= 2;
	if (s > BACKOFF_MAX_S)
		s = BACKOFF_MAX_S;
	return (struct wait){ s - s / 5, s + s / 5 };
}

/* From the first attempt to this one. Past the 24 hours it does not matter by
 * how much. */
static struct wait
waited_before(unsigned attempts)
{
	struct wait sum = { 0, 0 };

	for (unsigned n = 1; n < attempts && sum.least <= FOR_S; n++) {
		struct wait one = wait_after(n);

		sum.least += one.least;
		sum.most += one.most;
	}
	return sum;
}

static int64_t
passed_s(int64_t first_s, unsigned attempts, int64_t now_s)
{
	struct wait waited = waited_before(attempts);
	int64_t s;

	if (__builtin_sub_overflow(now_s, first_s, &s))
		s = now_s < first_s ? INT64_MIN : INT64_MAX;
	return s < waited.least ? waited.most : s;
}

bool
retry_next_s(int64_t first_s, unsigned attempts, int64_t now_s,
    int64_t retry_after_s, uint64_t random, int64_t *ret_at_s)
{
	int64_t left_s = FOR_S - passed_s(first_s, attempts, now_s);
	struct wait range = wait_after(attempts);
	int64_t wait_s = pick(range.least, range.most, random), at_s;

	if (wait_s > left_s)
		return false;
	/* RFC 9110 s10.2.3. A last attempt that is early is better than a
	 * report that is lost. */
	if (retry_after_s > wait_s)
		wait_s = retry_after_s < left_s ? retry_after_s : left_s;
	if (__builtin_add_overflow(now_s, wait_s, &at_s))
		return false;
	*ret_at_s = at_s;
	return true;
}
