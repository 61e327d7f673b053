// Eight states of Keccak in vectors of eight 64-bit lanes, in C that any processor can run: with
// AVX-512, rotations, sums of three and chi are one instruction each.
#include "../include/CKeccak.h"

typedef uint64_t eight_words __attribute__((ext_vector_type(8)));

#define KECCAK_LANES NT_KECCAK_LANES_AVX512
#define VECTOR eight_words
#define XOR(x, y) ((x) ^ (y))
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define CHI(x, y, z) ((x) ^ (~(y) & (z)))
#define SPREAD(word) ((eight_words)(uint64_t)(word))
#define ROTATE(x, count) ((count) == 0 ? (x) : (x) << (count) | (x) >> (64 - (count)) % 64)

#define EVEN(x, y) __builtin_shufflevector(x, y, 0, 8, 2, 10, 4, 12, 6, 14)
#define ODD(x, y) __builtin_shufflevector(x, y, 1, 9, 3, 11, 5, 13, 7, 15)
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15)
#define LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)

// Rows become columns.
KECCAK_TARGET static inline __attribute__((always_inline)) void transpose(eight_words *rows) {
  eight_words a[8], b[8];
  for (int i = 0; i < 8; i += 2) {
    a[i] = EVEN(rows[i], rows[i + 1]);
    a[i + 1] = ODD(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; j++) {
      b[i + j] = LOW_PAIRS(a[i + j], a[i + j + 2]);
      b[i + j + 2] = HIGH_PAIRS(a[i + j], a[i + j + 2]);
    }
  }
  for (int i = 0; i < 4; i++) {
    rows[i] = LOW_HALVES(b[i], b[i + 4]);
    rows[i + 4] = HIGH_HALVES(b[i], b[i + 4]);
  }
}

KECCAK_TARGET static inline __attribute__((always_inline)) void take_in(
    eight_words *state, const uint8_t *const *blocks) {
  for (int word = 0; word < 16; word += 8) {
    eight_words rows[8];
    for (int lane = 0; lane < 8; lane++) __builtin_memcpy(&rows[lane], blocks[lane] + 8 * word, 64);
    transpose(rows);
    for (int row = 0; row < 8; row++) state[word + row] ^= rows[row];
  }
  eight_words last;
  for (int lane = 0; lane < 8; lane++) {
    uint64_t word;
    __builtin_memcpy(&word, blocks[lane] + 128, 8);
    last[lane] = word;
  }
  state[16] ^= last;
}

KECCAK_TARGET static inline __attribute__((always_inline)) void put_out(
    const eight_words *state, const nt_keccak_message *messages) {
  eight_words rows[8];
  for (int row = 0; row < 8; row++) rows[row] = state[row & 3];
  transpose(rows);
  for (int lane = 0; lane < 8; lane++) __builtin_memcpy(messages[lane].hash, &rows[lane], 32);
}

#include "lanes.h"
