/* intake/spool_segment.h -- one file of the spool: records, one behind the
 * other from its first byte. */
#ifndef INTAKE_SPOOL_SEGMENT_H
#define INTAKE_SPOOL_SEGMENT_H

#include "intake/spool_record.h"

struct spool_segment {
	int fd;
	uint64_t number;
};
#define SPOOL_SEGMENT_NONE ((struct spool_segment){ .fd = -1 })

#define SPOOL_NAME_SIZE 48
/* "00000000000000000001.spool" */
void spool_segment_name(uint64_t number, char ret[SPOOL_NAME_SIZE]);
/* Whether it is the name of one that was kept aside. */
bool spool_segment_is_aside(const char *name);

/* The least number of at least from that the folder has. E_ABSENT: none. */
MUST_CHECK enum err spool_segment_from(int dir_fd, uint64_t from, uint64_t *ret,
    struct why *why);

MUST_CHECK enum err spool_segment_open(int dir_fd, uint64_t number,
    struct spool_segment *ret, struct why *why);
void spool_segment_close(struct spool_segment *); /* NONE is fine, is left */
MUST_CHECK enum err spool_segment_bytes(const struct spool_segment *,
    uint64_t *ret, struct why *why);

/* All bytes to the offset. */
MUST_CHECK enum err spool_segment_write(const struct spool_segment *,
    uint64_t offset, struct span bytes, struct why *why);
/* Exactly length bytes from the offset. E_IO also where it ends before. */
MUST_CHECK enum err spool_segment_read(const struct spool_segment *,
    uint64_t offset, char *ret, size_t length, struct why *why);

/* The record of that spool at offset, which is before limit, where the
 * segment's bytes end. E_SYNTAX: none begins there. E_RANGE: it goes past the
 * limit. E_DAMAGED: it does not, and its CRC is wrong. *ret_head is set on
 * those two as well. */
MUST_CHECK enum err spool_segment_look(const struct spool_segment *,
    const struct uuid *spool, uint64_t offset, uint64_t limit,
    struct spool_head *ret_head, struct why *why);

/* The first head of a record from offset on. E_ABSENT: none. */
MUST_CHECK enum err spool_segment_find(const struct spool_segment *,
    const struct uuid *spool, uint64_t offset, uint64_t limit, uint64_t *ret,
    struct why *why);

/* Give the segment a second name, under which it stays, for a person, when its
 * first one is removed. */
MUST_CHECK enum err spool_segment_keep_aside(int dir_fd, uint64_t number,
    struct why *why);

#endif
