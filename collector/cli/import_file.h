/* cli/import_file.h -- the mails and reports in one file: what it is, its bytes
 * tell, not its name. */
#ifndef CLI_IMPORT_FILE_H
#define CLI_IMPORT_FILE_H

#include "cli/import_batch.h"

struct import_file {
	struct import_batch *batch;
	const char *name;
	/* Told now and then, with how much of the file was read; NULL: nobody.
	 */
	void (*tell)(void *arg, uint64_t bytes);
	void *arg;
	bool store_failed; /* set: the error is the store's, not the file's */
};

/* From where fd is to its end: a mailbox of any number of mails, a mail, or a
 * report as it was posted. */
MUST_CHECK enum err import_file_read(struct import_file *, int fd,
    struct why *why);

#endif
