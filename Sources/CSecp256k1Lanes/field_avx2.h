// The field of secp256k1 for four lanes of doubles, by fused multiplication and addition (AVX2, FMA).
//
// An element is five limbs of 52 bits, lowest first, each an integer in a double. *Tight*: limbs 0 to 3
// in [-2^51, 2^51), limb 4 in [0, 2^48 + 2^9). *Loose*: a sum or difference of two tight ones. A product
// takes one loose factor; every result of a multiplication is tight.
//
// Of a product of limbs below 2^103 in size, adding it to 1.5·2^104 with rounding down leaves the
// multiple of 2^52 below it in the low bits of the sum, and what is left of the product is exact once
// that is taken away. Both halves are added up as the bit patterns of their doubles, integers again,
// whose constant parts are part of what a column begins with. So the rounding mode must be toward zero.
#ifndef NEEDLETAIL_FIELD_AVX2_H
#define NEEDLETAIL_FIELD_AVX2_H

#include <immintrin.h>
#include <stdint.h>

enum { LANES = 4 };

typedef struct {
  __m256d l[5];
} Field;

/// All bits of a lane set or none.
typedef __m256d Mask;

/// Ten columns of weight 2^(52·k): what products are added up in.
typedef struct {
  __m256i c[10];
} Columns;

#define INLINE static inline __attribute__((always_inline))

static const double HIGH_SPLIT = 0x1.8p104;
static const double TWO_52 = 0x1p52;
static const double CENTRE_52 = 0x1.8p52;

// The bit patterns of 2^52, 1.5·2^104 and 1.5·2^52.
#define LOW_BITS 0x4330000000000000ull
#define HIGH_BITS 0x4678000000000000ull
#define CENTRE_BITS 0x4338000000000000ull
#define MASK_52 0xfffffffffffffull
#define MASK_48 0xffffffffffffull

/// How many low halves of products fall into column k, by way of multiplying.
#define COUNT_PRODUCT(k) ((k) < 5 ? (k) + 1 : 9 - (k))
#define COUNT_SQUARE(k) ((k) < 5 ? (k) / 2 + 1 : (10 - (k)) / 2)
#define PATTERNS(count, k) \
  ((k) < 9 ? count(k) * LOW_BITS : 0) + ((k) > 0 ? count((k) - 1) * HIGH_BITS : 0)
#define PRODUCT_BITS(k) (PATTERNS(COUNT_PRODUCT, (k)))
#define SQUARE_BITS(k) (PATTERNS(COUNT_SQUARE, (k)))

// What is added to the columns so that none is negative, and so that limbs 0 to 3 come out 2^51 too
// large: together congruent to 2^51·(1 + 2^52 + 2^104 + 2^156) modulo p. The second is congruent to a
// third of that, for results that are tripled; the third has even columns only.
#define HIGH_BIAS(k) ((k) < 9 ? 0x200000000000000ull : 0x800000000000ull)
#define BIAS(k) \
  ((k) == 0 ? 0x207c0eeff83d527ull : (k) == 1 ? 0x207fdfffff7dde0ull \
   : (k) < 4 ? 0x207fdfffff85de0ull : (k) == 4 ? 0x200fdfffff85de0ull : HIGH_BIAS(k))
#define BIAS_OF_THIRD(k) \
  ((k) == 0 ? 0x207c0efaa2e825dull : (k) == 1 ? 0x20d5355554d3335ull \
   : (k) == 2 ? 0x202a8aaaaa3088aull : (k) == 3 ? 0x207fdfffff85de0ull \
   : (k) == 4 ? 0x2005355554db335ull : HIGH_BIAS(k))
#define EVEN_BIAS(k) \
  ((k) == 0 ? 0x207c0edff83d156ull : (k) == 1 ? 0x207fdfffff7dde0ull \
   : (k) < 4 ? 0x207fdfffff85de0ull : (k) == 4 ? 0x201fdfffff85de0ull : HIGH_BIAS(k))

