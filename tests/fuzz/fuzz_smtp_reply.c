/* Any lines make a reply that stays within its bounds; only its last line says
 * whether it goes on. */
#include "fuzz/fuzz.h"

#include "net/smtp_reply.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct smtp_reply r = SMTP_REPLY_NONE;

	while (rest.len > 0) {
		struct span line = { rest.p, 0 };
		bool went_on = r.goes_on;
		size_t before = went_on ? r.len : 0;

		(void)span_until(&rest, '\n');
		line.len = (size_t)(rest.p - line.p);
		smtp_reply_add(&r, line);
		assert(r.code >= 0 && r.code <= 999);
		assert(r.len >= before && r.len <= SMTP_ANSWER_MAX);
		assert(r.len <= before + line.len + 2 * went_on);
		assert(!r.goes_on ||
		    (line.p[3] == '-' && r.code / 100 == line.p[0] - '0'));
	}
	return 0;
}
