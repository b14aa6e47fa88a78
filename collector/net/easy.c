#include "net/easy.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of what is trusted; past it the file is read anew. */
#define CA_KEPT_S 3600L

static CURLcode global_code;

static void
init_curl(void)
{
	global_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum err
easy_start(struct why *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, init_curl);
	if (global_code != CURLE_OK)
		return why_set(why, E_IO, "libcurl: %s",
		    curl_easy_strerror(global_code));
	return E_OK;
}

enum err
easy_check_file(const char *path, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		(void)why_errno(why, "%s", path);
		return E_USAGE;
	}
	(void)close(fd);
	return E_OK;
}

bool
easy_set_times(CURL *easy, int64_t connect_ms, int64_t total_ms)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)connect_ms);
	bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total_ms);
	bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Else giving up a name waits for the resolver, all others with it. */
	bad |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	return bad == 0;
}

/* Whether the system has a file beside the folder. */
static bool
system_has_ca_file(void)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	return curl->age >= CURLVERSION_SEVENTH && curl->cainfo != NULL &&
	    access(curl->cainfo, R_OK) == 0;
}

/* Without a folder libcurl keeps what it has read of a file for further
 * connections; with one it reads all of both for each, which costs more than
 * the handshake by far. And the system's folder would be trusted beside a file
 * of the configuration. */
bool
easy_set_trust(CURL *easy, const char *ca_file, bool verify)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, CA_KEPT_S);
	if (ca_file != NULL)
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	if (ca_file != NULL || system_has_ca_file())
		bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return bad == 0;
}

void
easy_peer(CURL *easy, char ret[EASY_PEER_MAX])
{
	char *ip = NULL;
	long port = 0;

	ret[0] = '\0';
	if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip) != CURLE_OK ||
	    curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port) != CURLE_OK ||
	    ip == NULL || ip[0] == '\0')
		return;
	(void)snprintf(ret, EASY_PEER_MAX,
	    strchr(ip, ':') == NULL ? "%s:%ld" : "[%s]:%ld", ip, port);
}

void
easy_hang_up(CURL **easy)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (*easy != NULL &&
	    curl_easy_getinfo(*easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, SHUT_RD);
	curl_easy_cleanup(*easy);
	*easy = NULL;
}
