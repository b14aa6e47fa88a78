/* Whatever a server says: numbers stay within their room, texts within what was
 * said, and line by line it means the same as in one piece. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/imap_answer.h"

#define UIDS_MAX 64

static void
check_state(struct span lines)
{
	struct imap_state whole = IMAP_STATE_INIT, cut = IMAP_STATE_INIT;

	imap_state_read(&whole, lines);
	while (lines.len > 0) {
		struct span line = { lines.p, 0 };

		(void)span_until(&lines, '\n');
		line.len = (size_t)(lines.p - line.p);
		imap_state_read(&cut, line);
	}
	assert(whole.uid_validity == cut.uid_validity);
	assert(whole.messages == cut.messages);
	assert(whole.is_read_only == cut.is_read_only);
	assert(whole.keeps_keywords == cut.keeps_keywords);
	assert(whole.keeps_flags == cut.keeps_flags);
}

static void
check_search(struct span lines)
{
	uint32_t uids[UIDS_MAX];
	size_t n = 0;
	enum err e = imap_search_read(lines, uids, UIDS_MAX, &n, NULL);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert(n <= UIDS_MAX && (e != E_RANGE || n == UIDS_MAX));
	for (size_t i = 0; i < n; i++)
		assert(uids[i] != 0);
}

static void
check_messages(struct span lines)
{
	struct imap_message m;
	size_t before = lines.len;

	while (imap_message_take(&lines, &m)) {
		assert(lines.len < before);
		assert(m.received_s >= -1 && m.bytes <= INT64_MAX);
		assert(m.has_size || m.bytes == 0);
		before = lines.len;
	}
	assert(lines.len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct imap_end end;

	check_state(in);
	check_search(in);
	check_messages(in);
	end = imap_end_read(in);
	assert(end.said == IMAP_SAID_NOTHING ||
	    (end.text.p >= in.p && end.text.len < in.len));
	(void)imap_end_has(&end, "TRYCREATE");
	return 0;
}
