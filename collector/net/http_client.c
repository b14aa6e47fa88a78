#include "net/http_client.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_transfer.h"

LIST_HEAD(transfers, http_transfer);

struct http_client {
	struct http_client_options options;
	char *ca_file, *user_agent;
	CURLM *multi;
	struct host_queue queue;
	struct transfers refused, started;
	size_t pending;
	uint64_t ndone;
	bool closing;
};

/* -- opening -- */

static CURLcode global_code;

static void
init_curl(void)
{
	global_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static enum err
check_ca_file(const char *path, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		(void)why_errno(why, "%s", path);
		return E_USAGE;
	}
	(void)close(fd);
	return E_OK;
}

static enum err
start_curl(struct why *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, init_curl);
	if (global_code != CURLE_OK)
		return why_set(why, E_IO, "libcurl: %s",
		    curl_easy_strerror(global_code));
	return E_OK;
}

static enum err
copy_options(struct http_client *c, const struct http_client_options *o)
{
	c->options = *o;
	if ((c->user_agent = strdup(o->user_agent)) == NULL)
		return E_NOMEM;
	c->options.user_agent = c->user_agent;
	if (o->ca_file == NULL)
		return E_OK;
	if ((c->ca_file = strdup(o->ca_file)) == NULL)
		return E_NOMEM;
	c->options.ca_file = c->ca_file;
	return E_OK;
}

enum err
http_client_open(const struct http_client_options *options,
    struct http_client **ret, struct why *why)
{
	struct http_client *c;
	enum err e;

	assert(options->connect_ms > 0 && options->total_ms > 0);
	if (options->ca_file != NULL &&
	    (e = check_ca_file(options->ca_file, why)) != E_OK)
		return e;
	if ((e = start_curl(why)) != E_OK)
		return e;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	LIST_INIT(&c->refused);
	LIST_INIT(&c->started);
	host_queue_init(&c->queue, options->per_host, options->total);
	/* So many connections stay open, those in use included. */
	if (copy_options(c, options) != E_OK ||
	    (c->multi = curl_multi_init()) == NULL ||
	    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS,
		(long)options->total) != CURLM_OK) {
		http_client_close(c);
		return why_set(why, E_NOMEM, "out of memory");
	}
	*ret = c;
	return E_OK;
}

/* -- posts -- */

enum err
http_client_post(struct http_client *c, const struct http_post *post,
    http_done_fn *done, void *arg, struct why *why)
{
	struct http_transfer *t;

	assert(!c->closing);
	if (http_transfer_new(&c->options, post, &t) != E_OK)
		return why_set(why, E_NOMEM, "out of memory");
	t->done = done;
	t->arg = arg;
	if (http_transfer_is_refused(t)) {
		LIST_INSERT_HEAD(&c->refused, t, next);
	} else if (host_queue_push(&c->queue, t->host, &t->item) != E_OK) {
		http_transfer_free(t);
		return why_set(why, E_NOMEM, "out of memory");
	}
	c->pending++;
	return E_OK;
}

size_t
http_client_pending(const struct http_client *c)
{
	return c->pending;
}

/* Counted among the started from here on. */
static struct http_transfer *
next_waiting(struct http_client *c)
{
	/* item is its first member */
	struct http_transfer *t = (void *)host_queue_start(&c->queue);

	if (t != NULL)
		LIST_INSERT_HEAD(&c->started, t, next);
	return t;
}

/* Out of the books before it is told: done may post anew. */
static void
forget_started(struct http_client *c, struct http_transfer *t)
{
	if (t->easy != NULL)
		(void)curl_multi_remove_handle(c->multi, t->easy);
	LIST_REMOVE(t, next);
	host_queue_end(&c->queue, &t->item);
	c->pending--;
	c->ndone++;
}

static void
end_started(struct http_client *c, struct http_transfer *t, CURLcode code)
{
	forget_started(c, t);
	http_transfer_tell(t, code);
	http_transfer_free(t);
}

static void
tell_refused(struct http_client *c)
{
	struct http_transfer *t;

	while ((t = LIST_FIRST(&c->refused)) != NULL) {
		LIST_REMOVE(t, next);
		c->pending--;
		c->ndone++;
		http_transfer_tell(t, CURLE_OK);
		http_transfer_free(t);
	}
}

void
http_client_close(struct http_client *c)
{
	struct http_transfer *t;

	if (c == NULL)
		return;
	c->closing = true;
	tell_refused(c);
	while ((t = LIST_FIRST(&c->started)) != NULL ||
	    (t = next_waiting(c)) != NULL) {
		forget_started(c, t);
		http_transfer_abandon(t);
		http_transfer_free(t);
	}
	(void)curl_multi_cleanup(c->multi);
	free(c->ca_file);
	free(c->user_agent);
	free(c);
}

/* -- running -- */

static enum err
multi_err(CURLMcode code, struct why *why)
{
	if (code == CURLM_OK)
		return E_OK;
	return why_set(why, code == CURLM_OUT_OF_MEMORY ? E_NOMEM : E_IO,
	    "libcurl: %s", curl_multi_strerror(code));
}

static void
start_waiting(struct http_client *c)
{
	struct http_transfer *t;

	while ((t = next_waiting(c)) != NULL)
		if (http_transfer_prepare(t) != E_OK ||
		    curl_multi_add_handle(c->multi, t->easy) != CURLM_OK)
			end_started(c, t, CURLE_OUT_OF_MEMORY);
}

static void
end_finished(struct http_client *c)
{
	struct http_transfer *t;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(c->multi, &left)) != NULL) {
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t) !=
			CURLE_OK)
			continue;
		end_started(c, t, code);
	}
}

/* *ret_done: at least one post was done. */
static enum err
work(struct http_client *c, bool *ret_done, struct why *why)
{
	uint64_t before = c->ndone;
	int running;
	CURLMcode code;

	tell_refused(c);
	start_waiting(c);
	code = curl_multi_perform(c->multi, &running);
	end_finished(c);
	*ret_done = c->ndone > before;
	return multi_err(code, why);
}

/* *ret_woken: wake_fd is readable. */
static enum err
wait_for(struct http_client *c, int wake_fd, int64_t max_ns, bool *ret_woken,
    struct why *why)
{
	struct curl_waitfd extra = { .fd = wake_fd,
		.events = CURL_WAIT_POLLIN };
	int64_t ms = (max_ns + NS_PER_MS - 1) / NS_PER_MS;
	CURLMcode code;

	code = curl_multi_poll(c->multi, &extra, wake_fd != -1,
	    ms > INT_MAX ? INT_MAX : (int)ms, NULL);
	*ret_woken = extra.revents != 0;
	return multi_err(code, why);
}

enum err
http_client_run(struct http_client *c, int wake_fd, int64_t max_ns,
    struct why *why)
{
	const struct clock clock = clock_machine(0);
	const int64_t until = clock_mono_ns(&clock) + max_ns;
	bool done, woken = false;
	int64_t left;
	enum err e;

	while ((e = work(c, &done, why)) == E_OK && !done && !woken) {
		left = until - clock_mono_ns(&clock);
		if (left <= 0 || (c->pending == 0 && wake_fd == -1))
			break;
		if ((e = wait_for(c, wake_fd, left, &woken, why)) != E_OK)
			break;
	}
	return e;
}
