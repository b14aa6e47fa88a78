#include "sending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

static struct sockaddr_un
address_of(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path))
		bench_fail("%s: too long for a socket", path);
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return a;
}

static int
new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		bench_fail("socket: %s", strerror(errno));
	return fd;
}

void
sending_open(struct sending *s, const char *path)
{
	*s = (struct sending){ .fd = new_socket(), .to = address_of(path) };
}

void
sending_close(struct sending *s)
{
	(void)close(s->fd);
}

void
send_corpus(struct sending *s, const struct corpus *c)
{
	int64_t before = mono_ns(), after;

	for (size_t i = 0; i < c->n; i++, before = after) {
		if (sendto(s->fd, c->v[i].p, c->v[i].len, MSG_NOSIGNAL,
			(struct sockaddr *)&s->to, sizeof(s->to)) < 0)
			bench_fail("sendto: %s", strerror(errno));
		after = mono_ns();
		if (after - before > s->longest_ns)
			s->longest_ns = after - before;
	}
	s->sent += c->n;
}

static void
receive_all(int fd, size_t n)
{
	char datagram[8192];

	while (n-- > 0)
		if (recv(fd, datagram, sizeof(datagram), 0) < 0)
			_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

struct bare
bare_run(const struct corpus *c)
{
	char path[64];
	struct sending s;
	int fd = new_socket(), status;
	int64_t cpu = cpu_children_ns(), start;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "/tmp/tlsrptd-bench-%d.sock",
	    (int)getpid());
	sending_open(&s, path);
	if (bind(fd, (struct sockaddr *)&s.to, sizeof(s.to)) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	if ((pid = fork()) == 0)
		receive_all(fd, c->n);
	start = mono_ns();
	send_corpus(&s, c);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_fail("the bare receiver has failed");
	start = mono_ns() - start;
	(void)unlink(path);
	(void)close(fd);
	sending_close(&s);
	return (struct bare){ (double)c->n * 1e9 / (double)start,
		(double)(cpu_children_ns() - cpu) / 1e9 * 1e6 / (double)c->n,
		s.longest_ns };
}
