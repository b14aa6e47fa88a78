/* bench_ingest.c -- from a sender's blocking send to the commit in SQLite, by
 * the real tlsrptd, against a process that receives the same datagrams and does
 * nothing with them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "corpus.h"
#include "measure.h"
#include "sending.h"
#include "service.h"

#define DATAGRAMS 1000000
#define SECONDS 30 /* at least, unless the first argument says otherwise */
#define MIB (1024.0 * 1024)
#define MILLION 1e6

struct goals {
	size_t domains;
	const char *suffix;
	double ratio, cpu_s, anonymous_mib;
};

struct result {
	double rate, cpu_s;
	double longest_ms;
	double anonymous, anonymous_most, disk_most, disk_end;
};

struct limits {
	struct rounds rate, cpu_s;
	double longest_ms;
};

/* For so long: the longest of many sends is the longer the more there are. */
static void
measure_bare(const struct corpus *c, int64_t least_ns, struct limits *l)
{
	const int64_t start = mono_ns();

	do {
		struct bare bare = bare_run(c);

		rounds_add(&l->rate, bare.rate);
		rounds_add(&l->cpu_s, bare.cpu_s);
		if ((double)bare.longest_ns / 1e6 > l->longest_ms)
			l->longest_ms = (double)bare.longest_ns / 1e6;
	} while (mono_ns() - start < least_ns);
}

static void
note_most(double *most, uint64_t now)
{
	if ((double)now > *most)
		*most = (double)now;
}

/* Each session of the corpus has one policy. */
static void
check_sum(struct service *s, const struct corpus *c, uint64_t times)
{
	uint64_t succeeded, failed;

	service_totals(s, &succeeded, &failed);
	if (succeeded != (c->n - c->failures) * times ||
	    failed != c->failures * times)
		bench_fail("counted %llu + %llu sessions of %llu + %llu: see "
			   "%s",
		    (unsigned long long)succeeded, (unsigned long long)failed,
		    (unsigned long long)((c->n - c->failures) * times),
		    (unsigned long long)(c->failures * times), s->folder);
}

static void
measure_service(const struct corpus *c, int64_t least_ns, struct result *r)
{
	struct service s;
	struct sending to;
	uint64_t times = 0;
	int64_t cpu = cpu_children_ns(), start;

	service_start(&s, "");
	sending_open(&to, s.socket);
	start = mono_ns();
	while (mono_ns() - start < least_ns) {
		send_corpus(&to, c);
		if (times++ == 0)
			r->anonymous = (double)service_anonymous(&s, "collect");
		note_most(&r->anonymous_most, service_anonymous(&s, "collect"));
		note_most(&r->disk_most, service_disk(&s));
	}
	service_wait_received(&s, to.sent);
	r->rate = (double)to.sent * 1e9 / (double)(mono_ns() - start);
	r->longest_ms = (double)to.longest_ns / 1e6;
	check_sum(&s, c, times);
	r->disk_end = (double)service_disk(&s);
	sending_close(&to);
	service_stop(&s);
	r->cpu_s = (double)(cpu_children_ns() - cpu) / 1e9 /
	    ((double)to.sent / MILLION);
}

static void
print(const struct goals *g, const char *what, struct figure f)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "ingest.%s.%s", what, g->suffix);
	f.name = name;
	figure_print(&f);
}

static void
run(const struct goals *g, int64_t least_ns)
{
	struct corpus c;
	struct limits limits = { .longest_ms = 0 };
	struct result r = { 0 };
	double rate, cpu_s;

	corpus_make(&c, DATAGRAMS, g->domains, 1);
	measure_bare(&c, least_ns / 2, &limits);
	measure_service(&c, least_ns, &r);
	measure_bare(&c, least_ns / 2, &limits);
	rate = rounds_median(&limits.rate);
	cpu_s = rounds_median(&limits.cpu_s);

	print(g, "mean-bytes",
	    (struct figure){ .value = (double)c.bytes / (double)c.n,
		.unit = "bytes" });
	print(g, "rate",
	    (struct figure){ .value = r.rate,
		.unit = "datagrams/s",
		.limit = rate,
		.ratio = r.rate / rate,
		.kind = GOAL_RATIO_AT_LEAST,
		.goal = g->ratio });
	print(g, "cpu",
	    (struct figure){ .value = r.cpu_s,
		.unit = "s/million",
		.limit = cpu_s,
		.ratio = r.cpu_s / cpu_s,
		.kind = GOAL_VALUE_AT_MOST,
		.goal = g->cpu_s });
	print(g, "longest-send",
	    (struct figure){ .value = r.longest_ms,
		.unit = "ms",
		.limit = limits.longest_ms,
		.ratio = r.longest_ms / limits.longest_ms,
		.kind = GOAL_VALUE_AT_MOST,
		.goal = 10 });
	print(g, "anonymous-after-a-million",
	    (struct figure){ .value = r.anonymous / MIB,
		.unit = "MiB",
		.kind = GOAL_VALUE_AT_MOST,
		.goal = g->anonymous_mib });
	print(g, "anonymous-most",
	    (struct figure){ .value = r.anonymous_most / MIB, .unit = "MiB" });
	print(g, "disk-most",
	    (struct figure){ .value = r.disk_most / MIB, .unit = "MiB" });
	print(g, "disk-at-the-end",
	    (struct figure){ .value = r.disk_end / MIB, .unit = "MiB" });
	corpus_free(&c);
}

int
main(int argc, char **argv)
{
	int64_t least_ns = (argc > 1 ? atoi(argv[1]) : SECONDS) * NS_PER_S;
	static const struct goals goals[] = {
		{ 1000, "1k", 0.4, 3.2, 20 },
		{ 100000, "100k", 0.4, 4.5, 96 },
	};

	for (size_t i = 0; i < sizeof(goals) / sizeof(goals[0]); i++)
		run(&goals[i], least_ns);
	return 0;
}
