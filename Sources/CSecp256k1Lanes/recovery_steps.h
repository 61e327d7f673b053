// The steps of recovery.h.
#include "recovery.h"

/// Step 1 for the vectors of a group: R, and the generator in its place where no point has the abscissa.
static void lift(
    Signatures *s, const nt_lane_input *inputs, uint8_t *statuses) {
  Field x[INTERLEAVED], c[INTERLEAVED], y[INTERLEAVED], t;
  const Field seven = loaded(SEVEN, 0);
  for (int k = 0; k < INTERLEAVED; k++) {
    x[k] = loaded(inputs[k * LANES].x, sizeof *inputs / 8);
    sqr(&t, &x[k]);
    mul(&t, &t, &x[k]);
    t = sum(&t, &seven);
    c[k] = tightened(&t);
  }
  square_roots(y, c);
  for (int k = 0; k < INTERLEAVED; k++) {
    int64_t root[5][LANES], excess[5][LANES];
    uint64_t words[4], absent[LANES], opposite[LANES];
    sqr(&t, &y[k]);
    t = difference(&t, &c[k]);
    to_limbs(excess, &t);
    to_limbs(root, &y[k]);
    for (int lane = 0; lane < LANES; lane++) {
      canonical(excess, lane, words);
      bool exists = (words[0] | words[1] | words[2] | words[3]) == 0;
      canonical(root, lane, words);
      absent[lane] = exists ? 0 : ~0ull;
      opposite[lane] = (words[0] & 1) == inputs[k * LANES + lane].odd ? 0 : ~0ull;
      statuses[k * LANES + lane] = exists ? NT_LANE_RECOVERED : NT_LANE_NO_POINT;
    }
    const Mask none = mask_of(absent);
    const Field other_x = loaded(GENERATOR_X, 0), other_y = loaded(GENERATOR_Y, 0);
    t = negated_where(mask_of(opposite), &y[k]);
    s[k].odd[0].x = selected(none, &other_x, &x[k]);
    s[k].odd[0].y = selected(none, &other_y, &t);
    s[k].undecided = no_lane();
  }
}

/// Step 2: R becomes R, 3R, … 31R. Each level doubles how many there are, by adding 2R, 4R, 8R, 16R.
static void make_odd_multiples(Signatures *s, size_t vectors, Field *memory) {
  Inversions all = no_inversions(memory);
  for (size_t v = 0; v < vectors; v++) note_double(&all, &s[v].odd[0]);
  turn(&all);
  for (size_t v = vectors; v-- > 0;) take_double(&all, &s[v].power[0], &s[v].odd[0]);
  int which = 0;
  for (int count = 1; count < ODD_MULTIPLES; count *= 2, which ^= 1) {
    const bool last = 2 * count == ODD_MULTIPLES;
    all = no_inversions(memory);
    for (size_t v = 0; v < vectors; v++) {
      const Affine *power = &s[v].power[which];
      for (int i = 0; i < count; i++) note_sum(&all, &s[v].odd[i].x, &power->x);
      if (!last) note_double(&all, power);
    }
    turn(&all);
    for (size_t v = vectors; v-- > 0;) {
      const Affine *power = &s[v].power[which];
      if (!last) take_double(&all, &s[v].power[which ^ 1], power);
      for (int i = count; i-- > 0;) take_sum(&all, &s[v].odd[count + i], &s[v].odd[i], power);
    }
  }
  const Field beta = loaded(BETA, 0);
  for (size_t v = 0; v < vectors; v++) {
    for (int i = 0; i < ODD_MULTIPLES; i++) mul(&s[v].endomorphic[i], &s[v].odd[i].x, &beta);
  }
}

/// Where a digit's entry stands, for each lane, and whether it is subtracted.
typedef struct {
  size_t entry[LANES];
  uint64_t negative[LANES];
} Digits;

