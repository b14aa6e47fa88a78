/* tests/support/journal.h -- a journal in a folder of its own, written and read
 * by tests. */
#ifndef TESTS_SUPPORT_JOURNAL_H
#define TESTS_SUPPORT_JOURNAL_H

#include "ingest/journal.h"
#include "ingest/journal_reader.h"

#define START_NS (INT64_C(1795300000) * NS_PER_S)

struct fixture {
	char folder[256];
	struct clock clock;
	struct journal_options options;
	struct journal *journal;
	struct journal_recovery recovery;
	enum journal_gap gap; /* of the reader made last */
};

/* cmocka's, for a struct fixture with an open journal. */
int setup(void **state);
int teardown(void **state);

void open_journal(struct fixture *f);
void close_journal(struct fixture *f);
void reopen(struct fixture *f);
bool write_text(struct fixture *f, const char *text);
bool write_number(struct fixture *f, unsigned n);
struct journal_reader *reader_at(struct fixture *f, struct journal_place place);
void expect_text(struct journal_reader *r, const char *want);
void expect_number(struct journal_reader *r, unsigned n);
void expect_losses(struct journal_reader *r, const uint64_t n[NLOSSES]);
void expect_nothing(struct journal_reader *r);
size_t count_segments(const struct fixture *f);
int first_segment(const struct fixture *f);

#endif
