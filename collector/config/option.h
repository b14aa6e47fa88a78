/* config/option.h -- the rows of options.def as data; private to config/. */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "config/config.h"

enum option_type {
	OPTION_text,
	OPTION_path,
	OPTION_list,
	OPTION_flag,
	OPTION_number,
	OPTION_mode,
	OPTION_duration,
	OPTION_size,
	OPTION_choice,
};

/* How a change of it comes into force. */
enum option_taken { OPTION_RELOAD, OPTION_RESTART };

struct option {
	const char *section, *key;
	enum option_type type;
	size_t offset; /* of the field in struct config */
	const char *def;
	int64_t min, max;
	const char *choices; /* OPTION_choice: "one|two" */
	enum option_taken taken;
	const char *sentence;
};

extern const struct option options[];
extern const size_t noptions;

/* NULL: no such option. */
const struct option *option_find(struct span section, struct span key);
bool option_section_exists(struct span section);

/* Set the option's field from text. why: what is wrong with the value.
 * E_SYNTAX, E_RANGE, E_NOMEM. */
MUST_CHECK enum err option_set(const struct option *, struct config *,
    struct span text, struct why *why);
void option_clear(const struct option *, struct config *);

/* Append the field's value as it would stand in a file. */
void option_write(const struct option *, const struct config *,
    struct buf *out);

#endif
