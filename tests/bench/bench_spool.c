/* bench_spool.c -- reports of 1 kB into the spool, each acknowledged once it is
 * on disk, against one append and fdatasync after the other. */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "intake/spool.h"
#include "measure.h"

#define ROUNDS 5
#define ROUND_NS (NS_PER_S / 2)
#define PUTTERS_MAX 256
#define STACK_BYTES ((size_t)256 << 10)

static char body[1000];

static double
per_second(uint64_t n, int64_t start)
{
	return (double)n * 1e9 / (double)(mono_ns() - start);
}

/* -- the disk alone -- */

static double
append_and_sync(const char *folder)
{
	char path[128];
	int64_t start = mono_ns();
	uint64_t n = 0;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/alone", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (; mono_ns() - start < ROUND_NS; n++)
		if (write(fd, body, sizeof(body)) != sizeof(body) ||
		    fdatasync(fd) != 0)
			bench_fail("%s: cannot be written", path);
	(void)close(fd);
	return per_second(n, start);
}

/* -- the spool -- */

struct load {
	struct receipt_sink sink;
	atomic_bool stop;
	atomic_uint_fast64_t stored;
};

static void
done(void *arg, enum err e, const struct uuid *id)
{
	(void)id;
	if (e != E_OK)
		bench_fail("spool: %s", err_text(e));
	(void)sem_post(arg);
}

static void *
put_in_turn(void *arg)
{
	struct receipt_facts facts = { .peer = SPAN_LIT("192.0.2.1:443") };
	struct span bytes = { body, sizeof(body) };
	struct load *load = arg;
	struct why why = { { 0 } };
	sem_t told;

	(void)sem_init(&told, 0, 0);
	while (!atomic_load(&load->stop)) {
		if (load->sink.put(load->sink.arg, &facts, bytes, done, &told,
			&why) != E_OK)
			bench_fail("%s", why.text);
		while (sem_wait(&told) != 0)
			continue;
		(void)atomic_fetch_add(&load->stored, 1);
	}
	(void)sem_destroy(&told);
	return NULL;
}

static void
sleep_ns(int64_t ns)
{
	struct timespec ts = { ns / NS_PER_S, ns % NS_PER_S };

	(void)nanosleep(&ts, NULL);
}

static double
put_by(struct spool *spool, size_t putters)
{
	struct load load = { .sink = spool_sink(spool) };
	pthread_t threads[PUTTERS_MAX];
	pthread_attr_t small;
	int64_t start = mono_ns();
	double rate;

	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, STACK_BYTES);
	for (size_t i = 0; i < putters; i++)
		if (pthread_create(&threads[i], &small, put_in_turn, &load) !=
		    0)
			bench_fail("no thread");
	sleep_ns(ROUND_NS);
	rate = per_second(atomic_load(&load.stored), start);
	atomic_store(&load.stop, true);
	for (size_t i = 0; i < putters; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_attr_destroy(&small);
	return rate;
}

/* -- the figures -- */

static void
measure(const char *folder, struct spool *spool, size_t putters)
{
	struct rounds alone = { .n = 0 }, shared = { .n = 0 };
	char name[64];

	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&alone, append_and_sync(folder));
		rounds_add(&shared, put_by(spool, putters));
	}
	(void)snprintf(name, sizeof(name), "spool.put.%zu", putters);
	figure_print(&(struct figure){ .name = name,
	    .value = rounds_median(&shared),
	    .unit = "puts/s",
	    .limit = rounds_median(&alone),
	    .ratio = rounds_ratio(&shared, &alone),
	    .kind = GOAL_RATIO_AT_LEAST,
	    .goal = putters == 1 ? 0.5 : 4 });
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

int
main(void)
{
	char folder[] = "/tmp/tlsrptd-bench-XXXXXX";
	struct spool_options options = {
		.folder = folder,
		.max_bytes = UINT64_MAX,
		.segment_bytes = SPOOL_SEGMENT_BYTES,
	};
	struct spool_recovery recovery;
	struct why why = { { 0 } };
	struct spool *spool;

	if (mkdtemp(folder) == NULL)
		bench_fail("%s: cannot be made", folder);
	if (spool_open(&options, &spool, &recovery, &why) != E_OK)
		bench_fail("%s", why.text);
	measure(folder, spool, 1);
	measure(folder, spool, 16);
	measure(folder, spool, PUTTERS_MAX);
	spool_close(spool);
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
