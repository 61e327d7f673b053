// Processor features, asked at run time.
#include "CKernels.h"

bool nt_processor_is_sufficient(void) {
#if defined(__x86_64__) && defined(__AVX2__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
      && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}
