// Recovery of public keys on lanes: the same steps for every kind of vector. Included by a file that has
// chosen a field (field_avx2.h, field_52.h).
//
// With R = (x, y) from the signature, a key is a·G + (b + c·λ)·R. Every step is done for a whole batch:
//   1. y is a square root of x³ + 7.
//   2. A table of the odd multiples R, 3R, … 31R, in affine coordinates.
//   3. For every five bits a window, b's and c's digit: the sum of two entries of the table.
//   4. To 18 of the 26 windows, an entry of the comb of G is added.
//   5. Horner's rule over the windows in Jacobian coordinates.
//   6. The result in affine coordinates.
// In steps 2, 3, 4 and 6 the batch shares its inversions (Montgomery's trick), so that an addition in
// affine coordinates takes five multiplications and a squaring.
//
// All lanes do the same, so nothing is said of points that are equal or opposite: such a lane is noticed
// and given up (`NT_LANE_UNDECIDED`). It cannot happen in steps 2 and 3, where both points are multiples
// of R by different short combinations of 1 and λ.
#include <string.h>

#include "CSecp256k1Lanes.h"

#define OUTLINED static __attribute__((noinline))

enum { WINDOWS = 26, COMB_WINDOWS = 18, ODD_MULTIPLES = 16, INTERLEAVED = 2 };

typedef struct {
  Field x, y;
} Affine;

/// (X/Z², Y/(2·Z³)): with twice the ordinate, doubling needs no coefficient above 3.
typedef struct {
  Field x, y, z;
} Jacobian;

/// What a vector of signatures needs: entry i of the table is (2i + 1)·R, with β times its abscissa.
typedef struct {
  Affine odd[ODD_MULTIPLES];
  Field endomorphic[ODD_MULTIPLES];
  Affine power[2];
  Affine window[WINDOWS];
  Field comb[COMB_WINDOWS];
  Jacobian sum;
  Mask undecided;
} Signatures;

OUTLINED void mul(Field *r, const Field *x, const Field *y) { *r = multiply(x, y); }
OUTLINED void sqr(Field *r, const Field *x) { *r = square(x); }
OUTLINED void sqr_thrice(Field *r, const Field *x) { *r = square_thrice(x); }
OUTLINED void mul_sub(Field *r, const Field *x, const Field *y, const Field *z) {
  *r = multiply_subtract(x, y, z);
}
OUTLINED void sqr_sub_two(Field *r, const Field *x, const Field *y, const Field *z) {
  *r = square_subtract_two(x, y, z);
}
OUTLINED void sqr_sub_three(Field *r, const Field *x, const Field *y, const Field *z) {
  *r = square_subtract_three(x, y, z);
}
OUTLINED void twice_mul_less_sqr(Field *r, const Field *x, const Field *y, const Field *z) {
  *r = twice_product_less_square(x, y, z);
}
OUTLINED void twice_diff(
    Field *r, const Field *x, const Field *y, const Field *z, const Field *w) {
  *r = twice_difference(x, y, z, w);
}

// MARK: words and limbs

static const uint64_t PRIME[4] = {0xfffffffefffffc2f, ~0ull, ~0ull, ~0ull};
static const uint64_t ONE[4] = {1, 0, 0, 0};
static const uint64_t SEVEN[4] = {7, 0, 0, 0};
static const uint64_t BETA[4] = {
    0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710};
static const uint64_t GENERATOR_X[4] = {
    0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac};
static const uint64_t GENERATOR_Y[4] = {
    0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465};

