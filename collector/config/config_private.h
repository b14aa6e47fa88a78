/* config/config_private.h -- a configuration while it is read: for config*.c
 * only. */
#ifndef CONFIG_CONFIG_PRIVATE_H
#define CONFIG_CONFIG_PRIVATE_H

#include "base/arena.h"
#include "base/nearest.h"
#include "config/config.h"
#include "config/option.h"

struct parser {
	struct config *config;
	const char *whole; /* what is wrong with no line is told of this file */
	const char *name;  /* of the file or variable, for messages */
	struct buf *errors;
	unsigned nerrors;
	unsigned line;
	struct span section;
	bool known_section;
	struct given *given; /* for each option */
	struct arena names;
};

/* Who set an option last. */
struct given {
	const char *name; /* of the file or variable, or NULL: nobody */
	unsigned line;	  /* of the file; a variable has none: 0 */
	bool refused;	  /* for what was told already */
};

/* Tell a fault of the present line, or, at line 0, of the whole. */
void config_fault(struct parser *, const char *fmt, ...) PRINTF(2, 3);
/* The same of a word that is none of those it was compared with. */
void config_unknown(struct parser *, const char *what, const struct nearest *);

/* No control characters, but for HTAB. */
bool config_is_text(struct span);
/* Set an option from the present line or variable. */
void config_set(struct parser *, const struct option *, struct span value);
/* Take all lines of text, which comes from the file name. */
void config_add_text(struct parser *, struct span text, const char *name);
/* Take the files of conf.d in folder, if it is there, over what was set. */
MUST_CHECK enum err config_add_folder(struct parser *, const char *folder);
/* Take the variables TLSRPTD_SECTION_KEY over what was set. */
void config_add_environment(struct parser *, char *const *environment);

/* An address of this machine alone, a path, or nothing. */
bool config_is_near(struct span listen);

/* What no line shows alone; relative paths are relative to folder, if any. */
void config_check(struct parser *, const char *folder);

#endif
