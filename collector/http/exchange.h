/* http/exchange.h -- the course of one request: head, body, handler, answer. As
 * the library's callbacks; arg is the server. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <microhttpd.h>

/* With the request's target as it came. Returns the request or NULL. */
void *exchange_begin(void *arg, const char *target, struct MHD_Connection *);

/* First with the head, then with each piece of the body, then without, and
 * once more where the answer came later. */
enum MHD_Result exchange_go_on(void *arg, struct MHD_Connection *,
    const char *url, const char *method, const char *version, const char *piece,
    size_t *piece_len, void **request);

/* The answer is sent, or the client is gone. */
void exchange_end(void *arg, struct MHD_Connection *, void **request,
    enum MHD_RequestTerminationCode);

#endif
