#include "intake/spool.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "intake/spool_private.h"

#define ID_NAME "id"
#define ID_FORMAT "tlsrptd-spool 1 "
#define ID_BYTES_MAX 256

/* -- the folder, and which spool it is -- */

static enum err
path_in(const struct spool *s, const char *name, char ret[PATH_MAX],
    struct why *why)
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", s->options.folder, name);

	if (n < 0 || n >= PATH_MAX)
		return why_set(why, E_RANGE, "%s: path too long",
		    s->options.folder);
	return E_OK;
}

static enum err
take_folder(struct spool *s, struct why *why)
{
	char path[PATH_MAX];
	enum err e = file_make_folder(s->options.folder, 0700, why);

	if (e == E_OK)
		e = path_in(s, "lock", path, why);
	if (e == E_OK)
		e = file_lock(path, &s->lock_fd, why);
	if (e != E_OK)
		return e;
	s->dir_fd = open(s->options.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return why_errno(why, "%s", s->options.folder);
	return E_OK;
}

static enum err
parse_id(struct span text, struct uuid *ret)
{
	if (!span_take(&text, SPAN_LIT(ID_FORMAT)))
		return E_VERSION;
	return uuid_parse(span_until(&text, '\n'), ret) ? E_OK : E_DAMAGED;
}

static enum err
read_id(struct spool *s, struct why *why)
{
	struct buf text = BUF_INIT(ID_BYTES_MAX);
	char path[PATH_MAX];
	enum err e = path_in(s, ID_NAME, path, why);

	if (e == E_OK && access(path, F_OK) != 0)
		e = E_ABSENT;
	if (e == E_OK)
		e = file_read(path, &text, why);
	if (e == E_OK && (e = parse_id(buf_span(&text), &s->id)) != E_OK)
		e = why_set(why, e, "%s: not as this program writes it", path);
	buf_free(&text);
	return e;
}

/* The records' CRCs are seeded with it, so none is made beside segments. */
static enum err
make_id(struct spool *s, struct why *why)
{
	struct clock machine = clock_machine(0);
	char id[UUID_TEXT_SIZE], text[sizeof(ID_FORMAT) + UUID_TEXT_SIZE];
	uint64_t number;
	enum err e = spool_segment_from(s->dir_fd, 0, &number, why);

	if (e == E_OK)
		return why_set(why, E_DAMAGED,
		    "%s: there are segments, and no file \"" ID_NAME "\"",
		    s->options.folder);
	if (e != E_ABSENT)
		return e;
	s->id = uuid_new(clock_wall_ns(&machine));
	uuid_text(&s->id, id);
	(void)snprintf(text, sizeof(text), ID_FORMAT "%s\n", id);
	return file_write_durably(s->dir_fd, ID_NAME, span_str(text), 0600,
	    why);
}

static enum err
know_id(struct spool *s, struct spool_recovery *recovery, struct why *why)
{
	enum err e = read_id(s, why);

	recovery->made = e == E_ABSENT;
	return recovery->made ? make_id(s, why) : e;
}

/* -- the whole -- */

static enum err
start(struct spool *s, struct why *why)
{
	if (pthread_create(&s->thread, NULL, spool_sync, s) != 0)
		return why_set(why, E_NOMEM, "spool: no thread");
	s->running = true;
	return E_OK;
}

enum err
spool_open(const struct spool_options *options, struct spool **ret,
    struct spool_recovery *recovery, struct why *why)
{
	struct spool *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	s->options = *options;
	s->dir_fd = s->lock_fd = -1;
	s->reading = SPOOL_SEGMENT_NONE;
	s->tail = SPOOL_TAIL_NONE;
	STAILQ_INIT(&s->pending);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->put, NULL);
	*recovery = (struct spool_recovery){ .made = false };
	e = take_folder(s, why);
	if (e == E_OK)
		e = know_id(s, recovery, why);
	if (e == E_OK)
		e = spool_recover(s, recovery, why);
	if (e == E_OK)
		e = start(s, why);
	if (e == E_OK)
		*ret = s;
	else
		spool_close(s);
	return e;
}

static void
stop(struct spool *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->closing = true;
	(void)pthread_cond_signal(&s->put);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->thread, NULL);
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->running)
		stop(s);
	spool_segment_close(&s->tail.segment);
	spool_segment_close(&s->reading);
	if (s->dir_fd >= 0)
		(void)close(s->dir_fd);
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	(void)pthread_cond_destroy(&s->put);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

const struct uuid *
spool_id(const struct spool *s)
{
	return &s->id;
}

struct receipt_sink
spool_sink(struct spool *s)
{
	return (struct receipt_sink){ spool_put, s };
}

struct spool_counts
spool_counts(struct spool *s)
{
	struct spool_counts counts;

	(void)pthread_mutex_lock(&s->lock);
	counts = s->counts;
	counts.waiting = spool_waiting(s);
	(void)pthread_mutex_unlock(&s->lock);
	return counts;
}
