#include "intake/spool_record.h"

#include "base/crc32c.h"

#define CRC_AT 36 /* of the head, over what is before */
#define TEXTS 6
#define ABSENT UINT16_MAX /* a length: SPAN_NONE, which is not empty */

/* -- numbers -- */

static char *
add(char *at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (char)(unsigned char)(v >> (8 * i));
	return at;
}

static uint64_t
number(const char *p, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = bytes; i-- > 0;)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

/* Cut a number off the front. */
static bool
take(struct span *s, size_t bytes, uint64_t *ret)
{
	if (s->len < bytes)
		return false;
	*ret = number(s->p, bytes);
	*s = span_skip(*s, bytes);
	return true;
}

/* -- the head -- */

uint32_t
spool_head_seed(const struct uuid *spool, uint64_t segment, uint64_t offset)
{
	char place[16];

	(void)add(add(place, segment, 8), offset, 8);
	return crc32c(crc32c(0, spool, sizeof(*spool)), place, sizeof(place));
}

void
spool_head_write(const struct spool_head *h, uint32_t seed,
    char ret[SPOOL_HEAD_BYTES])
{
	char *at = ret;

	memcpy(at, SPOOL_MAGIC, SPOOL_MAGIC_BYTES);
	at = add(at + SPOOL_MAGIC_BYTES, h->facts_length, 4);
	at = add(at, h->body_length, 4);
	memcpy(at, h->id.b, UUID_BYTES);
	at = add(at + UUID_BYTES, h->crc, 4);
	(void)add(at, crc32c(seed, ret, CRC_AT), 4);
}

enum err
spool_head_read(const char bytes[SPOOL_HEAD_BYTES], uint32_t seed,
    struct spool_head *ret)
{
	struct spool_head h = {
		.facts_length = (uint32_t)number(bytes + 8, 4),
		.body_length = (uint32_t)number(bytes + 12, 4),
		.crc = (uint32_t)number(bytes + 32, 4),
	};

	if (memcmp(bytes, SPOOL_MAGIC, SPOOL_MAGIC_BYTES) != 0 ||
	    number(bytes + CRC_AT, 4) != crc32c(seed, bytes, CRC_AT) ||
	    h.facts_length > SPOOL_FACTS_MAX || h.body_length > SPOOL_BODY_MAX)
		return E_SYNTAX;
	memcpy(h.id.b, bytes + 16, UUID_BYTES);
	*ret = h;
	return E_OK;
}

/* -- the facts -- */

static char *
add_text(char *at, struct span text)
{
	if (text.p == NULL)
		return add(at, ABSENT, 2);
	text = span_head(text, RECEIPT_TEXT_MAX);
	at = add(at, text.len, 2);
	memcpy(at, text.p, text.len);
	return at + text.len;
}

size_t
spool_facts_write(const struct receipt_facts *f, char ret[SPOOL_FACTS_MAX])
{
	const struct span texts[TEXTS] = { f->peer, f->route, f->sender,
		f->recipient, f->type, f->encoding };
	char *at = ret;

	at = add(at, (uint64_t)f->way, 1);
	at = add(at, f->is_mail, 1);
	at = add(at, (uint64_t)f->received_ns, 8);
	for (size_t i = 0; i < TEXTS; i++)
		at = add_text(at, texts[i]);
	return (size_t)(at - ret);
}

static bool
take_text(struct span *s, struct span *ret)
{
	uint64_t length;

	if (!take(s, 2, &length))
		return false;
	*ret = SPAN_NONE;
	if (length == ABSENT)
		return true;
	if (length > RECEIPT_TEXT_MAX || length > s->len)
		return false;
	*ret = (struct span){ s->p, length };
	*s = span_skip(*s, length);
	return true;
}

enum err
spool_facts_read(struct span s, struct receipt_facts *ret)
{
	struct receipt_facts f = { .is_mail = false };
	struct span *const texts[TEXTS] = { &f.peer, &f.route, &f.sender,
		&f.recipient, &f.type, &f.encoding };
	uint64_t way, is_mail, received;

	if (!take(&s, 1, &way) || way > RECEIPT_IMAP ||
	    !take(&s, 1, &is_mail) || is_mail > 1 || !take(&s, 8, &received))
		return E_SYNTAX;
	f.way = (enum receipt_way)way;
	f.is_mail = is_mail == 1;
	f.received_ns = (int64_t)received;
	for (size_t i = 0; i < TEXTS; i++)
		if (!take_text(&s, texts[i]))
			return E_SYNTAX;
	if (s.len > 0)
		return E_SYNTAX;
	*ret = f;
	return E_OK;
}
