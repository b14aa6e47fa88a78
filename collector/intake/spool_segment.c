#include "intake/spool_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/num.h"

#define SUFFIX ".spool"
#define ASIDE ".damaged"
#define DIGITS 20
#define BLOCK_BYTES 65536

/* -- names -- */

void
spool_segment_name(uint64_t number, char ret[SPOOL_NAME_SIZE])
{
	(void)snprintf(ret, SPOOL_NAME_SIZE, "%0*llu" SUFFIX, DIGITS,
	    (unsigned long long)number);
}

static bool
take_number(struct span *s, uint64_t *ret)
{
	int64_t v;

	if (s->len < DIGITS ||
	    num_parse(span_head(*s, DIGITS), 1, INT64_MAX, &v) != E_OK)
		return false;
	*ret = (uint64_t)v;
	*s = span_skip(*s, DIGITS);
	return true;
}

bool
spool_segment_is_aside(const char *name)
{
	struct span s = span_str(name);
	uint64_t number;

	return take_number(&s, &number) && span_eq(s, SPAN_LIT(SUFFIX ASIDE));
}

static bool
is_segment(const char *name, uint64_t *ret)
{
	struct span s = span_str(name);

	return take_number(&s, ret) && span_eq(s, SPAN_LIT(SUFFIX));
}

enum err
spool_segment_from(int dir_fd, uint64_t from, uint64_t *ret, struct why *why)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	uint64_t number, best = 0;
	struct dirent *entry;

	if (dir == NULL)
		return why_errno(why, "spool");
	while ((entry = readdir(dir)) != NULL)
		if (is_segment(entry->d_name, &number) && number >= from &&
		    (best == 0 || number < best))
			best = number;
	(void)closedir(dir);
	if (best == 0)
		return E_ABSENT;
	*ret = best;
	return E_OK;
}

enum err
spool_segment_keep_aside(int dir_fd, uint64_t number, struct why *why)
{
	char name[SPOOL_NAME_SIZE], aside[SPOOL_NAME_SIZE + sizeof(ASIDE)];

	spool_segment_name(number, name);
	(void)snprintf(aside, sizeof(aside), "%s" ASIDE, name);
	if (linkat(dir_fd, name, dir_fd, aside, 0) != 0 && errno != EEXIST)
		return why_errno(why, "spool: %s", aside);
	return fsync(dir_fd) == 0 ? E_OK : why_errno(why, "spool: fsync");
}

/* -- bytes -- */

enum err
spool_segment_open(int dir_fd, uint64_t number, struct spool_segment *ret,
    struct why *why)
{
	char name[SPOOL_NAME_SIZE];
	int fd;

	spool_segment_name(number, name);
	if ((fd = openat(dir_fd, name, O_RDWR | O_CLOEXEC)) < 0)
		return why_errno(why, "spool: %s", name);
	*ret = (struct spool_segment){ fd, number };
	return E_OK;
}

void
spool_segment_close(struct spool_segment *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	*s = SPOOL_SEGMENT_NONE;
}

enum err
spool_segment_bytes(const struct spool_segment *s, uint64_t *ret,
    struct why *why)
{
	struct stat st;

	if (fstat(s->fd, &st) != 0)
		return why_errno(why, "spool: fstat");
	*ret = (uint64_t)st.st_size;
	return E_OK;
}

enum err
spool_segment_write(const struct spool_segment *s, uint64_t offset,
    struct span bytes, struct why *why)
{
	while (bytes.len > 0) {
		ssize_t n = pwrite(s->fd, bytes.p, bytes.len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_errno(why, "spool: write");
		bytes = span_skip(bytes, (size_t)n);
		offset += (uint64_t)n;
	}
	return E_OK;
}

enum err
spool_segment_read(const struct spool_segment *s, uint64_t offset, char *ret,
    size_t length, struct why *why)
{
	while (length > 0) {
		ssize_t n = pread(s->fd, ret, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_errno(why, "spool: read");
		if (n == 0)
			return why_set(why, E_IO, "spool: a segment was cut");
		ret += n;
		length -= (size_t)n;
		offset += (uint64_t)n;
	}
	return E_OK;
}

/* -- records -- */

static enum err
payload_crc(const struct spool_segment *s, uint64_t offset, uint64_t end,
    uint32_t *ret, struct why *why)
{
	char block[BLOCK_BYTES];
	uint32_t crc = 0;

	while (offset < end) {
		size_t n = end - offset < sizeof(block) ? (size_t)(end - offset)
							: sizeof(block);
		enum err e = spool_segment_read(s, offset, block, n, why);

		if (e != E_OK)
			return e;
		crc = crc32c(crc, block, n);
		offset += n;
	}
	*ret = crc;
	return E_OK;
}

static enum err
read_head(const struct spool_segment *s, const struct uuid *spool,
    uint64_t offset, struct spool_head *ret, struct why *why)
{
	char bytes[SPOOL_HEAD_BYTES];
	enum err e = spool_segment_read(s, offset, bytes, sizeof(bytes), why);

	if (e != E_OK)
		return e;
	return spool_head_read(bytes, spool_head_seed(spool, s->number, offset),
	    ret);
}

enum err
spool_segment_look(const struct spool_segment *s, const struct uuid *spool,
    uint64_t offset, uint64_t limit, struct spool_head *ret_head,
    struct why *why)
{
	uint32_t crc;
	enum err e;

	if (limit - offset < SPOOL_HEAD_BYTES)
		return E_SYNTAX;
	if ((e = read_head(s, spool, offset, ret_head, why)) != E_OK)
		return e;
	if (spool_record_bytes(ret_head) > limit - offset)
		return E_RANGE;
	e = payload_crc(s, offset + SPOOL_HEAD_BYTES,
	    offset + spool_record_bytes(ret_head), &crc, why);
	if (e != E_OK)
		return e;
	return crc == ret_head->crc ? E_OK : E_DAMAGED;
}

/* The first head whose magic begins in the block, which was read from
 * offset. */
static enum err
find_in_block(const struct spool_segment *s, const struct uuid *spool,
    uint64_t offset, uint64_t limit, struct span block, uint64_t *ret,
    struct why *why)
{
	struct spool_head head;
	const char *p = block.p, *end = block.p + block.len;

	while ((p = memmem(p, (size_t)(end - p), SPOOL_MAGIC,
		    SPOOL_MAGIC_BYTES)) != NULL) {
		uint64_t at = offset + (uint64_t)(p - block.p);
		enum err e;

		if (limit - at < SPOOL_HEAD_BYTES)
			break;
		if ((e = read_head(s, spool, at, &head, why)) == E_OK)
			*ret = at;
		if (e != E_SYNTAX)
			return e;
		p++;
	}
	return E_ABSENT;
}

enum err
spool_segment_find(const struct spool_segment *s, const struct uuid *spool,
    uint64_t offset, uint64_t limit, uint64_t *ret, struct why *why)
{
	char block[BLOCK_BYTES];
	enum err e = E_ABSENT;

	/* Blocks overlap, so that a magic is whole in one of them. */
	while (e == E_ABSENT && offset + SPOOL_HEAD_BYTES <= limit) {
		size_t n = limit - offset < sizeof(block)
		    ? (size_t)(limit - offset)
		    : sizeof(block);

		e = spool_segment_read(s, offset, block, n, why);
		if (e == E_OK)
			e = find_in_block(s, spool, offset, limit,
			    (struct span){ block, n }, ret, why);
		offset += n - (SPOOL_MAGIC_BYTES - 1);
	}
	return e;
}
