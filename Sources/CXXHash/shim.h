// Checksums (XXH3). Compiled into whoever includes it, with the vector instructions that the build
// allows; Debian's library is compiled for the oldest processors.
#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t nt_xxh3(const void *bytes, size_t count) {
  return XXH3_64bits(bytes, count);
}