/// Numbers below 2^256, one a lane, `stride` words apart; stride 0 repeats one.
static Field loaded(const uint64_t *words, size_t stride) {
  int64_t limbs[5][LANES];
  const int64_t mask = (1ll << 52) - 1;
  for (int lane = 0; lane < LANES; lane++, words += stride) {
    limbs[0][lane] = (int64_t)words[0] & mask;
    limbs[1][lane] = (int64_t)(words[0] >> 52 | words[1] << 12) & mask;
    limbs[2][lane] = (int64_t)(words[1] >> 40 | words[2] << 24) & mask;
    limbs[3][lane] = (int64_t)(words[2] >> 28 | words[3] << 36) & mask;
    limbs[4][lane] = (int64_t)(words[3] >> 16);
  }
  return from_limbs(limbs);
}

/// The number below p that a lane's limbs stand for.
static void canonical(int64_t limbs[5][LANES], int lane, uint64_t words[4]) {
  // Limbs are signed and overlap: carry, then bring what is above 2^256 back, twice as it may carry.
  __int128 t = limbs[0][lane];
  int64_t low[5];
  for (int k = 0; k < 4; k++) {
    low[k] = (int64_t)t & ((1ll << 52) - 1);
    t = (t >> 52) + limbs[k + 1][lane];
  }
  low[4] = (int64_t)t;
  words[0] = (uint64_t)low[0] | (uint64_t)low[1] << 52;
  words[1] = (uint64_t)low[1] >> 12 | (uint64_t)low[2] << 40;
  words[2] = (uint64_t)low[2] >> 24 | (uint64_t)low[3] << 28;
  words[3] = (uint64_t)low[3] >> 36 | (uint64_t)low[4] << 16;
  int64_t top = low[4] >> 48;
  for (int pass = 0; pass < 2; pass++) {
    __int128 carry = (__int128)top * 0x1000003d1;
    for (int k = 0; k < 4; k++) {
      carry += words[k];
      words[k] = (uint64_t)carry;
      carry >>= 64;
    }
    top = (int64_t)carry;
  }
  bool above = words[0] >= PRIME[0] && (words[1] & words[2] & words[3]) == ~0ull;
  if (above) {
    words[0] -= PRIME[0];
    words[1] = words[2] = words[3] = 0;
  }
}

/// Writes the 32 big-endian bytes of the number below p that a lane's limbs stand for.
static void store(int64_t limbs[5][LANES], int lane, uint8_t *bytes) {
  uint64_t words[4];
  canonical(limbs, lane, words);
  for (int k = 0; k < 4; k++) {
    uint64_t word = __builtin_bswap64(words[3 - k]);
    memcpy(bytes + 8 * k, &word, 8);
  }
}

/// Bits first… of a number in little-endian words, with two bytes more behind them.
INLINE unsigned bits_at(const uint64_t *words, unsigned first) {
  uint16_t two;
  memcpy(&two, (const uint8_t *)words + first / 8, 2);
  return (unsigned)two >> (first % 8) & 31;
}

// MARK: shared inversions

/// Elements whose inverses are wanted, in two chains so that products overlap.
typedef struct {
  Field product[2];
  Field *before;
  size_t count;
} Inversions;

static Inversions no_inversions(Field *memory) {
  Field one = loaded(ONE, 0);
  return (Inversions){{one, one}, memory, 0};
}

/// Notes an element, which must not be zero; it may be loose.
INLINE void note(Inversions *all, const Field *x) {
  Field *product = &all->product[all->count & 1];
  all->before[all->count++] = *product;
  mul(product, product, x);
}

/// The inverse of the element that was noted last, which is forgotten.
INLINE void take_inverse(Inversions *all, const Field *x, Field *inverse) {
  all->count--;
  Field *product = &all->product[all->count & 1];
  mul(inverse, product, &all->before[all->count]);
  mul(product, product, x);
}

static void squarings(Field *x, int count, int wide) {
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < wide; k++) sqr(&x[k], &x[k]);
  }
}

/// r = x^(2^count)·y for each of `wide` elements.
static void shifted_product(Field *r, const Field *x, int count, const Field *y, int wide) {
  Field t[INTERLEAVED];
  for (int k = 0; k < wide; k++) t[k] = x[k];
  squarings(t, count, wide);
  for (int k = 0; k < wide; k++) mul(&r[k], &t[k], &y[k]);
}

