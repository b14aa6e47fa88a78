#include "daemon/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From version 3 on; Debian 12's header ends before. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define HAS_TRUNCATE 3
/* Version 1 lets nothing be renamed into another folder. */
#define LEAST_VERSION 2

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define CHANGING (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define MAKING                                                            \
	(LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |   \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REFER)
#define NOBODYS                                                            \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |       \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)

static const uint64_t allowed[] = {
	[LANDLOCK_READ] = READING,
	[LANDLOCK_WRITE] = READING | CHANGING | MAKING,
	[LANDLOCK_USE] = READING | CHANGING,
};

static long
kernel_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t
handled(bool reads)
{
	uint64_t all = CHANGING | MAKING | NOBODYS | (reads ? READING : 0);

	return kernel_version() < HAS_TRUNCATE
	    ? all & ~LANDLOCK_ACCESS_FS_TRUNCATE
	    : all;
}

enum err
landlock_begin(bool reads, int *ret_fd, struct why *why)
{
	const struct landlock_ruleset_attr attr = { handled(reads) };
	long version = kernel_version();

	if (version < LEAST_VERSION)
		return why_set(why, E_ABSENT,
		    "the kernel has no Landlock, or an old one");
	*ret_fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
	    0U);
	return *ret_fd < 0 ? why_errno(why, "landlock_create_ruleset") : E_OK;
}

enum err
landlock_allow(int fd, bool reads, const char *path,
    enum landlock_access access, struct why *why)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = allowed[access] & handled(reads),
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	enum err e = E_OK;

	if (rule.parent_fd < 0 || fstat(rule.parent_fd, &st) != 0)
		e = why_errno(why, "%s", path);
	else if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= CHANGING | LANDLOCK_ACCESS_FS_READ_FILE;
	/* No rule may allow nothing. */
	if (e == E_OK && rule.allowed_access != 0 &&
	    syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0U) != 0)
		e = why_errno(why, "landlock_add_rule: %s", path);
	if (rule.parent_fd >= 0)
		(void)close(rule.parent_fd);
	return e;
}

enum err
landlock_enter(int fd, struct why *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return why_errno(why, "PR_SET_NO_NEW_PRIVS");
	return syscall(SYS_landlock_restrict_self, fd, 0U) == 0
	    ? E_OK
	    : why_errno(why, "landlock_restrict_self");
}
