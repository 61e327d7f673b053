// Four states of Keccak in the 64-bit lanes of AVX2. In C, because Swift has no vectors of this
// width in a function that is chosen at run time.
#include "../include/CKeccak.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define KECCAK_NAME keccak256_avx2
#define KECCAK_TARGET __attribute__((target("avx2")))
#define KECCAK_LANES NT_KECCAK_LANES_AVX2
#define VECTOR __m256i
#define XOR(x, y) _mm256_xor_si256(x, y)
#define XOR3(x, y, z) XOR(XOR(x, y), z)
#define CHI(x, y, z) XOR(x, _mm256_andnot_si256(y, z))
#define SPREAD(word) _mm256_set1_epi64x((long long)(word))

// Whole bytes are one shuffle, one bit is an addition: there are more units for those than for shifts.
#define ROTATE(x, count)                                                                  \
  ((count) == 0   ? (x)                                                                   \
   : (count) == 1 ? _mm256_or_si256(_mm256_add_epi64(x, x), _mm256_srli_epi64(x, 63))     \
   : (count) == 8 ? _mm256_shuffle_epi8(x, ROTATION_BY_8)                                 \
   : (count) == 56                                                                        \
       ? _mm256_shuffle_epi8(x, ROTATION_BY_56)                                           \
       : _mm256_or_si256(_mm256_slli_epi64(x, count), _mm256_srli_epi64(x, 64 - (count))))
#define ROTATION_BY_8                                                    \
  _mm256_setr_epi8(7, 0, 1, 2, 3, 4, 5, 6, 15, 8, 9, 10, 11, 12, 13, 14, \
                   7, 0, 1, 2, 3, 4, 5, 6, 15, 8, 9, 10, 11, 12, 13, 14)
#define ROTATION_BY_56                                                   \
  _mm256_setr_epi8(1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8, \
                   1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8)

// Rows become columns.
KECCAK_TARGET static inline void transpose(__m256i *rows) {
  __m256i a = _mm256_unpacklo_epi64(rows[0], rows[1]), b = _mm256_unpackhi_epi64(rows[0], rows[1]);
  __m256i c = _mm256_unpacklo_epi64(rows[2], rows[3]), d = _mm256_unpackhi_epi64(rows[2], rows[3]);
  rows[0] = _mm256_permute2x128_si256(a, c, 0x20);
  rows[1] = _mm256_permute2x128_si256(b, d, 0x20);
  rows[2] = _mm256_permute2x128_si256(a, c, 0x31);
  rows[3] = _mm256_permute2x128_si256(b, d, 0x31);
}

KECCAK_TARGET static inline void take_in(__m256i *state, const uint8_t *const *blocks) {
  for (int word = 0; word < 16; word += 4) {
    __m256i rows[4];
    for (int lane = 0; lane < 4; lane++)
      rows[lane] = _mm256_loadu_si256((const __m256i *)(blocks[lane] + 8 * word));
    transpose(rows);
    for (int row = 0; row < 4; row++) state[word + row] = XOR(state[word + row], rows[row]);
  }
  long long words[4];
  for (int lane = 0; lane < 4; lane++) __builtin_memcpy(&words[lane], blocks[lane] + 128, 8);
  state[16] = XOR(state[16], _mm256_setr_epi64x(words[0], words[1], words[2], words[3]));
}

KECCAK_TARGET static inline void put_out(__m256i *state, const nt_keccak_message *messages) {
  transpose(state);
  for (int lane = 0; lane < 4; lane++)
    _mm256_storeu_si256((__m256i *)messages[lane].hash, state[lane]);
}

#include "lanes.h"

nt_keccak256_kernel _Nullable nt_keccak256_avx2(void) {
  return __builtin_cpu_supports("avx2") ? keccak256_avx2 : NULL;
}

#else

nt_keccak256_kernel _Nullable nt_keccak256_avx2(void) { return NULL; }

#endif
