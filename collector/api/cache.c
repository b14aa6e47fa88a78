#include "api/cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 256 /* looked through one by one */
#define SHARE_OF_ONE 4

struct entry {
	TAILQ_ENTRY(entry) next;
	struct api_key key;
	bool has_answer, is_making;
	int64_t since_ns;      /* when the making of what it has began */
	struct buf body, gzip; /* gzip: empty: nobody took it so far */
	const char *content_type;
	char file_name[sizeof(((struct api_answer *)NULL)->file_name)];
	char etag[API_ETAG_SIZE];
	char next_page[API_NEXT_MAX];
	struct api_jobs waiting;
};

TAILQ_HEAD(entry_list, entry);

struct api_cache {
	struct api_cache_options options;
	pthread_mutex_t lock;	   /* over all below */
	struct entry_list entries; /* the last used first */
	size_t n, bytes;
};

enum err
api_cache_open(const struct api_cache_options *options, struct api_cache **ret,
    struct why *why)
{
	struct api_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	c->options = *options;
	TAILQ_INIT(&c->entries);
	(void)pthread_mutex_init(&c->lock, NULL);
	*ret = c;
	return E_OK;
}

/* -- entries -- */

static void
clear_answer(struct api_cache *c, struct entry *e)
{
	c->bytes -= e->body.len + e->gzip.len;
	buf_free(&e->body);
	buf_free(&e->gzip);
	e->has_answer = false;
}

static void
remove_entry(struct api_cache *c, struct entry *e)
{
	assert(!e->is_making && STAILQ_EMPTY(&e->waiting));
	clear_answer(c, e);
	TAILQ_REMOVE(&c->entries, e, next);
	c->n--;
	free(e);
}

/* Remove what was used longest ago until that fits in. */
static void
make_room(struct api_cache *c, size_t n, size_t bytes)
{
	struct entry *e = TAILQ_LAST(&c->entries, entry_list), *before;

	while (e != NULL &&
	    (c->n + n > ENTRIES_MAX ||
		c->bytes + bytes > c->options.bytes_max)) {
		before = TAILQ_PREV(e, entry_list, next);
		if (!e->is_making)
			remove_entry(c, e);
		e = before;
	}
}

/* NULL: there is none. */
static struct entry *
find(struct api_cache *c, const struct api_key *key)
{
	struct entry *e;

	TAILQ_FOREACH(e, &c->entries, next)
	if (memcmp(&e->key, key, sizeof(*key)) == 0)
		break;
	return e;
}

/* One that is there or a new one, as the last used. NULL: out of memory. */
static struct entry *
use(struct api_cache *c, const struct api_key *key)
{
	struct entry *e = find(c, key);

	if (e != NULL) {
		TAILQ_REMOVE(&c->entries, e, next);
	} else {
		make_room(c, 1, 0);
		if ((e = calloc(1, sizeof(*e))) == NULL)
			return NULL;
		c->n++;
		e->key = *key;
		e->body = BUF_INIT(API_ANSWER_MAX);
		e->gzip = BUF_INIT(API_ANSWER_MAX);
		STAILQ_INIT(&e->waiting);
	}
	TAILQ_INSERT_HEAD(&c->entries, e, next);
	return e;
}

/* -- answers -- */

/* False: out of memory. */
static bool
give(const struct entry *e, const struct api_job *job, struct api_answer *ret)
{
	buf_clear(&ret->body);
	if (e->gzip.len > 0 && job->takes_gzip)
		buf_add(&ret->gzip, buf_span(&e->gzip));
	else
		buf_add(&ret->body, buf_span(&e->body));
	ret->status = 200;
	ret->content_type = e->content_type;
	memcpy(ret->file_name, e->file_name, sizeof(ret->file_name));
	memcpy(ret->etag, e->etag, sizeof(ret->etag));
	memcpy(ret->next, e->next_page, sizeof(ret->next));
	return ret->body.err == E_OK && ret->gzip.err == E_OK;
}

static enum api_place
place_of(const struct api_cache *c, const struct entry *e, int64_t now_ns)
{
	int64_t age_ns = now_ns - e->since_ns;

	if (!e->has_answer || age_ns >= c->options.age_ns)
		return e->is_making ? API_WAIT : API_MAKE;
	return e->is_making || age_ns < c->options.age_ns / 2 ? API_HERE
							      : API_RENEW;
}

/* Out of memory: whoever asks makes it for himself. */
static enum api_place
take_place(const struct api_cache *c, struct entry *e, int64_t now_ns,
    struct api_job *job, struct api_answer *ret)
{
	enum api_place place = place_of(c, e, now_ns);

	if ((place == API_HERE || place == API_RENEW) && !give(e, job, ret))
		place = API_MAKE;
	if (place == API_WAIT)
		STAILQ_INSERT_TAIL(&e->waiting, job, next);
	else if (place != API_HERE)
		e->is_making = true;
	return place;
}

enum api_place
api_cache_find(struct api_cache *c, const struct api_key *key, int64_t now_ns,
    struct api_job *job, struct api_answer *ret)
{
	enum api_place place = API_MAKE;
	struct entry *e;

	if (c->options.age_ns == 0)
		return API_MAKE;
	(void)pthread_mutex_lock(&c->lock);
	if ((e = use(c, key)) != NULL)
		place = take_place(c, e, now_ns, job, ret);
	(void)pthread_mutex_unlock(&c->lock);
	return place;
}

static void
put_answer(struct api_cache *c, struct entry *e, int64_t since_ns,
    const struct api_answer *a)
{
	size_t bytes = a->body.len + a->gzip.len;

	clear_answer(c, e);
	if (bytes > c->options.bytes_max / SHARE_OF_ONE)
		return;
	make_room(c, 0, bytes);
	buf_add(&e->body, buf_span(&a->body));
	buf_add(&e->gzip, buf_span(&a->gzip));
	e->has_answer = e->body.err == E_OK && e->gzip.err == E_OK;
	e->since_ns = since_ns;
	e->content_type = a->content_type;
	memcpy(e->file_name, a->file_name, sizeof(e->file_name));
	memcpy(e->etag, a->etag, sizeof(e->etag));
	memcpy(e->next_page, a->next, sizeof(e->next_page));
	c->bytes += e->body.len + e->gzip.len;
}

/* a: NULL: there is none. */
static void
end_making(struct api_cache *c, const struct api_key *key, int64_t since_ns,
    const struct api_answer *a, struct api_jobs *waiting)
{
	struct entry *e;

	STAILQ_INIT(waiting);
	(void)pthread_mutex_lock(&c->lock);
	if ((e = find(c, key)) != NULL) {
		if (a != NULL)
			put_answer(c, e, since_ns, a);
		e->is_making = false;
		STAILQ_CONCAT(waiting, &e->waiting);
		if (!e->has_answer)
			remove_entry(c, e);
	}
	(void)pthread_mutex_unlock(&c->lock);
}

void
api_cache_keep(struct api_cache *c, const struct api_key *key, int64_t since_ns,
    const struct api_answer *a, struct api_jobs *waiting)
{
	end_making(c, key, since_ns, a, waiting);
}

void
api_cache_give_up(struct api_cache *c, const struct api_key *key,
    struct api_jobs *waiting)
{
	end_making(c, key, 0, NULL, waiting);
}

void
api_cache_close(struct api_cache *c)
{
	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->entries))
		remove_entry(c, TAILQ_FIRST(&c->entries));
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}
