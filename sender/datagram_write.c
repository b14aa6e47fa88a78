#include "datagram_write.h"

#include <errno.h>
#include <stdio.h>
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

static void
put_bytes(struct datagram *d, const char *bytes, size_t n)
{
	if (!reserve(d, n))
		return;
	memcpy(d->p + d->len, bytes, n);
	d->len += n;
}

void
datagram_put(struct datagram *d, const char *text)
{
	put_bytes(d, text, strlen(text));
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

void
datagram_put_escaped(struct datagram *d, const char *value)
{
	while (*value != '\0') {
		size_t n = 0;

		while (is_plain((unsigned char)value[n]))
			n++;
		put_bytes(d, value, n);
		value += n;
		if (*value != '\0')
			datagram_put(d,
			    tlsrpt_json_escape_values[(unsigned char)*value++]);
	}
}

void
datagram_put_text(struct datagram *d, const char *separator, const char *key,
    const char *value)
{
	datagram_put(d, separator);
	datagram_put(d, "\"");
	datagram_put(d, key);
	/* The blank is part of the format: libtlsrpt writes it. */
	datagram_put(d, "\": \"");
	datagram_put_escaped(d, value);
	datagram_put(d, "\"");
}

void
datagram_put_optional(struct datagram *d, const char *key, const char *value)
{
	if (value != NULL)
		datagram_put_text(d, ",", key, value);
}

void
datagram_put_number(struct datagram *d, const char *separator, const char *key,
    int number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s\"%s\":%d", separator, key,
	    number);
	datagram_put(d, text);
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
	static const char *const heads[NSECTIONS] = {
		[SECTION_POLICY_STRING] = ",\"policy-string\":[",
		[SECTION_MX_HOST] = ",\"mx-host\":[",
		[SECTION_FAILURE_DETAILS] = ",\"failure-details\":[",
	};

	d->item = d->len;
	datagram_put(d, is_empty(d, s) ? heads[s] : ",");
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
