/* http/forwarded.h -- whom a proxy speaks for, as it says so in a field. Pure.
 */
#ifndef HTTP_FORWARDED_H
#define HTTP_FORWARDED_H

#include "http/address.h"

/* Only one of them is what the proxies write; the other comes from whoever
 * likes to be somebody else. */
enum http_forwarded {
	HTTP_X_FORWARDED_FOR, /* 203.0.113.7, 10.0.0.2 */
	HTTP_FORWARDED,	      /* RFC 7239: for=203.0.113.7, for="[::1]:80" */
};

#define HTTP_FORWARDED_MAX 4096 /* bytes of all such fields of a request */

/* The last address that is not of a trusted proxy, or the first if all are.
 *   list   the fields' values, joined by ","
 *   peer   who connected, and is trusted: what is left where the list says
 *          nothing that can be read */
struct http_address http_forwarded_client(enum http_forwarded, struct span list,
    const struct http_networks *trusted, const struct http_address *peer);

#endif
