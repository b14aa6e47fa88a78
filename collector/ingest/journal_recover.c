/* ingest/journal_recover.c -- what a kill or a power loss left, put in order at
 * start. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/json_read.h"
#include "ingest/journal_private.h"
#include "ingest/segment_watch.h"

/* -- which segments there are -- */

struct numbers {
	uint64_t *v;
	size_t n;
	uint64_t damaged; /* put aside at some time */
};

static bool
is_damaged(const char *name)
{
	return strstr(name, SEGMENT_DAMAGED_SUFFIX) != NULL;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static enum err
list_segments(struct journal *j, struct numbers *ret, struct why *why)
{
	int fd = openat(j->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	enum err e = E_OK;
	uint64_t number, *v;

	if (dir == NULL)
		return why_errno(why, "%s", j->options.folder);
	while (e == E_OK && (entry = readdir(dir)) != NULL) {
		if (is_damaged(entry->d_name))
			ret->damaged++;
		if (!segment_number(entry->d_name, &number))
			continue;
		v = realloc(ret->v, (ret->n + 1) * sizeof(*v));
		if (v == NULL) {
			e = why_set(why, E_NOMEM, "out of memory");
		} else {
			ret->v = v;
			v[ret->n++] = number;
		}
	}
	(void)closedir(dir);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_numbers);
	return e;
}

/* A segment whose header is damaged cannot be read; it is kept for a person. */
static enum err
put_aside(struct journal *j, uint64_t number, struct why *why)
{
	char name[SEGMENT_NAME_SIZE];
	char aside[SEGMENT_NAME_SIZE + sizeof(SEGMENT_DAMAGED_SUFFIX)];

	segment_name(number, name);
	(void)snprintf(aside, sizeof(aside), "%s" SEGMENT_DAMAGED_SUFFIX, name);
	if (renameat(j->dir_fd, name, j->dir_fd, aside) != 0)
		return why_errno(why, "journal: %s", name);
	return E_OK;
}

static void
drop(struct journal *j, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];

	segment_name(number, name);
	(void)unlinkat(j->dir_fd, name, 0);
}

/* As a kill leaves one that was just being made. */
static bool
is_blank(struct journal *j, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE], block[65536];
	ssize_t n;
	int fd;

	segment_name(number, name);
	fd = openat(j->dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((n = read(fd, block, sizeof(block))) > 0 && block[0] == '\0' &&
	    memcmp(block, block + 1, (size_t)n - 1) == 0)
		continue;
	(void)close(fd);
	return n == 0;
}

static enum err
check_owner(struct journal *j, const struct segment *s, struct why *why)
{
	char theirs[UUID_TEXT_SIZE], ours[UUID_TEXT_SIZE];
	const struct segment_header *h = segment_header(s);

	if (uuid_eq(&h->collector, &j->options.collector)) {
		j->uuid = h->journal;
		return E_OK;
	}
	uuid_text(&h->collector, theirs);
	uuid_text(&j->options.collector, ours);
	return why_set(why, E_CONFLICT,
	    "%s is the journal of collector %s, this one is %s: "
	    "put back its identity file or move the journal away",
	    j->options.folder, theirs, ours);
}

/* -- the last segment -- */

/* A record at the tail that was published, and cannot be read. It stays, with
 * all behind it, so that the reader tells of it; room for what must stand at a
 * segment's end does not. */
static void
keep_torn(struct journal *j)
{
	size_t limit = j->current.bytes - SEGMENT_RESERVE, end = limit;

	if (j->tail >= limit ||
	    segment_record(&j->current, j->tail)->length == 0)
		return;
	while (j->current.map[end - 1] == '\0')
		end--;
	j->tail = (end + 7) / 8 * 8;
}

static void
zero_behind_tail(struct journal *j)
{
	char *p = j->current.map + j->tail;

	/* Reading first: writing would give every page of it to the disk. */
	for (size_t n = j->current.bytes - j->tail; n > 0; n--, p++)
		if (*p != '\0')
			*p = '\0';
}

/* Walk to the end of the records. True: the last one rolls over. */
static bool
find_tail(struct journal *j, uint64_t *ret_noted)
{
	const struct segment *s = &j->current;
	size_t at = SEGMENT_FIRST_RECORD;
	bool rolled = false;

	j->tail = at;
	j->last_ns = segment_header(s)->floor_ns;
	j->sequence = segment_header(s)->first_sequence;
	while (segment_find_record(s, at, s->bytes, &at)) {
		const struct record_header *h = segment_record(s, at);
		struct losses noted;

		if (h->kind == RECORD_LOSSES && h->length == sizeof(noted)) {
			memcpy(&noted, h + 1, sizeof(noted));
			*ret_noted = noted.seq;
		}
		rolled = h->kind == RECORD_ROLL;
		j->last_ns = h->received_ns;
		j->sequence++;
		at += record_size(h->length);
		j->tail = at;
	}
	return rolled;
}

/* Losses whose note was published, but not yet cleared from the header. */
static void
settle_losses(struct journal *j, uint64_t noted)
{
	struct losses *l = &segment_header(&j->current)->losses;

	if (noted != 0 && l->seq <= noted)
		*l = (struct losses){ .seq = noted + 1 };
	if (l->seq == 0)
		l->seq = 1;
}

