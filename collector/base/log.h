/* base/log.h -- one line an event: level=… what="…" key=value …
 *
 * Only stages log, once, after the fact. Values are escaped here, so outside
 * bytes can be handed over as they are. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* By what the operator should do: act now, look into it, know it, debug. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

enum log_target {
	LOG_TO_STDERR, /* with <N> in front where the journal listens */
	LOG_TO_SYSLOG,
};

struct log_field {
	const char *key;
	enum { LOG_BEGIN, LOG_TEXT, LOG_INT, LOG_END } type;
	struct span text;
	int64_t num;
};

#define LOG_S(k, s) ((struct log_field){ (k), LOG_TEXT, (s), 0 })
#define LOG_STR(k, s) LOG_S((k), span_str(s))
#define LOG_I(k, n) \
	((struct log_field){ (k), LOG_INT, SPAN_NONE, (int64_t)(n) })
#define LOG_WHY(why) LOG_STR("why", (why)->text)

/* Before threads start. role names the process in each line; a constant
 * string. */
void log_setup(enum log_target, enum log_level max, const char *role);

/* fields from LOG_BEGIN to LOG_END; log_put makes them. */
void log_fields(enum log_level, const char *what, const struct log_field *);

/* log_put(level, "what happened", LOG_STR("key", value), …) */
#define log_put(level, what, ...)                                             \
	log_fields((level), (what),                                           \
	    (const struct log_field[]){ { .type = LOG_BEGIN }, ##__VA_ARGS__, \
		{ .type = LOG_END } })
#define log_error(...) log_put(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_put(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_put(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_put(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* At most burst lines a period; the first line let through after a pause says
 * how many were left out. Not for use by two threads at once. */
struct log_limit {
	int64_t period_ns;
	unsigned burst;
	int64_t since_ns;
	unsigned passed;
	uint64_t left_out; /* since the last line let through */
};

/* True: log now; *ret_left_out lines were left out before. */
bool log_limit_pass(struct log_limit *, int64_t mono_ns,
    uint64_t *ret_left_out);

#endif
