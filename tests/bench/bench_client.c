/* bench_client.c -- what the client library costs an MTA: encode and send one
 * session, against a bare sendto of the same bytes. A process on the second
 * processor receives and does nothing else; each session waits, outside the
 * time taken, until the one before has been received. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/span.h"
#include "measure.h"
#include "tlsrpt.h"

#define ROUNDS 9
#define SESSIONS 100000

struct path {
	int receiver, sender;
	pid_t drains;
	uint64_t sent;
	atomic_uint_fast64_t *received; /* shared with the draining process */
	struct sockaddr_un address;
	struct tlsrpt_connection_t *con;
	char text[1024]; /* the datagram as the library wrote it */
	size_t len;
};

static void
must(int error, const char *what)
{
	if (error != 0)
		bench_fail("%s: error %d", what, error);
}

/* A session over a DANE policy whose certificate did not fit. */
static void
send_session(struct tlsrpt_connection_t *con)
{
	struct tlsrpt_dr_t *dr;

	must(tlsrpt_init_delivery_request(&dr, con, "example.com",
		 "v=TLSRPTv1; rua=mailto:tls-reports@example.com"),
	    "init");
	must(tlsrpt_init_policy(dr, TLSRPT_POLICY_TLSA, "mx1.example.com"),
	    "policy");
	must(tlsrpt_add_policy_string(dr,
		 "3 1 1 4FC82B26AECB47D2868C4EFBE3581732"
		 "A3E7CBCC6C2EFB32062C08170A05EEB8"),
	    "policy string");
	must(tlsrpt_add_delivery_request_failure(dr,
		 TLSRPT_CERTIFICATE_NOT_TRUSTED, "192.0.2.25",
		 "mx1.example.com", NULL, "198.51.100.7", NULL, NULL),
	    "failure");
	must(tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE), "finish policy");
	must(tlsrpt_finish_delivery_request(&dr), "finish");
}

static void
send_with_library(struct path *p)
{
	send_session(p->con);
}

/* As Postfix does: a connection for each session. */
static void
send_with_own_connection(struct path *p)
{
	struct tlsrpt_connection_t *con;

	must(tlsrpt_open(&con, p->address.sun_path), "open");
	send_session(con);
	must(tlsrpt_close(&con), "close");
}

static void
send_bare(struct path *p)
{
	if (sendto(p->sender, p->text, p->len, MSG_NOSIGNAL,
		(struct sockaddr *)&p->address, sizeof(p->address)) < 0)
		bench_fail("sendto: %s", strerror(errno));
}

/* Nanoseconds a session. */
static double
time_each(struct path *p, void (*send_one)(struct path *))
{
	int64_t spent = 0;

	for (int i = 0; i < SESSIONS; i++) {
		int64_t start = mono_ns();

		send_one(p);
		spent += mono_ns() - start;
		p->sent++;
		while (atomic_load(p->received) < p->sent)
			;
	}
	return (double)spent / SESSIONS;
}

static void
open_path(struct path *p)
{
	ssize_t n;

	*p = (struct path){ .address = { .sun_family = AF_UNIX } };
	(void)snprintf(p->address.sun_path, sizeof(p->address.sun_path),
	    "/tmp/tlsrptd-bench-%d.sock", (int)getpid());
	p->receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	p->sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p->receiver < 0 || p->sender < 0 ||
	    bind(p->receiver, (struct sockaddr *)&p->address,
		sizeof(p->address)) != 0)
		bench_fail("%s: cannot be bound", p->address.sun_path);
	must(tlsrpt_open(&p->con, p->address.sun_path), "open");
	send_session(p->con);
	n = recv(p->receiver, p->text, sizeof(p->text), 0);
	p->len = (size_t)n;
}

/* From here on a process of its own receives. */
static void
start_draining(struct path *p)
{
	char text[sizeof(p->text)];

	p->received = mmap(NULL, sizeof(*p->received), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->received == MAP_FAILED)
		bench_fail("mmap: %s", strerror(errno));
	if ((p->drains = fork()) == 0) {
		pin_to(1);
		while (recv(p->receiver, text, sizeof(text), 0) > 0)
			atomic_fetch_add(p->received, 1);
		_exit(0);
	}
	pin_to(0);
}

static void
close_path(struct path *p)
{
	(void)kill(p->drains, SIGKILL);
	(void)waitpid(p->drains, NULL, 0);
	must(tlsrpt_close(&p->con), "close");
	(void)unlink(p->address.sun_path);
	(void)close(p->sender);
	(void)close(p->receiver);
}

int
main(void)
{
	struct path p;
	struct rounds bare = { .n = 0 }, library = { .n = 0 },
		      connections = { .n = 0 };

	open_path(&p);
	start_draining(&p);
	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&bare, time_each(&p, send_bare));
		rounds_add(&library, time_each(&p, send_with_library));
		rounds_add(&connections,
		    time_each(&p, send_with_own_connection));
	}
	figure_print(&(struct figure){ "client.encode-and-send",
	    rounds_median(&library), "ns", rounds_median(&bare),
	    rounds_ratio(&library, &bare), GOAL_RATIO_AT_MOST, 1.4 });
	figure_print(&(struct figure){ "client.open-to-close",
	    rounds_median(&connections), "ns", rounds_median(&bare),
	    rounds_ratio(&connections, &bare), GOAL_NONE, 0 });
	close_path(&p);
	return 0;
}
