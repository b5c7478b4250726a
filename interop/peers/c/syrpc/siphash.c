#include "siphash.h"

/* Eight bytes, the lowest first, on any machine. */
static uint64_t word(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

static uint64_t rotated(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

static void rounds(uint64_t v[4], int count) {
  while (count-- > 0) {
    v[0] += v[1];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[0] = rotated(v[0], 32);
    v[2] += v[3];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[2] = rotated(v[2], 32);
  }
}

static void compress(uint64_t v[4], uint64_t message) {
  v[3] ^= message;
  rounds(v, 2);
  v[0] ^= message;
}

uint64_t syrpc_siphash(const uint8_t key[16], const void *bytes, size_t size) {
  const uint8_t *next = bytes;
  uint64_t k0 = word(key), k1 = word(key + 8);
  uint64_t v[4] = {
      k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
  for (size_t left = size; left >= 8; left -= 8, next += 8) compress(v, word(next));

  /* The last word: what is left over, and the low byte of the size. */
  uint64_t last = (uint64_t)size << 56;
  for (size_t i = 0; i < size % 8; i++) last |= (uint64_t)next[i] << (8 * i);
  compress(v, last);

  v[2] ^= 0xff;
  rounds(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
