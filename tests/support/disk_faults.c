#include "support/test.h"

#include "support/disk_faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 30

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct {
	bool is_full;
	size_t room;
	int write_error;
	int failing[2], sync_error; /* files, folders */
	unsigned begun, let_through;
	bool holds, forgets;
} disk;

void
disk_works(void)
{
	(void)pthread_mutex_lock(&lock);
	disk.is_full = disk.holds = disk.forgets = false;
	disk.failing[0] = disk.failing[1] = 0;
	disk.begun = disk.let_through = 0;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&lock);
}

void
disk_has_room(size_t bytes, int error)
{
	(void)pthread_mutex_lock(&lock);
	disk.is_full = true;
	disk.room = bytes;
	disk.write_error = error;
	(void)pthread_mutex_unlock(&lock);
}

static void
fail_syncs(bool of_folders, int n, int error)
{
	(void)pthread_mutex_lock(&lock);
	disk.failing[of_folders] = n;
	disk.sync_error = error;
	(void)pthread_mutex_unlock(&lock);
}

void
disk_fails_syncs(int n, int error)
{
	fail_syncs(false, n, error);
}

void
disk_fails_folder_syncs(int n, int error)
{
	fail_syncs(true, n, error);
}

void
disk_forgets_syncs(void)
{
	(void)pthread_mutex_lock(&lock);
	disk.forgets = true;
	(void)pthread_mutex_unlock(&lock);
}

void
disk_holds_syncs(void)
{
	(void)pthread_mutex_lock(&lock);
	disk.holds = true;
	(void)pthread_mutex_unlock(&lock);
}

void
disk_await_syncs(unsigned n)
{
	struct timespec until;
	int late = 0;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	(void)pthread_mutex_lock(&lock);
	while (disk.begun < n && late == 0)
		late = pthread_cond_timedwait(&changed, &lock, &until);
	(void)pthread_mutex_unlock(&lock);
	assert_int_equal(0, late);
}

void
disk_lets_one(void)
{
	(void)pthread_mutex_lock(&lock);
	disk.let_through++;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&lock);
}

void
disk_lets_all(void)
{
	(void)pthread_mutex_lock(&lock);
	disk.holds = false;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&lock);
}

unsigned
disk_syncs(void)
{
	unsigned n;

	(void)pthread_mutex_lock(&lock);
	n = disk.begun;
	(void)pthread_mutex_unlock(&lock);
	return n;
}

static bool
is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* errno to fail with, or 0. */
static int
pass_sync(bool of_folder, bool *ret_forget)
{
	unsigned mine;
	int error = 0;

	(void)pthread_mutex_lock(&lock);
	if (!of_folder) {
		mine = ++disk.begun;
		(void)pthread_cond_broadcast(&changed);
		while (disk.holds && disk.let_through < mine)
			(void)pthread_cond_wait(&changed, &lock);
	}
	if (disk.failing[of_folder] > 0) {
		disk.failing[of_folder]--;
		error = disk.sync_error;
	}
	*ret_forget = disk.forgets;
	(void)pthread_mutex_unlock(&lock);
	return error;
}

static int
sync_by(long number, int fd)
{
	bool forget;
	int error = pass_sync(is_folder(fd), &forget);

	if (error == 0)
		return forget ? 0 : (int)syscall(number, fd);
	errno = error;
	return -1;
}

int
fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}

int
fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t offset)
{
	int error = 0;

	(void)pthread_mutex_lock(&lock);
	if (disk.is_full && n > 0) {
		n = n < disk.room ? n : disk.room;
		error = n == 0 ? disk.write_error : 0;
		disk.room -= n;
	}
	(void)pthread_mutex_unlock(&lock);
	if (error == 0)
		return syscall(SYS_pwrite64, fd, p, n, offset);
	errno = error;
	return -1;
}
