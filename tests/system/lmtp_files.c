/* lmtp_files FOLDER: the LMTP server with a sink that writes files, until
 * SIGTERM. Prints "PORT" of 127.0.0.1 once it listens there and at
 * FOLDER/socket.
 *
 * FOLDER/ID.mail is a message, FOLDER/ID.facts its peer, route and sender in a
 * line each, and then its recipients. What the sink does otherwise is said by
 * files, as long as they are there: "full" and "broken" refuse what comes,
 * "hold" keeps what has come from being written, "fail" has it fail. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "intake/lmtp_server.h"
#include "intake/stream_socket.h"

#define LOOK_EVERY_MS 5
#define USAGE                                                         \
	"usage: lmtp_files FOLDER MAX_BYTES MEMORY SESSIONS IDLE_MS " \
	"SESSION_MS\n"

struct job {
	STAILQ_ENTRY(job) next;
	struct buf facts, body;
	void (*done)(void *arg, enum err, const struct uuid *id);
	void *done_arg;
};

struct sink {
	int folder;
	struct clock clock;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop;
	STAILQ_HEAD(, job) jobs;
};

static bool
is_there(const struct sink *k, const char *name)
{
	return faccessat(k->folder, name, F_OK, 0) == 0;
}

/* -- writing -- */

static enum err
write_job(struct sink *k, const struct job *j, const struct uuid *id)
{
	char text[UUID_TEXT_SIZE], name[UUID_TEXT_SIZE + 8];
	enum err e;

	if (is_there(k, "fail"))
		return E_IO;
	uuid_text(id, text);
	(void)snprintf(name, sizeof(name), "%s.facts", text);
	e = file_write_durably(k->folder, name, buf_span(&j->facts), 0600,
	    NULL);
	if (e != E_OK)
		return e;
	(void)snprintf(name, sizeof(name), "%s.mail", text);
	return file_write_durably(k->folder, name, buf_span(&j->body), 0600,
	    NULL);
}

static void
carry_out(struct sink *k, struct job *j)
{
	struct uuid id = uuid_new(clock_wall_ns(&k->clock));
	enum err e;

	while (is_there(k, "hold"))
		(void)poll(NULL, 0, LOOK_EVERY_MS);
	e = write_job(k, j, &id);
	j->done(j->done_arg, e, &id);
	buf_free(&j->facts);
	buf_free(&j->body);
	free(j);
}

static struct job *
next_job(struct sink *k)
{
	struct job *j;

	(void)pthread_mutex_lock(&k->lock);
	while ((j = STAILQ_FIRST(&k->jobs)) == NULL && !k->stop)
		(void)pthread_cond_wait(&k->changed, &k->lock);
	if (j != NULL)
		STAILQ_REMOVE_HEAD(&k->jobs, next);
	(void)pthread_mutex_unlock(&k->lock);
	return j;
}

static void *
run(void *arg)
{
	struct sink *k = arg;
	struct job *j;

	while ((j = next_job(k)) != NULL)
		carry_out(k, j);
	return NULL;
}

/* -- the sink -- */

static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct sink *k = arg;
	struct job *j;

	if (is_there(k, "full"))
		return why_set(why, E_FULL, "full");
	if (is_there(k, "broken"))
		return why_set(why, E_IO, "broken");
	if ((j = calloc(1, sizeof(*j))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	j->facts = BUF_INIT(65536);
	j->body = BUF_INIT(body.len);
	buf_addf(&j->facts, "%.*s\n%.*s\n%.*s\n%.*s", SPAN_ARG(facts->peer),
	    SPAN_ARG(facts->route), SPAN_ARG(facts->sender),
	    SPAN_ARG(facts->recipient));
	buf_add(&j->body, body);
	j->done = done;
	j->done_arg = done_arg;
	(void)pthread_mutex_lock(&k->lock);
	STAILQ_INSERT_TAIL(&k->jobs, j, next);
	(void)pthread_cond_signal(&k->changed);
	(void)pthread_mutex_unlock(&k->lock);
	return E_OK;
}

static bool
sink_open(struct sink *k, const char *folder)
{
	*k = (struct sink){
		.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.clock = clock_machine(0),
	};
	STAILQ_INIT(&k->jobs);
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_cond_init(&k->changed, NULL);
	return k->folder >= 0 && pthread_create(&k->thread, NULL, run, k) == 0;
}

static void
sink_close(struct sink *k)
{
	(void)pthread_mutex_lock(&k->lock);
	k->stop = true;
	(void)pthread_cond_signal(&k->changed);
	(void)pthread_mutex_unlock(&k->lock);
	(void)pthread_join(k->thread, NULL);
	(void)pthread_cond_destroy(&k->changed);
	(void)pthread_mutex_destroy(&k->lock);
	(void)close(k->folder);
}

/* -- the server -- */

static int
port_of(int fd)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	if (getsockname(fd, (struct sockaddr *)&in, &len) != 0)
		return -1;
	return ntohs(in.sin_port);
}

static enum err
listen_both(const char *folder, int fds[2], struct why *why)
{
	char path[256];
	const struct socket_file unix_socket = { path, "", "", 0666, "path" };
	enum err e;

	(void)snprintf(path, sizeof(path), "%s/socket", folder);
	if ((e = stream_socket_listen(&unix_socket, &fds[0], why)) == E_OK)
		e = stream_socket_listen_tcp("127.0.0.1:0", &fds[1], why);
	return e;
}

static enum err
serve(const struct lmtp_server_options *o, const sigset_t *until,
    struct why *why)
{
	struct lmtp_server *server;
	enum err e = lmtp_server_start(o, &server, why);
	int number;

	if (e != E_OK)
		return e;
	(void)printf("%d\n", port_of(o->listen_fds[1]));
	(void)fflush(stdout);
	(void)sigwait(until, &number);
	lmtp_server_stop(server);
	return E_OK;
}

static bool
read_numbers(char **words, int64_t *ret, int n)
{
	for (int i = 0; i < n; i++)
		if (num_parse(span_str(words[i]), 0, INT64_MAX, &ret[i]) !=
		    E_OK)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	static struct span domains[] = { { "a.example", 9 },
		{ "b.example", 9 } };
	struct why why = { { 0 } };
	int fds[2] = { -1, -1 };
	sigset_t until;
	struct sink sink;
	int64_t n[5];
	const struct receipt_sink receipts = { put, &sink };
	struct lmtp_server_options o = {
		.dialogue = { .name = { "here.example", 12 },
		    .domains = { domains, 2 },
		    .bounce = { "bounce@sender.example", 21 } },
		.listen_fds = fds,
		.nlisten = 2,
		.clock = &sink.clock,
		.sink = &receipts,
	};

	if (argc != 7 || !read_numbers(argv + 2, n, 5)) {
		(void)fputs(USAGE, stderr);
		return 64;
	}
	o.dialogue.max_bytes = (uint64_t)n[0];
	o.memory_max = (uint64_t)n[1];
	o.sessions_max = (size_t)n[2];
	o.idle_ns = n[3] * NS_PER_MS;
	o.session_ns = n[4] * NS_PER_MS;
	(void)sigemptyset(&until);
	(void)sigaddset(&until, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &until, NULL);
	if (!sink_open(&sink, argv[1]))
		return 1;
	if (listen_both(argv[1], fds, &why) != E_OK ||
	    serve(&o, &until, &why) != E_OK)
		(void)fprintf(stderr, "%s\n", why.text);
	sink_close(&sink);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return why.text[0] == '\0' ? 0 : 1;
}