#define EACH_COLUMN(F) {{F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), F(9)}}
#define WORDS(x) _mm256_set1_epi64x((long long)(x))
#define AFTER_PRODUCT(k) WORDS(BIAS(k) - PRODUCT_BITS(k))
#define AFTER_SQUARE(k) WORDS(BIAS(k) - SQUARE_BITS(k))
#define AFTER_THIRD(k) WORDS(BIAS_OF_THIRD(k) - SQUARE_BITS(k))
#define AFTER_PRODUCT_LESS_1(k) WORDS(BIAS(k) - PRODUCT_BITS(k) + ((k) < 5 ? CENTRE_BITS : 0))
#define AFTER_SQUARE_LESS_2(k) WORDS(BIAS(k) - SQUARE_BITS(k) + ((k) < 5 ? 2 * CENTRE_BITS : 0))
#define AFTER_SQUARE_LESS_3(k) WORDS(BIAS(k) - SQUARE_BITS(k) + ((k) < 5 ? 3 * CENTRE_BITS : 0))
#define AFTER_TWICE_LESS_SQUARE(k) WORDS((EVEN_BIAS(k) - 2 * PRODUCT_BITS(k) - SQUARE_BITS(k)) / 2)
#define AFTER_TWICE_TWO(k) WORDS((EVEN_BIAS(k) - 4 * PRODUCT_BITS(k)) / 2)

/// Adds the product of two limbs, or takes it away, into columns k and k + 1. Written as instructions
/// because the compiler else regroups the sums, and spills forty registers for it.
#define ADD_LIMBS(instruction, k, x, y) \
  { \
    __m256d upper = split, lower; \
    __asm__( \
        instruction " %[right], %[left], %[upper]\n\t" \
        "vsubpd %[upper], %[rest], %[lower]\n\t" \
        instruction " %[right], %[left], %[lower]\n\t" \
        "vpaddq %[upper], %[above], %[above]\n\t" \
        "vpaddq %[lower], %[column], %[column]" \
        : [upper] "+x"(upper), [lower] "=&x"(lower), [column] "+x"(s->c[k]), \
          [above] "+x"(s->c[(k) + 1]) \
        : [left] "x"(x), [right] "m"(y), [rest] "x"(rest)); \
  }

#define SPLITTING \
  const __m256d split = _mm256_set1_pd(HIGH_SPLIT), rest = _mm256_set1_pd(HIGH_SPLIT + TWO_52)

#define ADD_PRODUCT(instruction) \
  SPLITTING; \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 5; i++) { \
    const __m256d factor = x->l[i]; \
    _Pragma("clang loop unroll(full)") for (int j = 0; j < 5; j++) { \
      ADD_LIMBS(instruction, i + j, factor, y->l[j]) \
    } \
  }

#define ADD_SQUARE(instruction) \
  SPLITTING; \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 5; i++) { \
    __m256d factor = x->l[i]; \
    ADD_LIMBS(instruction, 2 * i, factor, x->l[i]) \
    factor = _mm256_add_pd(factor, factor); \
    _Pragma("clang loop unroll(full)") for (int j = i + 1; j < 5; j++) { \
      ADD_LIMBS(instruction, i + j, factor, x->l[j]) \
    } \
  }

/// s + x·y, with one factor tight.
INLINE void add_product(Columns *s, const Field *x, const Field *y) { ADD_PRODUCT("vfmadd231pd") }

/// s − x·y.
INLINE void subtract_product(Columns *s, const Field *x, const Field *y) {
  ADD_PRODUCT("vfnmadd231pd")
}

/// s + x², with x tight.
INLINE void add_square(Columns *s, const Field *x) { ADD_SQUARE("vfmadd231pd") }

/// s − x².
INLINE void subtract_square(Columns *s, const Field *x) { ADD_SQUARE("vfnmadd231pd") }

/// 2·s.
INLINE void double_columns(Columns *s) {
#pragma clang loop unroll(full)
  for (int k = 0; k < 10; k++) s->c[k] = _mm256_add_epi64(s->c[k], s->c[k]);
}

/// s − x, for an s that began with one more pattern of 1.5·2^52 in its columns.
INLINE void subtract_limbs(Columns *s, const Field *x) {
  const __m256d centre = _mm256_set1_pd(CENTRE_52);
#pragma clang loop unroll(full)
  for (int k = 0; k < 5; k++) {
    s->c[k] = _mm256_sub_epi64(s->c[k], _mm256_castpd_si256(_mm256_add_pd(x->l[k], centre)));
  }
}

