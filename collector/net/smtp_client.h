/* net/smtp_client.h -- mails handed to the server that the configuration names,
 * RFC 5321 and RFC 6409: a transaction each, over connections that are kept.
 * The addresses of hosts are not filtered and no proxy is asked. */
#ifndef NET_SMTP_CLIENT_H
#define NET_SMTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "net/transfers.h"

struct smtp_client;

/* A handshake that fails is no reason to go on without TLS. */
enum smtp_tls {
	SMTP_TLS_REQUIRED, /* STARTTLS; certificate and name verified */
	/* STARTTLS if it is offered, any certificate; else in clear. But a
	 * password goes by TLS, to whoever answers, or to loopback. */
	SMTP_TLS_OPPORTUNISTIC,
	SMTP_TLS_IMPLICIT, /* from the first byte, RFC 8314; verified */
	SMTP_TLS_NONE,	   /* a password only to loopback */
};

struct smtp_client_options {
	const char *host; /* name or address; an IPv6 one without "[]" */
	uint16_t port;	  /* not 0 */
	enum smtp_tls tls;
	const char *helo; /* our name or address literal; NULL: the host's */
	const char *user, *password; /* both NULL: no AUTH. PLAIN or LOGIN. */
	const char *ca_file; /* PEM, and no others then; NULL: the system's */
	/* Of ours, PEM. key_file NULL: it is in cert_file. Both NULL: none. */
	const char *cert_file, *key_file;
	int64_t connect_ms; /* until a connection is logged in; not 0 */
	int64_t total_ms;   /* of a mail once started; not 0 */
	size_t connections; /* and mails at a time, at least 1 */
};

/* Its mails are told from transfers_run. The texts of the options are copied.
 * E_USAGE: a file cannot be read, host, helo or user cannot be, or the password
 * would go out in clear. E_NOMEM. */
MUST_CHECK enum err smtp_client_open(struct transfers *,
    const struct smtp_client_options *, struct smtp_client **ret,
    struct why *why);

/* What is pending is told; of what is sent whole the reply is awaited for 5
 * seconds. NULL is fine. */
void smtp_client_close(struct smtp_client *);

struct smtp_mail {
	struct span sender;    /* of the envelope; empty: <> */
	struct span recipient; /* both as in model/address.h; copied */
	/* Lines that end with CRLF, dots not doubled. Stays as it is until the
	 * mail is done. */
	struct span message;
};

enum smtp_outcome {
	/* A refusal, by greeting, EHLO, MAIL, RCPT or DATA; or whatever was
	 * said to the whole message. */
	SMTP_ANSWERED,
	/* No answer, and the message was not sent whole: name, connection,
	 * handshake, reset or time; or a file holds no certificates. */
	SMTP_UNREACHABLE,
	/* The certificate is not trusted or is another name's. */
	SMTP_UNTRUSTED,
	/* AUTH is refused, not offered in a way of ours, or not configured and
	 * wanted (530, RFC 4954 s6). */
	SMTP_LOGIN,
	/* Wanted, by us or for the password, but not offered or refused. */
	SMTP_NO_TLS,
	SMTP_ABANDONED,
	/* The message was sent whole, and no reply came: it may have been
	 * taken. */
	SMTP_UNCERTAIN,
};

/* Valid during the call of smtp_done_fn. */
struct smtp_result {
	enum smtp_outcome outcome;
	int code;	    /* of SMTP_ANSWERED; or of AUTH, STARTTLS; or 0 */
	struct span answer; /* its first 512 bytes, lines joined by CRLF:
			     * untrusted */
	struct span peer;   /* "192.0.2.1:587", empty: not connected */
	bool encrypted;	    /* the last reply came by TLS */
	bool verified;	    /* from whom the certificate names */
	struct span why;    /* one line for a person; may quote the peer */
};

/* Called from transfers_run, where it may send anew, and smtp_client_close,
 * where it may not. It may neither run the transfers nor close the client. */
typedef void smtp_done_fn(void *arg, const struct smtp_result *);

/* Take on one mail. done is called exactly once on E_OK, else never. E_SYNTAX:
 * an address is not valid. E_NOMEM. */
MUST_CHECK enum err smtp_client_send(struct smtp_client *,
    const struct smtp_mail *, smtp_done_fn *done, void *arg, struct why *why);

#endif
