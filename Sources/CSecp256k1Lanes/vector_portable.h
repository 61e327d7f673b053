// Eight lanes of 64 bits in memory: the operations of vector_avx512.h, so that every processor can prove
// what is computed with them.
#ifndef NEEDLETAIL_VECTOR_PORTABLE_H
#define NEEDLETAIL_VECTOR_PORTABLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define EACH_LANE for (int lane = 0; lane < LANES; lane++)

enum { LANES = 8 };

typedef struct {
  uint64_t e[LANES];
} Vector;
typedef uint8_t Mask;

INLINE Vector repeated(uint64_t x) {
  Vector r;
  EACH_LANE r.e[lane] = x;
  return r;
}

INLINE Vector plus(Vector x, Vector y) {
  EACH_LANE x.e[lane] += y.e[lane];
  return x;
}

INLINE Vector minus(Vector x, Vector y) {
  EACH_LANE x.e[lane] -= y.e[lane];
  return x;
}

INLINE Vector low_bits(Vector x, uint64_t mask) {
  EACH_LANE x.e[lane] &= mask;
  return x;
}

INLINE Vector shifted_right(Vector x, unsigned count) {
  EACH_LANE x.e[lane] >>= count;
  return x;
}

/// The product of the low 52 bits of x and y.
INLINE unsigned __int128 product_52(uint64_t x, uint64_t y) {
  const uint64_t mask = (1ull << 52) - 1;
  return (unsigned __int128)(x & mask) * (y & mask);
}

/// s plus the low, or the high, 52 bits of the product of the low 52 bits of x and y.
INLINE Vector add_low(Vector s, Vector x, Vector y) {
  EACH_LANE s.e[lane] += (uint64_t)product_52(x.e[lane], y.e[lane]) & ((1ull << 52) - 1);
  return s;
}

INLINE Vector add_high(Vector s, Vector x, Vector y) {
  EACH_LANE s.e[lane] += (uint64_t)(product_52(x.e[lane], y.e[lane]) >> 52);
  return s;
}

INLINE Vector chosen(Mask mask, Vector x, Vector y) {
  EACH_LANE y.e[lane] = mask >> lane & 1 ? x.e[lane] : y.e[lane];
  return y;
}

INLINE Mask is_zero(Vector x) {
  Mask r = 0;
  EACH_LANE r |= (Mask)((x.e[lane] == 0) << lane);
  return r;
}

INLINE Vector loaded_lanes(const uint64_t *lanes) {
  Vector r;
  memcpy(&r, lanes, sizeof r);
  return r;
}

INLINE void store_lanes(uint64_t *lanes, Vector x) { memcpy(lanes, &x, sizeof x); }

/// The word `offset` words behind each lane's pointer.
INLINE Vector gathered_lanes(const uint64_t *const lanes[LANES], size_t offset) {
  Vector r;
  EACH_LANE r.e[lane] = lanes[lane][offset];
  return r;
}

INLINE Mask mask_of(const uint64_t lanes[LANES]) { return (Mask)~is_zero(loaded_lanes(lanes)); }
INLINE Mask no_lane(void) { return 0; }
INLINE Mask either(Mask a, Mask b) { return a | b; }
INLINE unsigned bits_of(Mask mask) { return mask; }

#endif
