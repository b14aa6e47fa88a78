#include "ingest/log_lines.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void
log_lines_begin(struct log_lines *l, int fd, int64_t position)
{
	l->fd = fd;
	l->position = position;
	l->at = 0;
	l->len = 0;
	l->skips = false;
}

static struct span
unread(const struct log_lines *l)
{
	return (struct span){ l->bytes + l->at, l->len - l->at };
}

static void
take(struct log_lines *l, size_t n)
{
	l->at += n;
	l->position += (int64_t)n;
}

/* E_ABSENT: nothing more is there. */
static enum err
read_more(struct log_lines *l, struct why *why)
{
	ssize_t n;

	if (l->at > 0) {
		memmove(l->bytes, l->bytes + l->at, l->len - l->at);
		l->len -= l->at;
		l->at = 0;
	}
	do
		n = read(l->fd, l->bytes + l->len, sizeof(l->bytes) - l->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? E_ABSENT : why_errno(why, "read");
	l->len += (size_t)n;
	return n == 0 ? E_ABSENT : E_OK;
}

/* A line that fills the buffer is given by its beginning. */
static bool
cut_line(struct log_lines *l, struct span *ret)
{
	struct span s = unread(l);
	const char *end = s.len == 0 ? NULL : memchr(s.p, '\n', s.len);
	bool skips = l->skips;

	if (end == NULL && s.len < sizeof(l->bytes) / 2)
		return false;
	l->skips = end == NULL;
	*ret = span_head(s, end == NULL ? s.len : (size_t)(end - s.p));
	take(l, ret->len + (end != NULL));
	*ret = span_head(*ret, LOG_LINE_MAX);
	return !skips;
}

enum err
log_lines_next(struct log_lines *l, struct span *ret, struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK) {
		size_t at = l->at;

		if (cut_line(l, ret))
			return E_OK;
		if (l->at == at)
			e = read_more(l, why);
	}
	return e;
}

bool
log_lines_has_one(const struct log_lines *l)
{
	return span_has(unread(l), '\n');
}

bool
log_lines_is_ready(const struct log_lines *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	return log_lines_has_one(l) || poll(&p, 1, 0) > 0;
}

bool
log_lines_rest(struct log_lines *l, struct span *ret)
{
	struct span s = unread(l);
	bool skips = l->skips;

	take(l, s.len);
	l->skips = false;
	*ret = span_head(s, LOG_LINE_MAX);
	return s.len > 0 && !skips;
}

enum err
log_lines_bytes(struct log_lines *l, size_t n, struct span *ret,
    struct why *why)
{
	enum err e = E_OK;

	if (n > LOG_LINE_MAX)
		return E_RANGE;
	while (e == E_OK && unread(l).len < n)
		e = read_more(l, why);
	if (e != E_OK)
		return e;
	*ret = span_head(unread(l), n);
	take(l, n);
	return E_OK;
}
