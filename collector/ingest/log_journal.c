#include "ingest/log_journal.h"

#include "base/crc32c.h"

#define NAME_MAX 256
#define MADE (UINT64_C(1) << 32) /* so that no sequence is 0 */

void
log_journal_begin(struct log_journal *j, struct log_lines *lines,
    struct span first)
{
	*j = (struct log_journal){ .lines = lines,
		.is_past = true,
		.name = BUF_INIT(NAME_MAX) };
	journal_export_init(&j->entry);
	(void)journal_export_line(&j->entry, first);
}

void
log_journal_free(struct log_journal *j)
{
	journal_export_free(&j->entry);
	buf_free(&j->name);
}

/* -- reading -- */

static uint64_t
number_of(struct span bytes)
{
	uint64_t n = 0;

	for (size_t i = bytes.len; i > 0; i--)
		n = n << 8 | (unsigned char)bytes.p[i - 1];
	return n;
}

/* A value of any bytes: its beginning is kept. */
static enum err
take_value(struct log_journal *j, struct why *why)
{
	struct span bytes;
	uint64_t left = 0;
	bool is_first = true;
	enum err e = log_lines_bytes(j->lines, JOURNAL_LENGTH_BYTES, &bytes,
	    why);

	if (e == E_OK)
		left = number_of(bytes);
	while (e == E_OK && left > 0) {
		size_t n = left < LOG_LINE_MAX ? (size_t)left : LOG_LINE_MAX;

		e = log_lines_bytes(j->lines, n, &bytes, why);
		if (e == E_OK && is_first)
			journal_export_value(&j->entry, bytes);
		is_first = false;
		left -= n;
	}
	return e == E_OK ? log_lines_bytes(j->lines, 1, &bytes, why) : e;
}

/* Its sequence stands for the file, its number for the bytes before it, its
 * time for the file's number, its cursor for how it begins. */
static void
note_entry(struct log_journal *j)
{
	struct span cursor = buf_span(&j->entry.cursor);
	struct journal_cursor c;

	j->at = (struct log_place){
		.position = j->entry.time_us,
		.head_bytes = (uint32_t)cursor.len,
		.head_crc = crc32c(0, cursor.p, cursor.len),
	};
	if (journal_cursor_read(cursor, &c)) {
		j->at.device = crc32c(0, c.sequence.p, c.sequence.len) | MADE;
		j->at.inode = (uint64_t)j->entry.time_us;
		j->at.position = c.number;
	}
	if (j->name.len > 0)
		return;
	buf_adds(&j->name, "journal:");
	buf_add(&j->name, span_head(buf_span(&j->entry.machine), 64));
}

enum err
log_journal_next(struct log_journal *j, const struct mta_log_clock *clock,
    struct mta_log_head *ret, struct why *why)
{
	struct span line;
	enum err e;

	while ((e = log_lines_next(j->lines, &line, why)) == E_OK) {
		enum journal_step step = journal_export_line(&j->entry, line);

		if (step == JOURNAL_VALUE)
			e = take_value(j, why);
		if (e != E_OK)
			break;
		if (step == JOURNAL_ENTRY &&
		    journal_export_head(&j->entry, clock, ret)) {
			note_entry(j);
			return E_OK;
		}
	}
	return e;
}

/* -- places -- */

struct span
log_journal_name(const struct log_journal *j)
{
	return buf_span(&j->name);
}

void
log_journal_resume(struct log_journal *j, const struct log_place *from)
{
	j->from = *from;
	j->is_past = from->position == 0;
}

static int64_t
time_of(const struct log_place *place)
{
	return place->device == 0 ? place->position : (int64_t)place->inode;
}

static bool
is_entry(const struct log_place *a, const struct log_place *b)
{
	return a->position == b->position && a->head_bytes == b->head_bytes &&
	    a->head_crc == b->head_crc;
}

bool
log_journal_is_known(struct log_journal *j)
{
	const struct log_place *at = &j->at, *from = &j->from;
	bool is_known;

	/* Numbers only grow, whatever a clock does. */
	if (at->device != 0 && at->device == from->device) {
		is_known = at->position <= from->position;
		j->is_past = j->is_past || at->position >= from->position;
		return is_known;
	}
	if (j->is_past)
		return false;
	is_known = time_of(at) <= time_of(from);
	j->is_past = !is_known || is_entry(at, from);
	return is_known;
}
