#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK 65536
#define SECRET_FILE_MAX 4096

enum err
file_read(const char *path, struct buf *out, struct why *why)
{
	char chunk[READ_CHUNK];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e = E_OK;
	ssize_t n;

	if (fd < 0)
		return why_errno(why, "%s", path);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0 && out->err == E_OK)
		buf_add(out, (struct span){ chunk, (size_t)n });
	if (n < 0)
		e = why_errno(why, "%s", path);
	else if (out->err != E_OK)
		e = why_set(why, out->err, "%s: more than %zu bytes", path,
		    out->max);
	(void)close(fd);
	return e;
}

enum err
file_read_secret(const char *path, struct buf *out, struct why *why)
{
	struct buf whole = BUF_INIT(SECRET_FILE_MAX);
	enum err e = file_read(path, &whole, why);
	struct span text = buf_span(&whole), line = span_until(&text, '\n');

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (e == E_OK)
		buf_add(out, line);
	if (whole.p != NULL)
		explicit_bzero(whole.p, whole.len);
	buf_free(&whole);
	return e;
}

enum err
file_write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.p, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return E_IO;
		bytes = span_skip(bytes, (size_t)n);
	}
	return E_OK;
}

enum err
file_write_durably(int dir_fd, const char *name, struct span bytes, mode_t mode,
    struct why *why)
{
	/* A fixed name: one writer a folder, and a crash leaves one file. */
	static const char temporary[] = ".writing";
	enum err e = E_OK;
	int fd;

	fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    mode);
	if (fd < 0)
		return why_errno(why, "%s", name);
	if (file_write_all(fd, bytes) != E_OK || fsync(fd) != 0)
		e = why_errno(why, "%s", name);
	(void)close(fd);
	if (e == E_OK && renameat(dir_fd, temporary, dir_fd, name) != 0)
		e = why_errno(why, "%s", name);
	if (e == E_OK && fsync(dir_fd) != 0)
		e = why_errno(why, "%s", name);
	if (e != E_OK)
		(void)unlinkat(dir_fd, temporary, 0);
	return e;
}

enum err
file_make_folder(const char *path, mode_t mode, struct why *why)
{
	char part[PATH_MAX];
	struct stat st;
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return why_set(why, E_RANGE, "%s: path too long", path);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, mode) != 0 && errno != EEXIST)
			return why_errno(why, "%s", part);
	}
	if (stat(path, &st) != 0)
		return why_errno(why, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return why_set(why, E_EXISTS, "%s: not a folder", path);
	return E_OK;
}

enum err
file_lock(const char *path, int *ret_fd, struct why *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	enum err e;

	if (fd < 0)
		return why_errno(why, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = fd;
		return E_OK;
	}
	if (errno == EWOULDBLOCK)
		e = why_set(why, E_BUSY, "%s: another process holds it", path);
	else
		e = why_errno(why, "%s", path);
	(void)close(fd);
	return e;
}
