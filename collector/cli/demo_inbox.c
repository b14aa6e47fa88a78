/* cli/demo_inbox.c -- reports of others, made up: the demo posts one and hands
 * over a mail with another; two more lie there for a person to try. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/demo.h"
#include "cli/demo_talk.h"
#include "codec/mail_write.h"
#include "intake/stream_socket.h"
#include "store/store_domain.h"
#include "store/store_inbox.h"

#define REPORT_MAX 4096

/* s4.4; of the day before. */
#define REPORT                                                            \
	"{\"organization-name\": \"%s\",\n"                               \
	" \"date-range\": {\"start-datetime\": \"%s\",\n"                 \
	"                \"end-datetime\": \"%s\"},\n"                    \
	" \"contact-info\": \"tls-reports@%s\",\n"                        \
	" \"report-id\": \"%s@%s\",\n"                                    \
	" \"policies\": [{\"policy\": {\"policy-type\": \"sts\",\n"       \
	"   \"policy-string\": [\"version: STSv1\", \"mode: enforce\",\n" \
	"     \"mx: mx.ours.example\", \"max_age: 604800\"],\n"           \
	"   \"policy-domain\": \"ours.example\",\n"                       \
	"   \"mx-host\": [\"mx.ours.example\"]},\n"                       \
	"  \"summary\": {\"total-successful-session-count\": 120,\n"      \
	"              \"total-failure-session-count\": 7},\n"            \
	"  \"failure-details\": [{\"result-type\": "                      \
	"\"certificate-expired\",\n"                                      \
	"    \"sending-mta-ip\": \"192.0.2.7\",\n"                        \
	"    \"receiving-mx-hostname\": \"mx.ours.example\",\n"           \
	"    \"receiving-ip\": \"198.51.100.9\",\n"                       \
	"    \"failed-session-count\": 7}]}]}\n"

struct reporter {
	const char *organization, *domain;
	const char *file; /* in the folder */
	bool is_mail;
};

static const struct reporter posts = { "Posting Example", "posts.example",
	"others/posted.json", false };
static const struct reporter mails = { "Mailing Example", "mails.example",
	"others/mailed.eml", true };
static const struct reporter to_post = { "Another Example", "another.example",
	"others/to-post.json", false };
static const struct reporter to_import = { "Further Example", "further.example",
	"others/to-import.json", false };

static const struct reporter *const all[] = { &posts, &mails, &to_post,
	&to_import };

#define NALL (sizeof(all) / sizeof(all[0]))

/* -- the reports -- */

static void
write_report(const struct demo *d, const struct reporter *r, struct buf *out)
{
	struct clock clock = cli_clock(d->cli);
	int64_t day = day_of_s(clock_wall_s(&clock)) - 1;
	char start[TIME_TEXT_SIZE], end[TIME_TEXT_SIZE], id[DAY_TEXT_SIZE];

	time_text(day_start_s(day), start);
	time_text(day_end_s(day), end);
	day_text(day, id);
	buf_addf(out, REPORT, r->organization, start, end, r->domain, id,
	    r->domain);
}

static enum err
write_mail(const struct demo *d, const struct reporter *r, struct span report,
    struct buf *out, struct why *why)
{
	struct arena arena = ARENA_INIT(SUMMARY_ARENA_MAX);
	struct clock clock = cli_clock(d->cli);
	struct report_summary summary;
	char from[64], name[64];
	enum err e = report_summary_read(report, &arena, &summary, why);

	(void)snprintf(from, sizeof(from), "tls-reports@%s", r->domain);
	(void)snprintf(name, sizeof(name), "%s!" DEMO_DOMAIN ".json",
	    r->domain);
	if (e == E_OK)
		e = mail_write(
		    &(const struct report_mail){
			.domain = SPAN_LIT(DEMO_DOMAIN),
			.from = span_str(from),
			.to = SPAN_LIT(DEMO_RUA),
			.file_name = span_str(name),
			.body = report,
			.now_s = clock_wall_s(&clock),
			.summary = &summary,
		    },
		    out, why);
	arena_free(&arena);
	return e;
}

static enum err
compose(const struct demo *d, const struct reporter *r, struct buf *out,
    struct why *why)
{
	struct buf report = BUF_INIT(REPORT_MAX);
	enum err e = E_OK;

	write_report(d, r, &report);
	if (r->is_mail)
		e = write_mail(d, r, buf_span(&report), out, why);
	else
		buf_add(out, buf_span(&report));
	buf_free(&report);
	return e == E_OK ? out->err : e;
}

