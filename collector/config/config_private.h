/* config/config_private.h -- a configuration while it is read: for config*.c
 * only. */
#ifndef CONFIG_CONFIG_PRIVATE_H
#define CONFIG_CONFIG_PRIVATE_H

#include "base/nearest.h"
#include "config/config.h"

struct parser {
	struct config *config;
	const char *name; /* of the file, for messages */
	struct buf *errors;
	unsigned nerrors;
	unsigned line;
	struct span section;
	bool known_section;
	struct given *given; /* for each option */
};

struct given {
	unsigned line; /* that set the option, or 0 */
	bool refused;  /* for what was told already */
};

/* Tell a fault of the present line, or, at line 0, of the whole. */
void config_fault(struct parser *, const char *fmt, ...) PRINTF(2, 3);
/* The same of a word that is none of those it was compared with. */
void config_unknown(struct parser *, const char *what, const struct nearest *);

/* What no line shows alone; relative paths are relative to folder, if any. */
void config_check(struct parser *, const char *folder);

#endif
