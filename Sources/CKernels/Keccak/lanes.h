// The sponge of Keccak-256 over vectors of 64-bit lanes, one message in each, to be included with these
// macros, which say how the processor does it:
//   KECCAK_NAME              the function
//   KECCAK_TARGET            its attributes
//   KECCAK_LANES             how many messages
//   VECTOR                   a vector of as many 64-bit integers
//   ROTATE(x, count)         rotation to the left
//   XOR(x, y), XOR3(x, y, z)
//   CHI(x, y, z)             x ^ (~y & z)
//   SPREAD(word)             the word in each lane
// and these functions:
//   take_in(state, blocks)   takes in a block of each message: state[0...16] ^= words of blocks
//   put_out(state, messages) writes the first four vectors as hashes
#include "../include/CKeccak.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

// What theta adds to each column.
KECCAK_TARGET ALWAYS_INLINE void theta(const VECTOR *a, VECTOR *d) {
  VECTOR c[5];
  for (int x = 0; x < 5; x++) c[x] = XOR3(XOR3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
  for (int x = 0; x < 5; x++) d[x] = XOR(c[(x + 4) % 5], ROTATE(c[(x + 1) % 5], 1));
}

// One row of the next state: rho and pi choose five lanes and rotate them, chi mixes them. Lane (x, y)
// goes to (y, 2x + 3y).
#define ROW(row, l0, r0, l1, r1, l2, r2, l3, r3, l4, r4)  \
  do {                                                    \
    VECTOR b0 = ROTATE(XOR(a[l0], d[(l0) % 5]), r0);      \
    VECTOR b1 = ROTATE(XOR(a[l1], d[(l1) % 5]), r1);      \
    VECTOR b2 = ROTATE(XOR(a[l2], d[(l2) % 5]), r2);      \
    VECTOR b3 = ROTATE(XOR(a[l3], d[(l3) % 5]), r3);      \
    VECTOR b4 = ROTATE(XOR(a[l4], d[(l4) % 5]), r4);      \
    e[5 * (row) + 0] = CHI(b0, b1, b2);                   \
    e[5 * (row) + 1] = CHI(b1, b2, b3);                   \
    e[5 * (row) + 2] = CHI(b2, b3, b4);                   \
    e[5 * (row) + 3] = CHI(b3, b4, b0);                   \
    e[5 * (row) + 4] = CHI(b4, b0, b1);                   \
  } while (0)

KECCAK_TARGET ALWAYS_INLINE void first_row(
    const VECTOR *a, const VECTOR *d, VECTOR *e, uint64_t constant) {
  ROW(0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);
  e[0] = XOR(e[0], SPREAD(constant));
}

KECCAK_TARGET ALWAYS_INLINE void keccak_round(const VECTOR *a, VECTOR *e, uint64_t constant) {
  VECTOR d[5];
  theta(a, d);
  first_row(a, d, e, constant);
  ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);
  ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);
  ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);
  ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);
}

KECCAK_TARGET static void KECCAK_NAME(const nt_keccak_message *messages, size_t whole) {
  VECTOR a[25], e[25], d[5];
  for (int lane = 0; lane < 25; lane++) a[lane] = SPREAD(0);
  for (size_t block = 0;; block++) {
    const uint8_t *blocks[KECCAK_LANES];
    for (int lane = 0; lane < KECCAK_LANES; lane++) {
      const nt_keccak_message *message = &messages[lane];
      blocks[lane] = block < whole ? message->blocks + 136 * block : message->last;
    }
    take_in(a, blocks);
    for (int round = 0; round < 22; round += 2) {
      keccak_round(a, e, round_constants[round]);
      keccak_round(e, a, round_constants[round + 1]);
    }
    keccak_round(a, e, round_constants[22]);
    if (block == whole) break;
    keccak_round(e, a, round_constants[23]);
  }
  // A hash is four lanes of the first row.
  theta(e, d);
  first_row(e, d, a, round_constants[23]);
  put_out(a, messages);
}
