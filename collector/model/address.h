/* model/address.h -- mail addresses as they stand in reports and rua. */
#ifndef MODEL_ADDRESS_H
#define MODEL_ADDRESS_H

#include "base/span.h"

/* local-part "@" host, where the local part is a dot-atom (RFC 5322 s3.2.3) of
 * at most 64 bytes and the host is letters, digits, "-" and "_" with dots in
 * between. No quoted strings, which nobody uses and which could carry anything
 * into a command line; for the same reason neither begins with "-". */
bool address_is_valid(struct span);

/* The host of such an address: a domain name, or part of one. */
bool address_host_is_valid(struct span);

/* What stands behind the "@" of a valid address. */
struct span address_host(struct span);

#endif
