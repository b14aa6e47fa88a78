/* api/openapi.h -- the API as OpenAPI 3.1 has it, made of routes.def and
 * parameters.def. Pure. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "base/buf.h"

/* Append the document. E_NOMEM, E_RANGE of out. */
MUST_CHECK enum err api_openapi(const char *version, struct buf *out);

#endif
