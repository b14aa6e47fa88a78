/* sender/sender_private.h -- data that libtlsrpt 0.5 exports beside its
 * functions, and that its header does not declare. */
#ifndef SENDER_SENDER_PRIVATE_H
#define SENDER_SENDER_PRIVATE_H

#include <stddef.h>

extern void *(*tlsrpt_malloc)(size_t size);
extern void (*tlsrpt_free)(void *ptr);
extern const char *tlsrpt_json_escape_values[256];

#endif