INLINE Digits window_digits(const uint64_t *scalar, int window) {
  Digits d;
  for (int lane = 0; lane < LANES; lane++, scalar += sizeof(nt_lane_input) / 8) {
    // Five signs make 2·bits − 31.
    unsigned bits = bits_at(scalar, 5 * (unsigned)window);
    d.negative[lane] = (uint64_t)(bits >> 4) - 1;
    d.entry[lane] = (bits ^ (unsigned)d.negative[lane]) & 15;
  }
  return d;
}

INLINE Digits comb_digits(const uint64_t *scalar, int window) {
  Digits d;
  for (int lane = 0; lane < LANES; lane++, scalar += sizeof(nt_lane_input) / 8) {
    unsigned first = 5 * (unsigned)window;
    unsigned bits = bits_at(scalar, first) | bits_at(scalar, 90 + first) << 5
        | bits_at(scalar, 180 + first) << 10;
    d.negative[lane] = (uint64_t)(bits >> 14) - 1;
    d.entry[lane] = (bits ^ (unsigned)d.negative[lane]) & (NT_COMB_ENTRIES - 1);
  }
  return d;
}

/// Element `entry` of a vector's table, each lane its own; `step` is the distance of entries.
INLINE Field picked(const Field *table, size_t step, const Digits *d) {
  const uint64_t *lanes[LANES];
  for (int lane = 0; lane < LANES; lane++) {
    lanes[lane] = (const uint64_t *)(table + step * d->entry[lane]) + lane;
  }
  return gathered(lanes, LANES);
}

INLINE Field combed(const uint64_t *comb, const Digits *d) {
  const uint64_t *lanes[LANES];
  for (int lane = 0; lane < LANES; lane++) lanes[lane] = comb + NT_COMB_ENTRY_WORDS * d->entry[lane];
  return gathered(lanes, 1);
}

INLINE Field signed_by(const Digits *d, Field y) { return negated_where(mask_of(d->negative), &y); }

/// Step 3. The first pass leaves both abscissas where the sum will be.
static void make_windows(
    Signatures *s, const nt_lane_input *inputs, size_t vectors, Field *memory) {
  Inversions all = no_inversions(memory);
  for (size_t v = 0; v < vectors; v++) {
    for (int i = 0; i < WINDOWS; i++) {
      Affine *window = &s[v].window[i];
      Digits b = window_digits(inputs[v * LANES].b, i), c = window_digits(inputs[v * LANES].c, i);
      *window = (Affine){picked(&s[v].odd[0].x, 2, &b), picked(s[v].endomorphic, 1, &c)};
      note_sum(&all, &window->x, &window->y);
    }
  }
  turn(&all);
  for (size_t v = vectors; v-- > 0;) {
    for (int i = WINDOWS; i-- > 0;) {
      Affine *window = &s[v].window[i];
      Digits b = window_digits(inputs[v * LANES].b, i), c = window_digits(inputs[v * LANES].c, i);
      Affine p = {window->x, signed_by(&b, picked(&s[v].odd[0].y, 2, &b))};
      Affine q = {window->y, signed_by(&c, picked(&s[v].odd[0].y, 2, &c))};
      take_sum(&all, window, &p, &q);
    }
  }
}

/// Asks for what step 4 will read of the comb for a vector: two lines for half an entry.
INLINE void prefetch_comb(const nt_lane_input *inputs, const uint64_t *comb, size_t offset) {
  for (int i = 0; i < COMB_WINDOWS; i++) {
    Digits a = comb_digits(inputs->a, i);
    for (int lane = 0; lane < LANES; lane++) {
      const uint64_t *half = comb + NT_COMB_ENTRY_WORDS * a.entry[lane] + offset;
      __builtin_prefetch(half);
      __builtin_prefetch(half + 4);
    }
  }
}

