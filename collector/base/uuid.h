/* base/uuid.h -- UUIDv7 (RFC 9562 s5.7): unique, and sorted by time. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define UUID_BYTES 16
#define UUID_TEXT_SIZE 37 /* 36 characters and the NUL */

struct uuid {
	unsigned char b[UUID_BYTES];
};

/* wall_ns: UTC nanoseconds since 1970. */
struct uuid uuid_new(int64_t wall_ns);
/* None that was made at that time or after comes before it. */
struct uuid uuid_first(int64_t wall_ns);
void uuid_text(const struct uuid *, char ret[UUID_TEXT_SIZE]);
/* Lower or upper case, with the four dashes. False: not a UUID. */
bool uuid_parse(struct span, struct uuid *ret);

static inline bool
uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, UUID_BYTES) == 0;
}

#endif
