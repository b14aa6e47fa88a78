/* http/last_word.h -- a refusal while a body still comes, when the library
 * takes no answer: it is written beside it, and is the last that the client
 * gets. */
#ifndef HTTP_LAST_WORD_H
#define HTTP_LAST_WORD_H

#include "http/request_private.h"
#include "http/server.h"

/* In the library's call for a piece of the body, which then ends the
 * connection. What the client does not take at once it does not get. */
void http_last_word(struct http_request *, unsigned status, const char *detail,
    const struct http_options *);

#endif
