// Eight states of Keccak in the registers of AVX-512. In C, because Swift has no function that is
// compiled for another processor than the rest.
#include "../include/CKeccak.h"

#if defined(__x86_64__)

#define KECCAK_NAME keccak256_avx512
#define KECCAK_TARGET __attribute__((target("avx512f"), min_vector_width(512)))
#include "eight.h"

nt_keccak256_kernel _Nullable nt_keccak256_avx512(void) {
  return __builtin_cpu_supports("avx512f") ? keccak256_avx512 : NULL;
}

#else

nt_keccak256_kernel _Nullable nt_keccak256_avx512(void) { return NULL; }

#endif
