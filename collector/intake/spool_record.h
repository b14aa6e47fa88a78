/* intake/spool_record.h -- the bytes of one record of the spool. Pure.
 *
 * A head of fixed length, the facts, the body. All numbers are little-endian.
 * The head's CRC is seeded with the spool and the place, so that no sender can
 * post a body with a record in it that would be found in a damaged segment. */
#ifndef INTAKE_SPOOL_RECORD_H
#define INTAKE_SPOOL_RECORD_H

#include "intake/receipt.h"

#define SPOOL_MAGIC "receipt\n"
#define SPOOL_MAGIC_BYTES 8
#define SPOOL_HEAD_BYTES 40

/* Way, is_mail, time, and six texts with their lengths. */
#define SPOOL_FACTS_MAX (1 + 1 + 8 + 6 * (2 + RECEIPT_TEXT_MAX))

/* Bytes of a body. A gzip of 10 MiB in base64, with room to spare. */
#define SPOOL_BODY_MAX (32 << 20)

struct spool_head {
	uint32_t facts_length;
	uint32_t body_length;
	struct uuid id;
	uint32_t crc; /* CRC-32C of facts and body */
};

/* Of the whole record. */
static inline uint64_t
spool_record_bytes(const struct spool_head *h)
{
	return (uint64_t)SPOOL_HEAD_BYTES + h->facts_length + h->body_length;
}

/* What the head's CRC starts with, at an offset of a segment. */
uint32_t spool_head_seed(const struct uuid *spool, uint64_t segment,
    uint64_t offset);

void spool_head_write(const struct spool_head *, uint32_t seed,
    char ret[SPOOL_HEAD_BYTES]);
/* E_SYNTAX: no head, one of another place, or lengths past the ceilings. */
MUST_CHECK enum err spool_head_read(const char bytes[SPOOL_HEAD_BYTES],
    uint32_t seed, struct spool_head *ret);

/* The same facts are the same bytes. Longer texts are cut to RECEIPT_TEXT_MAX.
 * Returns how many bytes. */
size_t spool_facts_write(const struct receipt_facts *,
    char ret[SPOOL_FACTS_MAX]);
/* Texts are views of the bytes. E_SYNTAX: not as spool_facts_write has them. */
MUST_CHECK enum err spool_facts_read(struct span bytes,
    struct receipt_facts *ret);

#endif
