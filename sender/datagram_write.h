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

void datagram_put(struct datagram *, const char *text);
/* "key": "value", escaped, with separator in front. */
void datagram_put_text(struct datagram *, const char *separator,
    const char *key, const char *value);
/* The same if value is not NULL, behind a comma. */
void datagram_put_optional(struct datagram *, const char *key,
    const char *value);
void datagram_put_escaped(struct datagram *, const char *value);
/* "key":number, with separator in front. */
void datagram_put_number(struct datagram *, const char *separator,
    const char *key, int number);

/* From here on sections may be added to, in any order. */
void datagram_begin_sections(struct datagram *);
/* Between the two put one array element. */
void datagram_begin_item(struct datagram *, enum section);
void datagram_end_item(struct datagram *, enum section);

#endif
