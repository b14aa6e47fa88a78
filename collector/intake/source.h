/* intake/source.h -- where a report came from, as far as one may be charged for
 * it before anybody has looked at it. Pure. */
#ifndef INTAKE_SOURCE_H
#define INTAKE_SOURCE_H

#include "intake/receipt.h"

#define SOURCE_SIZE 256

/* Of what was posted the IPv4 address or IPv6 /64, of a mail the domain of the
 * envelope's sender, "<>" without one. Empty: nobody's, such as a file or a
 * proxy that does not tell. A view of ret. */
struct span source_of(const struct receipt_facts *, char ret[SOURCE_SIZE]);

#endif
