/* ingest/segment.h -- one file of the journal: a header, then records.
 *
 * The writer puts datagrams into the mapped file behind the last record and
 * publishes each by storing its length last, so a process that is killed leaves
 * every record whole or not there. All numbers are of the
 * machine's byte order: a journal does not move between machines. */
#ifndef INGEST_SEGMENT_H
#define INGEST_SEGMENT_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"
#include "model/limits.h"

#define SEGMENT_VERSION 1
#define SEGMENT_BYTES (64 * 1024 * 1024)
#define SEGMENT_BYTES_MIN (1024 * 1024) /* for tests */

/* Datagrams that did not get into the journal, by the drain thread. */
enum loss { LOSS_DENIED, LOSS_OVERSIZE, LOSS_EMPTY, LOSS_DISCARDED, NLOSSES };

/* Kept in the header while they wait to be written as a record, so that a kill
 * does not forget them. */
struct losses {
	uint64_t seq; /* of the note that will carry them */
	int64_t day;
	uint64_t n[NLOSSES];
};

struct segment_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order; /* SEGMENT_BYTE_ORDER */
	struct uuid collector;
	struct uuid journal;
	uint64_t number;
	uint64_t first_sequence; /* of its first record; 0: not in use yet */
	int64_t floor_ns;	 /* receipt time of the record before */
	struct uuid boot;	 /* of the machine when it was made */
	uint32_t crc;		 /* of all above */
	uint32_t reserved;
	struct losses losses;
};

#define SEGMENT_MAGIC "TLSRPTJ\n"
#define SEGMENT_BYTE_ORDER UINT32_C(0x01020304)
#define SEGMENT_FIRST_RECORD 256 /* offset; the header ends before */

enum record_kind {
	RECORD_DATAGRAM = 1,
	RECORD_LOSSES = 2, /* payload: struct losses */
	RECORD_ROLL = 3,   /* payload: uint64_t, the segment that goes on */
};

#define RECORD_UID_UNKNOWN UINT32_MAX

struct record_header {
	uint32_t length; /* of the payload; 0: not published */
	uint32_t crc;	 /* segment_record_crc */
	int64_t received_ns;
	uint32_t uid; /* of the sender */
	uint32_t kind;
};

/* Bytes that a record with a payload of length takes. */
static inline size_t
record_size(size_t length)
{
	return sizeof(struct record_header) + (length + 7) / 8 * 8;
}

/* What a segment keeps free behind the last datagram: the record that rolls
 * over, and those of losses while no next segment can be had. */
#define SEGMENT_RESERVE 2048

struct segment {
	int fd;
	char *map;
	size_t bytes;
	bool writable;
	uint32_t seed; /* of the records' CRCs */
};
#define SEGMENT_NONE ((struct segment){ .fd = -1 })

static inline struct segment_header *
segment_header(const struct segment *s)
{
	return (struct segment_header *)(void *)s->map;
}

static inline struct record_header *
segment_record(const struct segment *s, size_t offset)
{
	return (struct record_header *)(void *)(s->map + offset);
}

#define SEGMENT_NAME_SIZE 32
/* "00000000000000000001.journal" */
void segment_name(uint64_t number, char ret[SEGMENT_NAME_SIZE]);
bool segment_number(const char *name, uint64_t *ret);

/* Make a segment of bytes with all its space on disk: a page that the disk has
 * no room for would cost a datagram. Of the header collector, journal, number,
 * first_sequence, floor_ns and losses are the caller's. It is on disk only
 * after segment_sync. E_FULL, E_EXISTS, … */
MUST_CHECK enum err segment_create(int dir_fd, const struct segment_header *,
    size_t bytes, struct segment *ret, struct why *why);
MUST_CHECK enum err segment_sync(const struct segment *, struct why *why);
/* Take the pages up to the offset out of the mapping, to be called before a
 * sync: of a page that can be written through it a sync stops all processors
 * of this process for a moment, for each of them. They stay in the file, and
 * come back when they are touched. */
void segment_let_go(const struct segment *, size_t offset);
/* Write the header again with changed first_sequence, floor_ns or losses. */
void segment_rewrite_header(struct segment *, const struct segment_header *);
/* Map an existing one. E_VERSION: another format or machine; E_SYNTAX: damaged
 * header; E_ABSENT. */
MUST_CHECK enum err segment_open(int dir_fd, uint64_t number, bool writable,
    struct segment *ret, struct why *why);
void segment_close(struct segment *); /* SEGMENT_NONE is fine, and is left */

/* The CRC that the record at offset with a payload of length must have. It is
 * seeded with the journal's UUID and the place, so that no sender can write a
 * datagram with a record in it that would be found in a damaged segment. */
uint32_t segment_record_crc(const struct segment *, size_t offset,
    size_t length);

/* The published record at offset is whole: its length fits and its CRC is
 * right. */
bool segment_record_valid(const struct segment *, size_t offset);

/* The first valid record from offset to limit, which lie on 8 bytes. */
bool segment_find_record(const struct segment *, size_t offset, size_t limit,
    size_t *ret);

#endif
