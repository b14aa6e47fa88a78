/* net/smtp_transfer.h -- one mail, from its addresses to its result; of
 * smtp_client alone. */
#ifndef NET_SMTP_TRANSFER_H
#define NET_SMTP_TRANSFER_H

#include "base/arena.h"
#include "net/easy.h"
#include "net/smtp_client.h"
#include "net/smtp_reply.h"
#include "net/transfer.h"

struct smtp_workers;

/* What all mails have in common. Does not change. */
struct smtp_server {
	struct smtp_client_options options; /* texts in the arena */
	struct arena texts;
	char *url;    /* by curl's allocator */
	long use_ssl; /* CURLOPT_USE_SSL */
};

static inline bool
smtp_server_is_verified(const struct smtp_server *s)
{
	return s->options.tls == SMTP_TLS_REQUIRED ||
	    s->options.tls == SMTP_TLS_IMPLICIT;
}

/* What the next reply is to. */
enum smtp_stage {
	SMTP_STAGE_GREETING,
	SMTP_STAGE_EHLO, /* or HELO */
	SMTP_STAGE_STARTTLS,
	SMTP_STAGE_AUTH,
	SMTP_STAGE_MAIL,
	SMTP_STAGE_RCPT,
	SMTP_STAGE_DATA,
	SMTP_STAGE_MESSAGE,
};

struct smtp_transfer;

/* Whether what was begun is to be given up; from the thread that performs. */
typedef bool smtp_stop_fn(const struct smtp_transfer *);

struct smtp_transfer {
	struct transfer base; /* first */
	const struct smtp_server *server;
	struct smtp_workers *workers;
	STAILQ_ENTRY(smtp_transfer) next; /* for a worker */
	smtp_done_fn *done;
	void *arg;
	char *sender;
	struct curl_slist *recipient;
	struct span message;

	/* Of one go; the worker's until it is finished. */
	CURL *easy;
	smtp_stop_fn *should_stop;
	size_t given; /* bytes of the message that curl has taken */
	enum smtp_stage stage;
	struct smtp_reply reply; /* the last */
	enum smtp_stage replied_to;
	size_t replied;		   /* bytes of all replies */
	bool is_new, is_logged_in; /* the connection */
	bool is_quitting;
	bool encrypted;
	struct why refusal; /* why not by us */
	enum smtp_outcome refused_as;
	char peer[EASY_PEER_MAX];
	char error[CURL_ERROR_SIZE];
};

/* The addresses are valid. NULL: out of memory. */
struct smtp_transfer *smtp_transfer_new(const struct smtp_server *,
    const struct smtp_mail *);
void smtp_transfer_free(struct smtp_transfer *); /* NULL is fine */

/* Carry it out, which takes its time; the handle keeps the connection for the
 * next. */
CURLcode smtp_transfer_perform(struct smtp_transfer *, CURL *, smtp_stop_fn *);

/* smtp_result.c: tell what came of it. */
void smtp_transfer_tell(const struct smtp_transfer *, CURLcode);

#endif
