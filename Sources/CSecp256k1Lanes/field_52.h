// The field of secp256k1 for eight lanes of 52-bit limbs. Included after the lanes: those of AVX-512 IFMA
// (vector_avx512.h) or plain C (vector_portable.h).
//
// An element is five limbs, lowest first, each below 2^52. *Tight*: limb 4 below 2^49 + 2^9. *Loose*: a sum
// or difference of two tight ones, with limb 4 below 2^51. A product takes one loose factor; every result
// of a multiplication is tight.
#ifndef NEEDLETAIL_FIELD_52_H
#define NEEDLETAIL_FIELD_52_H

typedef struct {
  Vector l[5];
} Field;

/// Ten columns of weight 2^(52·k): what products are added up in.
typedef struct {
  Vector c[10];
} Columns;

#define MASK_52 0xfffffffffffffull
#define MASK_48 0xffffffffffffull
/// 2^256 and 2^260 modulo p.
#define FOLD_256 0x1000003d1ull
#define FOLD_260 0x1000003d10ull

/// Limb k of p.
#define PRIME_LIMB(k) ((k) == 0 ? 0xffffefffffc2full : (k) < 4 ? MASK_52 : MASK_48)

/// Column k of a multiple of p, (2^6 + 2^214 + 2^260)·p, that is larger than the same column of a product
/// of tight elements.
#define PRODUCT_BIAS(k) \
  (((k) < 5 ? PRIME_LIMB(k) << 6 : 0) + ((k) >= 4 && (k) < 9 ? PRIME_LIMB((k) - 4) << 6 : 0) \
   + ((k) >= 5 ? PRIME_LIMB((k) - 5) : 0))

static inline Columns no_columns(void) {
  Columns s;
  for (int k = 0; k < 10; k++) s.c[k] = repeated(0);
  return s;
}

/// s + x·y, with one factor tight.
INLINE void add_product(Columns *s, const Field *x, const Field *y) {
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 5; j++) {
      s->c[i + j] = add_low(s->c[i + j], x->l[i], y->l[j]);
      s->c[i + j + 1] = add_high(s->c[i + j + 1], x->l[i], y->l[j]);
    }
  }
}

/// x², with x tight. Products of different limbs count twice.
INLINE Columns square_columns(const Field *x) {
  Columns s = no_columns();
  for (int i = 0; i < 5; i++) {
    for (int j = i + 1; j < 5; j++) {
      s.c[i + j] = add_low(s.c[i + j], x->l[i], x->l[j]);
      s.c[i + j + 1] = add_high(s.c[i + j + 1], x->l[i], x->l[j]);
    }
  }
  for (int k = 0; k < 10; k++) s.c[k] = plus(s.c[k], s.c[k]);
  for (int i = 0; i < 5; i++) {
    s.c[2 * i] = add_low(s.c[2 * i], x->l[i], x->l[i]);
    s.c[2 * i + 1] = add_high(s.c[2 * i + 1], x->l[i], x->l[i]);
  }
  return s;
}

/// s − t plus a multiple of p, for t the product of tight elements.
INLINE void subtract_columns(Columns *s, const Columns *t) {
  for (int k = 0; k < 10; k++) {
    s->c[k] = plus(s->c[k], minus(repeated(PRODUCT_BIAS(k)), t->c[k]));
  }
}

INLINE void double_columns(Columns *s) {
  for (int k = 0; k < 10; k++) s->c[k] = plus(s->c[k], s->c[k]);
}

/// s − x plus 16·p.
INLINE void subtract_limbs(Columns *s, const Field *x) {
  for (int k = 0; k < 5; k++) {
    s->c[k] = plus(s->c[k], minus(repeated(PRIME_LIMB(k) << 4), x->l[k]));
  }
}

/// Brings limbs 0 to 3 below 2^52.
INLINE Field carried(const Vector c[5]) {
  Field r;
  Vector carry = repeated(0);
  for (int k = 0; k < 4; k++) {
    Vector limb = plus(c[k], carry);
    r.l[k] = low_bits(limb, MASK_52);
    carry = shifted_right(limb, 52);
  }
  r.l[4] = plus(c[4], carry);
  return r;
}

/// The same with limb 4 brought to 2^48 and little more.
INLINE Field folded(Vector c[5]) {
  c[0] = add_low(c[0], shifted_right(c[4], 48), repeated(FOLD_256));
  c[4] = low_bits(c[4], MASK_48);
  return carried(c);
}

