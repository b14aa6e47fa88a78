/* cli/import_tree.h -- the files below a path, without their names held in
 * memory: of a Maildir its mails, of another folder all files in it and in the
 * folders below it. Only the path itself may be a symbolic link; what begins
 * with a dot is passed over, and a Maildir's tmp. */
#ifndef CLI_IMPORT_TREE_H
#define CLI_IMPORT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct import_visitor {
	/* fd: to read the file from; -1 if it is only looked for. Anything but
	 * E_OK ends the walk and is its result. */
	enum err (*file)(void *arg, const char *path, int fd, uint64_t bytes,
	    struct why *why);
	/* No regular file, or a symbolic link; what is a constant text. May be
	 * NULL. */
	void (*skipped)(void *arg, const char *path, const char *what);
	/* The walk goes on without it. May be NULL. */
	void (*failed)(void *arg, enum err, const struct why *);
	bool opens; /* the files are opened */
	void *arg;
};

MUST_CHECK enum err import_tree_walk(const char *path,
    const struct import_visitor *, struct why *why);

#endif
