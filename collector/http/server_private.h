/* http/server_private.h -- what the server and its exchanges share. */
#ifndef HTTP_SERVER_PRIVATE_H
#define HTTP_SERVER_PRIVATE_H

#include <stdatomic.h>

#include "http/body.h"
#include "http/connection.h"
#include "http/server.h"

struct MHD_Daemon;
struct http_tls;

struct http_server {
	struct http_options options;
	struct http_connections connections;
	struct http_budget budget;
	struct http_tls *tls; /* or NULL */
	struct MHD_Daemon *mhd;
	int listen_fd;
	atomic_bool is_closing; /* an answer ends its connection */
	atomic_bool is_closed;	/* nothing may wait any more */
};

#endif
