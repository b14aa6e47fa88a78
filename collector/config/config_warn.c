/* config/config_warn.c -- choices that are allowed, and risky. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/config_private.h"

static void warn(struct buf *out, const char *fmt, ...) PRINTF(2, 3);

static void
warn(struct buf *out, const char *fmt, ...)
{
	char text[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addf(out, "warning: %s\n", text);
}

static bool
is_socket_file(const char *listen)
{
	return listen[0] == '/';
}

static void
warn_of_sockets(const struct config *c, struct buf *out)
{
	if (config_has_role(c, "collect") &&
	    (c->collect_socket_mode & S_IWOTH) != 0 &&
	    c->collect_allow_uids.n == 0)
		warn(out,
		    "collect.socket_mode: everybody on this machine may tell "
		    "of sessions that never were; set collect.socket_group and "
		    "mode 0660, or collect.allow_uids");
	if (config_has_role(c, "intake") &&
	    is_socket_file(c->intake_lmtp_listen) &&
	    (c->intake_lmtp_mode & S_IWOTH) != 0)
		warn(out,
		    "intake.lmtp_mode: everybody on this machine may hand over "
		    "mails as if the mail server had; 0660 is right");
}

static void
warn_of_networks(const struct config *c, struct buf *out)
{
	if (config_has_role(c, "intake") &&
	    !config_is_near(span_str(c->intake_http_listen)) &&
	    c->intake_http_certificate[0] == '\0')
		warn(out,
		    "intake.http_listen: reports are posted without TLS to an "
		    "address that is not of this machine alone; set "
		    "intake.http_certificate, or listen on 127.0.0.1 behind a "
		    "proxy");
	if (config_has_role(c, "intake") &&
	    !config_is_near(span_str(c->intake_lmtp_listen)))
		warn(out,
		    "intake.lmtp_listen: who reaches it over the network may "
		    "hand over mails as if the mail server had; listen on a "
		    "socket's path or 127.0.0.1");
	if (!config_is_near(span_str(c->metrics_listen)))
		warn(out,
		    "metrics.listen: everybody who reaches it may read the "
		    "metrics, without TLS and without a password");
}

static void
warn_of_logs(const struct config *c, struct buf *out)
{
	if (config_has_role(c, "watch") && c->collect_logs_in_reports &&
	    strcmp(c->dns_resolver, "none") == 0)
		warn(out,
		    "collect.logs_in_reports: no session goes into reports by "
		    "that, since with dns.resolver = none nobody looks up which "
		    "policy applied");
}

void
config_warn(const struct config *c, struct buf *out)
{
	warn_of_sockets(c, out);
	warn_of_networks(c, out);
	warn_of_logs(c, out);
}
