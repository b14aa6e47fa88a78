#include "bare.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "measure.h"

#define THREADS 2
#define CONNECTIONS 2000
#define BODY_MAX 65536
#define PEM_MAX 65536
#define ANSWER "{\"intake\":\"00000000-0000-0000-0000-000000000000\"}\n"

struct request {
	size_t len;
	unsigned char body[BODY_MAX];
};

static struct MHD_Response *created;

static void
inflate_body(const struct request *r)
{
	unsigned char out[BODY_MAX];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)r->body,
		.avail_in = (unsigned)r->len,
		.next_out = out,
		.avail_out = sizeof(out) };

	if (inflateInit2(&z, 15 + 16) != Z_OK ||
	    inflate(&z, Z_FINISH) != Z_STREAM_END)
		bench_fail("bare: the body cannot be inflated");
	(void)inflateEnd(&z);
}

static enum MHD_Result
take(void *arg, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *piece, size_t *len, void **request)
{
	struct request *r = *request;

	(void)arg, (void)url, (void)method, (void)version;
	if (r == NULL) {
		if ((r = *request = malloc(sizeof(*r))) == NULL)
			return MHD_NO;
		r->len = 0;
		return MHD_YES;
	}
	if (*len > sizeof(r->body) - r->len)
		return MHD_NO;
	if (*len > 0) {
		memcpy(r->body + r->len, piece, *len);
		r->len += *len;
		*len = 0;
		return MHD_YES;
	}
	inflate_body(r);
	return MHD_queue_response(mhd, MHD_HTTP_CREATED, created);
}

static void
forget(void *arg, struct MHD_Connection *mhd, void **request,
    enum MHD_RequestTerminationCode code)
{
	(void)arg, (void)mhd, (void)code;
	free(*request);
}

static char *
read_pem(const char *path)
{
	struct buf text = BUF_INIT(PEM_MAX);
	struct why why = { { 0 } };

	if (file_read(path, &text, &why) != E_OK)
		bench_fail("%s", why.text);
	return strdup(buf_str(&text));
}

static _Noreturn void
serve(int fd, const char *cert, const char *key)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
	struct MHD_OptionItem tls[3] = { { MHD_OPTION_END, 0, NULL } };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cert != NULL) {
		flags |= MHD_USE_TLS;
		tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
			read_pem(cert) };
		tls[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
			read_pem(key) };
		tls[2] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	}
	created = MHD_create_response_from_buffer(sizeof(ANSWER) - 1,
	    (void *)(uintptr_t)ANSWER, MHD_RESPMEM_PERSISTENT);
	if (MHD_start_daemon(flags, 0, NULL, NULL, take, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
		forget, NULL, MHD_OPTION_THREAD_POOL_SIZE, THREADS,
		MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END) == NULL)
		bench_fail("bare: the server does not start");
	for (;;)
		(void)pause();
}

void
bare_start(struct bare *b, const char *cert, const char *key)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_fail("bare: no socket");
	b->port = ntohs(at.sin_port);
	if ((b->pid = fork()) == 0)
		serve(fd, cert, key);
	(void)close(fd);
}

void
bare_stop(const struct bare *b)
{
	(void)kill(b->pid, SIGKILL);
	(void)waitpid(b->pid, NULL, 0);
}
