#include "daemon/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/shared_counts.h"
#include "daemon/intake_sockets.h"
#include "daemon/listen_socket.h"
#include "daemon/log_as.h"
#include "daemon/notify.h"
#include "daemon/role_counts.h"
#include "daemon/role_process.h"

#define ROLES_MAX 18 /* 16 can be named */
#define TICK_MS 200
#define BACKOFF_FIRST_NS (100 * NS_PER_MS)
#define BACKOFF_MAX_NS (60 * NS_PER_S)
#define HEALTHY_NS (60 * NS_PER_S) /* a role that lived so long starts anew */
#define SCHEMA_PATIENCE_NS (2 * NS_PER_S) /* soon made, or not at all */
#define TERM_PATIENCE_NS (30 * NS_PER_S)

struct child {
	const struct role *role;
	pid_t pid;				     /* 0: not running */
	int64_t started_ns, start_at_ns, backoff_ns; /* monotonic */
	unsigned failed; /* in a row, without having lived long */
};

struct supervisor {
	const struct config *config;
	struct config *reloaded; /* config is this one, or the caller's */
	struct clock clock;
	struct listen_socket socket;
	struct intake_sockets intake;
	int page_fd;   /* handed over for role web, or -1 */
	int counts_fd; /* shared by all roles, or -1 */
	int lock_fd, signal_fd;
	struct notify notify;
	struct child children[ROLES_MAX]; /* the first makes the schema */
	size_t nchildren;
	int64_t started_ns; /* monotonic */
	bool schema_ready;
	bool told_ready;
	bool ending;
	bool killed;	   /* what did not end */
	int code;	   /* to end with */
	int64_t ending_ns; /* since when, monotonic */
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

/* -- roles -- */

static void
plan_restart(struct supervisor *s, struct child *c)
{
	int64_t now = clock_mono_ns(&s->clock);

	if (now - c->started_ns >= HEALTHY_NS)
		c->failed = 0;
	if (c->failed++ == 0)
		c->backoff_ns = BACKOFF_FIRST_NS;
	else if (c->backoff_ns < BACKOFF_MAX_NS / 2)
		c->backoff_ns *= 2;
	else
		c->backoff_ns = BACKOFF_MAX_NS;
	c->start_at_ns = now + c->backoff_ns;
}

/* False: they cannot be had, which holds up no other role. */
static bool
have_streams(struct supervisor *s, struct child *c)
{
	struct why why = { { 0 } };

	if (!c->role->needs_streams ||
	    intake_sockets_open(&s->intake, s->config, &why) == E_OK)
		return true;
	plan_restart(s, c);
	log_put(c->failed == 1 ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG,
	    "role not started", LOG_STR("role", c->role->name), LOG_WHY(&why));
	return false;
}

static size_t
sockets_of(const struct supervisor *s, const struct role *role,
    struct listen_fd ret[LISTEN_FDS_HANDED_MAX])
{
	size_t n = 0;

