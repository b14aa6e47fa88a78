#include "ingest/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/num.h"
#include "ingest/segment_watch.h"

_Static_assert(sizeof(struct segment_header) <= SEGMENT_FIRST_RECORD,
    "the header ends before the first record");
_Static_assert(sizeof(struct record_header) == 24, "no padding");

#define SUFFIX ".journal"

void
segment_name(uint64_t number, char ret[SEGMENT_NAME_SIZE])
{
	(void)snprintf(ret, SEGMENT_NAME_SIZE, "%020llu" SUFFIX,
	    (unsigned long long)number);
}

bool
segment_number(const char *name, uint64_t *ret)
{
	struct span s = span_str(name);
	int64_t v;

	if (s.len != 20 + sizeof(SUFFIX) - 1 ||
	    !span_eq(span_skip(s, 20), SPAN_LIT(SUFFIX)) ||
	    num_parse(span_head(s, 20), 1, INT64_MAX, &v) != E_OK)
		return false;
	*ret = (uint64_t)v;
	return true;
}

static uint32_t
header_crc(const struct segment_header *h)
{
	return crc32c(0, h, offsetof(struct segment_header, crc));
}

static enum err
map(struct segment *s, int dir_fd, const char *name, struct why *why)
{
	int prot = s->writable ? PROT_READ | PROT_WRITE : PROT_READ;
	void *p = mmap(NULL, s->bytes, prot, MAP_SHARED, s->fd, 0);

	if (p == MAP_FAILED)
		return why_errno(why, "mmap");
	s->map = p;
	/* Or the first touch of a page behind the records reads ahead: up to
	 * 8 MiB of zeros where the disk is set so, 30 ms for the drain. */
	if (s->writable)
		(void)madvise(p, s->bytes, MADV_RANDOM);
	segment_watch_add(s->map, s->bytes, dir_fd, name);
	return E_OK;
}

/* Space on disk for all of it, written as zeros where the file system cannot
 * reserve it. */
static enum err
reserve(int fd, size_t bytes, struct why *why)
{
	static const char zeros[65536];

	if (fallocate(fd, 0, 0, (off_t)bytes) == 0)
		return E_OK;
	if (errno != EOPNOTSUPP)
		return why_errno(why, "fallocate");
	for (size_t done = 0; done < bytes; done += sizeof(zeros))
		if (pwrite(fd, zeros, sizeof(zeros), (off_t)done) !=
		    (ssize_t)sizeof(zeros))
			return why_errno(why, "write");
	return E_OK;
}

static uint32_t
record_seed(const struct segment *s)
{
	const struct segment_header *h = segment_header(s);
	uint32_t crc = crc32c(0, &h->journal, sizeof(h->journal));

	return crc32c(crc, &h->number, sizeof(h->number));
}

void
segment_rewrite_header(struct segment *s, const struct segment_header *header)
{
	struct segment_header h = *header;

	memcpy(h.magic, SEGMENT_MAGIC, sizeof(h.magic));
	h.version = SEGMENT_VERSION;
	h.byte_order = SEGMENT_BYTE_ORDER;
	h.crc = header_crc(&h);
	*segment_header(s) = h;
	s->seed = record_seed(s);
}

enum err
segment_sync(const struct segment *s, struct why *why)
{
	return fdatasync(s->fd) == 0 ? E_OK : why_errno(why, "fdatasync");
}

void
segment_let_go(const struct segment *s, size_t offset)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t end = offset / page * page;

	/* The first page has the header, which is written at any time. */
	if (end > page)
		(void)madvise(s->map + page, end - page, MADV_DONTNEED);
}

enum err
segment_create(int dir_fd, const struct segment_header *header, size_t bytes,
    struct segment *ret, struct why *why)
{
	struct segment s = SEGMENT_NONE;
	char name[SEGMENT_NAME_SIZE];
	enum err e;

	s.bytes = bytes;
	s.writable = true;
	segment_name(header->number, name);
	s.fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (s.fd < 0)
		return why_errno(why, "journal: %s", name);
	e = reserve(s.fd, bytes, why);
	if (e == E_OK)
		e = map(&s, dir_fd, name, why);
	if (e == E_OK)
		segment_rewrite_header(&s, header);
	if (e != E_OK) {
		segment_close(&s);
		(void)unlinkat(dir_fd, name, 0);
		return e;
	}
	*ret = s;
	return E_OK;
}

static enum err
check_header(const struct segment *s, uint64_t number, struct why *why)
{
	const struct segment_header *h = segment_header(s);

	if (memcmp(h->magic, SEGMENT_MAGIC, sizeof(h->magic)) != 0)
		return why_set(why, E_SYNTAX,
		    "journal segment %llu: no journal header",
		    (unsigned long long)number);
	if (h->version != SEGMENT_VERSION ||
	    h->byte_order != SEGMENT_BYTE_ORDER)
		return why_set(why, E_VERSION,
		    "journal segment %llu has format %u, this program knows "
		    "%d: let the program that wrote it empty the journal",
		    (unsigned long long)number, h->version, SEGMENT_VERSION);
	if (h->crc != header_crc(h) || h->number != number)
		return why_set(why, E_SYNTAX,
		    "journal segment %llu: damaged header",
		    (unsigned long long)number);
	return E_OK;
}

enum err
segment_open(int dir_fd, uint64_t number, bool writable, struct segment *ret,
    struct why *why)
{
	struct segment s = SEGMENT_NONE;
	char name[SEGMENT_NAME_SIZE];
	struct stat st;
	enum err e;

	s.writable = writable;
	segment_name(number, name);
	s.fd = openat(dir_fd, name, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (s.fd < 0 || fstat(s.fd, &st) != 0) {
		e = why_errno(why, "journal: %s", name);
		segment_close(&s);
		return e;
	}
	s.bytes = (size_t)st.st_size;
	if (s.bytes < SEGMENT_BYTES_MIN)
		e = why_set(why, E_SYNTAX, "journal: %s is cut short", name);
	else if ((e = map(&s, dir_fd, name, why)) == E_OK)
		e = check_header(&s, number, why);
	if (e != E_OK) {
		segment_close(&s);
		return e;
	}
	s.seed = record_seed(&s);
	*ret = s;
	return E_OK;
}

void
segment_close(struct segment *s)
{
	if (s->map != NULL) {
		segment_watch_remove(s->map);
		(void)munmap(s->map, s->bytes);
	}
	if (s->fd >= 0)
		(void)close(s->fd);
	*s = SEGMENT_NONE;
}

uint32_t
segment_record_crc(const struct segment *s, size_t offset, size_t length)
{
	const size_t from = offsetof(struct record_header, received_ns);
	const struct record_header *h = segment_record(s, offset);
	uint64_t place = offset;
	uint32_t crc = crc32c(s->seed, &place, sizeof(place));

	return crc32c(crc, (const char *)h + from, sizeof(*h) - from + length);
}

bool
segment_record_valid(const struct segment *s, size_t offset)
{
	const struct record_header *h = segment_record(s, offset);

	if (offset + sizeof(*h) > s->bytes || h->length == 0 ||
	    h->length > DATAGRAM_MAX ||
	    offset + record_size(h->length) > s->bytes)
		return false;
	return h->crc == segment_record_crc(s, offset, h->length);
}

bool
segment_find_record(const struct segment *s, size_t offset, size_t limit,
    size_t *ret)
{
	for (; offset + sizeof(struct record_header) <= limit; offset += 8) {
		if (segment_record_valid(s, offset)) {
			*ret = offset;
			return true;
		}
	}
	return false;
}
