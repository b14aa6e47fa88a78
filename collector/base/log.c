#include "base/log.h"

#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"

#define LINE_MAX_BYTES 4096
#define VALUE_MAX_BYTES 1024

static struct {
	enum log_target target;
	enum log_level max;
	const char *role;
	bool journal; /* stderr goes to the systemd journal */
} setup = { LOG_TO_STDERR, LOG_LEVEL_INFO, "tlsrptd", false };

static const struct {
	const char *name;
	int syslog;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARNING] = { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

void
log_setup(enum log_target target, enum log_level max, const char *role)
{
	setup.target = target;
	setup.max = max;
	setup.role = role;
	setup.journal = getenv("JOURNAL_STREAM") != NULL;
	if (target == LOG_TO_SYSLOG)
		openlog("tlsrptd", LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static void
add_field(struct buf *line, const struct log_field *f)
{
	buf_addf(line, " %s=", f->key);
	if (f->type == LOG_INT) {
		buf_addf(line, "%lld", (long long)f->num);
		return;
	}
	buf_addc(line, '"');
	escape_log(line, span_head(f->text, VALUE_MAX_BYTES));
	buf_adds(line, f->text.len > VALUE_MAX_BYTES ? "\"..." : "\"");
}

void
log_fields(enum log_level level, const char *what,
    const struct log_field *fields)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES - 1); /* and the newline */

	if (level > setup.max)
		return;
	if (setup.target == LOG_TO_STDERR && setup.journal)
		buf_addf(&line, "<%d>", levels[level].syslog);
	buf_addf(&line, "level=%s role=%s what=\"%s\"", levels[level].name,
	    setup.role, what);
	for (fields++; fields->type != LOG_END; fields++)
		add_field(&line, fields);
	line.err = E_OK; /* past the ceiling: what fitted is still said */
	line.max = LINE_MAX_BYTES;
	if (setup.target == LOG_TO_SYSLOG) {
		syslog(levels[level].syslog, "%s", buf_str(&line));
	} else {
		buf_addc(&line, '\n');
		/* One write, so that lines of processes do not mix. */
		if (line.p != NULL && write(2, line.p, line.len) < 0)
			line.err = E_IO; /* nowhere left to say so */
	}
	buf_free(&line);
}

bool
log_limit_pass(struct log_limit *l, int64_t mono_ns, uint64_t *ret_left_out)
{
	if (l->passed > 0 && mono_ns - l->since_ns >= l->period_ns)
		l->passed = 0;
	if (l->passed == l->burst) {
		l->left_out++;
		return false;
	}
	if (l->passed == 0)
		l->since_ns = mono_ns;
	l->passed++;
	*ret_left_out = l->left_out;
	l->left_out = 0;
	return true;
}
