/* daemon/intake_http.h -- the service's HTTP server: where it listens, and how
 * much it takes. */
#ifndef DAEMON_INTAKE_HTTP_H
#define DAEMON_INTAKE_HTTP_H

#include "daemon/role.h"
#include "intake/posted.h"

struct intake_http;

/* *ret stays as it is where the configuration wants none. The context outlives
 * it, and what is posted the sink. */
MUST_CHECK enum err intake_http_open(const struct role_context *,
    struct receipt_sink, struct posted *, struct intake_http **ret,
    struct why *why);
/* Show the certificate as its files have it now, to who connects from now on.
 * One that cannot be shown is logged, and the old one stays. NULL is fine. */
void intake_http_reload(struct intake_http *);
/* The sink must still be at work. NULL is fine. */
void intake_http_close(struct intake_http *);

#endif