/// Step 4. Abscissas that seem equal have a difference of one instead.
static void add_comb(
    Signatures *s, const nt_lane_input *inputs, size_t vectors, const uint64_t *comb,
    Field *memory) {
  Inversions all = no_inversions(memory);
  const Field one = loaded(ONE, 0);
  prefetch_comb(inputs, comb, 0);
  for (size_t v = 0; v < vectors; v++) {
    if (v + 1 < vectors) prefetch_comb(inputs + (v + 1) * LANES, comb, 0);
    for (int i = 0; i < COMB_WINDOWS; i++) {
      Digits a = comb_digits(inputs[v * LANES].a, i);
      s[v].comb[i] = combed(comb, &a);
      Field d = difference(&s[v].comb[i], &s[v].window[i].x);
      Mask equal = may_be_zero(&d);
      s[v].undecided = either(s[v].undecided, equal);
      d = selected(equal, &one, &d);
      note(&all, &d);
    }
  }
  turn(&all);
  prefetch_comb(inputs + (vectors - 1) * LANES, comb, 5);
  for (size_t v = vectors; v-- > 0;) {
    if (v > 0) prefetch_comb(inputs + (v - 1) * LANES, comb, 5);
    for (int i = COMB_WINDOWS; i-- > 0;) {
      Digits a = comb_digits(inputs[v * LANES].a, i);
      Affine *p = &s[v].window[i];
      Affine q = {s[v].comb[i], signed_by(&a, combed(comb + 5, &a))};
      Field d = difference(&q.x, &p->x), rise = difference(&q.y, &p->y), inverse;
      d = selected(may_be_zero(&d), &one, &d);
      take_inverse(&all, &d, &inverse);
      follow(p, p, &q.x, &rise, &inverse);
    }
  }
}

/// p = 2·p for each of a group. With S = y², M = 3·x², T = x·S: x' = M² − 2T, y' = 2M·(T − x') − S²,
/// z' = y·z.
INLINE void double_group(Jacobian *p[INTERLEAVED]) {
  Field m[INTERLEAVED], s[INTERLEAVED], t[INTERLEAVED], run;
#define EACH for (int k = 0; k < INTERLEAVED; k++)
  EACH sqr_thrice(&m[k], &p[k]->x);
  EACH sqr(&s[k], &p[k]->y);
  EACH mul(&p[k]->z, &p[k]->z, &p[k]->y);
  EACH mul(&t[k], &p[k]->x, &s[k]);
  EACH sqr_sub_two(&p[k]->x, &m[k], &t[k], &t[k]);
  EACH {
    run = difference(&t[k], &p[k]->x);
    twice_mul_less_sqr(&p[k]->y, &m[k], &run, &s[k]);
  }
}

/// p = p + q for each of a group. With H = x₂·z² − x, ρ = 2·(y₂·z³) − y, J = 4·H³, V = 4·x·H²:
/// x' = ρ² − J − 2V, y' = 2·(ρ·(V − x') − y·J), z' = 2·z·H.
INLINE void add_group(Jacobian *p[INTERLEAVED], const Affine *q[INTERLEAVED]) {
  Field zz[INTERLEAVED], h[INTERLEAVED], rho[INTERLEAVED], twice[INTERLEAVED], i[INTERLEAVED];
  Field j[INTERLEAVED], v[INTERLEAVED], t;
  EACH sqr(&zz[k], &p[k]->z);
  EACH mul(&rho[k], &zz[k], &p[k]->z);
  EACH mul_sub(&h[k], &zz[k], &q[k]->x, &p[k]->x);
  EACH {
    t = sum(&q[k]->y, &q[k]->y);
    mul_sub(&rho[k], &rho[k], &t, &p[k]->y);
  }
  EACH {
    t = sum(&h[k], &h[k]);
    twice[k] = tightened(&t);
    sqr(&i[k], &twice[k]);
  }
  EACH mul(&p[k]->z, &p[k]->z, &twice[k]);
  EACH mul(&j[k], &h[k], &i[k]);
  EACH mul(&v[k], &p[k]->x, &i[k]);
  EACH sqr_sub_three(&p[k]->x, &rho[k], &j[k], &v[k]);
  EACH {
    t = difference(&v[k], &p[k]->x);
    twice_diff(&p[k]->y, &rho[k], &t, &p[k]->y, &j[k]);
  }
#undef EACH
}

