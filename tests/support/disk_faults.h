/* support/disk_faults.h -- a disk that is slow, full or broken when a test
 * wants it: stands in front of libc's pwrite, fdatasync and fsync. */
#ifndef TESTS_SUPPORT_DISK_FAULTS_H
#define TESTS_SUPPORT_DISK_FAULTS_H

#include <stddef.h>

/* All works, nothing was counted. */
void disk_works(void);

/* pwrite has room for so many bytes more, and then fails with error. */
void disk_has_room(size_t bytes, int error);

/* So many of the next syncs fail with error, after they were let through: of
 * files, or of folders. */
void disk_fails_syncs(int n, int error);
void disk_fails_folder_syncs(int n, int error);

/* Syncs do nothing: for tests of what does not depend on them. */
void disk_forgets_syncs(void);

/* Each sync that begins waits until it is let through. */
void disk_holds_syncs(void);
/* See that so many have begun since disk_works. */
void disk_await_syncs(unsigned n);
/* Let one through, or all from now on. */
void disk_lets_one(void);
void disk_lets_all(void);

/* Of files, since disk_works; those of folders are not counted. */
unsigned disk_syncs(void);

#endif
