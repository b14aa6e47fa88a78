/* base/file.h -- whole files under a ceiling, durable writes. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"

/* Append the file's bytes to out, whose max is the ceiling. */
MUST_CHECK enum err file_read(const char *path, struct buf *out,
    struct why *why);

/* Append the first line of a file that has a password in it, without its end;
 * nothing of the file stays in memory elsewhere. */
MUST_CHECK enum err file_read_secret(const char *path, struct buf *out,
    struct why *why);

/* All bytes to where fd is. E_IO; errno tells more. */
MUST_CHECK enum err file_write_all(int fd, struct span bytes);

/* Write name in the open folder dir_fd so that after a crash it is there whole
 * or not at all: temporary file, fsync, rename, fsync of the folder. An older
 * file of the name is replaced. */
MUST_CHECK enum err file_write_durably(int dir_fd, const char *name,
    struct span bytes, mode_t mode, struct why *why);

/* mkdir -p. Folders that are there stay as they are. */
MUST_CHECK enum err file_make_folder(const char *path, mode_t mode,
    struct why *why);

/* Hold an exclusive lock on path, made if needed, until *ret_fd is closed.
 * E_BUSY: another process holds it. */
MUST_CHECK enum err file_lock(const char *path, int *ret_fd, struct why *why);

#endif
