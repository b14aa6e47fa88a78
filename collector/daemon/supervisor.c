#include "daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "daemon/listen_fds.h"
#include "daemon/log_as.h"
#include "daemon/role_process.h"
#include "ingest/datagram_socket.h"
#include "store/store.h"

#define ROLES_MAX 16
#define TICK_MS 200
#define BACKOFF_FIRST_NS (100 * NS_PER_MS)
#define BACKOFF_MAX_NS (30 * NS_PER_S)
#define HEALTHY_NS (60 * NS_PER_S) /* a role that lived so long starts anew */
#define MIGRATE_RETRY_NS (2 * NS_PER_S)
#define TERM_PATIENCE_NS (30 * NS_PER_S)

struct child {
	const struct role *role;
	pid_t pid;				     /* 0: not running */
	int64_t started_ns, start_at_ns, backoff_ns; /* monotonic */
};

struct supervisor {
	const struct config *config;
	struct config *reloaded; /* config is this one, or the caller's */
	struct clock clock;
	int lock_fd, socket_lock_fd, socket_fd, signal_fd;
	struct child children[ROLES_MAX];
	size_t nchildren;
	bool schema_ready, schema_warned;
	int64_t migrate_at_ns;
	bool ending;
	int64_t kill_at_ns;
};

/* -- start -- */

static enum err
lock_data(struct supervisor *s, struct why *why)
{
	char path[4096];
	enum err e = file_make_folder(s->config->daemon_data_dir, 0700, why);

	if (e != E_OK)
		return e;
	(void)snprintf(path, sizeof(path), "%s/lock",
	    s->config->daemon_data_dir);
	return file_lock(path, &s->lock_fd, why);
}

/* The socket's folder is the operator's, but the default one is ours. */
static enum err
make_socket_folder(const char *path, struct why *why)
{
	char folder[128];
	char *slash;

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return E_OK;
	*slash = '\0';
	return file_make_folder(folder, 0755, why);
}

static enum err
open_socket(struct supervisor *s, struct why *why)
{
	const struct config *c = s->config;
	struct datagram_socket_options options = {
		.path = c->collect_socket,
		.owner = c->collect_socket_owner,
		.group = c->collect_socket_group,
		.mode = (mode_t)c->collect_socket_mode,
	};
	char path[256];
	enum err e;

	if (!config_has_role(c, "collect") ||
	    listen_fds_datagram(&s->socket_fd) == E_OK)
		return E_OK;
	e = make_socket_folder(c->collect_socket, why);
	(void)snprintf(path, sizeof(path), "%s.lock", c->collect_socket);
	if (e == E_OK)
		e = file_lock(path, &s->socket_lock_fd, why);
	if (e == E_OK)
		e = datagram_socket_bind(&options, &s->socket_fd, why);
	return e;
}

static enum err
take_signals(struct supervisor *s, struct why *why)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd < 0 ? why_errno(why, "signalfd") : E_OK;
}

/* -- the store's schema -- */

/* E_OK also while the store is away: then it is tried again. */
static enum err
migrate(struct supervisor *s, struct why *why)
{
	struct store_schema schema;
	struct store *store = NULL;
	struct why away = { { 0 } };
	enum err e = store_make(s->config->store_path_url, &store, &away);

	s->migrate_at_ns = clock_mono_ns(&s->clock) + MIGRATE_RETRY_NS;
	if (e == E_OK)
		e = store_migrate(store, clock_wall_s(&s->clock), &schema,
		    &away);
	store_close(store);
	if (e == E_OK) {
		s->schema_ready = true;
		log_info("store is ready", LOG_I("schema", schema.version));
		return E_OK;
	}
	if (e == E_VERSION || e == E_USAGE)
		return why_set(why, e, "%s", away.text);
	if (!s->schema_warned)
		log_warning("store is away, trying again", LOG_WHY(&away));
	s->schema_warned = true;
	return E_OK;
}

/* -- roles -- */

static void
start_role(struct supervisor *s, struct child *c)
{
	struct why why = { { 0 } };

	c->started_ns = clock_mono_ns(&s->clock);
	if (role_process_start(c->role, s->config, s->socket_fd, &c->pid,
		&why) != E_OK) {
		c->start_at_ns = c->started_ns + BACKOFF_MAX_NS;
		log_error("role not started", LOG_STR("role", c->role->name),
		    LOG_WHY(&why));
		return;
	}
	log_info("role started", LOG_STR("role", c->role->name),
	    LOG_I("pid", c->pid));
}

static void
start_roles(struct supervisor *s)
{
	int64_t now = clock_mono_ns(&s->clock);

	for (size_t i = 0; i < s->nchildren; i++) {
		struct child *c = &s->children[i];

		if (c->pid == 0 && now >= c->start_at_ns &&
		    (s->schema_ready || !c->role->needs_store))
			start_role(s, c);
	}
}

static void
plan_restart(struct supervisor *s, struct child *c)
{
	int64_t now = clock_mono_ns(&s->clock);

	if (now - c->started_ns >= HEALTHY_NS || c->backoff_ns == 0)
		c->backoff_ns = BACKOFF_FIRST_NS;
	else if (c->backoff_ns < BACKOFF_MAX_NS / 2)
		c->backoff_ns *= 2;
	c->start_at_ns = now + c->backoff_ns;
}

