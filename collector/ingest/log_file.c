#include "ingest/log_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/crc32c.h"
#include "ingest/log_lines.h"

#define HEAD_BYTES 256

struct log_file {
	char *path;
	int64_t known;	       /* bytes of the first file that count already */
	bool is_left;	       /* whoever writes has gone on to the next */
	struct stat st;	       /* of the one that is read, when it was opened */
	struct log_place head; /* how that begins, as far as it was read */
	struct log_lines lines;
};

/* -- which file it is -- */

/* Of its first bytes, at most as many as there are before the place. */
static enum err
read_head(int fd, int64_t position, struct log_place *place, struct why *why)
{
	char head[HEAD_BYTES];
	size_t max = position < HEAD_BYTES ? (size_t)position : HEAD_BYTES;
	ssize_t n = pread(fd, head, max, 0);

	if (n < 0)
		return why_errno(why, "read");
	place->head_bytes = (uint32_t)n;
	place->head_crc = crc32c(0, head, (size_t)n);
	return E_OK;
}

/* By its number and how it begins, as numbers are used again; by the latter
 * alone if that is long enough, for copies. */
static bool
is_at(int fd, const struct stat *st, const struct log_place *place)
{
	struct log_place head = { .device = 0 };

	if (place->position > st->st_size)
		return false;
	if ((place->device != (uint64_t)st->st_dev ||
		place->inode != (uint64_t)st->st_ino) &&
	    place->head_bytes < HEAD_BYTES)
		return false;
	return read_head(fd, place->head_bytes, &head, NULL) == E_OK &&
	    head.head_bytes == place->head_bytes &&
	    head.head_crc == place->head_crc;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* -- older files of the log -- */

/* What stands behind the log's name in that of an older file. */
enum suffix {
	SUFFIX_NONE,   /* it is none of them */
	SUFFIX_OLD,    /* "mail.log.old" */
	SUFFIX_NUMBER, /* "mail.log.1", which is younger than "mail.log.2" */
	SUFFIX_DATE,   /* "mail.log-20260302" */
};

#define NUMBER_DIGITS 4

static enum suffix
suffix_of(struct span name, struct span base, struct span *ret)
{
	bool is_number = true;

	if (!span_take(&name, base) || name.len < 2)
		return SUFFIX_NONE;
	*ret = span_skip(name, 1);
	if (span_eq(name, SPAN_LIT(".old")))
		return SUFFIX_OLD;
	if (!ascii_is_one_of(name.p[0], ".-") || !ascii_is_digit(name.p[1]))
		return SUFFIX_NONE;
	for (size_t i = 1; i < name.len; i++) {
		is_number = is_number && ascii_is_digit(name.p[i]);
		if (!ascii_is_digit(name.p[i]) &&
		    !ascii_is_one_of(name.p[i], ".-_"))
			return SUFFIX_NONE;
	}
	return is_number && ret->len <= NUMBER_DIGITS ? SUFFIX_NUMBER
						      : SUFFIX_DATE;
}

static struct span
base_of(const char *path, struct span *ret_folder)
{
	struct span s = span_str(path);
	size_t n = s.len;

	while (n > 0 && s.p[n - 1] != '/')
		n--;
	*ret_folder = span_head(s, n);
	return span_skip(s, n);
}

/* One of them, or the one that is read. */
struct older {
	enum suffix kind; /* SUFFIX_NONE: its name is not known */
	struct span suffix;
	int fd;
	struct stat st;
};

typedef bool older_fn(void *arg, const struct older *);

/* Each older file to fn, open, until it says true: it has taken the file. */
static bool
each_older(const char *path, older_fn *fn, void *arg)
{
	struct span folder, base = base_of(path, &folder);
	char name[PATH_MAX];
	struct dirent *entry;
	bool taken = false;
	DIR *dir;

	(void)snprintf(name, sizeof(name), "%.*s.", SPAN_ARG(folder));
	if ((dir = opendir(name)) == NULL)
		return false;
	while (!taken && (entry = readdir(dir)) != NULL) {
		struct older o;

		o.kind = suffix_of(span_str(entry->d_name), base, &o.suffix);
		if (o.kind == SUFFIX_NONE)
			continue;
		o.fd = openat(dirfd(dir), entry->d_name,
		    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (o.fd < 0)
			continue;
		taken = fstat(o.fd, &o.st) == 0 && S_ISREG(o.st.st_mode) &&
		    fn(arg, &o);
		if (!taken)
			(void)close(o.fd);
	}
	(void)closedir(dir);
	return taken;
}

/* -- opening -- */

static enum err
open_named(const char *path, int *ret_fd, struct stat *ret_st, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum err e = E_OK;

	if (fd < 0)
		return why_errno(why, "%s", path);
	if (fstat(fd, ret_st) != 0)
		e = why_errno(why, "%s", path);
	else if (!S_ISREG(ret_st->st_mode))
		e = why_set(why, E_USAGE, "%s is no file", path);
	if (e == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}

struct wanted {
	const struct log_place *place;
	int fd;
	struct stat st;
};

static bool
take_wanted(void *arg, const struct older *o)
{
	struct wanted *w = arg;

	if (!is_at(o->fd, &o->st, w->place))
		return false;
	w->fd = o->fd;
	w->st = o->st;
	return true;
}

/* A file that begins so, whatever its number: it is known that there is one. */
static bool
take_copy(void *arg, const struct older *o)
{
	struct wanted *w = arg;
	struct log_place place = *w->place;
	bool is_it;

	place.device = (uint64_t)o->st.st_dev;
	place.inode = (uint64_t)o->st.st_ino;
	is_it = place.head_bytes > 0 && is_at(o->fd, &o->st, &place);
	if (is_it) {
		w->fd = o->fd;
		w->st = o->st;
	}
	return is_it;
}

static enum err
begin_at(struct log_file *f, int fd, const struct stat *st, int64_t position,
    struct why *why)
{
	if (lseek(fd, position, SEEK_SET) < 0) {
		enum err e = why_errno(why, "%s", f->path);

		(void)close(fd);
		return e;
	}
	if (f->lines.fd >= 0)
		(void)close(f->lines.fd);
	f->st = *st;
	f->head = (struct log_place){ .device = 0 };
	f->is_left = false;
	log_lines_begin(&f->lines, fd, position);
	return E_OK;
}

/* What stands before the place is read again in part, from the beginning of a
 * line. */
static enum err
begin_before(struct log_file *f, const struct wanted *w, struct why *why)
{
	int64_t from = w->place->position - LOG_FILE_LOOK_BACK;
	struct span cut;
	enum err e;

	f->known = w->place->position;
	if (from <= 0)
		return begin_at(f, w->fd, &w->st, 0, why);
	e = begin_at(f, w->fd, &w->st, from, why);
	return e == E_OK ? log_lines_next(&f->lines, &cut, why) : e;
}

static enum err
open_at(struct log_file *f, const struct log_place *from,
    enum log_file_start *ret_start, struct why *why)
{
	struct wanted w = { .place = from, .fd = -1 };
	bool is_new = from->inode == 0 && from->position == 0;
	enum err e = open_named(f->path, &w.fd, &w.st, why);

	if (e != E_OK)
		return e;
	*ret_start = LOG_FILE_AT_PLACE;
	if (is_new || !is_at(w.fd, &w.st, from)) {
		struct wanted older = { .place = from, .fd = -1 };

		if (is_new || !each_older(f->path, take_wanted, &older)) {
			*ret_start = is_new ? LOG_FILE_AT_BEGIN
					    : LOG_FILE_AFTER_GAP;
			return begin_at(f, w.fd, &w.st, 0, why);
		}
		(void)close(w.fd);
		w = older;
	}
	return begin_before(f, &w, why);
}

enum err
log_file_open(const char *path, const struct log_place *from,
    struct log_file **ret, enum log_file_start *ret_start, struct why *why)
{
	struct log_file *f = calloc(1, sizeof(*f));
	enum err e = E_NOMEM;

	if (f != NULL) {
		f->lines.fd = -1;
		f->path = strdup(path);
	}
	if (f != NULL && f->path != NULL)
		e = open_at(f, from, ret_start, why);
	if (e == E_OK)
		*ret = f;
	else
		log_file_close(f);
	return e == E_NOMEM ? why_set(why, e, "out of memory") : e;
}

void
log_file_close(struct log_file *f)
{
	if (f == NULL)
		return;
	if (f->lines.fd >= 0)
		(void)close(f->lines.fd);
	free(f->path);
	free(f);
}

/* -- the next file -- */

/* By their names, as anything may change the times; by those if one has none,
 * or another kind of name. */
static bool
is_younger(const struct older *a, const struct older *b)
{
	const struct timespec *x = &a->st.st_mtim, *y = &b->st.st_mtim;

	if (a->kind == b->kind && a->kind == SUFFIX_DATE)
		return span_cmp(a->suffix, b->suffix) > 0;
	if (a->kind == b->kind && a->kind == SUFFIX_NUMBER)
		return a->suffix.len != b->suffix.len
		    ? a->suffix.len < b->suffix.len
		    : span_cmp(a->suffix, b->suffix) < 0;
	return x->tv_sec != y->tv_sec ? x->tv_sec > y->tv_sec
				      : x->tv_nsec > y->tv_nsec;
}

struct next {
	struct older now;   /* the one that was read to its end */
	struct older found; /* the oldest that is younger; fd -1: none */
	char names[2][NAME_MAX + 1];
};

/* With a name of its own. */
static void
keep_older(struct older *to, const struct older *o, char *name)
{
	*to = *o;
	to->suffix = span_head(o->suffix, NAME_MAX);
	memcpy(name, o->suffix.p, to->suffix.len);
	to->suffix.p = name;
}

static bool
find_now(void *arg, const struct older *o)
{
	struct next *next = arg;

	if (is_same(&o->st, &next->now.st))
		keep_older(&next->now, o, next->names[0]);
	return false;
}

/* It keeps the file itself, as a better one may come. */
static bool
offer_next(void *arg, const struct older *o)
{
	struct next *next = arg;

	if (is_same(&o->st, &next->now.st) || !is_younger(o, &next->now) ||
	    (next->found.fd >= 0 && !is_younger(&next->found, o)))
		return false;
	if (next->found.fd >= 0)
		(void)close(next->found.fd);
	keep_older(&next->found, o, next->names[1]);
	next->found.fd = dup(o->fd);
	return false;
}

/* E_ABSENT: the file has its name still, or what has it now is empty, so that
 * whoever writes may not have changed over. */
static enum err
note_left(struct log_file *f, struct why *why)
{
	struct stat now, named;

	if (fstat(f->lines.fd, &now) != 0)
		return why_errno(why, "%s", f->path);
	if (stat(f->path, &named) != 0 || is_same(&named, &now) ||
	    named.st_size == 0)
		return E_ABSENT;
	f->is_left = true;
	return E_OK;
}

static enum err
open_next(struct log_file *f, struct why *why)
{
	struct next next = { .found = { .fd = -1 } };
	enum err e = E_OK;

	if (fstat(f->lines.fd, &next.now.st) != 0)
		return why_errno(why, "%s", f->path);
	(void)each_older(f->path, find_now, &next);
	(void)each_older(f->path, offer_next, &next);
	if (next.found.fd < 0)
		e = open_named(f->path, &next.found.fd, &next.found.st, why);
	if (e != E_OK)
		return e;
	f->known = 0;
	return begin_at(f, next.found.fd, &next.found.st, 0, why);
}

/* -- a file that was cut -- */

/* How it begins, before it can have been cut and grown past what was read.
 * E_CONFLICT: it begins otherwise now. */
static enum err
check_head(struct log_file *f, struct why *why)
{
	struct log_place now = { .device = 0 };
	enum err e = read_head(f->lines.fd, f->head.head_bytes, &now, why);

	if (e != E_OK)
		return e;
	if (now.head_bytes != f->head.head_bytes ||
	    now.head_crc != f->head.head_crc)
		return E_CONFLICT;
	if (now.head_bytes < HEAD_BYTES && now.head_bytes < f->lines.position)
		return read_head(f->lines.fd, f->lines.position, &f->head, why);
	return E_OK;
}

/* A copy has what was not read yet; else what is written anew is all there is.
 */
static enum err
begin_again(struct log_file *f, struct why *why)
{
	struct wanted copy = { .fd = -1 };
	struct log_place place = f->head;
	struct stat st;
	enum err e;
	int fd;

	place.position = f->lines.position;
	copy.place = &place;
	f->known = 0;
	if (each_older(f->path, take_copy, &copy)) {
		e = begin_at(f, copy.fd, &copy.st, place.position, why);
		f->is_left = e == E_OK;
		return e;
	}
	if (fstat(f->lines.fd, &st) != 0 || (fd = dup(f->lines.fd)) < 0)
		return why_errno(why, "%s", f->path);
	return begin_at(f, fd, &st, 0, why);
}

/* E_ABSENT: it was not. */
static enum err
follow_cut(struct log_file *f, struct why *why)
{
	struct stat st;
	enum err e;

	if (fstat(f->lines.fd, &st) != 0)
		return why_errno(why, "%s", f->path);
	e = st.st_size < f->lines.position ? E_CONFLICT : check_head(f, why);
	if (e == E_CONFLICT)
		return begin_again(f, why);
	return e == E_OK ? E_ABSENT : e;
}

/* At the end of the file. What was written before it was left is read first.
 * E_EXISTS: its last line has no end. */
static enum err
go_on(struct log_file *f, struct span *ret, struct why *why)
{
	if (!f->is_left)
		return note_left(f, why);
	return log_lines_rest(&f->lines, ret) ? E_EXISTS : open_next(f, why);
}

/* Before more of the file is read. */
static enum err
next_line(struct log_file *f, struct span *ret, struct why *why)
{
	enum err e = E_ABSENT;

	if (!log_lines_has_one(&f->lines))
		e = follow_cut(f, why);
	return e == E_OK || e == E_ABSENT ? log_lines_next(&f->lines, ret, why)
					  : e;
}

enum err
log_file_next(struct log_file *f, struct span *ret, bool *ret_is_known,
    struct why *why)
{
	enum err e = next_line(f, ret, why);

	while (e == E_ABSENT && (e = go_on(f, ret, why)) == E_OK)
		e = next_line(f, ret, why);
	if (e == E_EXISTS)
		e = E_OK;
	*ret_is_known = e == E_OK && f->lines.position <= f->known;
	return e;
}

enum err
log_file_place(struct log_file *f, struct log_place *ret, struct why *why)
{
	enum err e = check_head(f, why);

	/* What was read is to be found again in a copy. */
	if (e != E_OK && e != E_CONFLICT)
		return e;
	*ret = f->head;
	ret->device = (uint64_t)f->st.st_dev;
	ret->inode = (uint64_t)f->st.st_ino;
	ret->position = f->lines.position;
	return E_OK;
}
