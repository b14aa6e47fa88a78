#include "daemon/intake_lmtp.h"

#include <stdlib.h>
#include <unistd.h>

#include "daemon/listen_fds.h"
#include "intake/lmtp_server.h"

#define SESSIONS 100
#define IDLE_NS (60 * NS_PER_S)
#define SESSION_NS (600 * NS_PER_S)
#define MESSAGES 8 /* of the largest that may be coming in at a time */
#define NAME_SIZE 256

struct intake_lmtp {
	const struct role_context *context;
	struct receipt_sink sink;
	char name[NAME_SIZE]; /* the host's */
	int fd;
	struct lmtp_server *server;
};

static enum err
serve(struct intake_lmtp *l, struct why *why)
{
	const struct config *c = l->context->config;

	return lmtp_server_start(
	    &(const struct lmtp_server_options){
		.dialogue = { .name = span_str(l->name),
		    .max_bytes = (uint64_t)c->intake_message_max_bytes,
		    .bounce = span_str(c->deliver_bounce_address) },
		.listen_fds = &l->fd,
		.nlisten = 1,
		.sessions_max = SESSIONS,
		.memory_max = MESSAGES * (uint64_t)c->intake_message_max_bytes,
		.idle_ns = IDLE_NS,
		.session_ns = SESSION_NS,
		.clock = l->context->clock,
		.sink = &l->sink,
	    },
	    &l->server, why);
}

enum err
intake_lmtp_open(const struct role_context *context, struct receipt_sink sink,
    struct intake_lmtp **ret, struct why *why)
{
	struct intake_lmtp *l;
	enum err e;

	if (context->config->intake_lmtp_listen[0] == '\0')
		return E_OK;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	l->context = context;
	l->sink = sink;
	l->fd = -1;
	if (gethostname(l->name, sizeof(l->name)) != 0 || l->name[0] == '\0')
		(void)strcpy(l->name, "localhost");
	l->name[sizeof(l->name) - 1] = '\0';
	if ((e = listen_fds_stream(LISTEN_FDS_LMTP, &l->fd)) == E_OK)
		e = serve(l, why);
	else
		e = why_set(why, e,
		    "no LMTP socket was handed over: start tlsrptd without "
		    "--role, or by socket activation");
	if (e == E_OK)
		*ret = l;
	else
		intake_lmtp_close(l);
	return e;
}

void
intake_lmtp_close(struct intake_lmtp *l)
{
	if (l == NULL)
		return;
	lmtp_server_stop(l->server);
	if (l->fd != -1)
		(void)close(l->fd);
	free(l);
}
