#include "ingest/log_tail.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ingest/log_file.h"
#include "ingest/log_journal.h"

#define TURN_LINES 20000
#define TURN_SESSIONS 2000
#define TEXTS_MAX ((size_t)8 << 20)
/* Lines of no session: their place is kept after so many bytes. */
#define IDLE_BYTES (8 * 1024 * 1024)

struct log_tail {
	struct log_tail_options options;
	char *name;    /* as it was given; NULL: standard input */
	char *path;    /* of the file that it stood for when that was opened */
	bool is_moved; /* it stands for another file now */
	struct mta_join *join;
	struct log_file *file; /* NULL: not open */
	struct log_lines *stdin_lines;
	struct log_journal *journal; /* NULL: standard input is none */
	struct log_place stored;     /* as the store has it */
	struct mta_session sessions[TURN_SESSIONS + MTA_JOIN_AT_ONCE];
	size_t n;
	struct arena texts;
	bool has_lost;
};

enum err
log_tail_new(const struct log_tail_options *options, struct log_tail **ret,
    struct why *why)
{
	struct log_tail *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	t->options = *options;
	t->texts = ARENA_INIT(TEXTS_MAX);
	if (options->path != NULL)
		t->name = strdup(options->path);
	else
		t->stdin_lines = calloc(1, sizeof(*t->stdin_lines));
	if (t->name == NULL && t->stdin_lines == NULL) {
		log_tail_free(t);
		return why_set(why, E_NOMEM, "out of memory");
	}
	if (t->stdin_lines != NULL)
		log_lines_begin(t->stdin_lines, STDIN_FILENO, 0);
	*ret = t;
	return E_OK;
}

static void
close_file(struct log_tail *t)
{
	log_file_close(t->file);
	t->file = NULL;
	mta_join_free(t->join);
	t->join = NULL;
}

void
log_tail_free(struct log_tail *t)
{
	if (t == NULL)
		return;
	close_file(t);
	arena_free(&t->texts);
	if (t->journal != NULL)
		log_journal_free(t->journal);
	free(t->journal);
	free(t->stdin_lines);
	free(t->path);
	free(t->name);
	free(t);
}

bool
log_tail_lost(struct log_tail *t)
{
	bool lost = t->has_lost;

	t->has_lost = false;
	return lost;
}

/* -- reading -- */

static enum err
keep_session(void *arg, const struct mta_session *s)
{
	struct log_tail *t = arg;
	struct mta_session *copy = &t->sessions[t->n];

	*copy = *s;
	copy->mta = arena_copy(&t->texts, s->mta);
	copy->queue_id = arena_copy(&t->texts, s->queue_id);
	copy->domain = arena_copy(&t->texts, s->domain);
	copy->mx_host = arena_copy(&t->texts, s->mx_host);
	copy->peer_ip = arena_copy(&t->texts, s->peer_ip);
	if (copy->domain.p == NULL || copy->mx_host.p == NULL ||
	    copy->peer_ip.p == NULL)
		return E_NOMEM;
	t->n++;
	return E_OK;
}

static enum err
drop_session(void *arg, const struct mta_session *s)
{
	(void)arg;
	(void)s;
	return E_OK;
}

/* Whatever names a file has, its place goes by one of them. */
static enum err
resolve(struct log_tail *t, struct why *why)
{
	char *path = realpath(t->name, NULL);

	if (path == NULL)
		return why_errno(why, "%s", t->name);
	free(t->path);
	t->path = path;
	t->is_moved = false;
	return E_OK;
}

