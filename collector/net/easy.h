/* net/easy.h -- what all clients of this folder ask of libcurl alike. */
#ifndef NET_EASY_H
#define NET_EASY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define EASY_PEER_MAX 64 /* "[IPv6 address]:port" and its NUL */

/* Once, by whoever comes first. E_IO. */
MUST_CHECK enum err easy_start(struct why *why);

/* A PEM file of the configuration; libcurl reads it later, and anew from time
 * to time. E_USAGE: it cannot be read. */
MUST_CHECK enum err easy_check_file(const char *path, struct why *why);

/* False of these: out of memory. */

/* connect_ms, total_ms: not 0. */
MUST_CHECK bool easy_set_times(CURL *, int64_t connect_ms, int64_t total_ms);

/* TLS 1.2 at least. ca_file: PEM, and no others then; NULL: the system's.
 * verify: certificate and name. */
MUST_CHECK bool easy_set_trust(CURL *, const char *ca_file, bool verify);

/* "192.0.2.1:443" or "[2001:db8::1]:443" of the last transfer; "": it was not
 * connected. */
void easy_peer(CURL *, char ret[EASY_PEER_MAX]);

/* End the handle and its connection without waiting for the server, which
 * libcurl would do for two minutes behind QUIT or LOGOUT. *easy is then NULL;
 * it may have been before. */
void easy_hang_up(CURL **easy);

#endif
