#include <stdio.h>

#include "base/arena.h"
#include "bed.h"
#include "deliver.h"
#include "measure.h"
#include "poster.h"
#include "sink.h"

#define KEPT_POSTS 10000
#define KEPT_HOSTS 8
#define NEW_POSTS 2000
#define CONNECTIONS 4 /* of the limit: more do not make it faster */
#define ROUNDS 5

struct way {
	const char *name, *cpu_name;
	size_t posts, hosts;
	double goal;
};

struct to {
	size_t hosts;
	uint16_t port;
};

static void
write_uri(char ret[256], size_t i, void *arg)
{
	const struct to *to = arg;

	(void)snprintf(ret, 256, "https://h%zu.sink.localhost:%u/report",
	    i % to->hosts, to->port);
}

/* -- the limit -- */

/* Posts a second. */
static double
post_alone(const struct way *way, const struct bed *b, uint16_t port)
{
	struct arena arena = ARENA_INIT((size_t)1 << 20);
	struct report_row row;
	double s;

	bed_report(b, 0, SPAN_LIT("https://h0.sink.localhost/"), &arena, &row);
	s = poster_run(&(const struct poster){
	    .port = port,
	    .ca_file = b->cert,
	    .connections = CONNECTIONS,
	    .posts = way->posts,
	    .anew = way->hosts == way->posts,
	    .body = row.body,
	});
	arena_free(&arena);
	return (double)way->posts / s;
}

/* -- the service -- */

/* Posts a second. cpu_us: of the role, for each. */
static double
deliver(const struct way *way, const struct bed *b, const struct sink *sink,
    struct rounds *cpu_us)
{
	int64_t start = mono_ns(), ns;
	uint64_t before = *sink->taken;
	pid_t pid = bed_start(b, "deliver");

	while (*sink->taken - before < way->posts / 2)
		bed_pause();
	bed_wait_done(b);
	ns = mono_ns() - start;
	rounds_add(cpu_us, bed_stop(b, pid) * 1e6 / (double)way->posts);
	if (*sink->taken - before != way->posts)
		bench_fail("%llu posts of %zu were taken",
		    (unsigned long long)(*sink->taken - before), way->posts);
	return (double)way->posts * 1e9 / (double)ns;
}

static void
run_round(const struct way *way, struct rounds *ours, struct rounds *cpu_us,
    struct rounds *limit)
{
	struct sink sink;
	struct bed bed;
	struct to to;
	double before;

	bed_make(&bed,
	    "ca_file = cert.pem\nany_port = yes\n"
	    "allow_networks = ::1/128, 127.0.0.0/8\n"
	    "host_hourly = 1000000\n");
	sink_https_start(&sink, bed.cert, bed.key);
	to = (struct to){ way->hosts, sink.port };
	bed_fill(&bed, way->posts, write_uri, &to);
	before = post_alone(way, &bed, sink.port);
	rounds_add(ours, deliver(way, &bed, &sink, cpu_us));
	rounds_add(limit, (before + post_alone(way, &bed, sink.port)) / 2);
	sink_stop(&sink);
	bed_remove(&bed);
}

static void
measure(const struct way *way)
{
	struct rounds ours = { .n = 0 }, cpu_us = { .n = 0 },
		      limit = { .n = 0 };

	for (int i = 0; i < ROUNDS; i++)
		run_round(way, &ours, &cpu_us, &limit);
	figure_print(&(struct figure){ way->name, rounds_median(&ours),
	    "posts/s", rounds_median(&limit), rounds_ratio(&ours, &limit),
	    GOAL_RATIO_AT_LEAST, way->goal });
	figure_print(&(struct figure){ .name = way->cpu_name,
	    .value = rounds_median(&cpu_us),
	    .unit = "us/post" });
}

void
deliver_posts_kept(void)
{
	measure(&(const struct way){ "deliver.posts-kept-connections",
	    "deliver.posts-kept-connections.cpu", KEPT_POSTS, KEPT_HOSTS,
	    0.5 });
}

void
deliver_posts_new(void)
{
	measure(&(const struct way){ "deliver.posts-new-connections",
	    "deliver.posts-new-connections.cpu", NEW_POSTS, NEW_POSTS, 0.8 });
}
