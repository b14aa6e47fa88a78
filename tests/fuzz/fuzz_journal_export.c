/* Whatever an export has in it, its fields stay within their ceiling, and an
 * entry has nothing of those before it. */
#include "fuzz/fuzz.h"

#include "codec/journal_export.h"

static const struct mta_log_clock clock = { 1772452800, 0 };

static void
check_head(const struct journal_export *j)
{
	struct mta_log_head head;

	if (!journal_export_head(j, &clock, &head))
		return;
	assert(head.time_s >= 0 && head.time_s <= INT64_C(253402300799));
	assert(head.message.len > 0 && head.message.len <= JOURNAL_TEXT_MAX);
	assert(head.host.len <= JOURNAL_TEXT_MAX);
	assert(head.program.len <= JOURNAL_TEXT_MAX);
	assert(head.pid.len <= JOURNAL_TEXT_MAX);
}

static void
check_next(struct journal_export *j)
{
	struct mta_log_head head;

	(void)journal_export_line(j, SPAN_LIT("__CURSOR=x"));
	assert(!journal_export_head(j, &clock, &head));
	assert(span_eq(buf_span(&j->cursor), SPAN_LIT("x")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct journal_export j;

	journal_export_init(&j);
	while (in.len > 0) {
		switch (journal_export_line(&j, span_until(&in, '\n'))) {
		case JOURNAL_VALUE:
			journal_export_value(&j, span_until(&in, '\n'));
			break;
		case JOURNAL_ENTRY:
			check_head(&j);
			break;
		case JOURNAL_MORE:
			break;
		}
	}
	check_next(&j);
	journal_export_free(&j);
	return 0;
}
