/* bench_receive.c -- small reports posted to the real role intake, each on the
 * disk before it is answered, against a bare server of the same library that
 * inflates and answers. An argument names one part. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bare.h"
#include "bed.h"
#include "http/listen.h"
#include "load.h"
#include "measure.h"
#include "service.h"
#include "store/store.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#define ROUNDS 5
#define ROUND_NS (2 * NS_PER_S)
/* Ours waits for the disk, so it takes many to keep it at work. The bare one
 * does not, and stalls where 128 events come at once (http/server.c). */
#define CLIENTS 512
#define BARE_CLIENTS 100
#define IDLE_CLIENTS 1000
#define BEING_MADE 32 /* TLS connections at a time */
#define BARE_BEING_MADE 16
#define MAKING_THREADS 2 /* one is slower than either server */
#define LARGE_BYTES ((size_t)2 << 20)
#define LARGE_CLIENTS 4
#define PATIENCE_NS (30 * NS_PER_S)
#define ARENA_MAX ((size_t)1 << 20)

struct receiver {
	struct service service;
	struct bare bare;
	uint16_t port;
};

static struct bed bed; /* for its certificate, and its reports */
static struct span report;

/* -- servers -- */

static uint16_t
free_port(void)
{
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);
	int fd;

	if (http_listen("127.0.0.1:0", 0, &fd, NULL) != E_OK ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_fail("no port");
	(void)close(fd);
	return ntohs(at.sin_port);
}

static void
wait_for(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int64_t until = mono_ns() + PATIENCE_NS;
	int fd, failed;

	do {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		failed = connect(fd, (struct sockaddr *)&to, sizeof(to));
		(void)close(fd);
		if (failed && mono_ns() > until)
			bench_fail("role intake does not listen");
		(void)nanosleep(&(struct timespec){ 0, 10 * NS_PER_MS }, NULL);
	} while (failed);
}

static void
start(struct receiver *r, bool has_tls)
{
	char options[1024], tls[512] = "";

	r->port = free_port();
	if (has_tls)
		(void)snprintf(tls, sizeof(tls),
		    "http_certificate = %s\nhttp_key = %s\n", bed.cert,
		    bed.key);
	(void)snprintf(options, sizeof(options),
	    "[daemon]\nroles = collect, intake\n[intake]\n"
	    "http_listen = 127.0.0.1:%u\nhourly = 0\ndaily = 0\n"
	    "spool_max = 16GiB\n%s",
	    r->port, tls);
	bare_start(&r->bare, has_tls ? bed.cert : NULL,
	    has_tls ? bed.key : NULL);
	service_start(&r->service, options);
	wait_for(r->port);
}

static void
stop(struct receiver *r)
{
	bare_stop(&r->bare);
	service_stop(&r->service);
}

/* -- posts -- */

static void
measure(const char *name, bool has_tls, bool anew, double goal)
{
	struct rounds limit = { .n = 0 }, ours = { .n = 0 };
	struct rounds busy = { .n = 0 };
	char load_name[64];
	struct receiver r;

	start(&r, has_tls);
	for (int i = 0; i < ROUNDS; i++) {
		struct load load = { .port = r.bare.port,
			.has_tls = has_tls,
			.anew = anew,
			.body = report,
			.clients = anew ? BARE_BEING_MADE : BARE_CLIENTS,
			.threads = anew ? MAKING_THREADS : 1,
			.ns = ROUND_NS };
		struct load_result result;

		load_run(&load, &result);
		rounds_add(&limit, result.rate);
		rounds_add(&busy, result.busy);
		load.port = r.port;
		load.clients = anew ? BEING_MADE : CLIENTS;
		load_run(&load, &result);
		rounds_add(&ours, result.rate);
	}
	stop(&r);
	figure_print(&(struct figure){ name, rounds_median(&ours), "posts/s",
	    rounds_median(&limit), rounds_ratio(&ours, &limit),
	    GOAL_RATIO_AT_LEAST, goal });
	(void)snprintf(load_name, sizeof(load_name), "%s.load", name);
	figure_print(&(struct figure){ .name = load_name,
	    .value = rounds_median(&busy),
	    .unit = "processors",
	    .kind = GOAL_NONE });
}

static void
plain(void)
{
	measure("receive.plain", false, false, 0.4);
}

static void
kept(void)
{
	measure("receive.tls", true, false, 0.4);
}

static void
anew(void)
{
	measure("receive.tls_new", true, true, 0.9);
}

/* -- many that ask nothing -- */

static double
resident_mib(const struct service *s)
{
	char path[64], line[256];
	unsigned long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status",
	    (int)service_role(s, "intake"));
	if ((f = fopen(path, "r")) == NULL)
		bench_fail("%s cannot be read", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %lu", &kib) == 1)
			break;
	(void)fclose(f);
	return (double)kib / 1024;
}

static void
idle(void)
{
	struct receiver r;
	struct load load = { .has_tls = true, .clients = IDLE_CLIENTS };
	struct load_idle *clients;

	start(&r, true);
	load.port = r.port;
	clients = load_idle_begin(&load);
	figure_print(&(struct figure){ .name = "receive.idle_1000",
	    .value = resident_mib(&r.service),
	    .unit = "MiB",
	    .kind = GOAL_VALUE_AT_MOST,
	    .goal = 150 });
	load_idle_end(clients);
	stop(&r);
}

/* -- large ones beside small ones -- */

static void
measure_longest(const char *name, const struct receiver *r)
{
	struct load load = { .port = r->port,
		.body = report,
		.clients = 1,
		.ns = 2 * ROUND_NS };
	struct load_result result;

	load_run(&load, &result);
	figure_print(&(struct figure){ .name = name,
	    .value = (double)result.longest_ns / NS_PER_MS,
	    .unit = "ms",
	    .kind = GOAL_NONE });
}

static void
large(void)
{
	struct receiver r;
	pthread_t threads[LARGE_CLIENTS];
	struct load_large loads[LARGE_CLIENTS];
	bool stop_it = false;

	start(&r, false);
	measure_longest("receive.longest.alone", &r);
	for (size_t i = 0; i < LARGE_CLIENTS; i++) {
		loads[i] = (struct load_large){ .port = r.port,
			.bytes = LARGE_BYTES,
			.stop = &stop_it };
		if (pthread_create(&threads[i], NULL, load_large_run,
			&loads[i]) != 0)
			bench_fail("no thread");
	}
	measure_longest("receive.longest.beside_2_MiB", &r);
	__atomic_store_n(&stop_it, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < LARGE_CLIENTS; i++)
		(void)pthread_join(threads[i], NULL);
	stop(&r);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*measure)(void);
	} parts[] = {
		{ "plain", plain },
		{ "tls", kept },
		{ "tls_new", anew },
		{ "idle", idle },
		{ "large", large },
	};
	struct arena arena = ARENA_INIT(ARENA_MAX);
	struct report_row row;

	bed_make(&bed, "");
	bed_report(&bed, 1, SPAN_LIT("https://receiver.example/tlsrpt"), &arena,
	    &row);
	report = row.body;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (argc < 2 || strcmp(argv[1], parts[i].name) == 0)
			parts[i].measure();
	arena_free(&arena);
	bed_remove(&bed);
	return 0;
}
