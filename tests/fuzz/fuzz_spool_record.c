/* Any bytes as a segment: what is read of it lies in it, one behind the other,
 * and is written as it was read. Between two records any bytes hide neither,
 * unless they have a record of that very place. */
#include "fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "intake/spool_segment.h"

#define INPUT_MAX 65536

static const struct uuid spool = { "the fuzzed spool" };

static void
check_facts(struct span bytes)
{
	char again[SPOOL_FACTS_MAX];
	struct receipt_facts f;

	if (spool_facts_read(bytes, &f) != E_OK)
		return;
	assert(spool_facts_write(&f, again) == bytes.len);
	assert(memcmp(again, bytes.p, bytes.len) == 0);
}

static void
check_record(const struct spool_segment *g, uint64_t at, uint64_t limit,
    const struct spool_head *h)
{
	char facts[SPOOL_FACTS_MAX];

	assert(h->facts_length <= SPOOL_FACTS_MAX);
	assert(spool_record_bytes(h) <= limit - at);
	assert(spool_segment_read(g, at + SPOOL_HEAD_BYTES, facts,
		   h->facts_length, NULL) == E_OK);
	check_facts((struct span){ facts, h->facts_length });
}

/* Go through it; whether a record begins at the wanted place. Behind one whose
 * head was found the search goes on, as behind none. */
static bool
walk(const struct spool_segment *g, uint64_t limit, uint64_t wanted,
    bool *ret_covered)
{
	struct spool_head h;
	uint64_t at = 0, found;

	*ret_covered = false;
	while (at < limit) {
		enum err e = spool_segment_look(g, &spool, at, limit, &h, NULL);

		if (e == E_OK && at == wanted)
			return true;
		if (e == E_OK)
			check_record(g, at, limit, &h);
		if (e == E_OK || e == E_DAMAGED) {
			at += spool_record_bytes(&h);
			*ret_covered = *ret_covered || at > wanted;
			continue;
		}
		assert(e == E_SYNTAX || e == E_RANGE);
		e = spool_segment_find(g, &spool, at + 1, limit, &found, NULL);
		if (e == E_ABSENT)
			return false;
		assert(e == E_OK && found > at &&
		    found + SPOOL_HEAD_BYTES <= limit);
		at = found;
	}
	return false;
}

static uint64_t
add_record(const struct spool_segment *g, uint64_t at, struct span body)
{
	struct receipt_facts facts = { .peer = SPAN_LIT("peer") };
	char bytes[SPOOL_HEAD_BYTES + SPOOL_FACTS_MAX];
	struct spool_head h = { .body_length = (uint32_t)body.len };

	h.facts_length = (uint32_t)spool_facts_write(&facts,
	    bytes + SPOOL_HEAD_BYTES);
	h.crc = crc32c(crc32c(0, bytes + SPOOL_HEAD_BYTES, h.facts_length),
	    body.p, body.len);
	spool_head_write(&h, spool_head_seed(&spool, g->number, at), bytes);
	assert(spool_segment_write(g, at,
		   (struct span){ bytes, SPOOL_HEAD_BYTES + h.facts_length },
		   NULL) == E_OK);
	assert(spool_segment_write(g, at + SPOOL_HEAD_BYTES + h.facts_length,
		   body, NULL) == E_OK);
	return at + spool_record_bytes(&h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spool_segment g = { -1, 1 };
	struct span input = { (const char *)data, size };
	uint64_t end, behind;
	bool covered;

	if (size > INPUT_MAX)
		return 0;
	if (g.fd < 0)
		g.fd = memfd_create("segment", MFD_CLOEXEC);
	assert(g.fd >= 0);
	check_facts(input);
	assert(ftruncate(g.fd, 0) == 0);
	assert(spool_segment_write(&g, 0, input, NULL) == E_OK);
	(void)walk(&g, size, UINT64_MAX, &covered);
	behind = add_record(&g, 0, SPAN_LIT("first"));
	assert(spool_segment_write(&g, behind, input, NULL) == E_OK);
	end = add_record(&g, behind + size, input);
	assert(walk(&g, end, 0, &covered));
	assert(walk(&g, end, behind + size, &covered) || covered);
	return 0;
}