/// x^(2^245 − 2^22 + 2^22 − 1 …): the leading 245 bits that (p + 1)/4 and p − 2 have in common, 223 ones,
/// a zero and 22 ones, along with x² · x (two ones).
static void common_power(const Field *x, Field *two_ones, Field *r, int wide) {
  Field x3[INTERLEAVED], x6[INTERLEAVED], x9[INTERLEAVED], x11[INTERLEAVED], x22[INTERLEAVED];
  Field x44[INTERLEAVED], x88[INTERLEAVED], t[INTERLEAVED];
  shifted_product(two_ones, x, 1, x, wide);
  shifted_product(x3, two_ones, 1, x, wide);
  shifted_product(x6, x3, 3, x3, wide);
  shifted_product(x9, x6, 3, x3, wide);
  shifted_product(x11, x9, 2, two_ones, wide);
  shifted_product(x22, x11, 11, x11, wide);
  shifted_product(x44, x22, 22, x22, wide);
  shifted_product(x88, x44, 44, x44, wide);
  shifted_product(t, x88, 88, x88, wide);
  shifted_product(t, t, 44, x44, wide);
  shifted_product(t, t, 3, x3, wide);
  shifted_product(r, t, 23, x22, wide);
}

/// r = x^(p − 2).
static void invert(Field *r, const Field *x) {
  Field two_ones, t;
  common_power(x, &two_ones, &t, 1);
  shifted_product(&t, &t, 5, x, 1);
  shifted_product(&t, &t, 3, &two_ones, 1);
  shifted_product(r, &t, 2, x, 1);
}

/// r = x^((p + 1)/4), a square root of x or of −x.
static void square_roots(Field *r, const Field *x) {
  Field two_ones[INTERLEAVED], t[INTERLEAVED];
  common_power(x, two_ones, t, INTERLEAVED);
  shifted_product(r, t, 6, two_ones, INTERLEAVED);
  squarings(r, 2, INTERLEAVED);
}

/// All noted, now to be taken back in the opposite order.
static void turn(Inversions *all) {
  Field product, inverse;
  mul(&product, &all->product[0], &all->product[1]);
  invert(&inverse, &product);
  mul(&product, &inverse, &all->product[1]);
  mul(&all->product[1], &inverse, &all->product[0]);
  all->product[0] = product;
}

// MARK: affine coordinates

/// The point on the line through `from` with the slope numerator·inverse that lies on the curve also,
/// mirrored; `x` is the abscissa of the second point.
INLINE void follow(
    Affine *r, const Affine *from, const Field *x, const Field *numerator, const Field *inverse) {
  Field slope, abscissa, run;
  mul(&slope, numerator, inverse);
  sqr_sub_two(&abscissa, &slope, &from->x, x);
  run = difference(&from->x, &abscissa);
  mul_sub(&r->y, &run, &slope, &from->y);
  r->x = abscissa;
}

INLINE void note_sum(Inversions *all, const Field *x1, const Field *x2) {
  Field d = difference(x2, x1);
  note(all, &d);
}

INLINE void take_sum(Inversions *all, Affine *r, const Affine *p, const Affine *q) {
  Field d = difference(&q->x, &p->x), inverse, rise = difference(&q->y, &p->y);
  take_inverse(all, &d, &inverse);
  follow(r, p, &q->x, &rise, &inverse);
}

INLINE void note_double(Inversions *all, const Affine *p) {
  Field d = sum(&p->y, &p->y);
  note(all, &d);
}

INLINE void take_double(Inversions *all, Affine *r, const Affine *p) {
  Field d = sum(&p->y, &p->y), inverse, numerator;
  take_inverse(all, &d, &inverse);
  sqr_thrice(&numerator, &p->x);
  follow(r, p, &p->x, &numerator, &inverse);
}
