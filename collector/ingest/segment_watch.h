/* ingest/segment_watch.h -- a page of a mapped segment that the disk cannot
 * give, or that somebody has cut off, ends the process by SIGBUS. Before it
 * ends the file is put aside, so that the next start does not meet it again. */
#ifndef INGEST_SEGMENT_WATCH_H
#define INGEST_SEGMENT_WATCH_H

#include <stddef.h>

#include "base/err.h"

#define SEGMENT_DAMAGED_SUFFIX ".damaged"

/* From now on in this process. */
MUST_CHECK enum err segment_watch_start(struct why *why);

/* The file of that name in the folder is mapped at map; name is copied. One too
 * many to watch is not watched. */
void segment_watch_add(const char *map, size_t bytes, int dir_fd,
    const char *name);
void segment_watch_remove(const char *map);

#endif
