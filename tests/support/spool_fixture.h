/* support/spool_fixture.h -- a spool in a folder of its own, what is put into
 * it, and what it hands out. */
#ifndef TESTS_SUPPORT_SPOOL_FIXTURE_H
#define TESTS_SUPPORT_SPOOL_FIXTURE_H

#include "support/test.h"

#include <pthread.h>

#include "intake/spool.h"

#define RECEIVED_NS                                              \
	(INT64_C(1772452800) * NS_PER_S) /* 2026-03-02T12:00:00Z \
					  */
/* Head, facts without a text, and the body. */
#define RECORD_BYTES(body) (40 + 22 + (uint64_t)(body))

struct fixture {
	char folder[256];
	struct spool_options options;
	struct spool_recovery recovery;
	struct spool *spool;
	struct spool_place at; /* of the worker */
	struct arena arena;
	uint64_t damaged; /* stretches passed over */
};

/* What came of a record that was put. */
struct answer {
	pthread_mutex_t lock;
	pthread_cond_t came;
	int n; /* times told */
	enum err e;
	struct uuid id;
};
#define ANSWER_NONE                                                            \
	((struct answer){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, \
	    .e = E_OK })

/* For cmocka: a spool of segments of 64 MiB, at most 1 GiB. */
int start_spool(void **state);
int stop_spool(void **state);
void open_spool(struct fixture *);
void close_spool(struct fixture *);
/* As another process would find it. The worker keeps its place. */
void reopen(struct fixture *);

/* Whether it was taken: without texts, the body only. */
enum err put_body(struct fixture *, struct span body, struct answer *,
    struct why *why);
enum err put(struct fixture *, const char *text, struct answer *);
/* What it was told, which must be once. */
enum err answer_of(struct answer *);
/* Put it, and see that it is on disk. */
struct uuid store(struct fixture *, const char *text);

/* What the worker gets next. */
struct receipt take(struct fixture *);
void expect(struct fixture *, const char *text);
void expect_nothing(struct fixture *);
void release(struct fixture *);

void segment_path(const struct fixture *, uint64_t number, char ret[300]);
/* -1: it is not there. */
long segment_bytes(const struct fixture *, uint64_t number);
/* How many names in the folder fit. */
size_t count_files(const struct fixture *, const char *pattern);

#endif
