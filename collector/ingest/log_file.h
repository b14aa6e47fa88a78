/* ingest/log_file.h -- a log that is followed by its name: renamed, cut and
 * begun anew while it is read, or while nobody reads it. */
#ifndef INGEST_LOG_FILE_H
#define INGEST_LOG_FILE_H

#include "store/store_log_level.h"

/* Bytes before the place that are read again: what was begun in them. */
#define LOG_FILE_LOOK_BACK (1024 * 1024)

struct log_file;

enum log_file_start {
	LOG_FILE_AT_PLACE,  /* where from says, in what the log is named now */
	LOG_FILE_AT_BEGIN,  /* of a log not seen before */
	LOG_FILE_AFTER_GAP, /* the file that was being read is gone */
};

/* Open the log of that name, or what was it at that place: path with a number
 * or date behind it, if it was not compressed. Errors are those of the system:
 * E_ABSENT, E_DENIED, E_IO. */
MUST_CHECK enum err log_file_open(const char *path,
    const struct log_place *from, struct log_file **ret,
    enum log_file_start *ret_start, struct why *why);
void log_file_close(struct log_file *); /* NULL is fine */

/* The next line, valid until the next call. is_known: it stands before the
 * place. E_ABSENT: no more for now, E_IO. */
MUST_CHECK enum err log_file_next(struct log_file *, struct span *ret,
    bool *ret_is_known, struct why *why);

/* The place behind the last line. */
MUST_CHECK enum err log_file_place(struct log_file *, struct log_place *ret,
    struct why *why);

#endif
