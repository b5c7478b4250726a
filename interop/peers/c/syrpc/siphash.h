#ifndef SYRPC_SIPHASH_H
#define SYRPC_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF") of some bytes. */
uint64_t syrpc_siphash(const uint8_t key[16], const void *bytes, size_t size);

#endif
