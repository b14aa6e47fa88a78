/* support/smtp_fixture.h -- an smtp_client, servers for it, and what came of
 * its mails. */
#ifndef TESTS_SUPPORT_SMTP_FIXTURE_H
#define TESTS_SUPPORT_SMTP_FIXTURE_H

#include "support/test.h"

#include "base/buf.h"
#include "net/smtp_client.h"
#include "net/smtp_reply.h"
#include "support/names.h"
#include "support/smtp_server.h"

/* Longer than a test may last: who sleeps it out fails. */
#define FOR_EVER (3600 * NS_PER_S)

#define MESSAGE "Subject: a report\r\n\r\nthe text\r\n"

struct outcome {
	int n; /* times told */
	enum smtp_outcome outcome;
	int code;
	size_t answer_len;
	char answer[SMTP_ANSWER_MAX + 1], peer[64], why[1024];
	bool encrypted, verified;
};

extern struct smtp_servers servers;
/* Those of the client that is open: one at a time. */
extern struct transfers *transfers;

/* For cmocka_run_group_tests. */
int start_servers(void **state);
int stop_servers(void **state);

/* Of patience, in clear to 127.0.0.1, 8 connections; a ca_file. */
struct smtp_client_options options(int port);
struct smtp_client *open_client(const struct smtp_client_options *);
void close_client(struct smtp_client *);

void send_mail(struct smtp_client *, const struct smtp_mail *,
    struct outcome *);
/* MESSAGE from us@sender.test to them@good.test. */
void send_one(struct smtp_client *, struct outcome *);
void run_until(size_t left);

/* One mail by a client of its own. */
struct outcome send_with(const struct smtp_client_options *);
/* The same to a server of its own; *ret_port may be NULL. */
struct outcome send_to(const char *script, int *ret_port);

#define assert_why(part, o) assert_non_null(strstr((o)->why, part))

#endif
