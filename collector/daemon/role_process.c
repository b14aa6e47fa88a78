#include "daemon/role_process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "daemon/stop.h"

static enum err
config_to_standard_input(const struct config *config)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);
	int fd = memfd_create("tlsrptd.conf", MFD_CLOEXEC);
	enum err e;

	config_dump(config, &text);
	e = fd < 0 ? E_IO : text.err;
	if (e == E_OK)
		e = file_write_all(fd, buf_span(&text));
	if (e == E_OK && (lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, 0) < 0))
		e = E_IO;
	buf_free(&text);
	return e;
}

static void __attribute__((noreturn))
become(const struct role *role, const struct config *config,
    const struct listen_fd *fds, size_t nfds, pid_t supervisor)
{
	/* The last --config counts; the first is for whoever looks at a list
	 * of processes. */
	const char *const argv[] = { "tlsrptd", "--role", role->name,
		"--config", config->file == NULL ? "-" : config->file,
		"--config", "-", NULL };
	sigset_t ends;

	/* No role outlives the supervisor, which holds the locks. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor) /* it has died before */
		_exit(EX_OK);
	/* One that comes before the role can take it does not end it, or waits
	 * until it is an orderly end (daemon/stop.c). */
	if (role->rereads)
		(void)signal(SIGHUP, SIG_IGN);
	stop_signals(&ends);
	(void)sigprocmask(SIG_SETMASK, &ends, NULL);
	if (config_to_standard_input(config) == E_OK &&
	    listen_fds_hand_over(fds, nfds) == E_OK)
		(void)execv("/proc/self/exe", (char *const *)argv);
	_exit(EX_OSERR);
}

enum err
role_process_start(const struct role *role, const struct config *config,
    const struct listen_fd *fds, size_t nfds, pid_t *ret, struct why *why)
{
	const pid_t supervisor = getpid();
	pid_t pid = fork();

	if (pid == 0)
		become(role, config, fds, nfds, supervisor);
	if (pid < 0)
		return why_errno(why, "fork");
	*ret = pid;
	return E_OK;
}
