// Recovery on eight lanes (AVX-512 IFMA), where the processor has them.
#include "CSecp256k1Lanes.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx512f,avx512ifma,bmi2"))), apply_to = function)
#include "vector_avx512.h"

#include "field_52.h"
#include "recovery_steps.h"
#pragma clang attribute pop

const nt_lanes *nt_lanes_avx512ifma(void) {
  static const nt_lanes lanes = {
      "AVX-512 IFMA", LANES * INTERLEAVED, false, scratch_size, recover};
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma") ? &lanes : NULL;
}

#else

const nt_lanes *nt_lanes_avx512ifma(void) { return NULL; }

#endif
