#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define PIPE_SIZE 65536 /* pipe(7) */
/* How long a killed one may take to be gone. Longer takes only what hangs in
 * the kernel, and what runs as another user by a set-user-ID bit. */
#define DYING_MS 1000

struct program {
	pid_t pid; /* and process group; 0: none */
	int pid_fd, output_fd, epoll_fd;
	int64_t deadline_ns;
	bool was_killed, is_reaped;
	bool is_left; /* killed long enough ago, and not gone */
	int wait_status;
	size_t len;
	char output[PROGRAM_OUTPUT_MAX];
};

/* -- what it is given -- */

/* Not a word of ours: where credentials may be. */
static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C", NULL
};

static enum err
fill(int fd, struct span input, struct why *why)
{
	return file_write_all(fd, input) == E_OK &&
		lseek(fd, 0, SEEK_SET) == 0 &&
		fcntl(fd, F_ADD_SEALS,
		    F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ==
		    0
	    ? E_OK
	    : why_errno(why, "an input in memory");
}

/* In memory, so that a program that does not read holds up nobody. */
static enum err
open_input(struct span input, int *ret_fd, struct why *why)
{
	int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	enum err e;

	if (fd < 0)
		return why_errno(why, "memfd_create");
	if ((e = fill(fd, input, why)) == E_OK)
		*ret_fd = fd;
	else
		(void)close(fd);
	return e;
}

/* -- the start -- */

static int
prepare_files(posix_spawn_file_actions_t *files, int in, int out)
{
	int failed = posix_spawn_file_actions_adddup2(files, in, 0);

	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, out, 1);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, out, 2);
	/* Those of libraries need not be close-on-exec. */
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(files, 3);
	if (!failed)
		failed = posix_spawn_file_actions_addchdir_np(files, "/");
	return failed;
}

static int
prepare_process(posix_spawnattr_t *how)
{
	sigset_t none, all;
	int failed;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	failed = posix_spawnattr_setflags(how,
	    POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
	if (!failed)
		failed = posix_spawnattr_setsigmask(how, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(how, &all);
	return failed;
}

/* The pid, or an error number. */
static int
spawn(char *const *argv, int in, int out, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int failed;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawnattr_init(&how);
	failed = prepare_files(&files, in, out);
	if (!failed)
		failed = prepare_process(&how);
	if (!failed)
		failed = posix_spawn(ret, argv[0], &files, &how, argv,
		    (char *const *)environment);
	(void)posix_spawnattr_destroy(&how);
	(void)posix_spawn_file_actions_destroy(&files);
	return failed;
}

static enum err
start_failed(int error, const char *path, struct why *why)
{
	errno = error;
	switch (error) {
	case EACCES:
	case EPERM:
	case ENOEXEC:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case ELIBBAD:
		(void)why_errno(why, "%s", path);
		return E_USAGE;
	default:
		return why_errno(why, "%s", path);
	}
}

static enum err
watch(struct program *p, int fd, struct why *why)
{
	struct epoll_event readable = { .events = EPOLLIN };

	if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &readable) != 0)
		return why_errno(why, "epoll_ctl");
	return E_OK;
}