static enum err
write_all(const struct demo *d, struct why *why)
{
	int dir_fd = open(d->folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = E_OK;

	if (dir_fd < 0 || mkdirat(dir_fd, "others", 0750) != 0)
		e = why_errno(why, "%s/others", d->folder.path);
	for (size_t i = 0; e == E_OK && i < NALL; i++) {
		struct buf bytes = BUF_INIT(MAIL_MAX);

		e = compose(d, all[i], &bytes, why);
		if (e == E_OK)
			e = file_write_durably(dir_fd, all[i]->file,
			    buf_span(&bytes), 0640, why);
		buf_free(&bytes);
	}
	if (dir_fd >= 0)
		(void)close(dir_fd);
	return e;
}

/* -- their ways in -- */

static enum err
post(const struct demo *d, struct why *why)
{
	struct buf report = BUF_INIT(REPORT_MAX), request = BUF_INIT(MAIL_MAX);
	struct demo_line line = { .answer = "HTTP/1.1 201 " };
	enum err e = compose(d, &posts, &report, why);

	buf_addf(&request,
	    "POST /tlsrpt HTTP/1.1\r\n"
	    "Host: localhost\r\n"
	    "Content-Type: application/tlsrpt+json\r\n"
	    "Content-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    report.len);
	buf_add(&request, buf_span(&report));
	line.text = buf_span(&request);
	if (e == E_OK)
		e = demo_talk(d->cli->config->intake_http_listen, &line, 1,
		    why);
	buf_free(&request);
	buf_free(&report);
	return e;
}

/* Its lines are of base64 and headers: none begins with a dot. */
static enum err
hand_over(const struct demo *d, struct why *why)
{
	struct buf mail = BUF_INIT(MAIL_MAX);
	enum err e = compose(d, &mails, &mail, why);

	buf_adds(&mail, ".\r\n");
	if (e == E_OK)
		e = demo_talk(d->cli->config->intake_lmtp_listen,
		    (const struct demo_line[]){ { SPAN_LIT(""), "220 " },
			{ SPAN_LIT("LHLO " DEMO_MAIL_SERVER "\r\n"), "250" },
			{ SPAN_LIT("MAIL FROM:<tls-reports@mails.example>\r\n"),
			    "250 " },
			{ SPAN_LIT("RCPT TO:<" DEMO_RUA ">\r\n"), "250 " },
			{ SPAN_LIT("DATA\r\n"), "354 " },
			{ buf_span(&mail), "250 " },
			{ SPAN_LIT("QUIT\r\n"), "221 " } },
		    7, why);
	buf_free(&mail);
	return e;
}

/* -- the inbox -- */

static bool
own(struct demo *d)
{
	struct clock clock = cli_clock(d->cli);
	const struct owned_domain domain = { SPAN_LIT(DEMO_DOMAIN),
		SPAN_LIT(""), clock_wall_s(&clock) };
	struct why why = { { 0 } };

	return store_domain_add(d->cli->store, &domain, &why) == E_OK;
}

static bool
domain_is_ours(struct demo *d)
{
	return demo_ask_store(d, own);
}

static enum err
count(void *arg, const struct inbox_row *row)
{
	(void)row;
	++*(int *)arg;
	return E_OK;
}

static bool
both_came(struct demo *d)
{
	struct inbox_filter filter = INBOX_ALL;
	struct why why = { { 0 } };
	int n = 0;

	filter.domain = SPAN_LIT(DEMO_DOMAIN);
	return store_inbox_list(d->cli->store, &filter, count, &n, &why) ==
	    E_OK &&
	    n >= 2;
}

static bool
reports_are_in(struct demo *d)
{
	return demo_ask_store(d, both_came);
}

static bool
is_listening(struct demo *d)
{
	const struct config *c = d->cli->config;
	const struct demo_line greeting = { SPAN_LIT(""), "220 " };

	return demo_talk(c->intake_http_listen, NULL, 0, NULL) == E_OK &&
	    demo_talk(c->intake_lmtp_listen, &greeting, 1, NULL) == E_OK;
}

enum err
demo_offer(struct demo *d, struct why *why)
{
	enum err e = demo_wait(d, domain_is_ours, "a domain is ours", why);

	if (e == E_OK)
		e = demo_wait(d, is_listening, "role intake listens", why);
	return e == E_OK ? write_all(d, why) : e;
}

enum err
demo_receive(struct demo *d, struct why *why)
{
	enum err e = post(d, why);

	if (e == E_OK)
		e = hand_over(d, why);
	return e == E_OK
	    ? demo_wait(d, reports_are_in, "the reports of others are in", why)
	    : e;
}

/* -- the ports -- */

struct claim {
	const char *where, *option, *variable;
};

static enum err
check_port(const struct demo *d, const struct claim *c, struct why *why)
{
	int fd = -1;

	if (c->where[0] == '\0' || c->where[0] == '/')
		return E_OK;
	if (stream_socket_listen_tcp(c->where, &fd, NULL) == E_OK) {
		(void)close(fd);
		return E_OK;
	}
	if (d->folder.kept)
		return why_set(why, E_BUSY,
		    "%s is taken: name another port in %s of %s, as %s counts "
		    "for a new folder alone",
		    c->where, c->option, d->folder.config, c->variable);
	return why_set(why, E_BUSY, "%s is taken: name another port in %s",
	    c->where, c->variable);
}

enum err
demo_check_ports(const struct demo *d, struct why *why)
{
	const struct config *config = d->cli->config;
	enum err e = check_port(d,
	    &(const struct claim){ config->intake_http_listen,
		"intake.http_listen", "DEMO_PORT" },
	    why);

	return e == E_OK ? check_port(d,
			       &(const struct claim){ config->web_listen,
				   "web.listen", "DEMO_PAGE_PORT" },
			       why)
			 : e;
}

void
demo_say_inbox(const struct demo *d, const char *self)
{
	char post_file[PATH_MAX + 64], import_file[PATH_MAX + 64];

	(void)snprintf(post_file, sizeof(post_file), "%s/%s", d->folder.path,
	    to_post.file);
	(void)snprintf(import_file, sizeof(import_file), "%s/%s",
	    d->folder.path, to_import.file);
	if (access(post_file, R_OK) != 0)
		return;
	(void)printf("  curl -H 'Content-Type: application/tlsrpt+json' \\\n"
		     "      --data-binary @%s \\\n"
		     "      http://%s/tlsrpt\n"
		     "  %s -c %s import \\\n"
		     "      %s\n"
		     "  %s -c %s inbox list --domain " DEMO_DOMAIN "\n"
		     "  %s -c %s inbox quarantine\n",
	    post_file, d->cli->config->intake_http_listen, self,
	    d->folder.config, import_file, self, d->folder.config, self,
	    d->folder.config);
}
