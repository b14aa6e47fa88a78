/* Whatever a log has in it, its sessions are in one spelling and no better than
 * what they say; and a line that nobody reads changes none. */
#include "fuzz/fuzz.h"

#include "codec/ip.h"
#include "codec/mta_join.h"
#include "model/domain.h"
#include "model/limits.h"

#define NOW_S 1772452800

struct heard {
	uint64_t sessions, sum;
};

static void
check_name(struct span name)
{
	struct arena arena = ARENA_INIT(65536);
	bool repaired = false;
	struct span again;

	assert(name.len > 0 && name.len <= DOMAIN_TEXT_MAX);
	for (size_t i = 0; i < name.len; i++)
		assert((unsigned char)name.p[i] > ' ' &&
		    (unsigned char)name.p[i] < 0x7f);
	assert(domain_canonical(name, &arena, &again, &repaired) == E_OK);
	arena_free(&arena);
}

static enum err
note(void *arg, const struct mta_session *s)
{
	struct heard *h = arg;

	check_name(s->domain);
	check_name(s->mx_host);
	assert(ip_is_canonical(s->peer_ip));
	assert(s->level == tls_seen_level(s->tls, true) ||
	    s->level == tls_seen_level(s->tls, false));
	assert(s->level != LEVEL_TESTING);
	assert(s->level != LEVEL_AUTHENTICATED || s->tls == TLS_SEEN_VERIFIED);
	assert(s->time_s >= 0);
	h->sessions++;
	h->sum = h->sum * 31 + (uint64_t)s->tls + s->domain.len;
	return E_OK;
}

static void
hear_line(struct mta_join *join, struct span text, struct heard *h)
{
	const struct mta_log_clock clock = { NOW_S, 3600 };
	struct mta_log_head head;
	struct mta_line line;
	uint64_t before = h->sessions;

	if (!mta_log_head(text, &clock, &head))
		return;
	assert(head.time_s >= 0);
	mta_log_line(&head, &line);
	assert(mta_join_take(join, &line, note, h) == E_OK);
	assert(h->sessions - before <= MTA_JOIN_AT_ONCE);
}

static struct heard
hear(struct span in, struct span between)
{
	struct mta_join *join = mta_join_new();
	struct heard h = { 0, 0 };

	assert(join != NULL);
	while (in.len > 0) {
		hear_line(join, span_until(&in, '\n'), &h);
		if (between.len > 0)
			hear_line(join, between, &h);
	}
	mta_join_free(join);
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct heard plain = hear(in, SPAN_NONE);
	struct heard mixed = hear(in,
	    SPAN_LIT("Mar  2 12:00:00 h kernel: postfix/smtp[12]: x"));

	assert(plain.sessions == mixed.sessions && plain.sum == mixed.sum);
	return 0;
}