	if (role->needs_socket)
		ret[n++] = (struct listen_fd){ s->socket.fd, "mta" };
	if (role->needs_streams)
		n += intake_sockets_list(&s->intake, ret + n);
	if (role->serves_page && s->page_fd >= 0)
		ret[n++] = (struct listen_fd){ s->page_fd, LISTEN_FDS_PAGE };
	if (s->counts_fd >= 0)
		ret[n++] = (struct listen_fd){ s->counts_fd, HANDED_COUNTS };
	return n;
}

static void
start_role(struct supervisor *s, struct child *c)
{
	struct listen_fd fds[LISTEN_FDS_HANDED_MAX];
	struct why why = { { 0 } };

	c->started_ns = clock_mono_ns(&s->clock);
	if (!have_streams(s, c))
		return;
	if (role_process_start(c->role, s->config, fds,
		sockets_of(s, c->role, fds), &c->pid, &why) != E_OK) {
		c->start_at_ns = c->started_ns + BACKOFF_MAX_NS;
		log_error("role not started", LOG_STR("role", c->role->name),
		    LOG_WHY(&why));
		return;
	}
	role_counts_start(c->role, c->pid, clock_wall_s(&s->clock));
	/* That one which fails starts again is no news. */
	log_put(c->failed == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
	    "role started", LOG_STR("role", c->role->name),
	    LOG_I("pid", c->pid));
}

static bool
is_wanted(const struct supervisor *s, const struct role *role)
{
	if (role->makes_schema)
		return !s->schema_ready;
	return s->schema_ready || !role->needs_store;
}

static void
start_roles(struct supervisor *s)
{
	int64_t now = clock_mono_ns(&s->clock);

	for (size_t i = 0; i < s->nchildren; i++) {
		struct child *c = &s->children[i];

		if (c->pid == 0 && now >= c->start_at_ns &&
		    is_wanted(s, c->role))
			start_role(s, c);
	}
}

/* To the one that makes the schema, or to all others. */
static void
signal_roles(struct supervisor *s, bool makes_schema, int signal_number)
{
	for (size_t i = 0; i < s->nchildren; i++) {
		const struct child *c = &s->children[i];

		if (c->pid != 0 && c->role->makes_schema == makes_schema)
			(void)kill(c->pid, signal_number);
	}
}

static void
end(struct supervisor *s, int code)
{
	if (s->ending)
		return;
	s->ending = true;
	s->code = code;
	s->ending_ns = clock_mono_ns(&s->clock);
	notify_stopping(&s->notify);
	listen_socket_shut(&s->socket);
	intake_sockets_shut(&s->intake);
	signal_roles(s, false, SIGTERM);
}

static void
report_failure(const struct child *c, int status)
{
	if (WIFSIGNALED(status))
		log_error("role was killed", LOG_STR("role", c->role->name),
		    LOG_I("signal", WTERMSIG(status)),
		    LOG_I("restart_in_ms", c->backoff_ns / NS_PER_MS));
	else /* it says itself why, each time */
		log_put(c->failed == 1 ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG,
		    "role failed", LOG_STR("role", c->role->name),
		    LOG_I("exit_code", WEXITSTATUS(status)),
		    LOG_I("restart_in_ms", c->backoff_ns / NS_PER_MS));
}

/* What to do when a role has ended. */
static void
settle(struct supervisor *s, struct child *c, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (c->role->makes_schema && code == EX_CONFIG) {
		end(s, EX_CONFIG);
	} else if (code == EX_OK) {
		s->schema_ready |= c->role->makes_schema;
		c->failed = 0;
		c->start_at_ns = 0; /* asked for: no need to wait */
	} else {
		plan_restart(s, c);
		report_failure(c, status);
	}
}

static void
bury(struct supervisor *s, pid_t pid, int status)
{
	for (size_t i = 0; i < s->nchildren; i++) {
		struct child *c = &s->children[i];

		if (c->pid != pid)
			continue;
		c->pid = 0;
		role_counts_end(c->role);
		if (!s->ending)
			settle(s, c, status);
	}
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

static bool
is_the_same(const struct config *a, const struct config *b)
{
	struct buf one = BUF_INIT(CONFIG_FILE_MAX);
	struct buf other = BUF_INIT(CONFIG_FILE_MAX);
	bool same;

	config_dump(a, &one);
	config_dump(b, &other);
	same = one.err == E_OK && span_eq(buf_span(&one), buf_span(&other));
	buf_free(&one);
	buf_free(&other);
	return same;
}

/* But not the schema's: all it looks at needs a restart. */
static void
reload_roles(struct supervisor *s, bool same)
{
	for (size_t i = 0; i < s->nchildren; i++) {
		const struct child *c = &s->children[i];

		if (c->pid != 0 && !c->role->makes_schema)
			(void)kill(c->pid,
			    same && c->role->rereads ? SIGHUP : SIGTERM);
	}
}

static void
reload(struct supervisor *s)
{
	struct buf errors = BUF_INIT(65536);
	struct config *fresh = read_again(s, &errors);
	bool same;

	if (fresh == NULL) {
		log_error("configuration not taken, the old one stays",
		    LOG_S("why", buf_span(&errors)));
	} else {
		same = is_the_same(s->config, fresh);
		config_free(s->reloaded);
		s->config = s->reloaded = fresh;
		log_as("supervisor", fresh);
		log_info("configuration read: roles restart");
		reload_roles(s, same);
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
		notify_reloading(&s->notify, clock_mono_ns(&s->clock));
		reload(s);
		s->told_ready = false;
	} else {
		end(s, EX_OK);
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

/* -- what was bound -- */

static void
watch_sockets(struct supervisor *s)
{
	bool datagrams = listen_socket_watch(&s->socket, s->config);
	bool streams = intake_sockets_watch(&s->intake);

	for (size_t i = 0; i < s->nchildren; i++) {
		const struct child *c = &s->children[i];

		if (c->pid != 0 &&
		    ((datagrams && c->role->needs_socket) ||
			(streams && c->role->needs_streams)))
			(void)kill(c->pid, SIGTERM);
	}
}

/* -- telling the service manager -- */

/* Who asked for a start learns whether the store's schema can be had, unless
 * that takes long: what is sent to us is received all the same. */
static bool
has_started(const struct supervisor *s)
{
	return s->schema_ready || s->children[0].failed > 0 ||
	    clock_mono_ns(&s->clock) - s->started_ns >= SCHEMA_PATIENCE_NS;
}

static void
add_roles(const struct supervisor *s, bool running, const char *head,
    struct buf *text)
{
	for (size_t i = 0; i < s->nchildren; i++) {
		const struct child *c = &s->children[i];

		if ((c->pid != 0) != running || c->role->makes_schema)
			continue;
		buf_addf(text, "%s %s", head, c->role->name);
		head = ",";
	}
}

static void
tell_status(struct supervisor *s)
{
	struct buf text = BUF_INIT(NOTIFY_STATUS_MAX);

	if (s->ending)
		buf_adds(&text, "ending; ");
	else if (!s->schema_ready)
		buf_adds(&text, "waiting for the store; ");
	add_roles(s, true, "running:", &text);
	if (!s->ending)
		add_roles(s, false, "; not running:", &text);
	notify_status(&s->notify, buf_str(&text));
	buf_free(&text);
}

static void
tell_manager(struct supervisor *s)
{
	tell_status(s);
	notify_alive(&s->notify, clock_mono_ns(&s->clock));
	if (s->told_ready || s->ending || !has_started(s))
		return;
	notify_ready(&s->notify);
	s->told_ready = true;
}

/* -- the whole -- */

static void
kill_roles(struct supervisor *s)
{
	for (size_t i = 0; i < s->nchildren; i++)
		if (s->children[i].pid != 0)
			log_warning("role does not end, it is killed",
			    LOG_STR("role", s->children[i].role->name));
	signal_roles(s, false, SIGKILL);
	signal_roles(s, true, SIGKILL);
	s->killed = true;
}

/* What still runs although it is to end. */
static void
press(struct supervisor *s)
{
	int64_t since_ns = clock_mono_ns(&s->clock) - s->ending_ns;

	if (since_ns >= SCHEMA_PATIENCE_NS)
		signal_roles(s, true, SIGTERM);
	if (since_ns >= TERM_PATIENCE_NS && !s->killed)
		kill_roles(s);
}

static int
supervise(struct supervisor *s)
{
	while (!s->ending) {
		watch_sockets(s);
		start_roles(s);
		tell_manager(s);
		wait_for_signals(s);
	}
	while (any_running(s)) {
		press(s);
		tell_manager(s);
		wait_for_signals(s);
	}
	return s->code;
}

static void
list_children(struct supervisor *s)
{
	const struct list *roles = &s->config->daemon_roles;

	s->children[s->nchildren++].role = role_find("migrate");
	for (size_t i = 0; i < roles->n && s->nchildren < ROLES_MAX; i++)
		s->children[s->nchildren++].role = role_find(roles->v[i]);
	if (s->config->metrics_listen[0] != '\0' && s->nchildren < ROLES_MAX)
		s->children[s->nchildren++].role = role_find("metrics");
}

static void
open_notify(struct supervisor *s)
{
	struct why why = { { 0 } };

	if (notify_open(&s->notify, &why) != E_OK)
		log_warning("the service manager cannot be told how we are",
		    LOG_WHY(&why));
}

static enum err
open_sockets(struct supervisor *s, struct why *why)
{
	enum err e;

	if (s->config->web_listen[0] == '\0' ||
	    listen_fds_stream(LISTEN_FDS_PAGE, &s->page_fd) != E_OK)
		s->page_fd = -1;
	if (s->config->metrics_listen[0] != '\0' &&
	    (e = shared_counts_make(&s->counts_fd, why)) != E_OK)
		return e;
	if (!config_has_role(s->config, "collect"))
		return E_OK;
	return listen_socket_open(&s->socket, s->config, why);
}

int
supervisor_run(const struct config *config)
{
	struct supervisor s = {
		.config = config,
		.clock = clock_machine(config->daemon_clock_offset_ms / 1000),
		.lock_fd = -1,
		.socket = LISTEN_SOCKET_INIT,
		.intake = INTAKE_SOCKETS_INIT,
		.page_fd = -1,
		.counts_fd = -1,
		.signal_fd = -1,
		.notify = NOTIFY_INIT,
	};
	struct why why = { { 0 } };
	int code = EX_OK;
	enum err e;

	log_as("supervisor", config);
	(void)umask(0027);
	s.started_ns = clock_mono_ns(&s.clock);
	list_children(&s);
	open_notify(&s);
	e = take_signals(&s, &why);
	if (e == E_OK)
		e = lock_data(&s, &why);
	if (e == E_OK)
		e = open_sockets(&s, &why);
	if (e == E_OK)
		code = supervise(&s);
	else
		log_error("tlsrptd does not start", LOG_WHY(&why));
	log_info("tlsrptd ended");
	notify_close(&s.notify);
	config_free(s.reloaded);
	return e == E_OK ? code : EX_UNAVAILABLE;
}
