#include "cli/import_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define DEPTH_MAX 16 /* of folders */
#define PATH_BYTES_MAX 65536

struct walk {
	const struct import_visitor *visitor;
	struct buf path; /* where it is now */
	unsigned depth;
};

/* -- what is told -- */

static void
tell_failure(const struct walk *w, enum err e, const struct why *why)
{
	if (w->visitor->failed != NULL)
		w->visitor->failed(w->visitor->arg, e, why);
}

static void
tell_errno(const struct walk *w)
{
	struct why why = { { 0 } };
	enum err e = why_errno(&why, "%s", buf_str(&w->path));

	tell_failure(w, e, &why);
}

static void
tell_skipped(const struct walk *w, mode_t mode)
{
	const char *what = S_ISLNK(mode) ? "a symbolic link"
	    : S_ISFIFO(mode)		 ? "a FIFO"
	    : S_ISSOCK(mode)		 ? "a socket"
					 : "a device";

	if (w->visitor->skipped != NULL)
		w->visitor->skipped(w->visitor->arg, buf_str(&w->path), what);
}

/* -- opening -- */

static bool
is_folder(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

static bool
is_maildir(int at)
{
	return is_folder(at, "cur") && is_folder(at, "new") &&
	    is_folder(at, "tmp");
}

/* What was looked at before may be another one by now: nothing is waited for,
 * and no link followed that was none. -1: it was told. */
static int
open_as(const struct walk *w, int at, const char *name, mode_t kind)
{
	int follow = w->depth == 0 ? 0 : O_NOFOLLOW;
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) != 0) {
		tell_errno(w);
	} else if ((st.st_mode & S_IFMT) != kind) {
		tell_skipped(w, st.st_mode);
	} else {
		return fd;
	}
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* -- files and folders -- */

static enum err visit(struct walk *w, int at, const char *name,
    struct why *why);

static enum err
visit_file(struct walk *w, int at, const char *name, uint64_t bytes,
    struct why *why)
{
	const struct import_visitor *v = w->visitor;
	int fd = v->opens ? open_as(w, at, name, S_IFREG) : -1;
	enum err e;

	if (v->opens && fd == -1)
		return E_OK;
	e = v->file(v->arg, buf_str(&w->path), fd, bytes, why);
	if (fd != -1)
		(void)close(fd);
	return e;
}

/* Beside its mails a Maildir has files of the mail server's, and in folders
 * with a dot further Maildirs. */
static bool
is_wanted(int at, const char *name, bool of_maildir)
{
	int fd;
	bool is_one;

	if (!of_maildir)
		return name[0] != '.';
	if (name[0] != '.')
		return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    !is_folder(at, name))
		return false;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	is_one = fd != -1 && is_maildir(fd);
	if (fd != -1)
		(void)close(fd);
	return is_one;
}

static enum err
visit_entry(struct walk *w, int at, const char *name, struct why *why)
{
	size_t len = w->path.len;
	enum err e;

	buf_addf(&w->path, "%s%s", w->path.p[len - 1] == '/' ? "" : "/", name);
	if (w->path.err != E_OK)
		return why_set(why, w->path.err, "%s", err_text(w->path.err));
	w->depth++;
	e = visit(w, at, name, why);
	w->depth--;
	w->path.len = len;
	w->path.p[len] = '\0';
	return e;
}

static enum err
visit_folder(struct walk *w, int at, const char *name, struct why *why)
{
	int fd = open_as(w, at, name, S_IFDIR);
	DIR *folder = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool of_maildir;
	enum err e = E_OK;

	if (folder == NULL && fd != -1) {
		tell_errno(w);
		(void)close(fd);
	}
	if (folder == NULL)
		return E_OK;
	of_maildir = is_maildir(fd);
	while (e == E_OK && (entry = readdir(folder)) != NULL)
		if (is_wanted(fd, entry->d_name, of_maildir))
			e = visit_entry(w, fd, entry->d_name, why);
	(void)closedir(folder);
	return e;
}

static void
tell_depth(const struct walk *w)
{
	struct why why = { { 0 } };
	enum err e = why_set(&why, E_RANGE,
	    "%s: more than %d folders in each other", buf_str(&w->path),
	    DEPTH_MAX);

	tell_failure(w, e, &why);
}

static enum err
visit(struct walk *w, int at, const char *name, struct why *why)
{
	struct stat st;

	if (fstatat(at, name, &st, w->depth == 0 ? 0 : AT_SYMLINK_NOFOLLOW) !=
	    0) {
		tell_errno(w);
	} else if (S_ISREG(st.st_mode)) {
		return visit_file(w, at, name, (uint64_t)st.st_size, why);
	} else if (!S_ISDIR(st.st_mode)) {
		tell_skipped(w, st.st_mode);
	} else if (w->depth == DEPTH_MAX) {
		tell_depth(w);
	} else {
		return visit_folder(w, at, name, why);
	}
	return E_OK;
}

enum err
import_tree_walk(const char *path, const struct import_visitor *visitor,
    struct why *why)
{
	struct walk w = { .visitor = visitor,
		.path = BUF_INIT(PATH_BYTES_MAX) };
	enum err e;

	buf_adds(&w.path, path);
	e = w.path.err == E_OK ? visit(&w, AT_FDCWD, path, why)
			       : why_set(why, w.path.err, "%.64s...: %s", path,
				     err_text(w.path.err));
	buf_free(&w.path);
	return e;
}