static void
bury(struct supervisor *s, pid_t pid, int status)
{
	for (size_t i = 0; i < s->nchildren; i++) {
		struct child *c = &s->children[i];

		if (c->pid != pid)
			continue;
		c->pid = 0;
		if (s->ending)
			return;
		plan_restart(s, c);
		/* Asked for by SIGHUP: it has nothing to wait for. */
		if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OK)
			c->start_at_ns = 0;
		else if (WIFSIGNALED(status))
			log_error("role was killed",
			    LOG_STR("role", c->role->name),
			    LOG_I("signal", WTERMSIG(status)),
			    LOG_I("restart_in_ms", c->backoff_ns / NS_PER_MS));
		else
			log_error("role failed", LOG_STR("role", c->role->name),
			    LOG_I("exit_code", WEXITSTATUS(status)),
			    LOG_I("restart_in_ms", c->backoff_ns / NS_PER_MS));
	}
}

static void
signal_roles(struct supervisor *s, int signal_number)
{
	for (size_t i = 0; i < s->nchildren; i++)
		if (s->children[i].pid != 0)
			(void)kill(s->children[i].pid, signal_number);
}

/* -- signals -- */

/* The file as it is now, if it can be taken without a restart; else say why
 * not. */
static struct config *
read_again(const struct supervisor *s, struct buf *errors)
{
	struct buf fixed = BUF_INIT(4096);
	struct config *fresh = NULL;

	if (s->config->file == NULL) {
		buf_adds(errors, "it was not read from a file");
		return NULL;
	}
	if (config_read(s->config->file, &fresh, errors) != E_OK)
		return NULL;
	config_needs_restart(s->config, fresh, &fixed);
	if (fixed.len > 0) {
		buf_addf(errors, "only a restart changes %s", buf_str(&fixed));
		config_free(fresh);
		fresh = NULL;
	}
	buf_free(&fixed);
	return fresh;
}

static void
reload(struct supervisor *s)
{
	struct buf errors = BUF_INIT(65536);
	struct config *fresh = read_again(s, &errors);

	if (fresh == NULL) {
		log_error("configuration not taken, the old one stays",
		    LOG_S("why", buf_span(&errors)));
	} else {
		config_free(s->reloaded);
		s->config = s->reloaded = fresh;
		log_as("supervisor", fresh);
		log_info("configuration read: roles restart");
		signal_roles(s, SIGTERM);
	}
	buf_free(&errors);
}

static void
take_signal(struct supervisor *s, int signal_number)
{
	pid_t pid;
	int status;

	if (signal_number == SIGCHLD) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			bury(s, pid, status);
	} else if (signal_number == SIGHUP) {
		reload(s);
	} else if (!s->ending) {
		s->ending = true;
		s->kill_at_ns = clock_mono_ns(&s->clock) + TERM_PATIENCE_NS;
		signal_roles(s, SIGTERM);
	}
}

static void
wait_for_signals(struct supervisor *s)
{
	struct pollfd p = { .fd = s->signal_fd, .events = POLLIN };
	struct signalfd_siginfo info;

	(void)poll(&p, 1, TICK_MS);
	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info))
		take_signal(s, (int)info.ssi_signo);
}

static bool
any_running(const struct supervisor *s)
{
	for (size_t i = 0; i < s->nchildren; i++)
		if (s->children[i].pid != 0)
			return true;
	return false;
}

/* -- the whole -- */

static int
supervise(struct supervisor *s)
{
	struct why why = { { 0 } };

	while (!s->ending) {
		if (!s->schema_ready &&
		    clock_mono_ns(&s->clock) >= s->migrate_at_ns &&
		    migrate(s, &why) != E_OK) {
			log_error("store cannot be used", LOG_WHY(&why));
			take_signal(s, SIGTERM);
			break;
		}
		start_roles(s);
		wait_for_signals(s);
	}
	while (any_running(s)) {
		if (clock_mono_ns(&s->clock) >= s->kill_at_ns)
			signal_roles(s, SIGKILL);
		wait_for_signals(s);
	}
	return why.text[0] == '\0' ? EX_OK : EX_CONFIG;
}

static void
list_children(struct supervisor *s)
{
	const struct list *roles = &s->config->daemon_roles;

	for (size_t i = 0; i < roles->n && i < ROLES_MAX; i++)
		s->children[s->nchildren++].role = role_find(roles->v[i]);
}

int
supervisor_run(const struct config *config)
{
	struct supervisor s = {
		.config = config,
		.clock = clock_machine(config->daemon_clock_offset_ms / 1000),
		.lock_fd = -1,
		.socket_lock_fd = -1,
		.socket_fd = -1,
		.signal_fd = -1,
	};
	struct why why = { { 0 } };
	int code = EX_OK;
	enum err e;

	log_as("supervisor", config);
	(void)umask(0027);
	list_children(&s);
	e = take_signals(&s, &why);
	if (e == E_OK)
		e = lock_data(&s, &why);
	if (e == E_OK)
		e = open_socket(&s, &why);
	if (e == E_OK)
		e = migrate(&s, &why);
	if (e == E_OK)
		code = supervise(&s);
	else
		log_error("tlsrptd does not start", LOG_WHY(&why));
	log_info("tlsrptd ended");
	config_free(s.reloaded);
	return e == E_OK ? code : e == E_VERSION ? EX_CONFIG : EX_UNAVAILABLE;
}
