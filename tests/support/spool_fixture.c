#include "support/spool_fixture.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PATIENCE_S 30

void
open_spool(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(spool_open(&f->options, &f->spool, &f->recovery, &why),
	    &why);
}

void
close_spool(struct fixture *f)
{
	spool_close(f->spool);
	f->spool = NULL;
}

int
start_spool(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	support_mkdtemp(f->folder);
	f->options = (struct spool_options){
		.folder = f->folder,
		.max_bytes = 1 << 30,
		.segment_bytes = SPOOL_SEGMENT_BYTES,
	};
	f->arena = ARENA_INIT(SPOOL_ARENA_MAX);
	open_spool(f);
	*state = f;
	return 0;
}

int
stop_spool(void **state)
{
	struct fixture *f = *state;

	spool_close(f->spool);
	arena_free(&f->arena);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

void
reopen(struct fixture *f)
{
	close_spool(f);
	open_spool(f);
}

/* -- putting -- */

static void
done(void *arg, enum err e, const struct uuid *id)
{
	struct answer *a = arg;

	(void)pthread_mutex_lock(&a->lock);
	a->n++;
	a->e = e;
	if (id != NULL)
		a->id = *id;
	(void)pthread_cond_broadcast(&a->came);
	(void)pthread_mutex_unlock(&a->lock);
}

enum err
put_body(struct fixture *f, struct span body, struct answer *a, struct why *why)
{
	struct receipt_facts facts = { .received_ns = RECEIVED_NS };
	struct receipt_sink sink = spool_sink(f->spool);

	return sink.put(sink.arg, &facts, body, done, a, why);
}

enum err
put(struct fixture *f, const char *text, struct answer *a)
{
	return put_body(f, span_str(text), a, NULL);
}

enum err
answer_of(struct answer *a)
{
	struct timespec until;
	int late = 0;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	(void)pthread_mutex_lock(&a->lock);
	while (a->n == 0 && late == 0)
		late = pthread_cond_timedwait(&a->came, &a->lock, &until);
	(void)pthread_mutex_unlock(&a->lock);
	assert_int_equal(1, a->n);
	return a->e;
}

struct uuid
store(struct fixture *f, const char *text)
{
	struct answer a = ANSWER_NONE;

	assert_ok(put(f, text, &a));
	assert_ok(answer_of(&a));
	return a.id;
}

/* -- reading -- */

struct receipt
take(struct fixture *f)
{
	struct why why = { { 0 } };
	struct receipt r;

	arena_reset(&f->arena);
	assert_ok_why(spool_next(f->spool, f->at, &f->arena, &r, &why), &why);
	f->at = r.behind;
	f->damaged += r.damaged;
	return r;
}

void
expect(struct fixture *f, const char *text)
{
	struct receipt r = take(f);

	assert_span(text, r.body);
}

void
expect_nothing(struct fixture *f)
{
	struct why why = { { 0 } };
	struct receipt r;

	assert_err(E_ABSENT, spool_next(f->spool, f->at, &f->arena, &r, &why));
	assert_string_equal("", why.text);
}

void
release(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(spool_release(f->spool, f->at, &why), &why);
}

/* -- files -- */

void
segment_path(const struct fixture *f, uint64_t number, char ret[300])
{
	(void)snprintf(ret, 300, "%s/%020llu.spool", f->folder,
	    (unsigned long long)number);
}

long
segment_bytes(const struct fixture *f, uint64_t number)
{
	char path[300];
	struct stat st;

	segment_path(f, number, path);
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

size_t
count_files(const struct fixture *f, const char *pattern)
{
	char path[300];
	glob_t found;
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, pattern);
	if (glob(path, 0, NULL, &found) == 0)
		n = found.gl_pathc;
	globfree(&found);
	return n;
}
