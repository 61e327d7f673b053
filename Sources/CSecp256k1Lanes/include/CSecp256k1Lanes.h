// Recovery of many public keys at once over secp256k1, on vectors whose lanes are signatures.
//
// In C, for the vector instructions: Swift has no fused multiplication and addition of 52-bit integers
// (AVX-512 IFMA), none with rounding toward zero (AVX2), and its vectors are slow where the instructions
// are chosen at run time.
#ifndef NEEDLETAIL_CSECP256K1LANES_H
#define NEEDLETAIL_CSECP256K1LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One key to recover: a·G + (b + c·λ)·R, with λ the cube root of one that multiplies x-coordinates by β.
/// Scalars are given as signs of their bits: bit i stands for 2^i where set and for −2^i where not.
/// Words are least significant first.
typedef struct {
  /// The x-coordinate of R, below p.
  uint64_t x[4];
  /// The signs of the 130 bits of b and of c.
  uint64_t b[3];
  uint64_t c[3];
  /// The signs of the 270 bits of a.
  uint64_t a[5];
  /// Whether the y-coordinate of R is odd: 0 or 1.
  uint64_t odd;
} nt_lane_input;

/// What came of a key.
typedef enum {
  /// It stands in the result.
  NT_LANE_RECOVERED = 0,
  /// No point has the x-coordinate.
  NT_LANE_NO_POINT = 1,
  /// Points met that are equal or opposite, or seemed to: to be computed in another way.
  NT_LANE_UNDECIDED = 2,
} nt_lane_status;

/// Multiples of the generator. Entry i is the sum of ±2^t·G over 0 to 4, 90 to 94, 180 to 184 for t; bit
/// j of i says whether the j-th is added; the last one always is. Ten words an entry, a limb each.
enum { NT_COMB_ENTRIES = 1 << 14, NT_COMB_ENTRY_WORDS = 10 };

/// A way to compute on lanes.
typedef struct {
  const char *name;
  /// Signatures that are worked on side by side: counts are multiples of it.
  size_t group;
  /// Whether limbs of the comb are doubles in [−2^51, 2^51), or else integers in [0, 2^52).
  bool limbs_are_doubles;
  /// Bytes of scratch memory, aligned to 64, for `count` inputs.
  size_t (*scratch_size)(size_t count);
  /// Recovers `count` keys, each as 64 bytes (x, then y, big-endian), with what came of it.
  void (*recover)(
      const nt_lane_input *inputs, size_t count, const uint64_t *comb, void *scratch,
      uint8_t *keys, uint8_t *statuses);
} nt_lanes;

/// The ways that this processor has; null where it lacks the instructions.
const nt_lanes *nt_lanes_avx512ifma(void);
const nt_lanes *nt_lanes_avx2(void);
/// The algorithm of AVX-512 in plain C.
const nt_lanes *nt_lanes_portable(void);

#endif
