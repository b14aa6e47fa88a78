#include "support/smtp_fixture.h"

#include <stdio.h>

/* Longer than ctest waits. */
#define LONG_MS 600000

struct smtp_servers servers;
struct transfers *transfers;

struct smtp_client_options
options(int port)
{
	static char ca_file[300];

	(void)snprintf(ca_file, sizeof(ca_file), "%s/ca.pem", servers.dir);
	return (struct smtp_client_options){ .host = "127.0.0.1",
		.port = (uint16_t)port,
		.tls = SMTP_TLS_NONE,
		.helo = "client.test",
		.ca_file = ca_file,
		.connect_ms = LONG_MS,
		.total_ms = LONG_MS,
		.connections = 8 };
}

struct smtp_client *
open_client(const struct smtp_client_options *o)
{
	struct smtp_client *c = NULL;
	struct why why = { { 0 } };

	assert_ok_why(transfers_open(&transfers, &why), &why);
	assert_ok_why(smtp_client_open(transfers, o, &c, &why), &why);
	return c;
}

void
close_client(struct smtp_client *c)
{
	smtp_client_close(c);
	transfers_close(transfers);
}

static void
note(void *arg, const struct smtp_result *r)
{
	struct outcome *o = arg;

	o->n++;
	o->outcome = r->outcome;
	o->code = r->code;
	o->encrypted = r->encrypted;
	o->verified = r->verified;
	o->answer_len = r->answer.len;
	(void)snprintf(o->answer, sizeof(o->answer), "%.*s",
	    SPAN_ARG(r->answer));
	(void)snprintf(o->peer, sizeof(o->peer), "%.*s", SPAN_ARG(r->peer));
	(void)snprintf(o->why, sizeof(o->why), "%.*s", SPAN_ARG(r->why));
}

void
send_mail(struct smtp_client *c, const struct smtp_mail *mail,
    struct outcome *o)
{
	*o = (struct outcome){ .n = 0 };
	assert_ok(smtp_client_send(c, mail, note, o, NULL));
}

void
send_one(struct smtp_client *c, struct outcome *o)
{
	const struct smtp_mail mail = { SPAN_LIT("us@sender.test"),
		SPAN_LIT("them@good.test"), SPAN_LIT(MESSAGE) };

	send_mail(c, &mail, o);
}

void
run_until(size_t left)
{
	while (transfers_pending(transfers) > left)
		assert_ok(transfers_run(transfers, -1, FOR_EVER, NULL));
}

struct outcome
send_with(const struct smtp_client_options *o)
{
	struct smtp_client *c = open_client(o);
	struct outcome outcome;

	send_one(c, &outcome);
	run_until(0);
	assert_int_equal(1, outcome.n);
	close_client(c);
	return outcome;
}

struct outcome
send_to(const char *script, int *ret_port)
{
	int port = support_smtp_listen(&servers, script);
	struct smtp_client_options o = options(port);

	if (ret_port != NULL)
		*ret_port = port;
	return send_with(&o);
}

int
start_servers(void **state)
{
	(void)state;
	support_smtp_start(&servers);
	return 0;
}

int
stop_servers(void **state)
{
	(void)state;
	support_smtp_stop(&servers);
	return 0;
}
