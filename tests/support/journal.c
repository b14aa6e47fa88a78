#include "support/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/journal.h"

void
open_journal(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(journal_open(&f->options, &f->journal, &f->recovery,
			  &why),
	    &why);
}

void
close_journal(struct fixture *f)
{
	journal_close(f->journal);
	f->journal = NULL;
}

int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	support_mkdtemp(f->folder);
	f->clock = support_clock(START_NS);
	f->options = (struct journal_options){
		.folder = f->folder,
		.collector = uuid_new(START_NS),
		.segment_bytes = SEGMENT_BYTES_MIN,
		.max_bytes = (uint64_t)64 * SEGMENT_BYTES_MIN,
		.keep_ns = 0,
		.clock = &f->clock,
	};
	open_journal(f);
	*state = f;
	return 0;
}

int
teardown(void **state)
{
	struct fixture *f = *state;

	journal_close(f->journal);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* As after a kill -9: nothing is tidied up, the mapped bytes stay. */
void
reopen(struct fixture *f)
{
	journal_close(f->journal);
	open_journal(f);
}

bool
write_text(struct fixture *f, const char *text)
{
	char *slot = journal_slot(f->journal);

	if (slot == NULL)
		return false;
	memcpy(slot, text, strlen(text));
	journal_publish(f->journal, strlen(text), 1000);
	return true;
}

/* "{1}", "{2}", … */
bool
write_number(struct fixture *f, unsigned n)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"n\":%u}", n);
	return write_text(f, text);
}

struct journal_reader *
reader_at(struct fixture *f, struct journal_place place)
{
	struct journal_reader *r;
	struct why why = { { 0 } };

	assert_ok_why(journal_reader_open(f->journal, place, &r, &f->gap, &why),
	    &why);
	return r;
}

void
expect_text(struct journal_reader *r, const char *want)
{
	struct journal_record record;
	struct why why = { { 0 } };

	assert_ok_why(journal_reader_next(r, &record, &why), &why);
	assert_int_equal(JOURNAL_DATAGRAM, record.type);
	assert_span(want, record.datagram);
}

void
expect_number(struct journal_reader *r, unsigned n)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"n\":%u}", n);
	expect_text(r, text);
}

void
expect_losses(struct journal_reader *r, const uint64_t n[NLOSSES])
{
	struct journal_record record;

	assert_ok(journal_reader_next(r, &record, NULL));
	assert_int_equal(JOURNAL_LOSSES, record.type);
	assert_int_equal(day_of_ns(START_NS), record.losses.day);
	for (int i = 0; i < NLOSSES; i++)
		assert_int_equal(n[i], record.losses.n[i]);
}

void
expect_nothing(struct journal_reader *r)
{
	struct journal_record record;

	assert_err(E_ABSENT, journal_reader_next(r, &record, NULL));
}

size_t
count_segments(const struct fixture *f)
{
	char pattern[300];
	glob_t found;
	size_t n = 0;

	(void)snprintf(pattern, sizeof(pattern), "%s/*.journal", f->folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		n = found.gl_pathc;
	globfree(&found);
	return n;
}

int
first_segment(const struct fixture *f)
{
	char pattern[300];
	int number = 0;
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "%s/*.journal", f->folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		number = atoi(strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	return number;
}
