#include "net/smtp_transfer.h"

#include <stdlib.h>

#define REPLIES_MAX ((size_t)64 * 1024) /* bytes of all replies to a mail */

/* -- replies -- */

static bool
is_encrypted(CURL *easy)
{
	struct curl_tlssessioninfo *tls = NULL;

	return curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) ==
	    CURLE_OK &&
	    tls != NULL && tls->internals != NULL;
}

static bool
refuse(struct smtp_transfer *t, enum smtp_outcome outcome, const char *why)
{
	t->refused_as = outcome;
	(void)why_set(&t->refusal, E_DENIED, "%s", why);
	return false;
}

/* Where no AUTH is offered libcurl goes on without. */
static bool
check_login(struct smtp_transfer *t)
{
	if (t->stage == SMTP_STAGE_GREETING)
		t->is_new = true;
	if (t->stage == SMTP_STAGE_AUTH && t->reply.code == 235)
		t->is_logged_in = true;
	if (t->stage != SMTP_STAGE_MAIL || t->reply.code / 100 != 2 ||
	    t->server->options.user == NULL || !t->is_new || t->is_logged_in)
		return true;
	return refuse(t, SMTP_LOGIN, "the server offers no AUTH");
}

/* False: this goes no further. */
static bool
read_reply(struct smtp_transfer *t, struct span line)
{
	if (t->replied_to != t->stage)
		t->reply = SMTP_REPLY_NONE;
	t->replied_to = t->stage;
	t->replied += line.len;
	smtp_reply_add(&t->reply, line);
	t->encrypted = is_encrypted(t->easy);
	if (t->replied > REPLIES_MAX)
		return refuse(t, SMTP_UNREACHABLE, "the replies are too long");
	return t->reply.goes_on || check_login(t);
}

/* libcurl gives it line by line, that to QUIT too. */
static size_t
take_reply(char *p, size_t size, size_t n, void *arg)
{
	struct smtp_transfer *t = arg;
	struct span line = { p, size * n };

	if (t->is_quitting || read_reply(t, line))
		return line.len;
	return 0;
}

/* -- what is sent -- */

/* What we say in between are answers of AUTH. */
static void
note_command(struct smtp_transfer *t, struct span line)
{
	static const struct {
		const char *verb;
		enum smtp_stage stage;
	} commands[] = {
		{ "EHLO ", SMTP_STAGE_EHLO },
		{ "HELO ", SMTP_STAGE_EHLO },
		{ "STARTTLS\r\n", SMTP_STAGE_STARTTLS },
		{ "AUTH ", SMTP_STAGE_AUTH },
		{ "MAIL FROM:", SMTP_STAGE_MAIL },
		{ "RCPT TO:", SMTP_STAGE_RCPT },
		{ "DATA\r\n", SMTP_STAGE_DATA },
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct span rest = line;

		if (span_take(&rest, span_str(commands[i].verb)))
			t->stage = commands[i].stage;
	}
	t->is_quitting = span_take(&line, SPAN_LIT("QUIT\r\n"));
}

static int
watch(CURL *easy, curl_infotype type, char *p, size_t len, void *arg)
{
	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		note_command(arg, (struct span){ p, len });
	return 0;
}

static size_t
give_message(char *p, size_t size, size_t n, void *arg)
{
	struct smtp_transfer *t = arg;
	struct span part = span_head(span_skip(t->message, t->given), size * n);

	if (part.len > 0)
		memcpy(p, part.p, part.len);
	t->given += part.len;
	if (t->given == t->message.len)
		t->stage = SMTP_STAGE_MESSAGE;
	return part.len;
}

/* Nobody waits for the reply to QUIT. */
static int
check_stop(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct smtp_transfer *t = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return t->is_quitting || t->should_stop(t);
}

/* -- one go -- */

static bool
set_login(const struct smtp_client_options *o, CURL *easy)
{
	unsigned bad = 0;

	if (o->user == NULL)
		return true;
	bad |= curl_easy_setopt(easy, CURLOPT_USERNAME, o->user);
	bad |= curl_easy_setopt(easy, CURLOPT_PASSWORD, o->password);
	bad |= curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS,
	    "AUTH=PLAIN;AUTH=LOGIN");
	return bad == 0;
}

