#include "daemon/metrics_page.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "daemon/role_counts.h"
#include "model/metric_text.h"
#include "tlsrptd_version.h"

#define STAT_MAX 4096

/* -- processes, as proc(5) has them -- */

/* Of /proc/PID/stat, as its manual page counts them. */
#define FIELD_USER_TICKS 14
#define FIELD_SYSTEM_TICKS 15
#define FIELD_PAGES 24

struct process {
	const char *role;
	struct role_counts counts;
	bool has_stat, has_fds;
	uint64_t cpu_ms, bytes, fds;
};

static uint64_t
field(struct span text, int i)
{
	int64_t v = 0;

	/* The second one stands in brackets and may have blanks. */
	while (text.len > 0 && *text.p != ')')
		text = span_skip(text, 1);
	for (int at = 2; at < i; at++)
		(void)span_until(&text, ' ');
	return num_parse(span_until(&text, ' '), 0, INT64_MAX, &v) == E_OK
	    ? (uint64_t)v
	    : 0;
}

static void
read_stat(struct process *p)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);
	struct buf text = BUF_INIT(STAT_MAX);
	char path[64];
	struct span s;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat",
	    (long)p->counts.pid);
	p->has_stat = file_read(path, &text, NULL) == E_OK;
	s = buf_span(&text);
	p->cpu_ms = (field(s, FIELD_USER_TICKS) +
			field(s, FIELD_SYSTEM_TICKS)) *
	    1000 / hz;
	p->bytes = field(s, FIELD_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	buf_free(&text);
}

static void
read_fds(struct process *p)
{
	char path[64];
	DIR *folder;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)p->counts.pid);
	if ((folder = opendir(path)) == NULL)
		return;
	for (const struct dirent *d; (d = readdir(folder)) != NULL;)
		p->fds += d->d_name[0] != '.';
	p->has_fds = true;
	(void)closedir(folder);
}

static bool
is_up(const struct process *p, uint64_t *ret)
{
	*ret = p->counts.pid != 0;
	return true;
}

static bool
starts(const struct process *p, uint64_t *ret)
{
	*ret = p->counts.starts;
	return true;
}

static bool
started(const struct process *p, uint64_t *ret)
{
	*ret = (uint64_t)p->counts.started_s;
	return p->counts.pid != 0;
}

static bool
bytes(const struct process *p, uint64_t *ret)
{
	*ret = p->bytes;
	return p->has_stat;
}

static bool
fds(const struct process *p, uint64_t *ret)
{
	*ret = p->fds;
	return p->has_fds;
}

static bool
cpu(const struct process *p, uint64_t *ret)
{
	*ret = p->cpu_ms;
	return p->has_stat;
}

static const struct {
	const char *name, *type, *help;
	bool (*value)(const struct process *, uint64_t *ret);
	bool is_milli;
} facts[] = {
	{ "tlsrptd_role_up", "gauge", "Whether the role's process runs", is_up,
	    false },
	{ "tlsrptd_role_starts_total", "counter",
	    "Starts of the role's process since the service was started",
	    starts, false },
	{ "process_start_time_seconds", "gauge",
	    "When the process was started, in seconds since 1970", started,
	    false },
	{ "process_cpu_seconds_total", "counter",
	    "User and system time of the process, in seconds", cpu, true },
	{ "process_resident_memory_bytes", "gauge",
	    "Memory of the process that is resident, in bytes", bytes, false },
	{ "process_open_fds", "gauge", "Open descriptors of the process", fds,
	    false },
};

#define PROCESSES_MAX 16

/* Of all that were ever started. */
static size_t
read_processes(struct process v[PROCESSES_MAX])
{
	const struct role *role;
	size_t n = 0;

	for (size_t i = 0; (role = role_at(i)) != NULL; i++) {
		struct process p = { .role = role->name,
			.counts = role_counts_get(i) };

		if (role->makes_schema || p.counts.starts == 0 ||
		    n == PROCESSES_MAX)
			continue;
		if (p.counts.pid != 0) {
			read_stat(&p);
			read_fds(&p);
		}
		v[n++] = p;
	}
	return n;
}

