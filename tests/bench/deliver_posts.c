#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bed.h"
#include "deliver.h"
#include "measure.h"
#include "net/http_client.h"
#include "poster.h"
#include "sink.h"

#define KEPT_POSTS 30000
#define KEPT_HOSTS 8
#define NEW_POSTS 2000
#define CONNECTIONS 4	      /* of the limit: more do not make it faster */
#define CLIENT_CONNECTIONS 32 /* as the service by default */
#define ROUNDS 5

struct way {
	const char *name, *cpu_name, *client_name;
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

/* -- the service's client, without a store -- */

static void
count_created(void *arg, const struct http_result *r)
{
	size_t *created = arg;

	if (r->outcome != HTTP_ANSWERED || r->status != 201)
		bench_fail("client: %.*s", SPAN_ARG(r->why));
	(*created)++;
}

static void
post_all(struct transfers *transfers, struct http_client *client,
    const struct way *way, struct to *to, struct span body)
{
	const size_t most = 2 * CLIENT_CONNECTIONS;
	struct why why = { { 0 } };
	size_t created = 0, given = 0;
	char uri[256];

	while (created < way->posts) {
		while (given < way->posts && given - created < most) {
			write_uri(uri, given++, to);
			if (http_client_post(client,
				&(const struct http_post){ .url = uri,
				    .content_type = "application/tlsrpt+gzip",
				    .body = body,
				    .verify = true },
				count_created, &created, &why) != E_OK)
				bench_fail("client: %s", why.text);
		}
		if (transfers_run(transfers, -1, 10 * NS_PER_S, &why) != E_OK)
			bench_fail("client: %s", why.text);
	}
}

/* Posts a second. */
static double
post_by_client(const struct way *way, const struct bed *b, struct to *to)
{
	struct arena arena = ARENA_INIT((size_t)1 << 20);
	struct address_filter filter = { .n = 0 };
	const struct http_client_options options = {
		.filter = &filter,
		.ca_file = b->cert,
		.user_agent = "tlsrptd",
		.any_port = true,
		.connect_ms = 60000,
		.total_ms = 60000,
		.per_host = CLIENT_CONNECTIONS / KEPT_HOSTS,
		.total = CLIENT_CONNECTIONS,
	};
	struct transfers *transfers = NULL;
	struct http_client *client = NULL;
	struct why why = { { 0 } };
	struct report_row row;
	int64_t start;

	bed_report(b, 0, SPAN_LIT("https://h0.sink.localhost/"), &arena, &row);
	if (address_filter_add(&filter, SPAN_LIT("::1"), &why) != E_OK ||
	    address_filter_add(&filter, SPAN_LIT("127.0.0.1"), &why) != E_OK ||
	    transfers_open(&transfers, &why) != E_OK ||
	    http_client_open(transfers, &options, &client, &why) != E_OK)
		bench_fail("client: %s", why.text);
	start = mono_ns();
	post_all(transfers, client, way, to, row.body);
	start = mono_ns() - start;
	http_client_close(client);
	transfers_close(transfers);
	arena_free(&arena);
	return (double)way->posts * 1e9 / (double)start;
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
    struct rounds *client, struct rounds *limit)
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
	rounds_add(client, post_by_client(way, &bed, &to));
	rounds_add(limit, (before + post_alone(way, &bed, sink.port)) / 2);
	sink_stop(&sink);
	bed_remove(&bed);
}

static void
measure(const struct way *way)
{
	struct rounds ours = { .n = 0 }, cpu_us = { .n = 0 },
		      client = { .n = 0 }, limit = { .n = 0 };

	for (int i = 0; i < ROUNDS; i++)
		run_round(way, &ours, &cpu_us, &client, &limit);
	figure_print(&(struct figure){ way->name, rounds_median(&ours),
	    "posts/s", rounds_median(&limit), rounds_ratio(&ours, &limit),
	    GOAL_RATIO_AT_LEAST, way->goal });
	figure_print(&(struct figure){ .name = way->cpu_name,
	    .value = rounds_median(&cpu_us),
	    .unit = "us/post" });
	figure_print(&(struct figure){ .name = way->client_name,
	    .value = rounds_median(&client),
	    .unit = "posts/s",
	    .limit = rounds_median(&limit),
	    .ratio = rounds_ratio(&client, &limit) });
}

void
deliver_posts_kept(void)
{
	measure(&(const struct way){ "deliver.posts-kept-connections",
	    "deliver.posts-kept-connections.cpu",
	    "deliver.posts-kept-connections.client", KEPT_POSTS, KEPT_HOSTS,
	    0.5 });
}

void
deliver_posts_new(void)
{
	measure(&(const struct way){ "deliver.posts-new-connections",
	    "deliver.posts-new-connections.cpu",
	    "deliver.posts-new-connections.client", NEW_POSTS, NEW_POSTS,
	    0.8 });
}