static enum err
begin_segment(struct journal *j, struct why *why)
{
	struct segment_header header;
	enum err e = journal_new_number(j, &j->number);

	if (e != E_OK)
		return why_set(why, e, "the journal is full");
	j->taken = j->number;
	if ((e = journal_new_segment(j, j->number, &j->current, why)) != E_OK)
		return e;
	header = *segment_header(&j->current);
	header.first_sequence = j->sequence;
	header.floor_ns = j->last_ns;
	header.losses.seq = 1;
	segment_rewrite_header(&j->current, &header);
	j->tail = SEGMENT_FIRST_RECORD;
	if ((e = segment_sync(&j->current, why)) == E_OK &&
	    fsync(j->dir_fd) != 0)
		e = why_errno(why, "journal: fsync");
	return e;
}

static enum err
go_on(struct journal *j, struct why *why)
{
	uint64_t noted = 0;

	if (find_tail(j, &noted)) {
		/* Killed between the roll-over and the first record behind. */
		enum err e = journal_note_old(j, j->number, j->last_ns);

		segment_close(&j->current);
		return e == E_OK ? begin_segment(j, why) : e;
	}
	settle_losses(j, noted);
	keep_torn(j);
	zero_behind_tail(j);
	/* Before a boot power may have been lost, and with it records that the
	 * store has: what comes now must not stand at places that it knows. */
	if (!uuid_eq(&segment_header(&j->current)->boot, &j->options.boot))
		(void)journal_roll_over(j);
	return E_OK;
}

/* -- what had landed -- */

/* Bytes in the landing area, if they are one whole JSON object. */
static size_t
landed_length(const struct journal *j)
{
	struct arena scratch = ARENA_INIT(4 * DATAGRAM_MAX);
	struct span text = { landing_bytes(&j->landing), DATAGRAM_MAX };
	struct json_reader json;
	bool whole;

	while (text.len > 0 && text.p[text.len - 1] == '\0')
		text.len--;
	json_read_begin(&json, text, &scratch, JSON_DEPTH_MAX, true);
	whole = json_read_peek(&json) == JSON_KIND_OBJECT;
	json_read_skip(&json);
	whole = json_read_end(&json, NULL) == E_OK && whole;
	arena_free(&scratch);
	return whole ? text.len : 0;
}

/* Take up what was received but not published when the process was killed. */
static void
adopt_landed(struct journal *j, struct journal_recovery *recovery)
{
	size_t length = 0;

	if (landing_is_after(&j->landing, &j->uuid, j->sequence))
		length = landed_length(j);
	if (length > 0 && journal_slot(j) == NULL) {
		journal_lose(j, LOSS_DISCARDED);
	} else if (length > 0) {
		journal_publish(j, length, RECORD_UID_UNKNOWN);
		recovery->unpublished++;
	}
	landing_reset(&j->landing, &j->uuid, j->sequence);
}

/* -- the whole -- */

static int64_t
modified_ns(struct journal *j, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];
	struct stat st;

	segment_name(number, name);
	if (fstatat(j->dir_fd, name, &st, 0) != 0)
		return 0;
	return st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
}

/* Look at each segment's header; put aside the damaged ones, and drop those
 * that were made ready and never used, but for one if there is no other. */
static enum err
sort_out(struct journal *j, struct numbers *found,
    struct journal_recovery *recovery, struct why *why)
{
	size_t kept = 0;
	uint64_t spare = 0;

	for (size_t i = 0; i < found->n; i++) {
		uint64_t number = j->highest = found->v[i];
		struct why damage = { { 0 } };
		struct segment s;
		enum err e = segment_open(j->dir_fd, number, false, &s,
		    &damage);

		if (e == E_SYNTAX && is_blank(j, number)) {
			drop(j, number);
			continue;
		}
		if (e == E_SYNTAX) {
			recovery->damaged++;
			if ((e = put_aside(j, number, why)) != E_OK)
				return e;
			continue;
		}
		if (e != E_OK)
			return why_set(why, e, "%s", damage.text);
		if ((e = check_owner(j, &s, why)) == E_OK) {
			if (segment_header(&s)->first_sequence != 0)
				found->v[kept++] = number;
			else if (spare == 0)
				spare = number;
			else
				drop(j, number);
		}
		segment_close(&s);
		if (e != E_OK)
			return e;
	}
	if (kept > 0 && spare != 0)
		drop(j, spare);
	else if (spare != 0)
		found->v[kept++] = spare;
	found->n = kept;
	return E_OK;
}

/* What is before the last segment is only read; go on in the last one. */
static enum err
take_over(struct journal *j, const struct numbers *found, struct why *why)
{
	enum err e;

	j->first_number = found->v[0];
	j->number = j->taken = found->v[found->n - 1];
	for (size_t i = 0; i + 1 < found->n; i++)
		if ((e = journal_note_old(j, found->v[i],
			 modified_ns(j, found->v[i]))) != E_OK)
			return why_set(why, e, "out of memory");
	e = segment_open(j->dir_fd, j->number, true, &j->current, why);
	return e == E_OK ? go_on(j, why) : e;
}

enum err
journal_recover(struct journal *j, struct journal_recovery *recovery,
    struct why *why)
{
	struct numbers found = { NULL, 0, 0 };
	enum err e = list_segments(j, &found, why);

	recovery->damaged = found.damaged;
	j->uuid = uuid_new(clock_wall_ns(j->options.clock));
	j->sequence = 1;
	if (e == E_OK)
		e = sort_out(j, &found, recovery, why);
	recovery->segments = found.n;
	if (e == E_OK && found.n > 0) {
		e = take_over(j, &found, why);
	} else if (e == E_OK) {
		recovery->made = true;
		e = begin_segment(j, why);
		j->first_number = j->number;
	}
	free(found.v);
	if (e == E_OK)
		adopt_landed(j, recovery);
	return e;
}