static enum err
open_all(struct log_tail *t, struct store *store, struct why *why)
{
	enum log_file_start start;
	enum err e = E_OK;

	if (t->join == NULL && (t->join = mta_join_new()) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if (t->name == NULL || t->file != NULL)
		return E_OK;
	t->stored = (struct log_place){ .device = 0 };
	e = resolve(t, why);
	if (e == E_OK && store != NULL)
		e = store_log_place(store, t->options.collector,
		    span_str(t->path), &t->stored, why);
	if (e == E_OK)
		e = log_file_open(t->path, &t->stored, &t->file, &start, why);
	if (e == E_ABSENT)
		e = E_IO; /* not the end of it */
	t->has_lost = t->has_lost || (e == E_OK && start == LOG_FILE_AFTER_GAP);
	return e;
}

/* Local time is taken as it is now: a log is read soon after it is written. */
static struct mta_log_clock
clock_of(const struct log_tail *t)
{
	struct mta_log_clock clock = {
		.now_s = clock_wall_s(t->options.clock),
	};
	time_t now = (time_t)clock.now_s;
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		clock.zone_s = tm.tm_gmtoff;
	return clock;
}

/* The first line shows what standard input is. */
static enum err
begin_journal(struct log_tail *t, struct span first)
{
	if ((t->journal = calloc(1, sizeof(*t->journal))) == NULL)
		return E_NOMEM;
	log_journal_begin(t->journal, t->stdin_lines, first);
	return E_OK;
}

static enum err
next_line(struct log_tail *t, struct span *ret, bool *ret_is_known,
    struct why *why)
{
	bool is_first = t->file == NULL && t->stdin_lines->position == 0;
	enum err e;

	if (t->file != NULL)
		return log_file_next(t->file, ret, ret_is_known, why);
	e = log_lines_next(t->stdin_lines, ret, why);
	if (e == E_ABSENT && log_lines_rest(t->stdin_lines, ret))
		e = E_OK;
	if (e == E_OK && is_first && journal_export_is(*ret))
		e = begin_journal(t, *ret);
	return e;
}

/* Where the journal was left is known by its first entry. */
static enum err
next_entry(struct log_tail *t, struct store *store,
    const struct mta_log_clock *clock, struct mta_log_head *ret,
    bool *ret_is_known, struct why *why)
{
	bool is_first = log_journal_name(t->journal).len == 0;
	enum err e = log_journal_next(t->journal, clock, ret, why);

	if (e == E_OK && is_first && store != NULL) {
		e = store_log_place(store, t->options.collector,
		    log_journal_name(t->journal), &t->stored, why);
		if (e == E_OK)
			log_journal_resume(t->journal, &t->stored);
	}
	*ret_is_known = e == E_OK && log_journal_is_known(t->journal);
	return e;
}

static enum err
take_head(struct log_tail *t, const struct mta_log_head *head, bool is_known)
{
	struct mta_line line;

	mta_log_line(head, &line);
	return mta_join_take(t->join, &line,
	    is_known ? drop_session : keep_session, t);
}

static enum err
take_next(struct log_tail *t, struct store *store,
    const struct mta_log_clock *clock, struct why *why)
{
	struct mta_log_head head;
	bool is_known = false;
	struct span text;
	enum err e;

	if (t->journal != NULL) {
		e = next_entry(t, store, clock, &head, &is_known, why);
		return e == E_OK ? take_head(t, &head, is_known) : e;
	}
	e = next_line(t, &text, &is_known, why);
	if (e != E_OK || t->journal != NULL ||
	    !mta_log_head(text, clock, &head))
		return e;
	return take_head(t, &head, is_known);
}

/* Of a pipe that gives nothing now: what has come is told first. */
static bool
would_wait(const struct log_tail *t)
{
	return t->name == NULL && t->n > 0 &&
	    !log_lines_is_ready(t->stdin_lines);
}

/* E_ABSENT: to the end. */
static enum err
read_turn(struct log_tail *t, struct store *store, struct why *why)
{
	const struct mta_log_clock clock = clock_of(t);
	enum err e = E_OK;

	t->n = 0;
	arena_reset(&t->texts);
	for (int i = 0; e == E_OK && i < TURN_LINES && t->n < TURN_SESSIONS &&
	     !would_wait(t);
	     i++)
		e = take_next(t, store, &clock, why);
	return e == E_NOMEM ? why_set(why, e, "out of memory") : e;
}

/* -- keeping -- */

static bool
is_due(const struct log_tail *t, const struct log_place *to)
{
	if (t->n > 0 || t->name == NULL)
		return t->n > 0;
	return to->inode != t->stored.inode ||
	    to->position > t->stored.position + IDLE_BYTES;
}

static enum err
flush(struct log_tail *t, struct store *store, struct why *why)
{
	struct log_flush f = {
		.collector = t->options.collector,
		.path = span_str(t->path),
		.from = t->stored,
		.sessions = t->sessions,
		.n = t->n,
		.now_s = clock_wall_s(t->options.clock),
	};
	enum err e = E_OK;

	if (t->file != NULL) {
		e = log_file_place(t->file, &f.to, why);
	} else if (t->journal != NULL) {
		f.path = log_journal_name(t->journal);
		f.to = t->journal->at;
	}
	if (e != E_OK || !is_due(t, &f.to))
		return e;
	e = store_log_flush(store, &f, why);
	if (e == E_OK)
		t->stored = f.to;
	return e;
}

static enum err
tell(struct log_tail *t)
{
	enum err e = E_OK;

	for (size_t i = 0; t->options.fn != NULL && i < t->n && e == E_OK; i++)
		e = t->options.fn(t->options.arg, &t->sessions[i]);
	return e;
}

/* A link to the file of the day, say. What was written to the one before by
 * then is read first; what it tells of TLS holds in the next one. E_ABSENT: it
 * is not at its end, or the name stands for it still. */
static enum err
change_over(struct log_tail *t)
{
	bool was_moved = t->is_moved;
	char *path;

	if (t->file == NULL || (path = realpath(t->name, NULL)) == NULL)
		return E_ABSENT;
	t->is_moved = strcmp(path, t->path) != 0;
	free(path);
	if (!was_moved || !t->is_moved)
		return E_ABSENT;
	log_file_close(t->file);
	t->file = NULL;
	return E_OK;
}

enum err
log_tail_run(struct log_tail *t, struct store *store, struct why *why)
{
	enum err e = open_all(t, store, why), end = E_OK;

	if (e == E_OK)
		end = read_turn(t, store, why);
	if (e == E_OK && end != E_OK && end != E_ABSENT)
		e = end;
	if (e == E_OK && store != NULL)
		e = flush(t, store, why);
	if (e == E_OK)
		e = tell(t);
	if (e == E_OK)
		return end == E_ABSENT ? change_over(t) : end;
	close_file(t);
	return e;
}
