#include "daemon/identity.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

#define NAME "collector-id"

static enum err
make_identity(const char *folder, const struct clock *clock, struct uuid *ret,
    struct why *why)
{
	struct uuid id = uuid_new(clock_wall_ns(clock));
	char text[UUID_TEXT_SIZE + 1];
	int dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (dir_fd < 0)
		return why_errno(why, "%s", folder);
	uuid_text(&id, text);
	(void)strcat(text, "\n");
	e = file_write_durably(dir_fd, NAME, span_str(text), 0600, why);
	(void)close(dir_fd);
	if (e == E_OK)
		*ret = id;
	return e;
}

void
identity_boot(const struct clock *clock, struct uuid *ret)
{
	struct buf text = BUF_INIT(256);
	struct span line;

	if (file_read("/proc/sys/kernel/random/boot_id", &text, NULL) != E_OK)
		buf_clear(&text);
	line = buf_span(&text);
	if (!uuid_parse(span_until(&line, '\n'), ret))
		*ret = uuid_new(clock_wall_ns(clock));
	buf_free(&text);
}

enum err
identity_get(const char *folder, const struct clock *clock, struct uuid *ret,
    struct why *why)
{
	struct buf text = BUF_INIT(256);
	struct why unread = { { 0 } };
	char path[PATH_MAX];
	struct span line;
	enum err e;

	(void)snprintf(path, sizeof(path), "%s/" NAME, folder);
	e = file_read(path, &text, &unread);
	line = buf_span(&text);
	if (e == E_ABSENT)
		e = make_identity(folder, clock, ret, why);
	else if (e != E_OK)
		(void)why_set(why, e, "%s", unread.text);
	else if (!uuid_parse(span_until(&line, '\n'), ret))
		e = why_set(why, E_SYNTAX,
		    "%s holds no UUID: put back the collector's id, or remove "
		    "it together with the journal",
		    path);
	buf_free(&text);
	return e;
}
