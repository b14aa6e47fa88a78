#include "net/easy.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

bool
easy_set_trust(CURL *easy, const char *ca_file, bool verify)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (ca_file != NULL) {
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
		/* The system's folder would be trusted beside the file. */
		bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
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
