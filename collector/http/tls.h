/* http/tls.h -- the certificate that is shown, and how it is replaced while
 * handshakes go on. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <gnutls/abstract.h>

#include "base/err.h"
#include "base/span.h"

struct http_tls;
struct http_tls_pair;

/* Both PEM: the certificate with those that lead to its CA behind it, its key.
 * E_USAGE: they cannot be read, or are not of one another. */
MUST_CHECK enum err http_tls_open(struct span certificate, struct span key,
    struct http_tls **ret, struct why *why);
void http_tls_close(struct http_tls *); /* NULL is fine */

/* From the next handshake on; on failure what was there stays. Thread-safe. */
MUST_CHECK enum err http_tls_replace(struct http_tls *, struct span certificate,
    struct span key, struct why *why);

/* For the time of a connection: what is shown does not go before. */
struct http_tls_pair *http_tls_take(struct http_tls *);
void http_tls_give_back(struct http_tls_pair *); /* NULL is fine */

/* As gnutls_certificate_retrieve_function2 wants it. */
void http_tls_show(struct http_tls_pair *, gnutls_pcert_st **ret,
    unsigned *ret_n, gnutls_privkey_t *ret_key);

#endif
