#include "daemon/identity.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

#define NAME "collector-id"
/* A store that was put back knows an older claim: as many starts ago. */
#define CLAIMS_MAX 4096
#define FILE_MAX ((size_t)(CLAIMS_MAX + 2) * UUID_TEXT_SIZE)

/* The file has the id in its first line, then the claims, the newest last. */
struct identity {
	char folder[PATH_MAX];
	const struct clock *clock;
	struct uuid id;
	struct uuid claims[CLAIMS_MAX];
	size_t n;
};

static void
add_line(struct buf *text, const struct uuid *id)
{
	char line[UUID_TEXT_SIZE];

	uuid_text(id, line);
	buf_adds(text, line);
	buf_addc(text, '\n');
}

static enum err
write_file(const struct identity *i, struct why *why)
{
	int dir_fd = open(i->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct buf text = BUF_INIT(FILE_MAX);
	enum err e;

	if (dir_fd < 0)
		return why_errno(why, "%s", i->folder);
	add_line(&text, &i->id);
	for (size_t n = 0; n < i->n; n++)
		add_line(&text, &i->claims[n]);
	e = text.err;
	if (e == E_OK)
		e = file_write_durably(dir_fd, NAME, buf_span(&text), 0600,
		    why);
	(void)close(dir_fd);
	buf_free(&text);
	return e;
}

static void
append(struct identity *i, const struct uuid *claim)
{
	if (i->n == CLAIMS_MAX)
		memmove(i->claims, i->claims + 1,
		    --i->n * sizeof(i->claims[0]));
	i->claims[i->n++] = *claim;
}

static bool
read_lines(struct identity *i, struct span text)
{
	struct uuid claim;

	if (!uuid_parse(span_until(&text, '\n'), &i->id))
		return false;
	while (text.len > 0)
		if (uuid_parse(span_until(&text, '\n'), &claim))
			append(i, &claim);
	return true;
}

static enum err
read_file(struct identity *i, struct why *why)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct why unread = { { 0 } };
	char path[PATH_MAX + sizeof(NAME)];
	enum err e;

	(void)snprintf(path, sizeof(path), "%s/" NAME, i->folder);
	e = file_read(path, &text, &unread);
	if (e == E_ABSENT) {
		i->id = uuid_new(clock_wall_ns(i->clock));
		e = write_file(i, why);
	} else if (e != E_OK) {
		(void)why_set(why, e, "%s", unread.text);
	} else if (!read_lines(i, buf_span(&text))) {
		e = why_set(why, E_SYNTAX,
		    "%s holds no UUID: put back the collector's id, or remove "
		    "it together with the journal",
		    path);
	}
	buf_free(&text);
	return e;
}

enum err
identity_open(const char *folder, const struct clock *clock,
    struct identity **ret, struct why *why)
{
	struct identity *i = calloc(1, sizeof(*i));
	enum err e;

	if (i == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	(void)snprintf(i->folder, sizeof(i->folder), "%s", folder);
	i->clock = clock;
	if ((e = read_file(i, why)) == E_OK)
		*ret = i;
	else
		identity_free(i);
	return e;
}

void
identity_free(struct identity *i)
{
	free(i);
}

const struct uuid *
identity_id(const struct identity *i)
{
	return &i->id;
}

enum err
identity_claim_anew(struct identity *i, bool is_copy, struct why *why)
{
	struct uuid claim = uuid_new(clock_wall_ns(i->clock));

	if (is_copy)
		i->n = 0;
	append(i, &claim);
	return write_file(i, why);
}

void
identity_claim(const struct identity *i, char ret[UUID_TEXT_SIZE])
{
	uuid_text(&i->claims[i->n - 1], ret);
}

bool
identity_knows(const struct identity *i, struct span claim)
{
	struct uuid id;

	if (!uuid_parse(claim, &id))
		return false;
	for (size_t n = i->n; n > 0; n--)
		if (uuid_eq(&i->claims[n - 1], &id))
			return true;
	return false;
}

/* A machine that runs has a boot of its own, and two folders of one have
 * different numbers. */
enum err
identity_place(const struct identity *i, char ret[IDENTITY_PLACE_SIZE],
    struct why *why)
{
	char boot_text[UUID_TEXT_SIZE];
	struct uuid boot;
	struct stat st;

	if (stat(i->folder, &st) != 0)
		return why_errno(why, "%s", i->folder);
	identity_boot(i->clock, &boot);
	uuid_text(&boot, boot_text);
	(void)snprintf(ret, IDENTITY_PLACE_SIZE, "%s %jx:%jx", boot_text,
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return E_OK;
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
