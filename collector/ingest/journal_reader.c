#include "ingest/journal_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ingest/journal_private.h"

struct journal_reader {
	struct journal *journal;
	struct segment segment;
	struct segment before; /* unmapped later: views are in it */
	struct journal_place at;
};

/* The least number of at least from that the folder has; 0: none. */
static uint64_t
first_segment_from(struct journal *j, uint64_t from)
{
	int fd = openat(j->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	uint64_t number, best = 0;
	struct dirent *entry;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (segment_number(entry->d_name, &number) && number >= from &&
		    (best == 0 || number < best))
			best = number;
	(void)closedir(dir);
	return best;
}

static enum err
enter_segment(struct journal_reader *r, uint64_t number, struct why *why)
{
	struct segment next;
	enum err e = segment_open(r->journal->dir_fd, number, false, &next,
	    why);

	if (e != E_OK)
		return e;
	segment_close(&r->before);
	r->before = r->segment;
	r->segment = next;
	r->at = (struct journal_place){ number, SEGMENT_FIRST_RECORD };
	return E_OK;
}

/* To the segment that a roll-over names; it may be gone if the process was
 * killed before it used it. */
static enum err
follow(struct journal_reader *r, uint64_t number, struct journal_place end,
    struct why *why)
{
	number = first_segment_from(r->journal, number);
	if (number == 0 || number > end.segment)
		return why_set(why, E_IO, "journal: segments are missing");
	return enter_segment(r, number, why);
}

static bool
is_past(struct journal_place at, struct journal_place end)
{
	return at.segment > end.segment ||
	    (at.segment == end.segment && at.offset > end.offset);
}

/* Whether nothing was ever written from the place on in its segment, which is
 * not the last: at least a roll-over should stand there. */
static bool
is_behind_the_last(const struct journal_reader *r, size_t offset)
{
	while (offset < r->segment.bytes && r->segment.map[offset] == '\0')
		offset++;
	return offset >= r->segment.bytes;
}

/* The segment was just entered; go to the offset in it. */
static enum err
go_to(struct journal_reader *r, uint32_t offset, struct journal_place end,
    enum journal_gap *ret_gap, struct why *why)
{
	if (offset <= r->at.offset)
		return E_OK;
	if (r->at.segment != end.segment && is_behind_the_last(r, offset)) {
		*ret_gap = JOURNAL_GAP_BEFORE;
		return follow(r, r->at.segment + 1, end, why);
	}
	r->at.offset = offset / 8 * 8;
	return E_OK;
}

static enum err
start(struct journal_reader *r, struct journal_place from,
    enum journal_gap *ret_gap, struct why *why)
{
	struct journal_place end = journal_published(r->journal);
	uint64_t number;
	enum err e;

	*ret_gap = JOURNAL_GAP_NONE;
	if (is_past(from, end)) {
		*ret_gap = JOURNAL_GAP_BEFORE;
		from = end;
	}
	number = first_segment_from(r->journal, from.segment);
	if (number == 0 || number > end.segment)
		number = end.segment;
	if ((e = enter_segment(r, number, why)) != E_OK)
		return e;
	if (number == from.segment)
		return go_to(r, from.offset, end, ret_gap, why);
	*ret_gap = JOURNAL_GAP_AFTER;
	return E_OK;
}

enum err
journal_reader_open(struct journal *j, struct journal_place from,
    struct journal_reader **ret, enum journal_gap *ret_gap, struct why *why)
{
	struct journal_reader *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	r->journal = j;
	r->segment = r->before = SEGMENT_NONE;
	if ((e = start(r, from, ret_gap, why)) != E_OK) {
		journal_reader_close(r);
		return e;
	}
	*ret = r;
	return E_OK;
}

void
journal_reader_close(struct journal_reader *r)
{
	if (r == NULL)
		return;
	segment_close(&r->segment);
	segment_close(&r->before);
	free(r);
}

struct journal_place
journal_reader_place(const struct journal_reader *r)
{
	return r->at;
}

/* Up to where this segment's records are published. */
static size_t
limit(const struct journal_reader *r, struct journal_place end)
{
	return end.segment == r->at.segment ? end.offset : r->segment.bytes;
}

/* Nothing more is published. What was dropped meanwhile is given up, so that
 * the disk has its room. */
static enum err
nothing_more(struct journal_reader *r)
{
	segment_close(&r->before);
	return E_ABSENT;
}

/* Nothing valid at the place: go to the next record that is, or to the next
 * segment. */
static enum err
pass_over_torn(struct journal_reader *r, struct journal_place end,
    struct journal_record *ret, struct why *why)
{
	size_t found;

	if (segment_find_record(&r->segment, r->at.offset, limit(r, end),
		&found)) {
		*ret = (struct journal_record){ .type = JOURNAL_TORN };
		r->at.offset = (uint32_t)found;
		return E_OK;
	}
	if (end.segment == r->at.segment) {
		*ret = (struct journal_record){ .type = JOURNAL_TORN };
		r->at.offset = end.offset;
		return E_OK;
	}
	*ret = (struct journal_record){ .type = JOURNAL_TORN };
	return follow(r, r->at.segment + 1, end, why);
}

static void
fill(struct journal_record *ret, const struct record_header *h)
{
	*ret = (struct journal_record){
		.type = JOURNAL_DATAGRAM,
		.received_ns = h->received_ns,
		.uid = h->uid,
		.datagram = { (const char *)(h + 1), h->length },
	};
	if (h->kind != RECORD_LOSSES || h->length != sizeof(ret->losses))
		return;
	ret->type = JOURNAL_LOSSES;
	memcpy(&ret->losses, h + 1, sizeof(ret->losses));
}

enum err
journal_reader_next(struct journal_reader *r, struct journal_record *ret,
    struct why *why)
{
	struct journal_place end = journal_published(r->journal);
	const struct record_header *h;
	uint64_t number;
	enum err e;

	for (;;) {
		if (r->at.segment == end.segment && r->at.offset >= end.offset)
			return nothing_more(r);
		if (!segment_record_valid(&r->segment, r->at.offset))
			return pass_over_torn(r, end, ret, why);
		h = segment_record(&r->segment, r->at.offset);
		if (h->kind != RECORD_ROLL)
			break;
		if (end.segment == r->at.segment)
			return nothing_more(
			    r); /* the drain is just rolling over */
		memcpy(&number, h + 1, sizeof(number));
		if ((e = follow(r, number, end, why)) != E_OK)
			return e;
	}
	fill(ret, h);
	r->at.offset += (uint32_t)record_size(h->length);
	return E_OK;
}
