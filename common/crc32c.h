/*
 * CRC32C (Castagnoli; RFC 3720 appendix B.4), by the processor's instruction
 * where there is one. crc32c(0, "123456789", 9) is 0xe3069283.
 */
#ifndef RPCALL_CRC32C_H
#define RPCALL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues from crc (0 to start) over n bytes; returns the new CRC. */
uint32_t crc32c(uint32_t crc, const void *data, size_t n);

/* The same in portable C; what crc32c() falls back to, and is tested against. */
uint32_t crc32c_table(uint32_t crc, const void *data, size_t n);

#endif
