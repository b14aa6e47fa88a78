/* ingest/log_lines.h -- the lines of an open file, as far as they are whole. */
#ifndef INGEST_LOG_LINES_H
#define INGEST_LOG_LINES_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* Bytes of a line: what is past them is left out. */
#define LOG_LINE_MAX 16384

struct log_lines {
	int fd;		  /* the caller's */
	int64_t position; /* bytes of the file before the next line */
	size_t at, len;	  /* of what is in bytes */
	bool skips;	  /* the rest of a line that was too long */
	char bytes[65536];
};

/* From the place where fd stands, which is that many bytes into the file. */
void log_lines_begin(struct log_lines *, int fd, int64_t position);

/* The next line, without its end, valid until the next call. E_ABSENT: no whole
 * one is there now; E_IO. */
MUST_CHECK enum err log_lines_next(struct log_lines *, struct span *ret,
    struct why *why);

/* The next call need not read. */
bool log_lines_has_one(const struct log_lines *);

/* The next call will not wait for more to come. */
bool log_lines_is_ready(const struct log_lines *);

/* What is behind the last whole line, if nothing more is to come. False:
 * nothing is. */
bool log_lines_rest(struct log_lines *, struct span *ret);

/* The next n bytes as they are, at most as many as a line may have. Errors as
 * above. */
MUST_CHECK enum err log_lines_bytes(struct log_lines *, size_t n,
    struct span *ret, struct why *why);

#endif
