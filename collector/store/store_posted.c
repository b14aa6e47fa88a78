#include "store/store_posted.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/store_private.h"

struct list {
	posted_fn *fn;
	void *arg;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct content_key key;
	struct uuid intake;

	if (!uuid_parse(row[0].bytes, &intake) ||
	    row[1].bytes.len != sizeof(key.b))
		return E_SYNTAX;
	memcpy(key.b, row[1].bytes.p, sizeof(key.b));
	return list->fn(list->arg, &intake, &key);
}

/* RFC 9562 s5.7: a UUIDv7 begins with the milliseconds since 1970. */
static void
first_of(int64_t s, char ret[UUID_TEXT_SIZE])
{
	uint64_t ms = s <= 0 ? 0 : (uint64_t)s * 1000;

	(void)snprintf(ret, UUID_TEXT_SIZE, "%08" PRIx64 "-%04" PRIx64,
	    ms >> 16 & UINT32_MAX, ms & UINT16_MAX);
}

enum err
store_posted_list(struct store *store, int64_t since_s, int64_t max,
    posted_fn *fn, void *arg, struct why *why)
{
	struct list list = { fn, arg };
	char first[UUID_TEXT_SIZE];

	first_of(since_s, first);
	return db_read(store->db, QUERY_POSTED_LIST, hand_over, &list, why,
	    DB_T(span_str(first)), DB_I(max));
}

enum err
store_posted_count(struct store *store, int64_t day,
    const struct uuid *collector, uint64_t n, struct why *why)
{
	char text[UUID_TEXT_SIZE];

	uuid_text(collector, text);
	return db_write(store->db, QUERY_COUNT_ADD, why, DB_I(day),
	    DB_T(span_str(text)),
	    DB_T(span_str(counter_text(COUNTER_POSTED_AGAIN))), DB_I(n));
}
