/*
 * SHA-256 (FIPS 180-4), of what is in memory: names of interfaces.
 */
#ifndef RPCALL_SHA256_H
#define RPCALL_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

void sha256(const void *data, size_t n, uint8_t digest[SHA256_SIZE]);

#endif
