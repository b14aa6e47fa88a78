/* sender/datagram_write.h -- the text of a datagram, version 1, in one growing
 * buffer (docs/datagram.md). */
#ifndef SENDER_DATAGRAM_WRITE_H
#define SENDER_DATAGRAM_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Room that comes with the object, so that a usual session takes no further
 * memory. */
#define DATAGRAM_FIRST_BYTES 2048
/* No socket buffer takes more by default; the kernel would refuse it too. */
#define DATAGRAM_MAX_BYTES (4 * 1024 * 1024)

/* The arrays of a policy, in the order in which they stand in the text. */
enum section {
	SECTION_POLICY_STRING,
	SECTION_MX_HOST,
	SECTION_FAILURE_DETAILS,
	NSECTIONS
};

struct datagram {
	char *p;
	size_t len, cap;
	size_t start;	       /* of the policy's sections */
	size_t end[NSECTIONS]; /* of each; an empty one ends where it starts */
	size_t item;	       /* where the item that is written began */
	int error; /* errno of the first failure: ENOMEM, EMSGSIZE */
	char first[DATAGRAM_FIRST_BYTES];
};

void datagram_begin(struct datagram *);
void datagram_free(struct datagram *);

void datagram_put_bytes(struct datagram *, const char *bytes, size_t n);
void datagram_put_escaped(struct datagram *, const char *value);
void datagram_put_number(struct datagram *, int number);
/* head, the value escaped, and a closing quote. */
void datagram_put_quoted(struct datagram *, const char *head, size_t head_len,
    const char *value);

/* What is known when we are compiled is put together then. */
#define datagram_put(d, literal) \
	datagram_put_bytes((d), "" literal, sizeof(literal) - 1)
/* "key": "value", with separator in front. The blank is part of the format:
 * libtlsrpt writes it. */
#define datagram_put_text(d, separator, key, value)           \
	datagram_put_quoted((d), separator "\"" key "\": \"", \
	    sizeof(separator "\"" key "\": \"") - 1, (value))

/* From here on sections may be added to, in any order. */
void datagram_begin_sections(struct datagram *);
/* Between the two put one array element. */
void datagram_begin_item(struct datagram *, enum section);
void datagram_end_item(struct datagram *, enum section);

#endif
