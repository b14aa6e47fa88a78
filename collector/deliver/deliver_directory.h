/* deliver/deliver_directory.h -- reports as files in a folder. */
#ifndef DELIVER_DELIVER_DIRECTORY_H
#define DELIVER_DELIVER_DIRECTORY_H

#include "base/err.h"
#include "base/span.h"

/* Write one report durably. Its name (s5.1) is shortened where the file system
 * does not take it whole; the unique id at its end stays. */
MUST_CHECK enum err deliver_directory(int dir_fd, struct span file_name,
    struct span body, struct why *why);

#endif
