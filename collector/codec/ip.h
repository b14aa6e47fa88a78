/* codec/ip.h -- one spelling for an IP address, as s4.4 asks: dotted IPv4
 * without leading zeros, IPv6 by RFC 5952. Pure. */
#ifndef CODEC_IP_H
#define CODEC_IP_H

#include "base/span.h"

#define IP_TEXT_SIZE 46

/* Brackets and the "IPv6:" of address literals go; an IPv4-mapped address is
 * the IPv4 address. Returns the length written to ret, 0: not an address. */
size_t ip_canonical(struct span text, char ret[IP_TEXT_SIZE]);

/* Quickly: true if text is in that spelling. False may be wrong: ask the other
 * function. */
bool ip_is_canonical(struct span text);

#endif
