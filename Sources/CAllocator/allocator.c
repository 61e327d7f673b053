#include "CAllocator.h"

#include <limits.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void nt_keep_freed_memory(size_t bytes) {
#ifdef __GLIBC__
  int limit = bytes > INT_MAX ? INT_MAX : (int)bytes;
  mallopt(M_TRIM_THRESHOLD, limit);
  // Larger pieces than this are mapped one by one, and given back at once.
  mallopt(M_MMAP_THRESHOLD, limit < (32 << 20) ? limit : 32 << 20);
#else
  (void)bytes;
#endif
}

void nt_give_back_freed_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
