/* base/crc32c.h -- CRC-32C (Castagnoli; RFC 3720 appendix B.4). */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Over the bytes before and these: start with crc 0. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
