/* http/head.h -- heads that two programs could read differently are refused:
 * behind a proxy that would be request smuggling. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct MHD_Connection;

struct http_head {
	const char *method, *url, *version; /* as the library gives them */
	struct span target; /* as it stood in the request, to its first NUL */
	/* Found by http_head_check. */
	bool has_length, is_chunked;
	uint64_t length;
};

struct http_fault {
	unsigned status; /* 0: none */
	const char *detail;
};

/* A refusal unless the head is one that all read alike.
 *   head_max  bytes of it */
struct http_fault http_head_check(struct MHD_Connection *, struct http_head *,
    size_t head_max);

#endif
