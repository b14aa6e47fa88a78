#include "alert/send.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

#include "alert/send_private.h"
#include "base/escape.h"
#include "base/log.h"

void
alert_outcome_set(struct alert_outcome *o, enum alert_fate fate,
    const char *fmt, ...)
{
	char text[2 * ALERT_ANSWER_SIZE];
	struct buf escaped = BUF_INIT(sizeof(text) * 4);
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	escape_log(&escaped, span_str(text));
	o->fate = fate;
	(void)snprintf(o->answer, sizeof(o->answer), "%s", buf_str(&escaped));
	buf_free(&escaped);
}

/* -- waiting -- */

bool
alert_is_to_end(const struct alert_sender *s)
{
	struct pollfd wake = { .fd = s->wake_fd, .events = POLLIN };

	return s->wake_fd >= 0 && poll(&wake, 1, 0) > 0;
}

void
alert_wait(const struct alert_sender *s, struct transfers *transfers)
{
	while (transfers_pending(transfers) > 0 && !alert_is_to_end(s))
		if (transfers_run(transfers, s->wake_fd, NS_PER_S, NULL) !=
		    E_OK)
			break;
}

/* -- a line of the log -- */

static enum log_level
level_of(int64_t severity)
{
	return severity == SEVERITY_CRITICAL ? LOG_LEVEL_ERROR
	    : severity == SEVERITY_WARNING   ? LOG_LEVEL_WARNING
					     : LOG_LEVEL_INFO;
}

static void
log_alert(const struct alert *a)
{
	const struct finding *f = &a->finding;

	log_put(level_of(f->severity), "alert",
	    LOG_STR("event", alert_event_text(a->event)),
	    LOG_STR("severity", finding_severity_text(f->severity)),
	    LOG_S("kind", f->kind), LOG_S("domain", f->domain),
	    LOG_S("subject", f->subject),
	    LOG_STR("conclusion", finding_conclusion_text(f->conclusion)),
	    LOG_S("finding", f->id), LOG_S("alert", a->id));
}

enum err
alert_by_log(const struct alert_sender *s, const struct route_word *r,
    const struct alert_message *m, struct alert_outcome *ret, struct why *why)
{
	(void)s;
	(void)r;
	(void)why;
	for (size_t i = 0; i < m->nalerts; i++)
		log_alert(&m->alerts[i]);
	if (m->left_out > 0)
		log_warning("alerts were left out", LOG_I("n", m->left_out));
	alert_outcome_set(ret, ALERT_FATE_TOLD, "logged");
	return E_OK;
}

/* -- from outside -- */

void
alert_send(const struct alert_sender *s, const struct route_word *r,
    const struct alert_message *m, struct alert_outcome *ret)
{
	static enum err (*const by[])(const struct alert_sender *,
	    const struct route_word *, const struct alert_message *,
	    struct alert_outcome *, struct why *) = {
		[ROUTE_MAIL] = alert_by_mail,
		[ROUTE_WEBHOOK] = alert_by_webhook,
		[ROUTE_COMMAND] = alert_by_command,
		[ROUTE_LOG] = alert_by_log,
	};
	struct why why = { { 0 } };
	enum err e;

	*ret = (struct alert_outcome){ .retry_after_s = -1 };
	/* What is broken off tells of no end. */
	alert_outcome_set(ret, ALERT_FATE_UNCERTAIN, "nobody saw how it ended");
	if ((e = by[r->kind](s, r, m, ret, &why)) != E_OK)
		alert_outcome_set(ret, ALERT_FATE_FAILED, "%s",
		    why.text[0] == '\0' ? err_text(e) : why.text);
}
