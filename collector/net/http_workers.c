#include "net/http_workers.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/siphash.h"

#define THREADS 2

struct worker {
	pthread_t thread;
	bool is_running;
	CURLM *multi;
	struct http_transfer_list going;
	/* Made ready once, and used again. */
	CURL **spare;
	size_t nspare, max_spare;
	pthread_mutex_t lock; /* over all below */
	struct http_transfer_queue given;
	bool stop;
};

struct http_workers {
	struct worker v[THREADS];
};

/* -- one post -- */

static CURL *
take_easy(struct worker *w)
{
	CURL *easy;

	if (w->nspare == 0)
		return curl_easy_init();
	easy = w->spare[--w->nspare];
	curl_easy_reset(easy);
	return easy;
}

static void
put_easy(struct worker *w, CURL *easy)
{
	if (w->nspare < w->max_spare)
		w->spare[w->nspare++] = easy;
	else
		curl_easy_cleanup(easy);
}

/* Its handle is taken away: what is wanted of it was read. */
static void
put_down(struct worker *w, struct http_transfer *t)
{
	LIST_REMOVE(t, going);
	(void)curl_multi_remove_handle(w->multi, t->easy);
	put_easy(w, t->easy);
	t->easy = NULL;
}

static void
finish(struct worker *w, struct http_transfer *t, CURLcode code)
{
	http_transfer_end(t, code);
	put_down(w, t);
	transfers_finish(&t->base, code);
}

static void
begin(struct worker *w, struct http_transfer *t)
{
	CURL *easy = take_easy(w);

	if (easy != NULL && http_transfer_prepare(t, easy) &&
	    curl_multi_add_handle(w->multi, easy) == CURLM_OK) {
		t->easy = easy;
		LIST_INSERT_HEAD(&w->going, t, going);
		return;
	}
	curl_easy_cleanup(easy);
	http_transfer_end(t, CURLE_OUT_OF_MEMORY);
	transfers_finish(&t->base, CURLE_OUT_OF_MEMORY);
}

/* -- one thread -- */

/* True: there was one at least, and another may have been given for it. */
static bool
end_performed(struct worker *w)
{
	bool any = false;
	char *which;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(w->multi, &left)) != NULL) {
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
			&which) != CURLE_OK)
			continue;
		finish(w, (void *)which, code);
		any = true;
	}
	return any;
}

/* All at once, so that whoever gives them waits for no transfer. False: stop.
 */
static bool
begin_given(struct worker *w)
{
	struct http_transfer_queue given = STAILQ_HEAD_INITIALIZER(given);
	struct http_transfer *t;
	bool stop;

	(void)pthread_mutex_lock(&w->lock);
	STAILQ_CONCAT(&given, &w->given);
	stop = w->stop;
	(void)pthread_mutex_unlock(&w->lock);
	while (!stop && (t = STAILQ_FIRST(&given)) != NULL) {
		STAILQ_REMOVE_HEAD(&given, given);
		begin(w, t);
	}
	return !stop;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct http_transfer *t;
	int running;

	while (begin_given(w)) {
		CURLMcode code = curl_multi_perform(w->multi, &running);

		if (end_performed(w))
			continue;
		if (code == CURLM_OK)
			code = curl_multi_poll(w->multi, NULL, 0, INT_MAX,
			    NULL);
		/* It has no memory: they are tried again. */
		while (code != CURLM_OK && (t = LIST_FIRST(&w->going)) != NULL)
			finish(w, t, CURLE_OUT_OF_MEMORY);
	}
	return NULL;
}

/* -- from outside -- */

static enum err
open_one(struct worker *w, size_t connections)
{
	(void)pthread_mutex_init(&w->lock, NULL);
	LIST_INIT(&w->going);
	STAILQ_INIT(&w->given);
	w->max_spare = connections;
	w->spare = calloc(connections, sizeof(w->spare[0]));
	w->multi = curl_multi_init();
	if (w->spare == NULL || w->multi == NULL ||
	    curl_multi_setopt(w->multi, CURLMOPT_MAXCONNECTS,
		(long)connections) != CURLM_OK)
		return E_NOMEM;
	w->is_running = pthread_create(&w->thread, NULL, run, w) == 0;
	return w->is_running ? E_OK : E_NOMEM;
}

static void
wake(struct worker *w)
{
	(void)curl_multi_wakeup(w->multi);
}

static void
stop_one(struct worker *w)
{
	if (!w->is_running)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_mutex_unlock(&w->lock);
	wake(w);
	(void)pthread_join(w->thread, NULL);
}

static void
close_one(struct worker *w)
{
	struct http_transfer *t;

	while ((t = LIST_FIRST(&w->going)) != NULL)
		put_down(w, t);
	while (w->nspare > 0)
		curl_easy_cleanup(w->spare[--w->nspare]);
	if (w->multi != NULL)
		(void)curl_multi_cleanup(w->multi);
	free(w->spare);
	(void)pthread_mutex_destroy(&w->lock);
}

enum err
http_workers_open(size_t connections, struct http_workers **ret)
{
	struct http_workers *all = calloc(1, sizeof(*all));
	enum err e = E_OK;

	if (all == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < THREADS; i++)
		if (open_one(&all->v[i], connections) != E_OK)
			e = E_NOMEM;
	if (e == E_OK)
		*ret = all;
	else
		http_workers_close(all);
	return e;
}

void
http_workers_close(struct http_workers *all)
{
	if (all == NULL)
		return;
	/* What has ended in one may start another in the other. */
	for (size_t i = 0; i < THREADS; i++)
		stop_one(&all->v[i]);
	for (size_t i = 0; i < THREADS; i++)
		close_one(&all->v[i]);
	free(all);
}

void
http_workers_take(struct http_workers *all, struct http_transfer *t)
{
	const uint64_t hash = siphash_table(t->host, strlen(t->host));
	struct worker *w = &all->v[hash % THREADS];
	bool was_empty;

	(void)pthread_mutex_lock(&w->lock);
	was_empty = STAILQ_EMPTY(&w->given);
	STAILQ_INSERT_TAIL(&w->given, t, given);
	(void)pthread_mutex_unlock(&w->lock);
	/* A thread looks by itself when one has ended there. */
	if (was_empty && !pthread_equal(pthread_self(), w->thread))
		wake(w);
}