/// The columns reduced to a tight element, `factor` (1 or 3) times. Columns 0 to 8 are below 2^59,
/// column 9 is below 2^48.
INLINE Field reduce(Columns *s, int factor) {
  const __m256i mask52 = WORDS(MASK_52), mask16 = WORDS(0xffff);
  __m256i *c = s->c;
  // 2^260 is congruent to 2^36 + 977·2^4. Above bit 32, c·977·2^4 is small enough to join c·2^36.
#pragma clang loop unroll(full)
  for (int k = 5; k < 10; k++) {
    __m256i low = _mm256_mul_epu32(c[k], WORDS(977 << 4));
    __m256i high = _mm256_add_epi64(c[k], _mm256_mul_epu32(_mm256_srli_epi64(c[k], 32), WORDS(977)));
    __m256i shifted = _mm256_slli_epi64(_mm256_and_si256(high, mask16), 36);
    c[k - 5] = _mm256_add_epi64(c[k - 5], _mm256_add_epi64(low, shifted));
    if (k < 9) {
      c[k - 4] = _mm256_add_epi64(c[k - 4], _mm256_srli_epi64(high, 16));
    } else {  // Below 2^32, at 2^260 again.
      high = _mm256_srli_epi64(high, 16);
      low = _mm256_mul_epu32(high, WORDS(977 << 4));
      shifted = _mm256_slli_epi64(_mm256_and_si256(high, mask16), 36);
      c[0] = _mm256_add_epi64(c[0], _mm256_add_epi64(low, shifted));
      c[1] = _mm256_add_epi64(c[1], _mm256_srli_epi64(high, 16));
    }
  }
  if (factor == 3) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 5; k++) c[k] = _mm256_add_epi64(c[k], _mm256_add_epi64(c[k], c[k]));
  }
  // 2^256 is congruent to 2^32 + 977.
  __m256i top = _mm256_srli_epi64(c[4], 48);
  c[4] = _mm256_and_si256(c[4], WORDS(MASK_48));
  c[0] = _mm256_add_epi64(
      c[0], _mm256_add_epi64(_mm256_slli_epi64(top, 32), _mm256_mul_epu32(top, WORDS(977))));
  const __m256i pattern = WORDS(LOW_BITS);
  const __m256d excess = _mm256_set1_pd(TWO_52 + TWO_52 / 2);
  Field r;
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    c[k + 1] = _mm256_add_epi64(c[k + 1], _mm256_srli_epi64(c[k], 52));
    __m256i limb = _mm256_or_si256(_mm256_and_si256(c[k], mask52), pattern);
    r.l[k] = _mm256_sub_pd(_mm256_castsi256_pd(limb), excess);
  }
  r.l[4] = _mm256_sub_pd(
      _mm256_castsi256_pd(_mm256_or_si256(c[4], pattern)), _mm256_set1_pd(TWO_52));
  return r;
}

/// x·y; one factor may be loose.
INLINE Field multiply(const Field *x, const Field *y) {
  Columns s = EACH_COLUMN(AFTER_PRODUCT);
  add_product(&s, x, y);
  return reduce(&s, 1);
}

/// x·y − z, all tight but one factor.
INLINE Field multiply_subtract(const Field *x, const Field *y, const Field *z) {
  Columns s = EACH_COLUMN(AFTER_PRODUCT_LESS_1);
  subtract_limbs(&s, z);
  add_product(&s, x, y);
  return reduce(&s, 1);
}

/// x².
INLINE Field square(const Field *x) {
  Columns s = EACH_COLUMN(AFTER_SQUARE);
  add_square(&s, x);
  return reduce(&s, 1);
}

/// 3·x².
INLINE Field square_thrice(const Field *x) {
  Columns s = EACH_COLUMN(AFTER_THIRD);
  add_square(&s, x);
  return reduce(&s, 3);
}

/// x² − y − z.
INLINE Field square_subtract_two(const Field *x, const Field *y, const Field *z) {
  Columns s = EACH_COLUMN(AFTER_SQUARE_LESS_2);
  subtract_limbs(&s, y);
  subtract_limbs(&s, z);
  add_square(&s, x);
  return reduce(&s, 1);
}

/// x² − y − 2·z.
INLINE Field square_subtract_three(const Field *x, const Field *y, const Field *z) {
  Columns s = EACH_COLUMN(AFTER_SQUARE_LESS_3);
  subtract_limbs(&s, y);
  subtract_limbs(&s, z);
  subtract_limbs(&s, z);
  add_square(&s, x);
  return reduce(&s, 1);
}

/// 2·x·y − z²; one of x and y may be loose.
INLINE Field twice_product_less_square(const Field *x, const Field *y, const Field *z) {
  Columns s = EACH_COLUMN(AFTER_TWICE_LESS_SQUARE);
  add_product(&s, x, y);
  double_columns(&s);
  subtract_square(&s, z);
  return reduce(&s, 1);
}