static bool
set_tls(const struct smtp_server *s, CURL *easy)
{
	const struct smtp_client_options *o = &s->options;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_USE_SSL, s->use_ssl);
	if (o->cert_file != NULL)
		bad |= curl_easy_setopt(easy, CURLOPT_SSLCERT, o->cert_file);
	if (o->key_file != NULL)
		bad |= curl_easy_setopt(easy, CURLOPT_SSLKEY, o->key_file);
	return bad == 0 &&
	    easy_set_trust(easy, o->ca_file, smtp_server_is_verified(s));
}

/* What the process starts has no use for it. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	(void)arg;
	(void)purpose;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool
set_reach(const struct smtp_server *s, CURL *easy)
{
	const struct smtp_client_options *o = &s->options;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_URL, s->url);
	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
	/* total_ms alone decides how long a reply may take. */
	bad |= curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (long)(o->total_ms / 1000 + 1));
	return bad == 0 && easy_set_times(easy, o->connect_ms, o->total_ms);
}

/* For SIZE= and for libcurl's own use: it counts what it has sent, doubled dots
 * too, and cuts the message off where that comes to its length. -1: not to be
 * told. */
static curl_off_t
size_of(struct span message)
{
	bool has_dots = message.len > 0 &&
	    (message.p[0] == '.' ||
		memmem(message.p, message.len, "\n.", 2) != NULL);

	return has_dots ? -1 : (curl_off_t)message.len;
}

static bool
set_mail(struct smtp_transfer *t, CURL *easy)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_MAIL_FROM, t->sender);
	bad |= curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, t->recipient);
	bad |= curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
	    size_of(t->message));
	bad |= curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_message);
	bad |= curl_easy_setopt(easy, CURLOPT_READDATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_reply);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, watch);
	bad |= curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, check_stop);
	bad |= curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	return bad == 0;
}

static CURLcode
go(struct smtp_transfer *t)
{
	const struct smtp_server *s = t->server;

	t->given = t->replied = 0;
	t->stage = SMTP_STAGE_GREETING;
	t->reply = SMTP_REPLY_NONE;
	t->is_new = t->is_logged_in = t->is_quitting = t->encrypted = false;
	curl_easy_reset(t->easy);
	if (!set_reach(s, t->easy) || !set_tls(s, t->easy) ||
	    !set_login(&s->options, t->easy) || !set_mail(t, t->easy))
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_perform(t->easy);
}

/* A connection that was kept had ended meanwhile, or does so with 421 as in
 * RFC 5321 s3.8. It has nothing of this mail. */
static bool
was_stale(const struct smtp_transfer *t, CURLcode code)
{
	long made = 0;

	if (curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made) !=
		CURLE_OK ||
	    made > 0 || t->is_new)
		return false;
	if (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR &&
	    code != CURLE_GOT_NOTHING)
		return false;
	return t->stage <= SMTP_STAGE_MAIL &&
	    (t->reply.code == 0 || t->reply.code == 421);
}

CURLcode
smtp_transfer_perform(struct smtp_transfer *t, CURL *easy,
    smtp_stop_fn *should_stop)
{
	CURLcode code;

	t->easy = easy;
	t->should_stop = should_stop;
	code = go(t);
	if (was_stale(t, code))
		code = go(t);
	easy_peer(easy, t->peer);
	return code;
}

/* -- its life -- */

struct smtp_transfer *
smtp_transfer_new(const struct smtp_server *s, const struct smtp_mail *mail)
{
	struct smtp_transfer *t = calloc(1, sizeof(*t));
	char *recipient = strndup(mail->recipient.p, mail->recipient.len);

	if (t != NULL && recipient != NULL) {
		t->server = s;
		t->message = mail->message;
		t->sender = strndup(mail->sender.len == 0 ? "" : mail->sender.p,
		    mail->sender.len);
		t->recipient = curl_slist_append(NULL, recipient);
	}
	free(recipient);
	if (t != NULL && t->sender != NULL && t->recipient != NULL)
		return t;
	smtp_transfer_free(t);
	return NULL;
}

void
smtp_transfer_free(struct smtp_transfer *t)
{
	if (t == NULL)
		return;
	curl_slist_free_all(t->recipient);
	free(t->sender);
	free(t);
}
