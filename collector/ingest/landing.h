/* ingest/landing.h -- where datagrams are received, before they are copied into
 * the journal.
 *
 * A datagram that the kernel is copying into a page which must be waited for is
 * lost when a kill -9 ends the wait: it has left the queue. So it is received
 * into memory that is always there, and that outlives the process: a file on a
 * memory file system. What a kill leaves in it is taken up at the next start,
 * unless its sequence number says that the journal has it (ADR 12). */
#ifndef INGEST_LANDING_H
#define INGEST_LANDING_H

#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"
#include "model/limits.h"

/* As it lies in the file. */
struct landing_area {
	struct uuid journal;
	uint64_t sequence; /* of the record that bytes would become */
	char bytes[DATAGRAM_MAX];
};

struct landing {
	int fd;
	char *path;
	struct landing_area *area;
};
#define LANDING_NONE ((struct landing){ .fd = -1 })

/* Open or make the file, with all its room. What it holds stays. E_DENIED: it
 * is another user's; E_CONFLICT: another process has it open; E_FULL. */
MUST_CHECK enum err landing_open(const char *path, struct landing *ret,
    struct why *why);
/* Removes the file if nothing is in it. LANDING_NONE is fine. */
void landing_close(struct landing *);

/* Room for DATAGRAM_MAX bytes, zeros before each datagram. */
char *landing_bytes(const struct landing *);
/* What it holds belongs to this journal, at this number or behind it. */
bool landing_is_after(const struct landing *, const struct uuid *journal,
    uint64_t sequence);
/* Empty it, whatever it holds, for this journal. */
void landing_reset(struct landing *, const struct uuid *journal,
    uint64_t sequence);
/* The length bytes in it are dealt with; the next datagram would be number
 * sequence. */
void landing_clear(struct landing *, size_t length, uint64_t sequence);

#endif