/// Step 5. Whatever meets its equal or opposite gets z = 0, and keeps it.
static void sum_windows(Signatures *s) {
  Jacobian *p[INTERLEAVED];
  const Affine *q[INTERLEAVED];
  for (int k = 0; k < INTERLEAVED; k++) {
    p[k] = &s[k].sum;
    const Affine *first = &s[k].window[WINDOWS - 1];
    Field t = sum(&first->y, &first->y);
    *p[k] = (Jacobian){first->x, tightened(&t), loaded(ONE, 0)};
  }
  for (int i = WINDOWS - 1; i-- > 0;) {
    for (int n = 0; n < 5; n++) double_group(p);
    for (int k = 0; k < INTERLEAVED; k++) q[k] = &s[k].window[i];
    add_group(p, q);
  }
}

/// Step 6. From ζ = 1/(2z): x·(2ζ)², y·(2ζ)²·ζ.
static void finish(Signatures *s, size_t vectors, Field *memory, uint8_t *keys) {
  Inversions all = no_inversions(memory);
  const Field one = loaded(ONE, 0);
  for (size_t v = 0; v < vectors; v++) {
    Field *z = &s[v].sum.z;
    Mask infinite = may_be_zero(z);
    s[v].undecided = either(s[v].undecided, infinite);
    *z = selected(infinite, &one, z);
    *z = sum(z, z);
    note(&all, z);
  }
  turn(&all);
  for (size_t v = vectors; v-- > 0;) {
    Field inverse, twice, x, y;
    int64_t limbs[5][LANES];
    take_inverse(&all, &s[v].sum.z, &inverse);
    twice = sum(&inverse, &inverse);
    twice = tightened(&twice);
    sqr(&twice, &twice);
    mul(&x, &s[v].sum.x, &twice);
    mul(&twice, &twice, &inverse);
    mul(&y, &s[v].sum.y, &twice);
    uint8_t *key = keys + 64 * v * LANES;
    to_limbs(limbs, &x);
    for (int lane = 0; lane < LANES; lane++) store(limbs, lane, key + 64 * lane);
    to_limbs(limbs, &y);
    for (int lane = 0; lane < LANES; lane++) store(limbs, lane, key + 64 * lane + 32);
  }
}

static size_t scratch_size(size_t count) {
  return count / LANES * (sizeof(Signatures) + (WINDOWS + 1) * sizeof(Field)) + 64;
}

static void recover(
    const nt_lane_input *inputs, size_t count, const uint64_t *comb, void *scratch,
    uint8_t *keys, uint8_t *statuses) {
  const size_t vectors = count / LANES;
  Signatures *s = scratch;
  Field *memory = (Field *)(s + vectors);
  for (size_t v = 0; v < vectors; v += INTERLEAVED) {
    lift(s + v, inputs + v * LANES, statuses + v * LANES);
  }
  make_odd_multiples(s, vectors, memory);
  make_windows(s, inputs, vectors, memory);
  add_comb(s, inputs, vectors, comb, memory);
  for (size_t v = 0; v < vectors; v += INTERLEAVED) sum_windows(s + v);
  finish(s, vectors, memory, keys);
  for (size_t v = 0; v < vectors; v++) {
    unsigned undecided = bits_of(s[v].undecided);
    for (int lane = 0; lane < LANES; lane++) {
      uint8_t *status = &statuses[v * LANES + lane];
      if (*status == NT_LANE_RECOVERED && (undecided >> lane & 1)) *status = NT_LANE_UNDECIDED;
    }
  }
}
