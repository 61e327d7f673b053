// The twin of the AVX-512 kernel: the same text, compiled for what the build takes for granted, so that
// the algorithm is proven on any machine.
#define KECCAK_NAME keccak256_twin
#define KECCAK_TARGET
#include "eight.h"

void nt_keccak256_twin(const nt_keccak_message *messages, size_t whole) {
  keccak256_twin(messages, whole);
}
