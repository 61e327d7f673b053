// Keccak-256 of several messages at once, one in each lane of a vector.
#ifndef NEEDLETAIL_CKECCAK_H
#define NEEDLETAIL_CKECCAK_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#else
#define _Nullable
#endif

/// One message of a group whose members take the same number of blocks.
typedef struct nt_keccak_message {
  /// The blocks before the last one, 136 bytes each.
  const uint8_t *blocks;
  /// The last block, with its padding.
  const uint8_t *last;
  /// Where the 32 bytes of the hash go.
  uint8_t *hash;
} nt_keccak_message;

/// How many messages the kernels take at once.
#define NT_KECCAK_LANES_AVX2 4
#define NT_KECCAK_LANES_AVX512 8

/// Hashes as many messages as the kernel has lanes, each with so many blocks before its last one.
typedef void (*nt_keccak256_kernel)(const nt_keccak_message *messages, size_t whole);

/// The kernel for AVX2, NULL where the processor or the build has none.
nt_keccak256_kernel _Nullable nt_keccak256_avx2(void);

/// The kernel for AVX-512, NULL where the processor or the build has none.
nt_keccak256_kernel _Nullable nt_keccak256_avx512(void);

/// The twin of the AVX-512 kernel: the same text, for any processor.
void nt_keccak256_twin(const nt_keccak_message *messages, size_t whole);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
