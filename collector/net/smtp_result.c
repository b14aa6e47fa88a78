#include <stdio.h>

#include "net/smtp_transfer.h"

static bool
has_reply(const struct smtp_transfer *t)
{
	return t->reply.code != 0 && t->replied_to == t->stage;
}

static enum smtp_outcome
outcome_of_refusal(const struct smtp_transfer *t)
{
	if (t->stage == SMTP_STAGE_STARTTLS)
		return SMTP_NO_TLS;
	if (t->stage == SMTP_STAGE_AUTH || t->reply.code == 530)
		return SMTP_LOGIN;
	return SMTP_ANSWERED;
}

/* The dot behind the message is the last that is sent: if sending failed, it is
 * not there. */
static bool
may_be_taken(const struct smtp_transfer *t, CURLcode code)
{
	return t->stage == SMTP_STAGE_MESSAGE && code != CURLE_SEND_ERROR;
}

static enum smtp_outcome
outcome_of(const struct smtp_transfer *t, CURLcode code)
{
	if (has_reply(t) && t->stage == SMTP_STAGE_MESSAGE)
		return SMTP_ANSWERED;
	if (may_be_taken(t, code))
		return SMTP_UNCERTAIN;
	if (has_reply(t) && t->reply.code >= 400)
		return outcome_of_refusal(t);
	if (t->refusal.text[0] != '\0')
		return t->refused_as;
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return SMTP_UNTRUSTED;
	case CURLE_USE_SSL_FAILED:
		return SMTP_NO_TLS;
	case CURLE_LOGIN_DENIED:
		return SMTP_LOGIN;
	case CURLE_ABORTED_BY_CALLBACK:
		return SMTP_ABANDONED;
	default:
		return SMTP_UNREACHABLE;
	}
}

static void
take_reply(const struct smtp_transfer *t, struct smtp_result *r)
{
	if (!has_reply(t) ||
	    (r->outcome != SMTP_ANSWERED && t->reply.code < 400))
		return;
	r->code = t->reply.code;
	r->answer = (struct span){ t->reply.text, t->reply.len };
}

static void
write_why(const struct smtp_transfer *t, const struct smtp_result *r,
    CURLcode code, char *ret, size_t size)
{
	static const char *const stages[] = {
		[SMTP_STAGE_GREETING] = "the connection",
		[SMTP_STAGE_EHLO] = "EHLO",
		[SMTP_STAGE_STARTTLS] = "STARTTLS",
		[SMTP_STAGE_AUTH] = "AUTH",
		[SMTP_STAGE_MAIL] = "MAIL",
		[SMTP_STAGE_RCPT] = "RCPT",
		[SMTP_STAGE_DATA] = "DATA",
		[SMTP_STAGE_MESSAGE] = "the message",
	};
	const char *text = t->error;

	if (r->code != 0) {
		(void)snprintf(ret, size, "SMTP reply %d to %s", r->code,
		    stages[t->stage]);
		return;
	}
	if (t->refusal.text[0] != '\0')
		text = t->refusal.text;
	else if (r->outcome == SMTP_ABANDONED)
		text = "given up";
	else if (text[0] == '\0')
		text = curl_easy_strerror(code);
	(void)snprintf(ret, size, "%s%s",
	    r->outcome == SMTP_UNCERTAIN ? "no reply to the message: " : "",
	    text);
}

void
smtp_transfer_tell(const struct smtp_transfer *t, CURLcode code)
{
	struct smtp_result r = {
		.outcome = outcome_of(t, code),
		.peer = span_str(t->peer),
		.encrypted = t->encrypted,
		.verified = t->encrypted && smtp_server_is_verified(t->server),
	};
	char why[CURL_ERROR_SIZE + WHY_MAX];

	take_reply(t, &r);
	write_why(t, &r, code, why, sizeof(why));
	r.why = span_str(why);
	t->done(t->arg, &r);
}
