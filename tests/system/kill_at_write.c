/* system/kill_at_write.c -- loaded before a service: kills all its processes at
 * the n-th write, sync or truncation of its SQLite file or what lies beside it.
 *
 * KILL_FILE names the SQLite file; KILL_AT a file that is there while there is
 * to be a kill, and says n, and whether half of a write is done before. */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int done;

static bool
is_of_store(int fd)
{
	const char *file = getenv("KILL_FILE");
	char link[64], path[4096];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0 || file == NULL)
		return false;
	path[n] = '\0';
	return strncmp(path, file, strlen(file)) == 0;
}

/* ret_half: before that, half of it is done. */
static bool
is_the_end(int fd, bool *ret_half)
{
	const char *order = getenv("KILL_AT");
	FILE *f;
	char how[8] = "";
	int n = 0;

	if (order == NULL || !is_of_store(fd) ||
	    (f = fopen(order, "re")) == NULL)
		return false;
	if (fscanf(f, "%d %7s", &n, how) != 2)
		n = 0;
	(void)fclose(f);
	*ret_half = strcmp(how, "half") == 0;
	return atomic_fetch_add(&done, 1) + 1 == n;
}

static void
end(void)
{
	(void)kill(0, SIGKILL);
	(void)pause();
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t offset)
{
	bool half = false;

	if (is_the_end(fd, &half)) {
		if (half)
			(void)syscall(SYS_pwrite64, fd, p, n / 2, offset);
		end();
	}
	return syscall(SYS_pwrite64, fd, p, n, offset);
}

int
fdatasync(int fd)
{
	bool half;

	if (is_the_end(fd, &half))
		end();
	return (int)syscall(SYS_fdatasync, fd);
}

int
ftruncate64(int fd, off64_t length)
{
	bool half;

	if (is_the_end(fd, &half))
		end();
	return (int)syscall(SYS_ftruncate, fd, length);
}
