#include "datagram_write.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "sender_private.h"

void
datagram_begin(struct datagram *d)
{
	d->p = d->first;
	d->cap = sizeof(d->first);
	d->len = 0;
	d->error = 0;
}

void
datagram_free(struct datagram *d)
{
	if (d->p != d->first)
		tlsrpt_free(d->p);
}

/* Room for n more bytes. malloc and free may be the program's own, and there is
 * no realloc among them. */
static bool
reserve(struct datagram *d, size_t n)
{
	size_t cap = d->cap;
	char *p;

	if (d->error != 0)
		return false;
	if (n <= d->cap - d->len)
		return true;
	if (n > DATAGRAM_MAX_BYTES - d->len) {
		d->error = EMSGSIZE;
		return false;
	}
	while (cap - d->len < n)
		cap *= 2;
	if ((p = tlsrpt_malloc(cap)) == NULL) {
		d->error = ENOMEM;
		return false;
	}
	memcpy(p, d->p, d->len);
	datagram_free(d);
	d->p = p;
	d->cap = cap;
	return true;
}

void
datagram_put_bytes(struct datagram *d, const char *bytes, size_t n)
{
	if (!reserve(d, n))
		return;
	memcpy(d->p + d->len, bytes, n);
	d->len += n;
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Whether all eight bytes are plain. Bytes from 0x80 on are, but may hide that
 * they are from this test: it says no more often than it must. */
static bool
are_plain(uint64_t v)
{
	uint64_t quote = v ^ EACH_BYTE('"'), backslash = v ^ EACH_BYTE('\\');

	return (((v - EACH_BYTE(0x20)) | (v + EACH_BYTE(1)) |
		    (quote - EACH_BYTE(1)) | (backslash - EACH_BYTE(1))) &
		   EACH_BYTE(0x80)) == 0;
}

/* How many bytes of the n are plain before the first that is not. */
static size_t
plain_length(const char *value, size_t n)
{
	size_t i = 0;
	uint64_t eight;

	while (n - i >= sizeof(eight)) {
		memcpy(&eight, value + i, sizeof(eight));
		if (!are_plain(eight))
			break;
		i += sizeof(eight);
	}
	while (i < n && is_plain((unsigned char)value[i]))
		i++;
	return i;
}

void
datagram_put_escaped(struct datagram *d, const char *value)
{
	size_t n = strlen(value);

	for (;;) {
		size_t plain = plain_length(value, n);
		const char *escape;

		datagram_put_bytes(d, value, plain);
		if (plain == n)
			return;
		escape = tlsrpt_json_escape_values[(unsigned char)value[plain]];
		datagram_put_bytes(d, escape, strlen(escape));
		value += plain + 1;
		n -= plain + 1;
	}
}

void
datagram_put_quoted(struct datagram *d, const char *head, size_t head_len,
    const char *value)
{
	datagram_put_bytes(d, head, head_len);
	datagram_put_escaped(d, value);
	datagram_put(d, "\"");
}

void
datagram_put_number(struct datagram *d, int number)
{
	char digits[3 * sizeof(number) + 1], *p = digits + sizeof(digits);
	unsigned rest = number < 0 ? 0u - (unsigned)number : (unsigned)number;

	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--p = '-';
	datagram_put_bytes(d, p, (size_t)(digits + sizeof(digits) - p));
}

/* -- sections -- */

void
datagram_begin_sections(struct datagram *d)
{
	d->start = d->len;
	for (int i = 0; i < NSECTIONS; i++)
		d->end[i] = d->len;
}

static bool
is_empty(const struct datagram *d, enum section s)
{
	return d->end[s] == (s == 0 ? d->start : d->end[s - 1]);
}

void
datagram_begin_item(struct datagram *d, enum section s)
{
	d->item = d->len;
	if (!is_empty(d, s))
		datagram_put(d, ",");
	else if (s == SECTION_POLICY_STRING)
		datagram_put(d, ",\"policy-string\":[");
	else if (s == SECTION_MX_HOST)
		datagram_put(d, ",\"mx-host\":[");
	else
		datagram_put(d, ",\"failure-details\":[");
}

/* The item stands at the end of the text and belongs to offset at. What is in
 * between changes places with it: for callers that keep to the order that is
 * one closing bracket. */
static void
move_item(struct datagram *d, size_t at)
{
	size_t between = d->item - at, n = d->len - d->item;

	if (!reserve(d, between))
		return;
	memcpy(d->p + d->len, d->p + at, between);
	memmove(d->p + at, d->p + d->item, n);
	memcpy(d->p + at + n, d->p + d->len, between);
}

void
datagram_end_item(struct datagram *d, enum section s)
{
	bool first = is_empty(d, s);
	size_t n;

	if (first)
		datagram_put(d, "]");
	move_item(d, first ? d->end[s] : d->end[s] - 1);
	n = d->len - d->item;
	for (int i = (int)s; i < NSECTIONS; i++)
		d->end[i] += n;
}