/// 2·(x·y − z·w); one of x and y may be loose.
INLINE Field twice_difference(const Field *x, const Field *y, const Field *z, const Field *w) {
  Columns s = EACH_COLUMN(AFTER_TWICE_TWO);
  add_product(&s, x, y);
  subtract_product(&s, z, w);
  double_columns(&s);
  return reduce(&s, 1);
}

/// x + y, loose.
INLINE Field sum(const Field *x, const Field *y) {
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = _mm256_add_pd(x->l[k], y->l[k]);
  return r;
}

/// x − y, loose.
INLINE Field difference(const Field *x, const Field *y) {
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = _mm256_sub_pd(x->l[k], y->l[k]);
  return r;
}

/// A loose element with its limbs 0 to 3 brought back into [−2^51, 2^51].
INLINE Field tightened(const Field *x) {
  const __m256d split = _mm256_set1_pd(HIGH_SPLIT), half = _mm256_set1_pd(TWO_52 / 2);
  Field r;
  __m256d carry = _mm256_setzero_pd();
  for (int k = 0; k < 4; k++) {
    __m256d limb = _mm256_add_pd(x->l[k], carry);
    __m256d above = _mm256_sub_pd(_mm256_add_pd(_mm256_add_pd(limb, half), split), split);
    r.l[k] = _mm256_sub_pd(limb, above);
    carry = _mm256_mul_pd(above, _mm256_set1_pd(1 / TWO_52));
  }
  r.l[4] = _mm256_add_pd(x->l[4], carry);
  return r;
}

/// −x where the lane of `mask` is set, else x.
INLINE Field negated_where(Mask mask, const Field *x) {
  const Mask sign = _mm256_and_pd(mask, _mm256_set1_pd(-0.0));
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = _mm256_xor_pd(x->l[k], sign);
  return r;
}

/// x where the lane of `mask` is set, else y.
INLINE Field selected(Mask mask, const Field *x, const Field *y) {
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = _mm256_blendv_pd(y->l[k], x->l[k], mask);
  return r;
}

/// Set where x, a difference of two tight elements, may be zero: everywhere that it is, and elsewhere
/// once in 2^17. Multiples of p end in zeros or ones above bit 34 of their 52 lowest.
INLINE Mask may_be_zero(const Field *x) {
  const __m256d size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), x->l[0]);
  const __m256d other = _mm256_andnot_pd(
      _mm256_set1_pd(-0.0), _mm256_sub_pd(size, _mm256_set1_pd(TWO_52)));
  return _mm256_cmp_pd(_mm256_min_pd(size, other), _mm256_set1_pd(0x1p34), _CMP_LT_OQ);
}

/// Limbs in [0, 2^52), one a lane.
INLINE Field from_limbs(int64_t limbs[5][LANES]) {
  double d[5][LANES];
  for (int lane = 0; lane < LANES; lane++) {
    int64_t carry = 0;
    for (int k = 0; k < 4; k++) {
      int64_t limb = limbs[k][lane] + carry;
      carry = (limb + (1ll << 51)) >> 52;
      d[k][lane] = (double)(limb - (carry << 52));
    }
    d[4][lane] = (double)(limbs[4][lane] + carry);
  }
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = _mm256_loadu_pd(d[k]);
  return r;
}

/// The limbs as integers.
INLINE void to_limbs(int64_t limbs[5][LANES], const Field *x) {
  double d[LANES];
  for (int k = 0; k < 5; k++) {
    _mm256_storeu_pd(d, x->l[k]);
    for (int lane = 0; lane < LANES; lane++) limbs[k][lane] = (int64_t)d[lane];
  }
}

/// Limbs that lie `step` words apart, each lane elsewhere.
INLINE Field gathered(const uint64_t *const lanes[LANES], size_t step) {
  Field r;
  for (size_t k = 0; k < 5; k++) {
    r.l[k] = _mm256_castsi256_pd(_mm256_set_epi64x(
        (long long)lanes[3][k * step], (long long)lanes[2][k * step],
        (long long)lanes[1][k * step], (long long)lanes[0][k * step]));
  }
  return r;
}

INLINE Mask mask_of(const uint64_t lanes[LANES]) {
  return _mm256_castsi256_pd(_mm256_set_epi64x(
      (long long)lanes[3], (long long)lanes[2], (long long)lanes[1], (long long)lanes[0]));
}

INLINE Mask no_lane(void) { return _mm256_setzero_pd(); }
INLINE Mask either(Mask a, Mask b) { return _mm256_or_pd(a, b); }

/// The lanes of a mask as bits.
INLINE unsigned bits_of(Mask mask) { return (unsigned)_mm256_movemask_pd(mask); }

#endif
