// Recovery on four lanes of doubles (AVX2, FMA), where the processor has them.
#include "CSecp256k1Lanes.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#include "field_avx2.h"
#include "recovery_steps.h"

/// With rounding toward zero, which the products of limbs need.
static void recover_rounding_down(
    const nt_lane_input *inputs, size_t count, const uint64_t *comb, void *scratch,
    uint8_t *keys, uint8_t *statuses) {
  const unsigned control = _mm_getcsr();
  _mm_setcsr(control | _MM_ROUND_TOWARD_ZERO);
  recover(inputs, count, comb, scratch, keys, statuses);
  _mm_setcsr(control);
}
#pragma clang attribute pop

const nt_lanes *nt_lanes_avx2(void) {
  static const nt_lanes lanes = {
      "AVX2", LANES * INTERLEAVED, true, scratch_size, recover_rounding_down};
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &lanes : NULL;
}

#else

const nt_lanes *nt_lanes_avx2(void) { return NULL; }

#endif
