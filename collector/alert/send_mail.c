/* alert/send_mail.c -- a mail, handed over as role deliver hands over reports.
 */
#include <stdlib.h>

#include "alert/send_private.h"
#include "base/file.h"
#include "net/mail_program.h"
#include "net/smtp_client.h"

#define PASSWORD_MAX 4096

/* -- by a sendmail program -- */

static enum err
by_program(const struct alert_sender *s, const struct smtp_mail *mail,
    struct alert_outcome *ret, struct why *why)
{
	const struct list *words = &s->config->deliver_sendmail;
	const char **command = calloc(words->n + 1, sizeof(*command));
	const struct mail_program_call call = {
		.command = command,
		.sender = mail->sender,
		.recipient = mail->recipient,
		.message = mail->message,
		.timeout_ns = s->config->alert_timeout_ms * NS_PER_MS,
	};
	struct program *p = NULL;
	enum err e;

	if (command == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < words->n; i++)
		command[i] = words->v[i];
	e = mail_program_start(&call, clock_mono_ns(s->clock), &p, why);
	free(command);
	if (e == E_OK)
		alert_wait_program(s, p, ret);
	return e;
}

/* -- by a smarthost -- */

static void
submitted(void *arg, const struct smtp_result *r)
{
	struct alert_outcome *o = arg;

	switch (r->outcome) {
	case SMTP_ANSWERED:
		alert_outcome_set(o,
		    r->code >= 200 && r->code < 300 ? ALERT_FATE_TOLD
						    : ALERT_FATE_FAILED,
		    "%.*s", SPAN_ARG(r->answer));
		break;
	case SMTP_UNCERTAIN:
		alert_outcome_set(o, ALERT_FATE_UNCERTAIN, "%.*s",
		    SPAN_ARG(r->why));
		break;
	case SMTP_UNREACHABLE:
	case SMTP_UNTRUSTED:
	case SMTP_LOGIN:
	case SMTP_NO_TLS:
		alert_outcome_set(o, ALERT_FATE_FAILED, "%.*s",
		    SPAN_ARG(r->why));
		break;
	case SMTP_ABANDONED:
		break;
	}
}

static const char *
given(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static enum err
open_smtp(const struct config *c, struct transfers *transfers,
    struct smtp_client **ret, struct why *why)
{
	struct buf password = BUF_INIT(PASSWORD_MAX);
	enum err e = E_OK;

	if (c->deliver_smtp_password_file[0] != '\0')
		e = file_read_secret(c->deliver_smtp_password_file, &password,
		    why);
	if (e == E_OK)
		e = smtp_client_open(transfers,
		    &(const struct smtp_client_options){
			.host = c->deliver_smtp_host,
			.port = (uint16_t)c->deliver_smtp_port,
			.tls = (enum smtp_tls)c->deliver_smtp_tls,
			.helo = given(c->deliver_smtp_helo),
			.user = given(c->deliver_smtp_user),
			.password = given(buf_str(&password)),
			.ca_file = given(c->deliver_ca_file),
			.cert_file = given(c->deliver_smtp_cert_file),
			.key_file = given(c->deliver_smtp_key_file),
			.connect_ms = c->alert_timeout_ms,
			.total_ms = c->alert_timeout_ms,
			.connections = 1,
		    },
		    ret, why);
	if (password.p != NULL)
		explicit_bzero(password.p, password.len);
	buf_free(&password);
	return e;
}

static enum err
by_smtp(const struct alert_sender *s, const struct smtp_mail *mail,
    struct alert_outcome *ret, struct why *why)
{
	struct transfers *transfers = NULL;
	struct smtp_client *smtp = NULL;
	enum err e = transfers_open(&transfers, why);

	if (e == E_OK)
		e = open_smtp(s->config, transfers, &smtp, why);
	if (e == E_OK)
		e = smtp_client_send(smtp, mail, submitted, ret, why);
	if (e == E_OK)
		alert_wait(s, transfers);
	smtp_client_close(smtp);
	transfers_close(transfers);
	return e;
}

enum err
alert_by_mail(const struct alert_sender *s, const struct route_word *r,
    const struct alert_message *m, struct alert_outcome *ret, struct why *why)
{
	const struct config *c = s->config;
	struct buf text = BUF_INIT(4 * ALERT_MESSAGE_MAX);
	struct smtp_mail mail = {
		.sender = span_str(c->alert_from[0] == '\0' ? c->report_contact
							    : c->alert_from),
		.recipient = r->address,
	};
	enum err e;

	alert_message_mail(&(const struct alert_mail){ m, mail.sender,
			       mail.recipient, clock_wall_s(s->clock) },
	    &text);
	mail.message = buf_span(&text);
	if ((e = text.err) == E_OK)
		e = c->deliver_mail_by == CONFIG_MAIL_BY_SENDMAIL
		    ? by_program(s, &mail, ret, why)
		    : by_smtp(s, &mail, ret, why);
	buf_free(&text);
	return e;
}
