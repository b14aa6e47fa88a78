/* Whatever is asked, what is taken of it is within its bounds. */
#include "fuzz/fuzz.h"

#include "api/query.h"
#include "api/text.h"

#define TODAY 20779
#define ALL ((1U << API_NPARAMETERS) - 1)

static void
check_text(struct span s)
{
	assert(s.len <= 4 * API_TEXT_MAX);
	assert(api_is_plain(s));
}

static void
check(const struct api_query *q)
{
	check_text(q->domain);
	check_text(q->reporter);
	check_text(q->mx);
	check_text(q->receiving_ip);
	check_text(q->sending_ip);
	check_text(q->text);
	assert(q->from >= 0 && q->from <= q->to);
	assert(q->to - q->from < API_DAYS_MAX);
	assert(q->date >= -1);
	assert(q->limit > 0 && q->limit <= API_EXPORT_ROWS);
	assert(q->csv || q->limit <= API_LIMIT_MAX);
	assert(q->cursor.len <= API_CURSOR_MAX);
}

/* A cursor comes back as it was given out. */
static void
check_cursor(struct span cursor, struct arena *arena)
{
	struct buf text = BUF_INIT(2 * API_CURSOR_MAX);
	struct api_query q;

	buf_adds(&text, "cursor=");
	api_cursor_write(cursor, &text);
	assert(api_query_read(buf_span(&text), P(CURSOR), TODAY, arena, &q,
		   NULL) == E_OK);
	assert(span_eq(q.cursor, cursor));
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena arena = ARENA_INIT((size_t)1 << 20);
	struct why why = { { 0 } };
	struct api_query q;

	if (api_query_read(text, ALL, TODAY, &arena, &q, &why) == E_OK) {
		check(&q);
		if (q.cursor.p != NULL)
			check_cursor(q.cursor, &arena);
	} else {
		check_text((struct span){ why.text, strlen(why.text) });
		assert(why.text[0] != '\0');
	}
	arena_free(&arena);
	return 0;
}
