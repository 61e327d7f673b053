// Eight lanes of 64 bits in a register of AVX-512, with the products of 52-bit integers of IFMA.
#ifndef NEEDLETAIL_VECTOR_AVX512_H
#define NEEDLETAIL_VECTOR_AVX512_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 8 };

typedef __m512i Vector;
typedef __mmask8 Mask;

INLINE Vector repeated(uint64_t x) { return _mm512_set1_epi64((long long)x); }
INLINE Vector plus(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
INLINE Vector minus(Vector x, Vector y) { return _mm512_sub_epi64(x, y); }
INLINE Vector low_bits(Vector x, uint64_t mask) { return _mm512_and_si512(x, repeated(mask)); }
INLINE Vector shifted_right(Vector x, unsigned count) { return _mm512_srli_epi64(x, count); }

/// s plus the low, or the high, 52 bits of the product of the low 52 bits of x and y.
INLINE Vector add_low(Vector s, Vector x, Vector y) { return _mm512_madd52lo_epu64(s, x, y); }
INLINE Vector add_high(Vector s, Vector x, Vector y) { return _mm512_madd52hi_epu64(s, x, y); }

INLINE Vector chosen(Mask mask, Vector x, Vector y) { return _mm512_mask_blend_epi64(mask, y, x); }
INLINE Mask is_zero(Vector x) { return _mm512_testn_epi64_mask(x, x); }
INLINE Vector loaded_lanes(const uint64_t *lanes) { return _mm512_loadu_si512(lanes); }
INLINE void store_lanes(uint64_t *lanes, Vector x) { _mm512_storeu_si512(lanes, x); }

/// The word `offset` words behind each lane's pointer.
INLINE Vector gathered_lanes(const uint64_t *const lanes[LANES], size_t offset) {
  return _mm512_i64gather_epi64(
      _mm512_loadu_si512(lanes), (const void *)(offset * sizeof(uint64_t)), 1);
}

INLINE Mask mask_of(const uint64_t lanes[LANES]) {
  const Vector x = loaded_lanes(lanes);
  return _mm512_test_epi64_mask(x, x);
}

INLINE Mask no_lane(void) { return 0; }
INLINE Mask either(Mask a, Mask b) { return a | b; }
INLINE unsigned bits_of(Mask mask) { return mask; }

#endif
