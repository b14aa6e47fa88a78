#include "base/uuid.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/ascii.h"

static struct uuid
with_time(struct uuid u, int64_t wall_ns)
{
	uint64_t ms = (uint64_t)wall_ns / 1000000;

	for (int i = 0; i < 6; i++)
		u.b[i] = (unsigned char)(ms >> (8 * (5 - i)));
	u.b[6] = (unsigned char)(0x70 | (u.b[6] & 0x0f));
	u.b[8] = (unsigned char)(0x80 | (u.b[8] & 0x3f));
	return u;
}

struct uuid
uuid_new(int64_t wall_ns)
{
	struct uuid u;

	if (getentropy(u.b, sizeof(u.b)) != 0)
		abort(); /* an id that may repeat mixes up two collectors */
	return with_time(u, wall_ns);
}

struct uuid
uuid_first(int64_t wall_ns)
{
	return with_time((struct uuid){ { 0 } }, wall_ns);
}

static bool
dash_after(int byte)
{
	return byte == 3 || byte == 5 || byte == 7 || byte == 9;
}

void
uuid_text(const struct uuid *u, char ret[UUID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < UUID_BYTES; i++) {
		*ret++ = digits[u->b[i] >> 4];
		*ret++ = digits[u->b[i] & 0x0f];
		if (dash_after(i))
			*ret++ = '-';
	}
	*ret = '\0';
}

bool
uuid_parse(struct span s, struct uuid *ret)
{
	struct uuid u;
	const char *p = s.p;

	if (s.len != UUID_TEXT_SIZE - 1)
		return false;
	for (int i = 0; i < UUID_BYTES; i++) {
		int high = ascii_hex_value(p[0]), low = ascii_hex_value(p[1]);

		if (high < 0 || low < 0)
			return false;
		u.b[i] = (unsigned char)(high << 4 | low);
		p += 2;
		if (dash_after(i) && *p++ != '-')
			return false;
	}
	*ret = u;
	return true;
}
