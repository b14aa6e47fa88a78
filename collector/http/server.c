#include "http/server.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/server_private.h"
#include "http/tls.h"

/* What a connection may hold in the library: its head, and a piece of body. */
#define POOL_MIN ((size_t)32 * 1024)
/* The library asks epoll for 128 events at a time, and after as many once more,
 * then without a limit in time: what the first brought would lie until
 * something else happens. So a thread has fewer sockets than that, with its own
 * two. */
#define OF_A_THREAD 125
/* With epoll it does not sleep while it waits for the rest of a handshake: so
 * TLS goes by poll, which looks at all sockets each time. Who closes his half
 * of such a connection gets no answer. */
#define OF_A_THREAD_TLS 500
/* For answers that are made, at the end. */
#define LAST_WORDS_MS 1000
/* Before that version all that a stricter library looks for is Host, as does
 * http_head_check, and it writes the head of that refusal twice. */
#if MHD_VERSION < 0x00097601
#define STRICT MHD_OPTION_STRICT_FOR_CLIENT, 0
#else
#define STRICT MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1
#endif
static char priorities[] = "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1";

/* -- connections -- */

static struct http_connection *
make_connection(struct http_server *s, const struct sockaddr *sa, int fd)
{
	struct http_tls_pair *pair = s->tls == NULL ? NULL
						    : http_tls_take(s->tls);
	size_t len = sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					       : sizeof(struct sockaddr_in);
	struct http_connection *c = http_connection_new(&s->connections, fd, sa,
	    len, pair);

	if (c == NULL)
		http_tls_give_back(pair);
	return c;
}

/* One that is refused is shut; what it has sent before may yet be read. */
static void
on_connected(struct http_server *s, struct MHD_Connection *mhd,
    void **socket_context)
{
	const union MHD_ConnectionInfo *address, *fd, *session;
	struct http_connection *c;

	address = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c = make_connection(s, address->client_addr, fd->connect_fd);
	if (c == NULL)
		(void)shutdown(fd->connect_fd, SHUT_RDWR);
	*socket_context = c;
	if (s->tls == NULL)
		return;
	session = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_session_set_ptr(session->tls_session, c);
}

static void
on_connection(void *arg, struct MHD_Connection *mhd, void **socket_context,
    enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		on_connected(arg, mhd, socket_context);
	else
		http_connection_free(*socket_context);
}

static int
on_certificate_wanted(gnutls_session_t session, const gnutls_datum_t *cas,
    int ncas, const gnutls_pk_algorithm_t *algorithms, int nalgorithms,
    gnutls_pcert_st **ret, unsigned *ret_n, gnutls_privkey_t *ret_key)
{
	struct http_connection *c = gnutls_session_get_ptr(session);

	(void)cas;
	(void)ncas;
	(void)algorithms;
	(void)nalgorithms;
	if (c == NULL)
		return -1;
	http_tls_show(c->tls_pair, ret, ret_n, ret_key);
	return 0;
}

/* -- the server -- */

/* Targets are taken apart as they are. */
static size_t
leave_escaped(void *arg, struct MHD_Connection *mhd, char *text)
{
	(void)arg;
	(void)mhd;
	return strlen(text);
}

static unsigned
count_threads(const struct http_server *s)
{
	const struct http_options *o = &s->options;
	size_t each = s->tls == NULL ? OF_A_THREAD : OF_A_THREAD_TLS;
	size_t least = (o->limits.connections + each - 1) / each;

	return o->threads > least ? o->threads : (unsigned)least;
}

static struct MHD_Daemon *
start(struct http_server *s)
{
	const struct http_limits *limits = &s->options.limits;
	unsigned flags = MHD_ALLOW_SUSPEND_RESUME |
	    (s->tls == NULL ? MHD_USE_EPOLL_INTERNAL_THREAD
			    : MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS);
	unsigned threads = count_threads(s);
	struct MHD_OptionItem pool[] = {
		{ threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
		    threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem tls[] = {
		{ s->tls != NULL ? MHD_OPTION_HTTPS_CERT_CALLBACK
				 : MHD_OPTION_END,
		    0, (void *)(uintptr_t)on_certificate_wanted },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(flags, 0, NULL, NULL, exchange_go_on, s,
	    MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, s,
	    MHD_OPTION_NOTIFY_COMPLETED, exchange_end, s,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)limits->connections,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    limits->head_max * 2 > POOL_MIN ? limits->head_max * 2 : POOL_MIN,
	    STRICT, MHD_OPTION_ARRAY, pool, MHD_OPTION_ARRAY, tls,
	    MHD_OPTION_END);
}

enum err
http_server_open(const struct http_options *options, int listen_fd,
    struct http_server **ret, struct why *why)
{
	struct http_server *s = calloc(1, sizeof(*s));
	enum err e = E_OK;

	if (s == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	s->options = *options;
	s->options.certificate = s->options.key = SPAN_NONE;
	s->budget.max = options->limits.bodies_max;
	s->listen_fd = listen_fd;
	if (options->certificate.len > 0 || options->key.len > 0)
		e = http_tls_open(options->certificate, options->key, &s->tls,
		    why);
	if (e == E_OK)
		e = http_connections_open(&s->connections, &s->options.limits,
		    options->clock, &s->options.trusted, why);
	if (e == E_OK && (s->mhd = start(s)) == NULL) {
		e = why_errno(why, "the HTTP server does not start");
		http_connections_close(&s->connections);
	}
	if (e == E_OK) {
		*ret = s;
		return E_OK;
	}
	http_tls_close(s->tls);
	free(s);
	return e;
}

void
http_server_close(struct http_server *s, int64_t grace_ms)
{
	if (s == NULL)
		return;
	atomic_store(&s->is_closing, true);
	(void)MHD_quiesce_daemon(s->mhd);
	http_connections_shut_idle(&s->connections);
	http_connections_wait(&s->connections, grace_ms);
	/* The library may not be stopped while something waits in it. */
	atomic_store(&s->is_closed, true);
	http_connections_give_up(&s->connections);
	http_connections_wait(&s->connections, LAST_WORDS_MS);
	MHD_stop_daemon(s->mhd);
	http_connections_close(&s->connections);
	(void)close(s->listen_fd);
	http_tls_close(s->tls);
	free(s);
}

enum err
http_server_set_certificate(struct http_server *s, struct span certificate,
    struct span key, struct why *why)
{
	if (s->tls == NULL)
		return why_set(why, E_USAGE, "this server is without TLS");
	return http_tls_replace(s->tls, certificate, key, why);
}

size_t
http_server_connections(struct http_server *s)
{
	return http_connections_count(&s->connections);
}