/// The columns reduced to a tight element, `factor` (1 or 3) times. Columns are below 2^59, column 9 below
/// 2^51.
INLINE Field reduce(Columns *s, int factor) {
  Vector *c = s->c;
  const Vector fold = repeated(FOLD_260);
  for (int k = 5; k < 9; k++) {
    c[k + 1] = plus(c[k + 1], shifted_right(c[k], 52));
    c[k] = low_bits(c[k], MASK_52);
  }
  for (int k = 0; k < 4; k++) {
    c[k] = add_low(c[k], c[k + 5], fold);
    c[k + 1] = add_high(c[k + 1], c[k + 5], fold);
  }
  c[4] = add_low(c[4], c[9], fold);
  const Vector above = add_high(repeated(0), c[9], fold);
  c[0] = add_low(c[0], above, fold);
  c[1] = add_high(c[1], above, fold);
  if (factor == 3) {
    for (int k = 0; k < 5; k++) c[k] = plus(c[k], plus(c[k], c[k]));
  }
  return folded(c);
}

/// x·y; one factor may be loose.
INLINE Field multiply(const Field *x, const Field *y) {
  Columns s = no_columns();
  add_product(&s, x, y);
  return reduce(&s, 1);
}

/// x·y − z, all tight but one factor.
INLINE Field multiply_subtract(const Field *x, const Field *y, const Field *z) {
  Columns s = no_columns();
  add_product(&s, x, y);
  subtract_limbs(&s, z);
  return reduce(&s, 1);
}

/// x².
INLINE Field square(const Field *x) {
  Columns s = square_columns(x);
  return reduce(&s, 1);
}

/// 3·x².
INLINE Field square_thrice(const Field *x) {
  Columns s = square_columns(x);
  return reduce(&s, 3);
}

/// x² − y − z.
INLINE Field square_subtract_two(const Field *x, const Field *y, const Field *z) {
  Columns s = square_columns(x);
  subtract_limbs(&s, y);
  subtract_limbs(&s, z);
  return reduce(&s, 1);
}

/// x² − y − 2·z.
INLINE Field square_subtract_three(const Field *x, const Field *y, const Field *z) {
  Columns s = square_columns(x);
  subtract_limbs(&s, y);
  subtract_limbs(&s, z);
  subtract_limbs(&s, z);
  return reduce(&s, 1);
}

/// 2·x·y − z²; one of x and y may be loose.
INLINE Field twice_product_less_square(const Field *x, const Field *y, const Field *z) {
  Columns s = no_columns(), t = square_columns(z);
  add_product(&s, x, y);
  double_columns(&s);
  subtract_columns(&s, &t);
  return reduce(&s, 1);
}

/// 2·(x·y − z·w); one of x and y may be loose.
INLINE Field twice_difference(const Field *x, const Field *y, const Field *z, const Field *w) {
  Columns s = no_columns(), t = no_columns();
  add_product(&s, x, y);
  add_product(&t, z, w);
  subtract_columns(&s, &t);
  double_columns(&s);
  return reduce(&s, 1);
}

/// x + y, loose.
INLINE Field sum(const Field *x, const Field *y) {
  Vector c[5];
  for (int k = 0; k < 5; k++) c[k] = plus(x->l[k], y->l[k]);
  return carried(c);
}

/// x − y plus 4·p, loose.
INLINE Field difference(const Field *x, const Field *y) {
  Vector c[5];
  for (int k = 0; k < 5; k++) {
    c[k] = plus(x->l[k], minus(repeated(PRIME_LIMB(k) << 2), y->l[k]));
  }
  return carried(c);
}

/// A loose element made tight.
INLINE Field tightened(const Field *x) {
  Field r = *x;
  return folded(r.l);
}

/// x where the lane of `mask` is set, else y.
INLINE Field selected(Mask mask, const Field *x, const Field *y) {
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = chosen(mask, x->l[k], y->l[k]);
  return r;
}

/// −x, as 2·p − x, where the lane of `mask` is set, else x.
INLINE Field negated_where(Mask mask, const Field *x) {
  Vector c[5];
  for (int k = 0; k < 5; k++) c[k] = minus(repeated(PRIME_LIMB(k) << 1), x->l[k]);
  Field negative = carried(c);
  return selected(mask, &negative, x);
}

/// Set where x, a difference of two tight elements, may be zero: everywhere that it is, and elsewhere once
/// in 2^16. Modulo 2^52, p is −(2^32 + 977), and x is at most 7·p.
INLINE Mask may_be_zero(const Field *x) {
  return is_zero(shifted_right(low_bits(plus(x->l[0], repeated(1ull << 35)), MASK_52), 36));
}

/// Limbs below 2^52, one a lane.
INLINE Field from_limbs(int64_t limbs[5][LANES]) {
  Field r;
  for (int k = 0; k < 5; k++) r.l[k] = loaded_lanes((const uint64_t *)limbs[k]);
  return r;
}

/// The limbs, one a lane.
INLINE void to_limbs(int64_t limbs[5][LANES], const Field *x) {
  for (int k = 0; k < 5; k++) store_lanes((uint64_t *)limbs[k], x->l[k]);
}

/// Limbs that lie `step` words apart, each lane elsewhere.
INLINE Field gathered(const uint64_t *const lanes[LANES], size_t step) {
  Field r;
  for (size_t k = 0; k < 5; k++) r.l[k] = gathered_lanes(lanes, k * step);
  return r;
}

#endif