static void
add_processes(struct buf *out)
{
	struct process v[PROCESSES_MAX];
	size_t n = read_processes(v);
	uint64_t value;

	for (size_t f = 0; f < sizeof(facts) / sizeof(facts[0]); f++) {
		metric_text_head(out, facts[f].name, facts[f].type,
		    facts[f].help);
		for (size_t i = 0; i < n; i++) {
			const struct metric_label labels[] = {
				{ "role", v[i].role }, { NULL, NULL }
			};

			if (!facts[f].value(&v[i], &value))
				continue;
			(facts[f].is_milli ? metric_text_milli
					   : metric_text_sample)(out,
			    facts[f].name, labels, value);
		}
	}
}

/* -- the store -- */

static void
add_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	static const struct metric_label none[] = { { NULL, NULL } };

	metric_text_head(out, name, "gauge", help);
	metric_text_sample(out, name, none, (uint64_t)value);
}

/* A sample for each code from 1 to most: its label's value is word(code). */
struct family {
	const char *name, *help, *label;
	const char *(*word)(int64_t code);
	int64_t most;
};

static const char *
level_word(int64_t code)
{
	return level_text((enum level)code);
}

static const char *
class_word(int64_t code)
{
	return inbox_class_text((enum inbox_class)code);
}

static const struct family findings = { "tlsrptd_findings_open",
	"Findings that are open, neither acknowledged nor muted", "severity",
	finding_severity_text, FINDING_SEVERITIES - 1 };
static const struct family sent = { "tlsrptd_last_day_sessions",
	"Sessions of our mail servers on the last day that is closed (UTC), by "
	"how well they were protected",
	"level", level_word, NLEVELS };
static const struct family inbox = { "tlsrptd_inbox_reports",
	"Reports of others that the store holds, by what they are worth",
	"class", class_word, INBOX_CLASSES };
static const struct family inbox_bytes = { "tlsrptd_inbox_bytes",
	"What they take, in bytes", "class", class_word, INBOX_CLASSES };

/* values: that of code 1 comes first. */
static void
add_family(struct buf *out, const struct family *f, const uint64_t *values)
{
	metric_text_head(out, f->name, "gauge", f->help);
	for (int64_t code = 1; code <= f->most; code++) {
		const struct metric_label labels[] = {
			{ f->label, f->word(code) }, { NULL, NULL }
		};

		metric_text_sample(out, f->name, labels, values[code - 1]);
	}
}

static void
add_days(const struct metrics_store *s, struct buf *out)
{
	add_gauge(out, "tlsrptd_dates_open",
	    "Days (UTC) that are over and wait for a collector",
	    (int64_t)s->open_days);
	if (s->day == 0)
		return;
	add_gauge(out, "tlsrptd_last_day_seconds",
	    "When the last day that is closed began, in seconds since 1970",
	    day_start_s(s->day));
	if (s->sent.is_told)
		add_family(out, &sent, s->sent.n);
}

static void
add_store(const struct metrics_store *s, struct buf *out)
{
	add_gauge(out, "tlsrptd_store_up",
	    "Whether the store answered within the last half minute",
	    s->answers);
	if (!s->answers)
		return;
	add_gauge(out, "tlsrptd_deliveries_waiting",
	    "Deliveries that are queued or being retried", (int64_t)s->waiting);
	if (s->waiting > 0)
		add_gauge(out, "tlsrptd_delivery_oldest_queued_seconds",
		    "When the oldest of those was queued, in seconds since "
		    "1970",
		    s->oldest_s);
	add_family(out, &findings, s->findings + 1);
	add_family(out, &inbox, s->inbox + 1);
	add_family(out, &inbox_bytes, s->inbox_bytes + 1);
	add_days(s, out);
	add_gauge(out, "tlsrptd_collectors", "Collectors that days wait for",
	    s->collectors);
	if (s->collectors > 0)
		add_gauge(out, "tlsrptd_watermark_seconds",
		    "Up to when each collector has told all it received, in "
		    "seconds since 1970",
		    s->watermark_s);
}

void
metrics_page(const struct metrics_store *store, struct buf *out)
{
	const struct metric_label version[] = { { "version", TLSRPTD_VERSION },
		{ NULL, NULL } };

	metric_text_head(out, "tlsrptd_build_info", "gauge",
	    "Always 1; the label is the version");
	metric_text_sample(out, "tlsrptd_build_info", version, 1);
	metric_text_counts(out);
	add_processes(out);
	add_store(store, out);
}