static enum err
open_output(struct program *p, int *ret_out, struct why *why)
{
	int ends[2];

	if ((p->epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return why_errno(why, "epoll_create1");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return why_errno(why, "pipe2");
	p->output_fd = ends[0];
	*ret_out = ends[1];
	/* Only for us: the program's end waits. */
	if (fcntl(p->output_fd, F_SETFL, O_NONBLOCK) != 0)
		return why_errno(why, "fcntl");
	return watch(p, p->output_fd, why);
}

static enum err
launch(struct program *p, char *const *argv, int in, int out, struct why *why)
{
	pid_t pid = 0;
	int failed = spawn(argv, in, out, &pid);

	if (failed)
		return start_failed(failed, argv[0], why);
	p->pid = pid;
	if ((p->pid_fd = pidfd_open(pid, 0)) < 0)
		return why_errno(why, "pidfd_open");
	return watch(p, p->pid_fd, why);
}

static enum err
start(struct program *p, const struct program_call *call, struct why *why)
{
	int in = -1, out = -1;
	enum err e = open_input(call->input, &in, why);

	if (e == E_OK)
		e = open_output(p, &out, why);
	if (e == E_OK) /* execve changes nothing of them */
		e = launch(p, (char *const *)call->argv, in, out, why);
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return e;
}

enum err
program_start(const struct program_call *call, int64_t now_ns,
    struct program **ret, struct why *why)
{
	struct program *p;
	enum err e;

	if (call->argv[0] == NULL || call->argv[0][0] != '/')
		return why_set(why, E_USAGE,
		    "the program has no absolute path");
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	p->pid_fd = p->output_fd = p->epoll_fd = -1;
	p->deadline_ns = now_ns + call->timeout_ns;
	p->wait_status = SIGKILL;
	if ((e = start(p, call, why)) == E_OK)
		*ret = p;
	else
		program_free(p);
	return e;
}

/* -- while it runs -- */

int
program_fd(const struct program *p)
{
	return p->epoll_fd;
}

int64_t
program_deadline_ns(const struct program *p)
{
	return p->deadline_ns;
}

static void
end_output(struct program *p)
{
	(void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, p->output_fd, NULL);
	(void)close(p->output_fd);
	p->output_fd = -1;
}

/* A pipeful at a time, and that until its end, or the program would wait. */
static void
take_output(struct program *p)
{
	char chunk[PIPE_SIZE];
	struct span got;
	ssize_t n;

	if (p->output_fd < 0)
		return;
	n = read(p->output_fd, chunk, sizeof(chunk));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end_output(p);
		return;
	}
	got = span_head((struct span){ chunk, (size_t)n },
	    sizeof(p->output) - p->len);
	memcpy(p->output + p->len, got.p, got.len);
	p->len += got.len;
}

/* Of this child alone. ECHILD: somebody else has waited for all children. */
static bool
has_ended(struct program *p)
{
	int status;
	pid_t pid;

	if (p->is_reaped)
		return true;
	if ((pid = waitpid(p->pid, &status, WNOHANG)) == 0)
		return false;
	if (pid == p->pid)
		p->wait_status = status;
	p->is_reaped = true;
	return true;
}

/* Its number is still its own: it was not waited for. */
static void
kill_group(struct program *p)
{
	(void)kill(-p->pid, SIGKILL);
	p->was_killed = true;
}

static bool
is_over(struct program *p, int64_t now_ns)
{
	if (has_ended(p))
		return true;
	if (now_ns < p->deadline_ns)
		return false;
	if (p->was_killed)
		return p->is_left = true;
	kill_group(p);
	p->deadline_ns = now_ns + DYING_MS * NS_PER_MS;
	return false;
}

bool
program_poll(struct program *p, int64_t now_ns, struct program_result *ret)
{
	bool over = is_over(p, now_ns);

	take_output(p);
	if (!over)
		return false;
	*ret = (struct program_result){
		/* It may have ended just before it was killed. */
		.timed_out = p->was_killed && !WIFEXITED(p->wait_status),
		.wait_status = p->wait_status,
		.output = { p->output, p->len },
	};
	return true;
}

/* What does not die even then is left to whoever is its parent after us. */
static void
end(struct program *p)
{
	struct pollfd ended = { .fd = p->pid_fd, .events = POLLIN };
	const int wait_ms = p->is_left ? 0 : DYING_MS;

	kill_group(p);
	while (poll(&ended, 1, wait_ms) < 0 && errno == EINTR)
		;
	(void)has_ended(p);
}

void
program_free(struct program *p)
{
	if (p == NULL)
		return;
	if (p->pid > 0 && !p->is_reaped)
		end(p);
	if (p->output_fd >= 0)
		(void)close(p->output_fd);
	if (p->pid_fd >= 0)
		(void)close(p->pid_fd);
	if (p->epoll_fd >= 0)
		(void)close(p->epoll_fd);
	free(p);
}
