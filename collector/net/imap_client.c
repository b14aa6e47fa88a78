#include "net/imap_client.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "net/easy.h"

#define TEXTS_MAX ((size_t)16 * 1024)
#define URL_MAX ((size_t)8 * 1024)
#define COMMAND_MAX ((size_t)64 * 1024)
/* libcurl drops most of a line that is longer than half of it. */
#define BUFFER_BYTES 131072L

struct imap_client {
	struct imap_client_options options; /* texts in the arena */
	struct arena texts;
	uint32_t uid_validity;
	CURL *easy; /* NULL: not connected */

	/* Of one question. */
	struct buf *lines; /* NULL: they are counted alone */
	struct buf *body;  /* NULL: there is none */
	size_t heard;
	bool selecting; /* the last command selected the mailbox */
	bool leaving;	/* libcurl hangs up, and nobody waits for that */
	bool too_long, no_memory;
	struct span said; /* of last: the server's last line */
	char last[256];
	char error[CURL_ERROR_SIZE];
};

/* -- what comes -- */

static bool
add(struct imap_client *c, struct buf *to, struct span bytes)
{
	buf_add(to, bytes);
	c->too_long |= to->err == E_RANGE;
	c->no_memory |= to->err == E_NOMEM;
	return to->err == E_OK;
}

static void
keep_last(struct imap_client *c, struct span line)
{
	while (line.len > 0 && ascii_is_one_of(line.p[line.len - 1], "\r\n"))
		line.len--;
	line = span_head(line, sizeof(c->last));
	if (line.len > 0)
		memcpy(c->last, line.p, line.len);
	c->said = (struct span){ c->last, line.len };
}

static bool
hear(struct imap_client *c, struct span line)
{
	keep_last(c, line);
	c->heard += line.len;
	c->too_long |= c->heard > IMAP_LINES_MAX;
	return !c->too_long && (c->lines == NULL || add(c, c->lines, line));
}

/* libcurl gives it line by line. */
static size_t
take_line(char *p, size_t size, size_t n, void *arg)
{
	struct imap_client *c = arg;
	struct span line = { p, size * n };

	return c->leaving || hear(c, line) ? line.len : 0;
}

/* Of what is no message take_line has had the same. */
static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct imap_client *c = arg;
	struct span piece = { p, size * n };

	return c->body == NULL || add(c, c->body, piece) ? piece.len : 0;
}

/* What is sent has the password, and is looked at for its verb alone. */
static int
watch(CURL *easy, curl_infotype type, char *p, size_t len, void *arg)
{
	struct imap_client *c = arg;
	struct span command = { p, len };

	(void)easy;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	(void)span_until(&command, ' ');
	c->leaving = span_take(&command, SPAN_LIT("LOGOUT"));
	if (!c->leaving)
		c->selecting = span_take(&command, SPAN_LIT("SELECT "));
	return 0;
}

/* Nobody waits for the answer to LOGOUT. */
static int
check_stop(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct imap_client *client = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return client->leaving ||
	    client->options.should_stop(client->options.arg);
}

/* -- one question -- */

static void
add_encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (ascii_is_alnum(*text) || ascii_is_one_of(*text, "-._~/"))
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
	}
}

/* RFC 5092 s6: the folder, the mailbox that it has to be, and a message. */
static bool
set_url(struct imap_client *c, uint32_t uid)
{
	const struct imap_client_options *o = &c->options;
	const bool is_v6 = strchr(o->host, ':') != NULL;
	struct buf url = BUF_INIT(URL_MAX);
	bool done;

	buf_addf(&url, is_v6 ? "%s://[%s]:%u/" : "%s://%s:%u/",
	    o->is_implicit ? "imaps" : "imap", o->host, o->port);
	add_encoded(&url, o->folder);
	if (c->uid_validity != 0)
		buf_addf(&url, ";UIDVALIDITY=%u", c->uid_validity);
	if (uid != 0)
		buf_addf(&url, ";UID=%u", uid);
	done = url.err == E_OK &&
	    curl_easy_setopt(c->easy, CURLOPT_URL, buf_str(&url)) == CURLE_OK;
	buf_free(&url);
	return done;
}

/* libcurl decodes percent signs in it. NULL: a message is asked for. */
static bool
set_command(struct imap_client *c, const char *command)
{
	struct buf text = BUF_INIT(COMMAND_MAX);
	bool done;

	if (command == NULL)
		return true;
	for (; *command != '\0'; command++) {
		if (*command == '%')
			buf_adds(&text, "%25");
		else
			buf_addc(&text, *command);
	}
	done = text.err == E_OK &&
	    curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, buf_str(&text)) ==
		CURLE_OK;
	buf_free(&text);
	return done;
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
set_reach(struct imap_client *c)
{
	const struct imap_client_options *o = &c->options;
	CURL *easy = c->easy;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
	    o->is_implicit ? "imaps" : "imap");
	bad |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
	/* question_ms alone decides how long an answer may take. */
	bad |= curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (long)(o->question_ms / 1000 + 1));
	bad |= curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	bad |= curl_easy_setopt(easy, CURLOPT_USERNAME, o->user);
	bad |= curl_easy_setopt(easy, CURLOPT_PASSWORD, o->password);
	return bad == 0 && easy_set_trust(easy, o->ca_file, true) &&
	    easy_set_times(easy, o->question_ms, o->question_ms);
}

