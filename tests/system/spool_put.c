/* spool_put FOLDER SEGMENT_BYTES MAX_BYTES: has the folder's spool, and does
 * for test_spool.py what each line on its stdin says:
 *
 *   put FIRST COUNT BYTES   records of these numbers, some in flight at once
 *   list                    all records that there are
 *   release                 all that were listed last
 *
 * It prints a line for each record, by one write each, so that what it printed
 * before it was killed had happened. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "intake/spool.h"

#define IN_FLIGHT 64
#define LINE_BYTES 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static unsigned in_flight;

static void
say(const char *verb, int64_t number, const char *what)
{
	char line[LINE_BYTES];
	int n = snprintf(line, sizeof(line), "%s %" PRId64 " %s\n", verb,
	    number, what);

	if (n < 0 || write(STDOUT_FILENO, line, (size_t)n) != n)
		exit(EX_IOERR);
}

static void
need(enum err e, const struct why *why)
{
	if (e == E_OK)
		return;
	say("error", e, why->text);
	exit(EX_SOFTWARE);
}

/* -- put -- */

static void
done(void *arg, enum err e, const struct uuid *id)
{
	int64_t *number = arg;
	char text[UUID_TEXT_SIZE];

	if (e == E_OK)
		uuid_text(id, text);
	say(e == E_OK ? "stored" : "failed", *number,
	    e == E_OK ? text : err_text(e));
	free(number);
	(void)pthread_mutex_lock(&lock);
	in_flight--;
	(void)pthread_cond_signal(&told);
	(void)pthread_mutex_unlock(&lock);
}

static void
wait_for(unsigned most)
{
	(void)pthread_mutex_lock(&lock);
	while (in_flight > most)
		(void)pthread_cond_wait(&told, &lock);
	(void)pthread_mutex_unlock(&lock);
}

/* The number, and a pattern that depends on it. */
static void
fill(char *p, size_t bytes, int64_t number)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (char)((uint64_t)number * 31 + i * 7);
	memcpy(p, &number, sizeof(number));
}

static void
put(struct spool *spool, int64_t number, size_t bytes)
{
	struct receipt_facts facts = { .peer = SPAN_LIT("192.0.2.1:443") };
	struct receipt_sink sink = spool_sink(spool);
	int64_t *arg = malloc(sizeof(*arg));
	char *body = malloc(bytes);
	enum err e;

	if (arg == NULL || body == NULL)
		exit(EX_OSERR);
	*arg = number;
	fill(body, bytes, number);
	wait_for(IN_FLIGHT - 1);
	(void)pthread_mutex_lock(&lock);
	in_flight++;
	(void)pthread_mutex_unlock(&lock);
	e = sink.put(sink.arg, &facts, (struct span){ body, bytes }, done, arg,
	    NULL);
	free(body);
	if (e == E_OK)
		return;
	say("refused", number, err_text(e));
	free(arg);
	(void)pthread_mutex_lock(&lock);
	in_flight--;
	(void)pthread_mutex_unlock(&lock);
}

/* -- list -- */

static bool
is_as_put(struct span body, int64_t *ret_number)
{
	char *want = malloc(body.len);
	bool same;

	if (want == NULL)
		exit(EX_OSERR);
	if (body.len < sizeof(*ret_number))
		exit(EX_DATAERR);
	memcpy(ret_number, body.p, sizeof(*ret_number));
	fill(want, body.len, *ret_number);
	same = memcmp(want, body.p, body.len) == 0;
	free(want);
	return same;
}

static struct spool_place
list(struct spool *spool)
{
	struct arena arena = ARENA_INIT(SPOOL_ARENA_MAX);
	struct spool_place at = { 0, 0 };
	struct why why = { { 0 } };
	struct receipt r;
	enum err e;

	while ((e = spool_next(spool, at, &arena, &r, &why)) == E_OK) {
		char id[UUID_TEXT_SIZE];
		int64_t number;

		uuid_text(&r.id, id);
		if (r.damaged > 0 || !is_as_put(r.body, &number))
			say("damaged", (int64_t)r.damaged, id);
		else
			say("there", number, id);
		at = r.behind;
		arena_reset(&arena);
	}
	if (e != E_ABSENT)
		need(e, &why);
	arena_free(&arena);
	return at;
}

/* -- commands -- */

static int64_t
take_number(struct span *line)
{
	int64_t n;

	if (num_parse(span_until(line, ' '), 0, INT64_MAX, &n) != E_OK)
		exit(EX_USAGE);
	return n;
}

static void
obey(struct spool *spool, struct span line, struct spool_place *listed)
{
	struct why why = { { 0 } };

	if (span_take(&line, SPAN_LIT("put "))) {
		int64_t first = take_number(&line), n = take_number(&line);
		size_t bytes = (size_t)take_number(&line);

		for (int64_t i = first; i < first + n; i++)
			put(spool, i, bytes);
		wait_for(0);
	} else if (span_eq(line, SPAN_LIT("list"))) {
		*listed = list(spool);
	} else if (span_eq(line, SPAN_LIT("release"))) {
		need(spool_release(spool, *listed, &why), &why);
	} else {
		exit(EX_USAGE);
	}
	say("done", 0, "");
}

int
main(int argc, char **argv)
{
	struct spool_options options;
	struct spool_recovery recovery;
	struct spool_place listed = { 0, 0 };
	struct spool *spool;
	struct why why = { { 0 } };
	char line[LINE_BYTES], found[LINE_BYTES];

	if (argc != 4)
		return EX_USAGE;
	options = (struct spool_options){
		.folder = argv[1],
		.segment_bytes = strtoull(argv[2], NULL, 10),
		.max_bytes = strtoull(argv[3], NULL, 10),
	};
	need(spool_open(&options, &spool, &recovery, &why), &why);
	(void)snprintf(found, sizeof(found),
	    "torn=%" PRIu64 " damaged=%" PRIu64 " aside=%" PRIu64,
	    recovery.torn, recovery.damaged, recovery.aside);
	say("opened", (int64_t)recovery.segments, found);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct span rest = span_str(line);

		obey(spool, span_until(&rest, '\n'), &listed);
	}
	spool_close(spool);
	return EX_OK;
}
