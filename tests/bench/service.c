#include "service.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "measure.h"

#define PATIENCE_NS (120 * NS_PER_S)

static void
sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* -- start and stop -- */

static void
write_config(const struct service *s, const char *options)
{
	char path[96];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tlsrptd.conf", s->folder);
	if ((f = fopen(path, "w")) == NULL)
		bench_fail("%s: %s", path, strerror(errno));
	(void)fprintf(f,
	    "[daemon]\ndata_dir = %s/data\n[collect]\nsocket = %s\n"
	    "[report]\norganization = Example Sender\n"
	    "contact = tls-reports@sender.example\n%s",
	    s->folder, s->socket, options);
	if (fclose(f) != 0)
		bench_fail("%s: %s", path, strerror(errno));
}

static void
run_tlsrptd(const struct service *s)
{
	char config[96], log[96];

	(void)snprintf(config, sizeof(config), "%s/tlsrptd.conf", s->folder);
	(void)snprintf(log, sizeof(log), "%s/tlsrptd.log", s->folder);
	if (freopen(log, "a", stderr) == NULL)
		_exit(EXIT_FAILURE);
	(void)execl(TLSRPTD, "tlsrptd", "-c", config, (char *)NULL);
	_exit(EXIT_FAILURE);
}

static void
open_store(struct service *s)
{
	int64_t until = mono_ns() + PATIENCE_NS;
	char url[128];
	struct why why = { { 0 } };

	(void)snprintf(url, sizeof(url), "sqlite:%s/data/tlsrptd.db",
	    s->folder);
	while (access(s->socket, W_OK) != 0 ||
	    store_open(url, &s->store, &why) != E_OK) {
		if (mono_ns() > until || waitpid(s->pid, NULL, WNOHANG) != 0)
			bench_fail("tlsrptd does not start: see %s", s->folder);
		sleep_ms(10);
	}
}

void
service_start(struct service *s, const char *options)
{
	*s = (struct service){ .folder = "/tmp/tlsrptd-bench-XXXXXX" };
	if (mkdtemp(s->folder) == NULL)
		bench_fail("%s: %s", s->folder, strerror(errno));
	(void)snprintf(s->socket, sizeof(s->socket), "%s/tlsrpt.sock",
	    s->folder);
	write_config(s, options);
	if ((s->pid = fork()) == 0)
		run_tlsrptd(s);
	open_store(s);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

void
service_stop(struct service *s)
{
	int status;

	store_close(s->store);
	(void)kill(s->pid, SIGTERM);
	if (waitpid(s->pid, &status, 0) != s->pid || status != 0)
		bench_fail("tlsrptd has failed: see %s", s->folder);
	(void)nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- what the store says -- */

struct wanted {
	struct span counter;
	uint64_t n;
};

static enum err
take_counter(void *arg, struct span counter, uint64_t n)
{
	struct wanted *w = arg;

	if (span_eq(counter, w->counter))
		w->n += n;
	return E_OK;
}

uint64_t
service_counter(struct service *s, enum counter which)
{
	struct wanted w = { .counter = span_str(counter_text(which)) };
	struct why why = { { 0 } };

	if (store_counter_list(s->store, 0, DAY_MAX, take_counter, &w, &why) !=
	    E_OK)
		bench_fail("store: %s", why.text);
	return w.n;
}

void
service_wait_received(struct service *s, uint64_t n)
{
	int64_t until = mono_ns() + PATIENCE_NS;

	while (service_counter(s, COUNTER_RECEIVED) < n) {
		if (mono_ns() > until)
			bench_fail("%llu datagrams have not come into the "
				   "store: see %s",
			    (unsigned long long)n, s->folder);
		sleep_ms(10);
	}
}

static enum err
take_day(void *arg, const struct day_state *day)
{
	uint64_t *totals = arg;

	totals[0] += day->succeeded;
	totals[1] += day->failed;
	return E_OK;
}

void
service_totals(struct service *s, uint64_t *succeeded, uint64_t *failed)
{
	uint64_t totals[2] = { 0 };
	struct why why = { { 0 } };

	if (store_day_list(s->store, 0, take_day, totals, &why) != E_OK)
		bench_fail("store: %s", why.text);
	*succeeded = totals[0];
	*failed = totals[1];
}

/* -- what the machine says -- */

static bool
runs_role(pid_t pid, const char *role)
{
	char path[64], words[1024], want[64];
	size_t n, w;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	n = fread(words, 1, sizeof(words), f);
	(void)fclose(f);
	w = (size_t)snprintf(want, sizeof(want), "--role%c%s", '\0', role);
	return memmem(words, n, want, w) != NULL;
}

pid_t
service_role(const struct service *s, const char *role)
{
	char path[64];
	int pid, found = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)s->pid, (int)s->pid);
	if ((f = fopen(path, "r")) == NULL)
		bench_fail("%s: %s", path, strerror(errno));
	while (found == 0 && fscanf(f, "%d", &pid) == 1)
		if (runs_role(pid, role))
			found = pid;
	(void)fclose(f);
	return found;
}

uint64_t
service_anonymous(const struct service *s, const char *role)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup",
	    (int)service_role(s, role));
	if ((f = fopen(path, "r")) == NULL)
		bench_fail("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Anonymous: %llu", &kib) == 1)
			break;
	(void)fclose(f);
	return kib * 1024;
}

static uint64_t disk_bytes;

static int
add_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)path, (void)at;
	if (kind == FTW_F)
		disk_bytes += (uint64_t)st->st_blocks * 512;
	return 0;
}

uint64_t
service_disk(const struct service *s)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/data", s->folder);
	disk_bytes = 0;
	(void)nftw(path, add_file, 16, FTW_PHYS);
	return disk_bytes;
}