static bool
set_ears(struct imap_client *c)
{
	CURL *easy = c->easy;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_line);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, c);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, c);
	bad |= curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, watch);
	bad |= curl_easy_setopt(easy, CURLOPT_DEBUGDATA, c);
	bad |= curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, check_stop);
	bad |= curl_easy_setopt(easy, CURLOPT_XFERINFODATA, c);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->error);
	return bad == 0;
}

static CURLcode
perform(struct imap_client *c, const char *command, uint32_t uid)
{
	c->heard = 0;
	c->selecting = c->leaving = c->too_long = c->no_memory = false;
	c->said = SPAN_LIT("");
	c->error[0] = '\0';
	if (c->easy == NULL)
		c->easy = curl_easy_init();
	if (c->easy == NULL)
		return CURLE_OUT_OF_MEMORY;
	curl_easy_reset(c->easy);
	if (!set_reach(c) || !set_ears(c) || !set_url(c, uid) ||
	    !set_command(c, command))
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_perform(c->easy);
}

/* -- what came of it -- */

static enum err
fail(struct imap_client *c, CURLcode code, enum err e, const char *what,
    struct why *why)
{
	const char *detail = c->error[0] != '\0' ? c->error
						 : curl_easy_strerror(code);

	return why_set(why, e, "%s: %s", what, detail);
}

static enum err
say_no(struct imap_client *c, enum err e, const char *what, struct why *why)
{
	return why_set(why, e, "%s: %.*s", what, SPAN_ARG(c->said));
}

/* libcurl has one code for three things. */
static enum err
judge_absent(struct imap_client *c, struct why *why)
{
	struct span end = c->said;

	if (c->selecting)
		return why_set(why, E_ABSENT, "the mailbox is another one now");
	(void)span_until(&end, ' ');
	if (!span_eq_nocase(span_until(&end, ' '), SPAN_LIT("OK")))
		return say_no(c, E_CONFLICT, "the server says", why);
	return why_set(why, E_ABSENT, "there is no such message");
}

static enum err
judge(struct imap_client *c, CURLcode code, struct why *why)
{
	if (c->too_long)
		return why_set(why, E_RANGE, "what it says is too long");
	if (c->no_memory)
		return why_set(why, E_NOMEM, "out of memory");
	switch (code) {
	case CURLE_OK:
		return E_OK;
	case CURLE_OUT_OF_MEMORY:
		return why_set(why, E_NOMEM, "out of memory");
	case CURLE_ABORTED_BY_CALLBACK:
		return why_set(why, E_BUSY, "broken off");
	case CURLE_QUOTE_ERROR:
		return say_no(c, E_CONFLICT, "the server says", why);
	case CURLE_REMOTE_FILE_NOT_FOUND:
		return judge_absent(c, why);
	case CURLE_LOGIN_DENIED:
		return say_no(c, E_DENIED,
		    c->selecting ? "the mailbox cannot be selected"
				 : "the login is refused",
		    why);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return fail(c, code, E_DENIED, "the certificate is not trusted",
		    why);
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
		return fail(c, code, E_DENIED, "there is no TLS", why);
	default:
		return fail(c, code, E_AWAY, "no answer", why);
	}
}

enum err
imap_client_ask(struct imap_client *c, const char *command, struct buf *lines,
    struct why *why)
{
	c->lines = lines;
	c->body = NULL;
	return judge(c, perform(c, command, 0), why);
}

enum err
imap_client_fetch(struct imap_client *c, uint32_t uid, struct buf *body,
    struct why *why)
{
	c->lines = NULL;
	c->body = body;
	return judge(c, perform(c, NULL, uid), why);
}

/* -- its life -- */

/* NUL ends a text of SASL PLAIN, RFC 4616, and none of ours has one. */
static bool
is_login(const char *s)
{
	for (size_t i = 0; s[i] != '\0'; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == '\x7f')
			return false;
	return s[0] != '\0';
}

static enum err
check_options(const struct imap_client_options *o, struct why *why)
{
	assert(o->port != 0 && o->question_ms > 0);
	if (!is_login(o->user))
		return why_set(why, E_USAGE,
		    "the user is empty or has control characters");
	if (!is_login(o->password))
		return why_set(why, E_USAGE,
		    "the password is empty or has control characters");
	return o->ca_file == NULL ? E_OK : easy_check_file(o->ca_file, why);
}

static enum err
copy_texts(struct imap_client *c, struct why *why)
{
	struct imap_client_options *o = &c->options;
	const char **texts[] = { &o->host, &o->user, &o->password, &o->folder,
		&o->ca_file };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (*texts[i] == NULL)
			continue;
		*texts[i] = arena_copy(&c->texts, span_str(*texts[i])).p;
		if (*texts[i] == NULL)
			return why_set(why, E_NOMEM, "out of memory");
	}
	return E_OK;
}

enum err
imap_client_open(const struct imap_client_options *options,
    struct imap_client **ret, struct why *why)
{
	struct imap_client *c;
	enum err e = check_options(options, why);

	if (e == E_OK)
		e = easy_start(why);
	if (e != E_OK)
		return e;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	c->options = *options;
	c->texts = ARENA_INIT(TEXTS_MAX);
	if ((e = copy_texts(c, why)) == E_OK)
		*ret = c;
	else
		imap_client_close(c);
	return e;
}

void
imap_client_close(struct imap_client *c)
{
	if (c == NULL)
		return;
	easy_hang_up(&c->easy);
	arena_free(&c->texts);
	free(c);
}

void
imap_client_pin(struct imap_client *c, uint32_t uid_validity)
{
	c->uid_validity = uid_validity;
}

void
imap_client_hang_up(struct imap_client *c)
{
	easy_hang_up(&c->easy);
}
